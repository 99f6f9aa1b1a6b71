"""Ctrl+K: every action by its words."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QModelIndex, QObject, QSortFilterProxyModel, Qt
from PySide6.QtGui import QAction, QKeyEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from imagineart_desktop.ui.widgets import plain_label

_WIDTH, _HEIGHT = 520, 380


class CommandSearch(QFrame):
    """A field and a list that floats over the window."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._window = window
        self._actions: list[QAction] = []
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search commands")
        self.field.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self._proxy = QSortFilterProxyModel(self)
        self._proxy.setSourceModel(self._model)
        self._proxy.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = QListView()
        self.list.setObjectName("commands")
        self.list.setModel(self._proxy)
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.nothing = plain_label("No command of that name.", "muted")
        self.nothing.setContentsMargins(10, 7, 10, 7)
        column.addWidget(self.field)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(lambda: self._run(self.list.currentIndex()))
        self.list.clicked.connect(self._run)

    def open(self, actions: Iterable[QAction]) -> None:
        """Shows the commands that can be done now."""
        self._actions = [action for action in actions if action.isEnabled() and action.isVisible()]
        self._model.clear()
        for action in self._actions:
            keys = action.shortcut().toString()
            words = action.text().replace("&", "").rstrip("…")
            self._model.appendRow(QStandardItem(f"{words}\t{keys}" if keys else words))
        self.field.clear()
        self._filter("")
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        self.move(corner.x() + (self._window.width() - _WIDTH) // 2, corner.y() + 90)
        self.show()
        self.field.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """The arrow keys go through the list while one types."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                row = min(max(self.list.currentIndex().row() + step, 0), self._proxy.rowCount() - 1)
                self.list.setCurrentIndex(self._proxy.index(row, 0))
                return True
        return super().eventFilter(watched, event)

    def _filter(self, text: str) -> None:
        self._proxy.setFilterFixedString(text)
        self.list.setCurrentIndex(self._proxy.index(0, 0))
        self.nothing.setVisible(not self._proxy.rowCount())

    def _run(self, index: QModelIndex) -> None:
        if index.isValid():
            action = self._actions[self._proxy.mapToSource(index).row()]
            self.close()
            action.trigger()
