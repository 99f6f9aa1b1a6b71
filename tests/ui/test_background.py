"""Background work ends with its widget: nothing touches what is deleted."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QDialog
from shiboken6 import delete

from imagineart_desktop.library import Library
from imagineart_desktop.support import background
from imagineart_desktop.ui.about.dialog import AboutDialog
from imagineart_desktop.ui.compare.window import CompareWindow
from imagineart_desktop.ui.exporting.dialog import ExportDialog
from imagineart_desktop.ui.exporting.sheet_dialog import SheetDialog
from imagineart_desktop.ui.lineage.window import LineageWindow
from imagineart_desktop.ui.spending.dialog import SpendingDialog
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.background import spawn_owned
from tests.library.test_library import keep, recipe
from tests.ui.window_driver import Driver, opened

_TURNS = (0, 1, 4, 12)
"""Turns of the event loop between the start of the work and the deletion."""


@contextmanager
def failures() -> Iterator[list[str]]:
    """Collect what reaches the loop's exception handler meanwhile."""
    loop, found = asyncio.get_running_loop(), []
    loop.set_exception_handler(lambda _loop, context: found.append(repr(context.get("exception"))))
    try:
        yield found
    finally:
        loop.set_exception_handler(None)


async def filled(folder: Path) -> None:
    library = Library(folder)
    for number in range(1, 5):
        await keep(library, recipe(number, f"image {number}"))
    library.close()


async def rest() -> None:
    """Wait until the current background work has ended, and has been reported if it failed."""
    while background._running:
        await asyncio.wait(set(background._running))
        await asyncio.sleep(0)


def dialogs(at: Driver) -> dict[str, Callable[[], QDialog]]:
    window, library = at.window, at.parts.library

    def compare() -> QDialog:
        made = CompareWindow(window, library)
        made.open_for([1, 2])
        return made

    def lineage() -> QDialog:
        made = LineageWindow(window, library)
        made.open_for(1)
        return made

    def sheet() -> QDialog:
        made = SheetDialog(window, library, window._files)
        made.open_for([1, 2, 3])
        return made

    def export() -> QDialog:
        made = ExportDialog(window, library, window._preferences, window._files)
        made.open_for([1, 2, 3])
        return made

    return {
        "about": lambda: AboutDialog(window),
        "compare": compare,
        "export": export,
        "lineage": lineage,
        "sheet": sheet,
        "spending": lambda: SpendingDialog(window, library, at.parts.worker.budget, window._files),
    }


async def test_a_dialog_that_is_deleted_while_it_loads_leaves_no_work(tmp_path: Path, theme: Theme) -> None:
    await filled(tmp_path / "library")
    async with opened(tmp_path, theme) as at:
        with failures() as found:
            for name, make in dialogs(at).items():
                for turns in _TURNS:
                    dialog = make()
                    for _ in range(turns):
                        await asyncio.sleep(0)
                    delete(dialog)
                    await rest()
                    assert not found, (name, turns)


def _look_at_loupe(window: MainWindow) -> None:
    window.go_to("gallery")
    window.gallery.open_loupe(2)
    window.gallery.loupe.toggle_facts()
    window.gallery.loupe.set_comparing(True)


def _search(window: MainWindow) -> None:
    window.window_actions["view.commands"].trigger()
    window.search.field.setText("image")
    window.search._pause.timeout.emit()


@pytest.mark.parametrize("begin", [_look_at_loupe, _search])
async def test_a_window_that_is_deleted_while_it_loads_leaves_no_work(
    tmp_path: Path, theme: Theme, begin: Callable[[MainWindow], None]
) -> None:
    await filled(tmp_path / "library")
    async with opened(tmp_path, theme) as at:
        second = MainWindow(at.parts.library, at.parts.worker, at.parts.account, at.window._preferences, theme)
        await at.until(lambda: second.gallery.model.rowCount() == 4)
        with failures() as found:
            second.show()
            begin(second)
            for _ in range(4):
                await asyncio.sleep(0)
            delete(second)
            await rest()
            assert not found


class _Owner(QObject):
    ready = Signal()


async def test_work_ends_with_its_owner_and_its_clean_up_is_not_reported(application: object) -> None:
    owner, steps = _Owner(), list[str]()

    async def work() -> None:
        try:
            await asyncio.Event().wait()
        finally:
            steps.append("ended")
            owner.ready.emit()

    with failures() as found:
        task, unstarted = spawn_owned(owner, work()), spawn_owned(owner, work())
        unstarted.cancel()
        await asyncio.sleep(0)
        delete(owner)
        late = spawn_owned(owner, work())
        await asyncio.wait([task, unstarted, late])
        assert steps == ["ended"]
        assert not found


async def test_what_fails_while_its_owner_lives_is_reported(application: object) -> None:
    owner = QObject()

    async def work() -> None:
        raise RuntimeError("something else")

    with failures() as found:
        await asyncio.wait([spawn_owned(owner, work())])
        await asyncio.sleep(0)
        assert found == ["RuntimeError('something else')"]
