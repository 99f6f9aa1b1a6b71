"""Page-wide shortcuts for viewing a result: Space flips, Enter applies, Escape leaves."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QLineEdit, QPlainTextEdit, QTextEdit, QWidget
from shiboken6 import isValid

from imagineart_desktop.ui.widgets.focus import follow_focus

_TEXT_INPUTS = (QLineEdit, QPlainTextEdit, QTextEdit, QAbstractSpinBox)


class ResultShortcuts(QObject):
    """Shortcuts on `page` that are active while `wanted`, except while typing. Tools keep the keys they need.

    waiting: whether there is something to cancel or to close; Escape then works as well.
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
        self._page = page
        self._work: dict[Qt.Key, Callable[[], object]] = {
            Qt.Key.Key_Space: flip,
            Qt.Key.Key_Return: apply,
            Qt.Key.Key_Enter: apply,
            Qt.Key.Key_Escape: leave,
        }
        self._keys: list[QShortcut] = []
        self._add_to(page)
        follow_focus(self._focus_changed)
        self.refresh()

    def include(self, beside: QWidget) -> None:
        """Make the shortcuts work in a widget that is used like a part of the page while the page is open."""
        self._add_to(beside)
        self.refresh()

    def _add_to(self, widget: QWidget) -> None:
        for key, work in self._work.items():
            shortcut = QShortcut(QKeySequence(key), widget)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.setAutoRepeat(False)
            shortcut.activated.connect(work)
            self._keys.append(shortcut)

    def refresh(self) -> None:
        """Update the shortcuts after a change of the viewed result or of what is pending."""
        self._set_enabled(QApplication.focusWidget())

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._set_enabled(now)

    def _set_enabled(self, focus: QWidget | None) -> None:
        if not isValid(self._page):
            # The page is being destroyed, which moves the focus.
            return
        writes, wanted = isinstance(focus, _TEXT_INPUTS), self._wanted()
        for shortcut in self._keys:
            leaves = shortcut.key() == QKeySequence(Qt.Key.Key_Escape)
            here = shortcut.parent() is self._page or self._page.isVisible()
            shortcut.setEnabled(here and not writes and (wanted or (leaves and self._waiting())))
