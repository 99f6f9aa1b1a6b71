"""Following keyboard focus through the whole program."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QApplication, QWidget


def follow_focus(moved: Callable[[QWidget | None, QWidget | None], None]) -> None:
    """Call `moved(before, now)` whenever another widget gets keyboard focus. moved: a method of a QObject."""
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.focusChanged.connect(moved)
