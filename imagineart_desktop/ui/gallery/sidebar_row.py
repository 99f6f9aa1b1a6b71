"""A row of the gallery's sidebar."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QHBoxLayout

from imagineart_desktop.ui.widgets import TextButton, plain_label


class SidebarRow(TextButton):
    """A row with a name and, on the right, the number of its images."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.setProperty("kind", "side")
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 10, 0)
        self._count = plain_label("", "faint")
        self._count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addStretch(1)
        row.addWidget(self._count)
        self.setProperty("count", self._count)

    def sizeHint(self) -> QSize:
        """Return a size with room for the name and the count."""
        return super().sizeHint() + QSize(self.reserved, 0)

    def show_count(self, count: int) -> None:
        """Show a count, or nothing for zero."""
        self._count.setText(f"{count:,}" if count else "")
        self.reserved = self._count.sizeHint().width() if count else 0
        self.updateGeometry()

    def show_name(self, name: str) -> None:
        """Show another name, elided if it doesn't fit."""
        self.setText(name.replace("&", "&&"))
