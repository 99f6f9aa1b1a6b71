"""The dialog for all keyboard shortcuts: search, change and reset them."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLineEdit,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.ui.commands.shortcuts import ShortcutEditor
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, button, plain_label
from imagineart_desktop.workspace.commands.declarations import TITLES

_NAME = Qt.ItemDataRole.UserRole


class _KeysField(QKeySequenceEdit):
    """Records one key combination. Esc can't be a shortcut: it cancels recording."""

    given_up = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Record any key but Esc."""
        if event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier:
            self.given_up.emit()
        else:
            super().keyPressEvent(event)


class ShortcutsDialog(BaseDialog):
    """The table of shortcuts. Changes take effect immediately."""

    def __init__(self, parent: QWidget, shortcuts: ShortcutEditor) -> None:
        super().__init__(parent)
        self._shortcuts = shortcuts
        self.setWindowTitle("Keyboard shortcuts")
        self.setModal(False)
        self.resize(560, 640)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        self.search = QLineEdit()
        self.search.setPlaceholderText("Search by name or keys")
        self.search.setAccessibleName("Search shortcuts")
        self.search.setClearButtonEnabled(True)
        self.search.textChanged.connect(self._filter)
        column.addWidget(self.search)
        self.list = self._table()
        column.addWidget(self.list, 1)
        column.addLayout(self._editor())
        self.message = InlineMessage()
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.addWidget(button("Reset all", self._reset_all))
        foot.addStretch(1)
        foot.addWidget(button("Close", self.close))
        column.addLayout(foot)
        self.list.setCurrentItem(self.items[0])

    def _table(self) -> QTreeWidget:
        table = QTreeWidget()
        table.setAccessibleName("Shortcuts")
        table.setHeaderLabels(["Action", "Keys"])
        table.setIndentation(12)
        table.setUniformRowHeights(True)
        table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        table.header().setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        table.header().setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
        self.items: list[QTreeWidgetItem] = []
        self.groups: list[QTreeWidgetItem] = []
        for menu, names in self._shortcuts.groups().items():
            group = QTreeWidgetItem([TITLES[menu], ""])
            group.setFlags(Qt.ItemFlag.ItemIsEnabled)
            font = group.font(0)
            font.setBold(True)
            group.setFont(0, font)
            for name in names:
                item = QTreeWidgetItem([self._shortcuts.words(name), ""])
                item.setData(0, _NAME, name)
                group.addChild(item)
                self.items.append(item)
            table.addTopLevelItem(group)
            self.groups.append(group)
        table.expandAll()
        table.currentItemChanged.connect(self._chosen)
        return table

    def _editor(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(plain_label("New shortcut", "muted"))
        self.keys = _KeysField()
        self.keys.setMaximumSequenceLength(1)
        self.keys.setClearButtonEnabled(True)
        self.keys.setAccessibleName("New keys")
        self.keys.editingFinished.connect(self._edited)
        self.keys.given_up.connect(self._give_up)
        row.addWidget(self.keys, 1)
        row.addWidget(button("Reset", self._reset))
        return row

    def showEvent(self, event: QShowEvent) -> None:
        """Show the current shortcuts."""
        super().showEvent(event)
        self._show()
        self.search.setFocus()

    def _current(self) -> str | None:
        item = self.list.currentItem()
        name = item.data(0, _NAME) if item is not None else None
        return str(name) if name is not None else None

    def _chosen(self) -> None:
        self.message.clear()
        name = self._current()
        if name is not None:
            self.keys.setKeySequence(self._shortcuts.keys(name))

    def _give_up(self) -> None:
        self._chosen()
        self.list.setFocus()

    def _edited(self) -> None:
        name, keys = self._current(), self.keys.keySequence()
        if name is None or keys == self._shortcuts.keys(name):
            return
        shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
        if self._shortcuts.is_reserved(keys):
            self._chosen()
            self.message.say(f"{shown} can’t be a shortcut. Choose other keys.", "caution")
            return
        other = self._shortcuts.conflicting_action(keys, name) if not keys.isEmpty() else None
        if other is None:
            self._give(name, keys)
            return
        self.message.say(
            f"{shown} belongs to “{self._shortcuts.words(other)}”.",
            "caution",
            {f"Give it to “{self._shortcuts.words(name)}”": lambda: self._give(name, keys), "Cancel": self._chosen},
        )

    def _give(self, name: str, keys: QKeySequence) -> None:
        self._shortcuts.set(name, keys)
        self._show()

    def _reset(self) -> None:
        name = self._current()
        if name is not None:
            self._shortcuts.reset(name)
            self._show()

    def _reset_all(self) -> None:
        self._shortcuts.reset_all()
        self._show()

    def _show(self) -> None:
        for item in self.items:
            name = str(item.data(0, _NAME))
            item.setText(1, self._shortcuts.keys(name).toString(QKeySequence.SequenceFormat.NativeText))
            font = item.font(1)
            font.setBold(self._shortcuts.is_changed(name))
            item.setFont(1, font)
        self._chosen()

    def _filter(self, text: str) -> None:
        wanted = text.strip().lower()
        for item in self.items:
            item.setHidden(wanted not in f"{item.text(0)} {item.text(1)} {item.parent().text(0)}".lower())
        for group in self.groups:
            group.setHidden(all(group.child(place).isHidden() for place in range(group.childCount())))
