"""What all input controls for a model's fields have in common."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.models import Size
from imagineart_desktop.models.own_size import option_of
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel
from imagineart_desktop.workspace.tooltip import plain_tip


class Control(QWidget):
    """A control for one field, with its heading.

    small: whether it comes after all others; narrow: whether two of these fit side by side. line: text that is shown in
    the gap below the control, if it needs one. problem: shows what is wrong with the value, if the control has room for
    that. headed: the layout of a heading and its field, if they fit side by side.
    """

    changed = Signal()
    stops_changed = Signal()
    """There are other widgets in the Tab order."""
    small = False
    narrow = False
    line: InlineMessage | None = None
    problem: InlineMessage | None = None
    headed: QBoxLayout | None = None

    def __init__(self, help_text: str) -> None:
        super().__init__()
        self.column = QVBoxLayout(self)
        self.column.setContentsMargins(0, 0, 0, 0)
        self.column.setSpacing(6)
        self._help = plain_tip(help_text)
        self.setToolTip(self._help)

    def value(self) -> JsonValue:
        """Return the value for the request."""
        raise NotImplementedError

    def set_value(self, value: object) -> None:
        """Set the value; an invalid one is ignored."""
        raise NotImplementedError

    def picture_ids(self) -> Mapping[str, int]:
        """Return the library ids of images that the value refers to: SHA-256 → id."""
        return {}

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        raise NotImplementedError

    def show_size(self, size: Size | None) -> None:
        """Show the size in pixels that results from the choice, if this field determines it."""

    def show_sizes(self, size_of: Callable[[str], Size | None]) -> None:
        """Show the size in pixels that each option would give, if this field determines it."""

    def settle(self) -> None:
        """Take or give up what is being typed, as before the request is sent: what is shown must be what is sent."""

    def set_reason(self, reason: str) -> None:
        """Disable the control and say why in its heading, or enable it if there is no reason."""
        self.setEnabled(not reason)
        self.setToolTip(plain_tip(reason) or self._help)
        self._show_reason(reason)

    def set_refused(self, refused: Mapping[str, str]) -> None:
        """Say in the heading if the chosen option can't be sent. refused: option → what it isn't possible with."""
        if (reason := refused.get(option_of(self.value()))) is not None:
            self._show_reason(f"Not with {reason}")

    def _show_reason(self, reason: str) -> None:
        if (heading := self.findChild(SectionLabel)) is not None:
            heading.set_reason(reason)


def align_headings(rows: Sequence[QBoxLayout], *, beside: bool) -> None:
    """Put headings beside their fields, which saves lines, or above them. All fields beside a heading line up."""
    items = [item for row in rows if (item := row.itemAt(0)) is not None]
    headings = [heading for item in items if (heading := item.widget()) is not None]
    for row in rows:
        row.setDirection(QBoxLayout.Direction.LeftToRight if beside else QBoxLayout.Direction.TopToBottom)
        row.setStretch(1, 1 if beside else 0)
    width = max((heading.sizeHint().width() for heading in headings), default=0) if beside else 0
    for heading in headings:
        heading.setMinimumWidth(width)
