"""Puts the parts together; nothing else knows them all."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from platformdirs import PlatformDirs
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from imagineart_desktop.fal import FAL_HOSTS, Hosts, RetryRules
from imagineart_desktop.jobs import Account, Worker
from imagineart_desktop.library import (
    DatabaseDamagedError,
    Library,
    LibraryError,
    LibraryInUseError,
    Reconciled,
    is_in_use,
)
from imagineart_desktop.library.moving import finish_move, settle_move
from imagineart_desktop.support import (
    Crashes,
    exit_code_of,
    say,
    settle_time_zone,
    start_logging,
    stop_logging,
    termination_signals,
)
from imagineart_desktop.ui.language import use_english
from imagineart_desktop.ui.loop import run, spawn
from imagineart_desktop.ui.main_window import MainWindow
from imagineart_desktop.ui.preferences import Preferences
from imagineart_desktop.ui.session_end import SessionEnd
from imagineart_desktop.ui.theme import Theme

if TYPE_CHECKING:
    from imagineart_desktop.demo import DemoServer

NAME = "ImagineArt Desktop"
_TITLE_BAR = 40
"""Logical pixels that a title bar takes at most."""

_FOLDER_VARIABLES = ("HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_PICTURES_DIR")

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Places:
    """Where the program keeps things. library: pictures and database; demo: the demo server's books."""

    library: Path
    demo: Path
    settings: Path
    logs: Path

    @classmethod
    def usual(cls) -> Places:
        """Below the user's own folders, as the system wants it. Raises LibraryError where these are not known."""
        for name in _FOLDER_VARIABLES:
            # The XDG specification says that a relative path is invalid and must be ignored.
            if not Path(os.environ.get(name, os.sep)).is_absolute() and os.name == "posix":
                del os.environ[name]
        dirs = PlatformDirs(NAME, appauthor=False)
        try:
            return cls(
                Path(dirs.user_pictures_dir) / "ImagineArt",
                Path(dirs.user_data_dir) / "demo",
                Path(dirs.user_config_dir) / "settings.ini",
                Path(dirs.user_log_dir),
            )
        except RuntimeError:
            # No HOME, and the system does not know the user.
            raise LibraryError("Your home folder is not known. Set HOME, or name a folder with --data.") from None

    @classmethod
    def below(cls, folder: Path) -> Places:
        """All in one folder."""
        return cls(folder / "library", folder / "demo", folder / "settings.ini", folder / "logs")


@dataclass(frozen=True, slots=True)
class Studio:
    """The parts without a window. reconciled: files and rows being put in agreement, in the background."""

    library: Library
    worker: Worker
    account: Account
    reconciled: asyncio.Task[Reconciled]


@asynccontextmanager
async def studio(
    places: Places,
    *,
    at_once: int = 4,
    demo: DemoServer | None = None,
    rules: RetryRules | None = None,
    live_hosts: Hosts = FAL_HOSTS,
    proxy: str | None = None,
    read_only: bool = False,
    resume: bool = True,
    hold_unsent: bool = False,
    after: asyncio.Event | None = None,
) -> AsyncIterator[Studio]:
    """Opens the library and takes up what was left; closes everything at the end. Raises LibraryError.

    read_only: another program works in the library; it is looked at, and no job is driven. resume: whether jobs of
    earlier runs go on; else they stay exactly as they are, for a run that resumes. hold_unsent: those of them that were
    never sent to the paid service wait for `Worker.release`. after: the account and
    the reconciling, which take longer than a window, wait for it; without it the account is there at once.
    """
    library = await asyncio.to_thread(lambda: Library(places.library, read_only=read_only))
    worker = Worker(library, limit=at_once, rules=rules)
    account = Account(worker, places.demo, demo=demo, live_hosts=live_hosts, proxy=proxy)
    background: list[asyncio.Task[object]] = []
    try:
        await library.start()
        if read_only:
            account.settled.set()
        else:
            if resume:
                await worker.start(hold_unsent=hold_unsent)
            if after is None:
                await account.start()
            else:
                background.append(spawn(_begin(after, account.start)))
        reconciled = asyncio.create_task(_begin(after, _nothing_to_reconcile if read_only else library.look_through))
        # Whoever does not ask for it is not told; what damage it finds, the library says by itself.
        reconciled.add_done_callback(lambda task: task.cancelled() or task.exception())
        try:
            yield Studio(library, worker, account, reconciled)
        finally:
            for task in (*background, reconciled):
                task.cancel()
            await asyncio.wait([*background, reconciled])
    finally:
        await worker.stop()
        await account.stop()
        await asyncio.to_thread(library.close)


