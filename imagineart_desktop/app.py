"""Assembly of the whole program with its window. No other module knows all the parts."""

from __future__ import annotations

import asyncio
import sys
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import partial

import imagineart_desktop.ui  # noqa: F401 - removes the import hook of PySide6 before anything else is imported

# isort: split
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from imagineart_desktop.jobs import DEMO_WAITS, CompositeCache
from imagineart_desktop.library import (
    DatabaseDamagedError,
    Library,
    LibraryError,
    LibraryInUseError,
    ReconcileResult,
    is_in_use,
)
from imagineart_desktop.library.maintenance.relocate import finish_move, forget_move_origin
from imagineart_desktop.library.recovery.startup_notices import unreadable_notice
from imagineart_desktop.places import NAME, AppPaths
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.support import (
    CrashReporter,
    cancel_spawned,
    ensure_time_zone,
    print_notice,
    signal_exit_code,
    spawn,
    start_logging,
    stop_logging,
    termination_signals,
)
from imagineart_desktop.support.pixel_libraries import load_pixel_libraries
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.first_frame import first_frame
from imagineart_desktop.ui.window.library_notices import LibraryNotices
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.ui.window.pages import tabs_to_restore
from imagineart_desktop.ui.window.session_end import SessionEndHandler
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.event_loop import run
from imagineart_desktop.workspace.language import use_english
from imagineart_desktop.workspace.preferences import Preferences

_TITLE_BAR = 40
"""Maximum height of a title bar, in logical pixels."""


def make_application() -> QApplication:
    """Create and configure the QApplication, or return the existing one."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    use_english()
    ensure_time_zone()
    app.setApplicationName(NAME)
    app.setDesktopFileName("imagineart-desktop")
    app.setQuitOnLastWindowClosed(False)
    return app


def default_window_size(available: QSize) -> QSize:
    """Return a window size for the first start that fits the screen, including the title bar. Logical pixels."""
    return QSize(1440, 900).boundedTo(available - QSize(0, _TITLE_BAR))


class _ShutdownRequest:
    """A request to close the window, from the user, a signal, or the end of the session."""

    def __init__(self, app: QApplication) -> None:
        self._signal: int | None = None
        self._restarts = False
        self._asked = asyncio.Event()
        app.aboutToQuit.connect(self.ask)

    def ask(self) -> None:
        """Request the end."""
        self._asked.set()

    def ask_by_signal(self, number: int) -> None:
        """Request the end, with the exit code of a program ended by this signal."""
        self._signal = self._signal or number
        self.ask()

    def ask_to_restart(self) -> None:
        """Request the end and then a new window."""
        self._restarts = True
        self.ask()

    def take_restart(self) -> bool:
        """Return whether a new window was requested, and clear the request."""
        restarts = self._restarts and self._signal is None
        self._restarts = False
        if restarts:
            self._asked.clear()
        return restarts

    async def wait(self) -> None:
        """Wait until the end is requested."""
        await self._asked.wait()

    def code(self, otherwise: int) -> int:
        """Return the exit code. otherwise: the code if no signal was received."""
        return otherwise if self._signal is None else signal_exit_code(self._signal)


async def show_window(places: AppPaths, app: QApplication) -> int:
    """Run the window until it's closed. Returns the exit code."""
    loop = asyncio.get_running_loop()
    crashes = CrashReporter(places.logs)
    crashes.watch(loop)
    preferences = Preferences(places.settings)
    theme = Theme(app, preferences.theme, dressed=False)
    end = _ShutdownRequest(app)
    with termination_signals(loop, end.ask_by_signal):
        try:
            await _open_window(places, app, preferences, theme, crashes, end)
            while end.take_restart():
                await _open_window(places, app, preferences, theme, crashes, end)
        except LibraryError as error:
            theme.apply_stylesheet()
            await _show_startup_error(str(error), end)
            return end.code(1)
    return end.code(0)


async def _open_window(
    places: AppPaths,
    app: QApplication,
    preferences: Preferences,
    theme: Theme,
    crashes: CrashReporter,
    end: _ShutdownRequest,
) -> None:
    """Open the library at its current location, and run its window until the end is requested. Raises LibraryError."""
    moved = await _finish_move(places, preferences)
    where = places if preferences.folder is None else replace(places, library=preferences.folder)
    await _run_window(where, app, preferences, theme, crashes, end, moved)


async def _run_window(
    places: AppPaths,
    app: QApplication,
    preferences: Preferences,
    theme: Theme,
    crashes: CrashReporter,
    end: _ShutdownRequest,
    moved: str,
) -> None:
    """Run the window until the end is requested. moved: a sentence about a library that was moved.

    Raises LibraryError.
    """
    shown = asyncio.Event()
    read_only = await asyncio.to_thread(is_in_use, places.library)
    async with open_core(
        places,
        at_once=preferences.at_once,
        proxy=preferences.proxy,
        read_only=read_only,
        after=shown,
        key_wait=DEMO_WAITS,
        composed=CompositeCache(),
    ) as parts:
        if not read_only:
            crashes.start()
        window = await _build_window(places, parts, preferences, theme, end)
        save = partial(_save, window, preferences)
        session = SessionEndHandler(app, save, crashes)
        with _crashes_reported(crashes, window):
            await _show_restored(window)
            shown.set()
            spawn_owned(window, _load_rest(window))
            _report_last_session(parts, window, crashes)
            await _run_until_end(parts, window, end, save, moved)
        session.deleteLater()
        if not read_only:
            crashes.end()
    await cancel_spawned()
    window.deleteLater()


