"""Fixtures for tests of the window: each `async def` runs in Qt's and asyncio's common loop, like the program."""

from __future__ import annotations

import inspect
import os
from collections.abc import Iterator
from pathlib import Path

if os.environ.setdefault("QT_QPA_PLATFORM", "offscreen") == "offscreen":
    # Large enough for every window at every scale: a first touch beyond the edge of the screen is lost.
    screen = os.path.relpath(Path(__file__).with_name("screen.json"))
    os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={screen}"
os.environ["PYTHON_KEYRING_BACKEND"] = "keyring.backends.null.Keyring"
os.environ.pop("FAL_KEY", None)

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.app import make_application
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.theme_mode import ThemeMode


@pytest.fixture(scope="session")
def application() -> Iterator[QApplication]:
    app = make_application()
    yield app
    # The offscreen clipboard is deleted after Python, and must not hold anything of Python's then.
    app.clipboard().clear()


@pytest.fixture(scope="session")
def theme(application: QApplication) -> Theme:
    return Theme(application, ThemeMode.DARK)


@pytest.fixture(autouse=True)
def clean_screen(theme: Theme, application: QApplication) -> Iterator[None]:
    """Start with the dark theme, the style sheet and an empty clipboard, and leave no window at the end.

    A leftover window would take the pointer from the next test's, would be restyled with each change of the theme, and
    would keep its images.
    """
    theme.set_mode(ThemeMode.DARK)
    theme.apply_stylesheet()
    # Move the pointer away from the parts that tests enter and leave.
    QCursor.setPos(0, 0)
    # What an earlier test copied would be taken for what this one waits for.
    application.clipboard().clear()
    yield
    for widget in application.topLevelWidgets():
        # A completer deletes its popup.
        if widget.parentWidget() is None and widget.windowType() is not Qt.WindowType.Popup:
            widget.close()
            widget.deleteLater()
    for other in application.findChildren(Theme):
        # A test that ran the whole program leaves one that would follow the system.
        if other is not theme:
            other.deleteLater()
    QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    if QApplication.mouseButtons() & Qt.MouseButton.LeftButton:
        # A test that pressed without releasing.
        QTest.mouseRelease(QWidget(), Qt.MouseButton.LeftButton)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def main() -> int:
        try:
            await pyfuncitem.obj(**arguments)
        finally:
            # A gesture that a failed test left open ends while its loop still runs.
            if focused := QApplication.focusWidget():
                focused.clearFocus()
            # Delete closed windows now: their timers would start work without a running loop.
            QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        return 0

    run(make_application(), main())
    return True
