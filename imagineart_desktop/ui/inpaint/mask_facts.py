"""What the mask covers, what will be sent, and that nothing else changes: said in figures."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import Coverage, FullMaskError, Margins, Reach, Size
from imagineart_desktop.ui.widgets import InlineMessage, RoomyLabel, SectionLabel, plain_label

_OUTSIDE = 2
"""Row of the figures that never changes, and gives way first."""

_LEAST = 0.1
"""Percent that can be told from nothing, and from all, with one digit behind the point."""

_KIND = " · 8-bit PNG"
_MATCHES = " · Mask matches"


def share_text(part: int, whole: int) -> str:
    """A share in percent. What is there never reads as nothing, and what is missing never as all."""
    percent = part / whole * 100
    if 0 < percent < _LEAST:
        return f"Under {_LEAST}%"
    if 100 - _LEAST < percent < 100:
        return f"Over {100 - _LEAST}%"
    return f"{percent:.1f}%"


class MaskFacts(QWidget):
    """The MASK part of the form."""

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
        self._selected, self._export = RoomyLabel("—"), RoomyLabel("—")
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
        self._unsay_seam: Callable[[], object] = lambda: None
        self._reaches: Sequence[Reach] | None = None
        self.message = InlineMessage(floats=True)
        """Stands over the canvas: here it would move what is below it."""

    def use_size(self, size: Size) -> None:
        """Keep room for what will be said of an image of (width, height) pixels."""
        digits = "0" * max(4, len(str(max(size))))
        whole = f"{digits} × {digits}"
        self._selected.reserve(f"Under 0.1% of {whole}")
        self._export.reserve(f"{whole} as {whole}{_KIND}{_MATCHES}", f"0 requests, {whole} and others{_MATCHES}")

    def show_coverage(self, covered: Coverage, size: Size, margins: Margins) -> None:
        """size: of the picture, (width, height) in pixels; margins: by which it grows, all of them selected."""
        width, height = margins.around(size)
        painted = covered.painted + width * height - size[0] * size[1]
        self._covered = painted, (width, height)
        self._whole = painted == width * height
        self._tell_selected()
        self._tell_sent()
        if self._whole and not self.message.text():
            self._unsay = self.message.say_for_now(str(FullMaskError()), "caution")
        elif painted and not self._whole:
            self._unsay()

    def _tell_selected(self) -> None:
        painted, (width, height) = self._covered
        share = f"{share_text(painted + self._added, width * height)} of {width} × {height}"
        self._selected.setText(share if painted else "Nothing yet")

    def show_seam(self, feather: int, widest: int, narrow: Callable[[], object]) -> None:
        """Warn of a seam that leaves no part of an area to the result. narrow: takes the widest that does."""
        self._unsay_seam()
        if 0 < widest < feather and not self.message.text():
            words = f"The seam of {feather} px is wider than half the mask: the old image shows through the result."
            self._unsay_seam = self.message.say_for_now(words, "caution", {f"Use {widest} px": narrow})

    def show_overlap(self, overlap: int, added: int) -> None:
        """Pixels of the image beside the new area that are painted with it, and how many of them only therefore."""
        self._outside.setText(f"Kept, except {overlap} px at the seam" if overlap else "Kept pixel for pixel")
        self._added = added
        self._tell_selected()

    def show_measuring(self) -> None:
        """What goes out is being found out."""
        self._reaches = None
        self._export.setText("Measuring…")

    def show_sent(self, reaches: Sequence[Reach]) -> None:
        """What goes out, request by request. May come before or after the coverage of the same mask."""
        self._reaches = reaches
        self._tell_sent()

    def _tell_sent(self) -> None:
        reaches = self._reaches
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
        """Whether there is little room from top to bottom."""
        self._low = low
        self._heading.setHidden(low)
        self._form.setRowVisible(_OUTSIDE, not low and not self.losses)

    def show_losses(self, losses: Sequence[str]) -> None:
        """What the image on the canvas loses outside the mask, in sentences."""
        self.losses = tuple(losses)
        self._losses.setText("\n".join(losses))
        self._losses.setVisible(bool(losses))
        self.set_low(self._low)

    def show_nothing(self) -> None:
        """There is no picture."""
        self._reaches = None
        self._selected.setText("—")
        self._export.setText("—")