async def _begin(after: asyncio.Event | None, work: Callable[[], Awaitable[T]]) -> T:
    if after is not None:
        await after.wait()
    return await work()


async def _nothing_to_reconcile() -> Reconciled:
    return Reconciled()


def make_application() -> QApplication:
    """The one QApplication."""
    existing = QApplication.instance()
    app = existing if isinstance(existing, QApplication) else QApplication(sys.argv[:1])
    use_english()
    settle_time_zone()
    app.setApplicationName(NAME)
    app.setDesktopFileName("imagineart-desktop")
    app.setQuitOnLastWindowClosed(False)
    return app


def first_size(available: QSize) -> QSize:
    """Of a window that is opened for the first time, its title bar and status bar on the screen. Logical pixels."""
    return QSize(1440, 900).boundedTo(available - QSize(0, _TITLE_BAR))


class _End:
    """When the window is to end: closed by the user, by a signal, or with the session."""

    def __init__(self, app: QApplication) -> None:
        self._signal: int | None = None
        self._asked = asyncio.Event()
        app.aboutToQuit.connect(self.ask)

    def ask(self) -> None:
        """End in order."""
        self._asked.set()

    def ask_by_signal(self, number: int) -> None:
        """The same, with the exit code of a program that this signal ended."""
        self._signal = self._signal or number
        self.ask()

    async def wait(self) -> None:
        """Return when the window is to end."""
        await self._asked.wait()

    def code(self, otherwise: int) -> int:
        """The exit code."""
        return otherwise if self._signal is None else exit_code_of(self._signal)


async def show_window(places: Places, app: QApplication) -> int:
    """Run the window until it is closed; returns the exit code."""
    loop = asyncio.get_running_loop()
    crashes = Crashes(places.logs)
    crashes.watch(loop)
    preferences = Preferences(places.settings)
    theme = Theme(app, preferences.theme, dressed=False)
    end = _End(app)
    with termination_signals(loop, end.ask_by_signal):
        moved = await _finish_move(places, preferences)
        where = places if preferences.folder is None else replace(places, library=preferences.folder)
        try:
            await _run_window(where, app, preferences, theme, crashes, end, moved)
        except LibraryError as error:
            theme.dress()
            await _explain(str(error), end)
            return end.code(1)
    return end.code(0)


async def _run_window(
    places: Places, app: QApplication, preferences: Preferences, theme: Theme, crashes: Crashes, end: _End, moved: str
) -> None:
    """Show the window until its end. moved: what to say of a library that was moved. Raises LibraryError."""
    loop = asyncio.get_running_loop()
    shown = asyncio.Event()
    read_only = await asyncio.to_thread(is_in_use, places.library)
    async with studio(
        places, at_once=preferences.at_once, proxy=preferences.proxy, read_only=read_only, after=shown
    ) as parts:
        if not read_only:
            crashes.start()
        window = MainWindow(parts.library, parts.worker, parts.account, preferences, theme, places.logs)

        async def save() -> None:
            await window.save()
            preferences.save()

        untell = crashes.tell(lambda error: loop.call_soon_threadsafe(window.support.failed, error))
        session = SessionEnd(app, save, crashes)
        window.closed.connect(end.ask)
        window.resize(first_size(window.screen().availableSize()))
        await window.restore()
        window.show()
        shown.set()
        if crashes.ended_badly and not read_only:
            window.say("The program did not end properly last time. What was unfinished is back and goes on.")
        tellers = [spawn(_tell_of(parts, window, moved)), spawn(_tell_of_damage(parts.library, window))]
        await end.wait()
        # Not closed yet where a signal ends the program: its layout is remembered as well.
        if window.isVisible():
            window.close()
        await save()
        window.hide()
        untell()
        for teller in tellers:
            teller.cancel()
        session.deleteLater()
        if not read_only:
            crashes.end()
    window.deleteLater()


