"""The keys with which a result is looked at, wherever the keyboard is: Space flips, Enter applies, Escape leaves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_WRITES = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class LookKeys(QObject):
    """Work on `page` while `wanted`, unless something is being written. Tools keep the keys that they need.

    waiting: whether there is something to cancel; then Escape works as well.
    """

    def __init__(
        self,
        page: QWidget,
        wanted: Callable[[], bool],
        waiting: Callable[[], bool],
        flip: Callable[[], object],
        apply: Callable[[], object],
        leave: Callable[[], object],
    ) -> None:
        super().__init__(page)
        self._wanted = wanted
        self._waiting = waiting
        self._keys: list[QShortcut] = []
        for key, work in (
            (Qt.Key.Key_Space, flip),
            (Qt.Key.Key_Return, apply),
            (Qt.Key.Key_Enter, apply),
            (Qt.Key.Key_Escape, leave),
        ):
            shortcut = QShortcut(QKeySequence(key), page)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(work)
            self._keys.append(shortcut)
        application = QApplication.instance()
        if isinstance(application, QApplication):
            application.focusChanged.connect(self._focus_changed)
        self.refresh()

    def refresh(self) -> None:
        """Another result is looked at or none, or something is waited for or not any more."""
        self._set_enabled(QApplication.focusWidget())

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._set_enabled(now)

    def _set_enabled(self, focus: QWidget | None) -> None:
        writes, wanted = isinstance(focus, _WRITES), self._wanted()
        for shortcut in self._keys:
            leaves = shortcut.key() == QKeySequence(Qt.Key.Key_Escape)
            shortcut.setEnabled(not writes and (wanted or (leaves and self._waiting())))
