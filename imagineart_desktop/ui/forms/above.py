"""What a widget above the prompt leaves to its form: the places of its messages."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.widgets import InlineMessage


class AbovePrompt(QWidget):
    """A widget above the prompt. The form shows its messages where they move nothing.

    line: in the gap below the widget. message: above the price.
    """

    def __init__(self) -> None:
        super().__init__()
        self.line = InlineMessage(keeps_line=True)
        self.message = InlineMessage()
