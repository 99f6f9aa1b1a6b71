"""A modeless dialog that asks for a short text."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from imagineart_desktop.ui.widgets.buttons import button
from imagineart_desktop.ui.widgets.completions import complete_with
from imagineart_desktop.ui.widgets.labels import plain_label

_WIDE = 380
"""Minimum width in pixels: a title bar with its buttons then fits any title used here."""


class TextInputDialog(QDialog):
    """Asks for a short text. then: called with the text unless it's empty; known: completions."""

    def __init__(
        self,
        parent: QWidget,
        title: str,
        label: str,
        then: Callable[[str], object],
        *,
        text: str = "",
        known: Sequence[str] = (),
    ) -> None:
        super().__init__(parent)
        self._then = then
        self.setWindowTitle(title)
        self.setModal(False)
        self.setMinimumWidth(_WIDE)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addWidget(plain_label(label, "muted"))
        self.field = QLineEdit(text)
        self.field.setAccessibleName(label)
        self.field.selectAll()
        if known:
            complete_with(self.field, QStringListModel(known, self))
        column.addWidget(self.field)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.close))
        ok = button("OK", self._take, kind="primary")
        ok.setDefault(True)
        foot.addWidget(ok)
        column.addLayout(foot)
        self.finished.connect(self.deleteLater)
        self.show()
        self.field.setFocus()

    def _take(self) -> None:
        typed = self.field.text().strip()
        if typed:
            self._then(typed)
            self.close()
