"""Form fields for the export dialogs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import QEvent, Qt, QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QHBoxLayout, QSpinBox, QVBoxLayout, QWidget

from imagineart_desktop.ui.widgets import InlineMessage, combo_box

_MESSAGE_LINES, _MESSAGE_FRAME = 2, 20
"""Lines of text that a dialog keeps room for, and pixels above and below them."""


def labeled_combo_box(name: str, options: Mapping[Any, str]) -> QComboBox:
    """Return a combo box. name: for screen readers; options: value → label."""
    box = combo_box(name)
    for value, words in options.items():
        box.addItem(words, str(value))
    return box


def spin_box(name: str, within: tuple[int, int], value: int, suffix: str = "") -> QSpinBox:
    """Return a spin box for an integer. within: its minimum and maximum."""
    box = QSpinBox()
    box.setRange(*within)
    box.setValue(value)
    box.setSuffix(suffix)
    box.setAccessibleName(name)
    return box


def hbox_row(*parts: QWidget) -> QHBoxLayout:
    """Return a row of widgets whose first one stretches."""
    made = QHBoxLayout()
    made.setSpacing(8)
    for place, part in enumerate(parts):
        made.addWidget(part, 1 if place == 0 else 0)
    return made


class DialogMessage(InlineMessage):
    """A message for which its dialog keeps room; see `MessageRoom`. A long one makes the dialog taller."""

    def __init__(self, dialog: QDialog) -> None:
        super().__init__(floats=True, buttons_beside=True)
        self._dialog = dialog
        self.shown.connect(self._fit_soon)

    def _fit_soon(self) -> None:
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        layout = self._dialog.layout()
        if layout is not None:
            width = self._dialog.width()
            self._dialog.resize(width, max(self._dialog.height(), layout.totalHeightForWidth(width)))


class MessageRoom(QWidget):
    """Room for a message of two lines or for the progress, on the left of a dialog's buttons.

    A longer message makes the dialog taller below the buttons, which never move.
    """

    def __init__(self, message: InlineMessage, *progress: QWidget) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        for part in (message, *progress):
            column.addWidget(part)
        column.addStretch(1)
        self._reserve()

    def event(self, event: QEvent) -> bool:
        """Keep more room for a larger font."""
        if event.type() in (QEvent.Type.Polish, QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._reserve()
        return super().event(event)

    def _reserve(self) -> None:
        self.setMinimumHeight(_MESSAGE_LINES * self.fontMetrics().lineSpacing() + _MESSAGE_FRAME)


def dialog_foot(room: MessageRoom, *buttons: QWidget) -> QHBoxLayout:
    """Return the last row of a dialog: its messages, and its buttons."""
    foot = QHBoxLayout()
    foot.setSpacing(8)
    foot.addWidget(room, 1)
    for made in buttons:
        foot.addWidget(made, 0, Qt.AlignmentFlag.AlignTop)
    return foot
