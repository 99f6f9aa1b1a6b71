"""Following keyboard focus through the whole program, and the Tab order of parts that are built late."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QWidget


def follow_focus(moved: Callable[[QWidget | None, QWidget | None], None]) -> None:
    """Call `moved(before, now)` whenever another widget gets keyboard focus. moved: a method of a QObject."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.focusChanged.connect(moved)


def previous_in_tab_order(widget: QWidget) -> QWidget | None:
    """Return the widget that the Tab key reaches before this one."""
    before = widget.previousInFocusChain()
    while before is not None and before is not widget and not before.focusPolicy() & Qt.FocusPolicy.TabFocus:
        before = before.previousInFocusChain()
    return None if before is widget else before


def insert_in_tab_order(before: QWidget | None, part: QWidget) -> None:
    """Let the Tab key reach the children of a part after `before`, in their order.

    Qt puts what is built late at the end of the window.
    """
    children, widget = [], part.nextInFocusChain()
    while widget is not None and widget is not part:
        # Also those that the Tab key skips now, such as the values of a choice beside the current one.
        if part.isAncestorOf(widget) and widget.focusPolicy() != Qt.FocusPolicy.NoFocus:
            children.append(widget)
        widget = widget.nextInFocusChain()
    for one, next_one in pairwise([before, *children] if before is not None else children):
        QWidget.setTabOrder(one, next_one)