async def _build_window(
    places: AppPaths, parts: Core, preferences: Preferences, theme: Theme, end: _ShutdownRequest
) -> MainWindow:
    at_once = await tabs_to_restore(parts.library, parts.worker)
    window = MainWindow(parts.library, parts.worker, parts.account, preferences, theme, places.logs, at_once=at_once)
    window.closed.connect(end.ask)
    window.restart_wanted.connect(end.ask_to_restart)
    return window


async def _save(window: MainWindow, preferences: Preferences) -> None:
    await window.save()
    preferences.save()


@contextmanager
def _crashes_reported(crashes: CrashReporter, window: MainWindow) -> Iterator[None]:
    """Show unexpected errors in the window while the block runs."""
    loop = asyncio.get_running_loop()
    untell = crashes.tell(lambda error: loop.call_soon_threadsafe(window.support.failed, error))
    try:
        yield
    finally:
        untell()


async def _show_restored(window: MainWindow) -> None:
    """Show the window as it was closed, and wait for its first frame."""
    window.resize(default_window_size(window.screen().availableSize()))
    await window.restore()
    window.show()
    await first_frame(window)


def _report_last_session(parts: Core, window: MainWindow, crashes: CrashReporter) -> None:
    if parts.library.read_only:
        return
    if crashes.previous_run_crashed:
        window.say("The program closed unexpectedly last time. Unfinished work was restored.")
    elif unfinished := len(parts.worker.unfinished()):
        window.say(f"Resuming {pluralize(unfinished, 'request')} from the last session.")


async def _run_until_end(
    parts: Core, window: MainWindow, end: _ShutdownRequest, save: Callable[[], Awaitable[None]], moved: str
) -> None:
    """Run the window until the end is requested, then close it. moved: see `_run_window`."""
    notices = LibraryNotices(parts.library, window.banner)
    with _notices(parts, window, notices, moved):
        await end.wait()
        # A signal ends the program while the window is still open; closing it saves its layout.
        if window.isVisible():
            window.close_now()
        await save()
        window.hide()
        # Before the library closes, so that canceled work can still leave its notice, and doesn't run into a closed
        # library.
        await cancel_spawned()
    await notices.forget()


async def _load_rest(window: MainWindow) -> None:
    """Load and build what the first frame didn't need."""
    await asyncio.to_thread(load_pixel_libraries)
    await window.pages.complete()


@contextmanager
def _notices(parts: Core, window: MainWindow, notices: LibraryNotices, moved: str) -> Iterator[None]:
    """Show notices in the window as they become known, while the block runs."""
    tasks = [spawn(_show_startup_notices(parts, window, notices, moved)), spawn(_report_damage(parts.library, window))]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()


async def _finish_move(places: AppPaths, preferences: Preferences) -> str:
    """Finish a prepared move before the library is opened. Returns a sentence about it; empty without a move."""
    old, new = preferences.folder or places.library, preferences.moving
    if new is None:
        return ""
    try:
        await asyncio.to_thread(finish_move, old, new)
    except LibraryInUseError:
        return ""
    except LibraryError as error:
        preferences.moving = None
        return str(error)
    preferences.moving, preferences.folder, preferences.left = None, new, old
    preferences.save()
    await asyncio.to_thread(forget_move_origin, new)
    return f"The library is now in {new}. The old folder is unchanged: see Settings → Library."


async def _show_startup_notices(parts: Core, window: MainWindow, notices: LibraryNotices, moved: str) -> None:
    """Show what wasn't as expected at startup."""
    is_told = await notices.show()
    if moved:
        window.say(moved)
    await parts.account.settled.wait()
    if findings := (*parts.library.models.problems, *parts.account.findings):
        window.say(" ".join(findings))
    try:
        found = await parts.reconciled
    except DatabaseDamagedError:
        return
    except LibraryError as error:
        window.say(str(error))
        return
    is_told |= await notices.show(unreadable_notice(parts.worker.unreadable))
    if not (moved or is_told or findings) and (changed := _describe_changes(found)):
        window.say(changed)


def _describe_changes(found: ReconcileResult) -> str:
    """Describe what changed in the library folder while the program wasn't running; empty if nothing did."""
    if found.lost:
        were = "it was" if len(found.lost) == 1 else "they were"
        are = "is" if len(found.lost) == 1 else "are"
        files = pluralize(len(found.lost), "image file")
        return f"{files} {are} missing from the library folder: {were} moved or deleted."
    if found.added:
        were = "was" if len(found.added) == 1 else "were"
        return f"Added {pluralize(len(found.added), 'image')} that {were} found in the library folder."
    return ""


async def _report_damage(library: Library, window: MainWindow) -> None:
    """Tell the user that nothing more can be saved, as soon as the database is known to be damaged."""
    await library.damage_seen.wait()
    window.banner.say(str(DatabaseDamagedError(library.files.database)), "error")


async def _show_startup_error(sentence: str, end: _ShutdownRequest) -> None:
    """Show why the program can't start, until the user confirms or the program ends."""
    print_notice(sentence)
    box = QMessageBox(QMessageBox.Icon.NoIcon, NAME, "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence)
    box.finished.connect(end.ask)
    box.open()
    await end.wait()


def main(places: AppPaths) -> int:
    """Start the program with its window. Returns the exit code."""
    app = make_application()
    start_logging(places.logs)
    try:
        return run(app, show_window(places, app), freezes=True)
    finally:
        stop_logging()
