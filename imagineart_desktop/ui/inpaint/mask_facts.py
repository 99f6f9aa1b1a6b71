"""Figures about the request: what the mask covers, what will be sent, and that nothing else changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import Coverage, FullMaskError, Margins, RequestArea, Size
from imagineart_desktop.ui.widgets import InlineMessage, ReservedLabel, SectionLabel, plain_label

_OUTSIDE_ROW = 2
"""Form row that never changes, so it is the first to be hidden."""

_MIN_PERCENT = 0.1
"""Smallest percentage distinguishable from 0 and 100 with one decimal."""

_KIND = " · 8-bit PNG"
_MATCHES = " · Mask matches"


def share_text(part: int, whole: int) -> str:
    """Return a share in percent. A nonzero share never reads as 0, and an incomplete one never as 100."""
    percent = part / whole * 100
    if 0 < percent < _MIN_PERCENT:
        return f"Under {_MIN_PERCENT}%"
    if 100 - _MIN_PERCENT < percent < 100:
        return f"Over {100 - _MIN_PERCENT}%"
    return f"{percent:.1f}%"


class MaskSummary(QWidget):
    """The Mask section of the form."""

    def __init__(self) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._heading = SectionLabel("Mask")
        column.addWidget(self._heading)
        self._form = form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(3)
        self._selected, self._export = ReservedLabel("—"), ReservedLabel("—")
        self._outside = plain_label("Kept pixel for pixel", wrap=True)
        for name, value in (("Selected", self._selected), ("Sent", self._export), ("Outside", self._outside)):
            label = plain_label(name, "faint")
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            form.addRow(label, value)
        column.addLayout(form)
        self._losses = plain_label("", "caution", wrap=True)
        self._losses.hide()
        column.addWidget(self._losses)
        self.losses: tuple[str, ...] = ()
        self._low = False
        self._whole = False
        self._covered: tuple[int, Size] = 0, (1, 1)
        self._added = 0
        self._unsay: Callable[[], object] = lambda: None
        self._withdraw_seam_message: Callable[[], object] = lambda: None
        self._request_areas: Sequence[RequestArea] | None = None
        self.message = InlineMessage(floats=True)
        """Floats over the canvas; here it would move what is below it."""

    def use_size(self, size: Size) -> None:
        """Reserve space for the figures of an image of (width, height) pixels."""
        digits = "0" * max(4, len(str(max(size))))
        whole = f"{digits} × {digits}"
        self._selected.reserve(f"Under 0.1% of {whole}")
        self._export.reserve(f"{whole} as {whole}{_KIND}{_MATCHES}", f"0 requests, {whole} and others{_MATCHES}")

    def show_coverage(self, covered: Coverage, size: Size, margins: Margins) -> None:
        """Show what is selected.

        size: the image's (width, height) in pixels; margins: the extension, all of it selected.
        """
        width, height = margins.around(size)
        painted = covered.painted + width * height - size[0] * size[1]
        self._covered = painted, (width, height)
        self._whole = painted == width * height
        self._update_selected()
        self._update_sent()
        if self._whole and not self.message.text():
            self._unsay = self.message.show_error(str(FullMaskError()), "caution")
        elif painted and not self._whole:
            self._unsay()

    def _update_selected(self) -> None:
        painted, (width, height) = self._covered
        share = f"{share_text(painted + self._added, width * height)} of {width} × {height}"
        self._selected.setText(share if painted else "Nothing yet")

    def show_seam(self, feather: int, widest: int, narrow: Callable[[], object]) -> None:
        """Warn of a seam so wide that an area never fully shows the result. narrow: sets the widest seam that works."""
        self._withdraw_seam_message()
        if 0 < widest < feather and not self.message.text():
            words = f"The seam of {feather} px is wider than half the mask: the old image shows through the result."
            self._withdraw_seam_message = self.message.show_error(words, "caution", {f"Use {widest} px": narrow})

    def show_overlap(self, overlap: int, added: int) -> None:
        """Show the overlap in pixels. added: pixels of the image that are painted only because of it."""
        self._outside.setText(f"Kept, except {overlap} px at the seam" if overlap else "Kept pixel for pixel")
        self._added = added
        self._update_selected()

    def show_measuring(self) -> None:
        """Show that what will be sent is being measured."""
        self._request_areas = None
        self._export.setText("Measuring…")

    def show_sent(self, reaches: Sequence[RequestArea]) -> None:
        """Show what will be sent, per request. May come before or after the coverage of the same mask."""
        self._request_areas = reaches
        self._update_sent()

    def _update_sent(self) -> None:
        reaches = self._request_areas
        if reaches is None:
            return
        if not reaches:
            self._export.setText("Nothing yet")
            return
        first = reaches[0]
        matches = "" if self._whole else _MATCHES
        words = f"{first.sent[0]} × {first.sent[1]}{_KIND}{matches}"
        if len(reaches) > 1:
            words = f"{len(reaches)} requests, {first.sent[0]} × {first.sent[1]} and others{matches}"
        elif (first.box.width, first.box.height) != first.sent:
            words = f"{first.box.width} × {first.box.height} as {words}"
        self._export.setText(words)

    def set_low(self, low: bool) -> None:
        """Use a compact layout when there is little vertical space."""
        self._low = low
        self._heading.setHidden(low)
        self._form.setRowVisible(_OUTSIDE_ROW, not low and not self.losses)

    def set_losses(self, losses: Sequence[str]) -> None:
        """Show, in sentences, what the image on the canvas loses outside the mask."""
        self.losses = tuple(losses)
        self._losses.setText("\n".join(losses))
        self._losses.setVisible(bool(losses))
        self.set_low(self._low)

    def show_nothing(self) -> None:
        """Show that there is no image."""
        self._request_areas = None
        self._selected.setText("—")
        self._export.setText("—")