async def _finish_move(places: Places, preferences: Preferences) -> str:
    """Ends a move that was prepared, before the library is opened; what is to be said of it."""
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
    await asyncio.to_thread(settle_move, new)
    return f"The library lies in {new} now. The old folder is unchanged: see Settings → Library."


async def _tell_of(parts: Studio, window: MainWindow, moved: str) -> None:
    """Say what was found to be in disorder."""
    if found_broken := _said_of_rebuild(parts.library) or _said_of_restore(parts.library):
        window.banner.say(found_broken, "caution")
    if moved:
        window.say(moved)
    await parts.account.settled.wait()
    if parts.account.network_findings:
        window.say(" ".join(parts.account.network_findings))
    try:
        found = await parts.reconciled
    except DatabaseDamagedError:
        return
    except LibraryError as error:
        window.say(str(error))
        return
    if found_damaged := _said_of_journals(parts.library.damaged_journals) or _said_of_jobs(parts.worker.unreadable):
        if found_broken:
            window.say(found_damaged)
        else:
            window.banner.say(found_damaged, "caution")
    if moved or found_broken or found_damaged:
        return
    if found.lost:
        window.say(f"{len(found.lost)} image files are missing from the library folder: they were moved or deleted.")
    elif found.added:
        window.say(f"Added {len(found.added)} images that were found in the library folder.")


def _said_of_rebuild(library: Library) -> str:
    """One sentence on a database that was made from the files at this start; empty where there was nothing to say."""
    rebuilt, aside = library.rebuilt, library.set_aside
    if rebuilt is None or (aside is None and not rebuilt.added):
        return ""
    count = f"{len(rebuilt.added)} image files"
    if rebuilt.sources:
        count += f", {rebuilt.sources} of them without a recipe"
    if aside is None:
        return (
            f"The library database was missing, so it was rebuilt from {count}: if anything is still missing, bring it"
            " back from a copy in Settings → Library."
        )
    return (
        f"The library database was damaged, so it was rebuilt from {count}: check your collections and jobs, then"
        f" delete the damaged file “{aside.name}”."
    )


def _said_of_journals(damaged: Sequence[Path]) -> str:
    """One sentence on journals that were damaged and written again at this start; empty where none was."""
    if not damaged:
        return ""
    names = ", ".join(f"“{path.name}”" for path in damaged)
    what, copies = ("A record file", "copy") if len(damaged) == 1 else (f"{len(damaged)} record files", "copies")
    return (
        f"{what} in the library folder had damaged lines, rebuilt from the database: check your disk, then delete the"
        f" old {copies} {names}."
    )


def _said_of_jobs(unreadable: int) -> str:
    """One sentence on jobs that are kept but cannot be shown; empty where there are none."""
    if not unreadable:
        return ""
    jobs = "1 job in the library" if unreadable == 1 else f"{unreadable} jobs in the library"
    return f"{jobs} can’t be shown and may have been charged: check your requests at fal.ai › Dashboard."


def _said_of_restore(library: Library) -> str:
    """One sentence on a restore that was cut short, or on jobs that came with an older copy; empty where none was."""
    if library.restored is not None:
        end = "finished" if library.restored else "undone: restore it again in Settings → Library"
        return f"Restoring the library was interrupted and has been {end}."
    if not library.asked_about:
        return ""
    requests = "1 request" if library.asked_about == 1 else f"{library.asked_about} requests"
    return f"This library is a copy or was restored by hand: look for {requests} in the job list before sending again."


async def _tell_of_damage(library: Library, window: MainWindow) -> None:
    """Say that nothing more is saved, as soon as that is known."""
    await library.damage_seen.wait()
    window.banner.say(str(DatabaseDamagedError(library.files.database)), "error")


async def _explain(sentence: str, end: _End) -> None:
    """Say why the program cannot start."""
    say(sentence)
    box = QMessageBox(QMessageBox.Icon.NoIcon, NAME, "")
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setText(sentence)
    box.finished.connect(end.ask)
    box.open()
    await end.wait()


def main(places: Places) -> int:
    """Starts the program with its window."""
    app = make_application()
    start_logging(places.logs)
    try:
        return run(app, show_window(places, app))
    finally:
        stop_logging()
