"""An editor for an image's tags, each with a button that removes it, and a field to add more."""

from __future__ import annotations

from PySide6.QtCore import QStringListModel, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPushButton, QVBoxLayout, QWidget

from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.ui.widgets import button, complete_with
from imagineart_desktop.workspace.tooltip import plain_tip

_MAX_TAG_CHARS = 26
"""Maximum number of characters shown of a tag."""


class TagsEditor(QWidget):
    """An editor for tags, which emits a signal for each change.

    known: all existing tags, for completion. Text is committed on Enter; commas separate several tags.
    """

    tagged = Signal(list)
    untagged = Signal(list)

    def __init__(self, tags: tuple[str, ...], known: list[str]) -> None:
        super().__init__()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        for names in _rows(tags):
            line = QHBoxLayout()
            line.setSpacing(5)
            for name in names:
                line.addWidget(self._chip(name))
            line.addStretch(1)
            column.addLayout(line)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Add a tag")
        self.field.setAccessibleName("Add a tag")
        complete_with(self.field, QStringListModel(known, self))
        column.addWidget(self.field)
        self.field.returnPressed.connect(self._add)

    def take_over(self, old: TagsEditor) -> None:
        """Continue the typing in progress in the editor that this one replaces, once this one is in its place."""
        self.field.setText(old.field.text())
        if old.field.hasFocus():
            QTimer.singleShot(0, self.field, self.field.setFocus)

    def _chip(self, name: str) -> QPushButton:
        shown = ellipsize(name, _MAX_TAG_CHARS)
        tip = "Remove this tag" if shown == name else plain_tip(f"Remove the tag “{name}”")
        return button(f"{shown}  ×", lambda: self.untagged.emit([name]), tip=tip)

    def _add(self) -> None:
        names = [name.strip() for name in self.field.text().split(",") if name.strip()]
        self.field.clear()
        if names:
            self.tagged.emit(names)


def _rows(tags: tuple[str, ...], widest: int = 30) -> list[list[str]]:
    """Split tags into lines, with as many per line as fit."""
    rows: list[list[str]] = []
    used = widest
    for tag in tags:
        if used + len(tag) + 4 > widest:
            rows.append([])
            used = 0
        rows[-1].append(tag)
        used += len(tag) + 4
    return rows
