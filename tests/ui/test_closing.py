"""Closing the window during an import, export or composite: it waits, stops it, or reports it at the next start."""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.demo import Timing
from imagineart_desktop.jobs import store as rows
from imagineart_desktop.library import Library, LibraryError, Query
from imagineart_desktop.library.metadata.file_probe import ProbedFile, probe_file
from imagineart_desktop.library.recovery.startup_notices import sentences_of
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.transfer import exporting, importing
from imagineart_desktop.library.transfer.importing import import_pictures
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.closing import ClosingDialog
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.seed import SeedMode
from tests.library.test_library import keep, recipe
from tests.ui.test_export import dialog_of
from tests.ui.test_inpaint_loop import inpainting, looked_at
from tests.ui.test_session_end import shown
from tests.ui.window_driver import Driver, opened
from tests.waiting import until


class Gate:
    """Holds a step of some work in its thread until it's opened."""

    def __init__(self) -> None:
        self.reached = 0
        self._open = threading.Event()

    def hold(self) -> None:
        self.reached += 1
        self._open.wait()

    def open(self) -> None:
        self._open.set()


@pytest.fixture
def gate() -> Iterator[Gate]:
    made = Gate()
    yield made
    made.open()


def hold_imports(monkeypatch: pytest.MonkeyPatch, gate: Gate, after: int) -> None:
    """Hold imports at the image with this index, from 0."""

    def look(path: Path, label: str) -> ProbedFile:
        if int(path.stem) >= after:
            gate.hold()
        return probe_file(path, label)

    monkeypatch.setattr(importing, "probe_file", look)


def files(folder: Path, count: int) -> Path:
    folder.mkdir()
    for number in range(count):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(folder / f"{number}.png")
    return folder


def dialog(window: MainWindow) -> ClosingDialog:
    (found,) = window.findChildren(ClosingDialog)
    return found


async def closed(at: Driver) -> list[bool]:
    """Close the window; the list gets an entry once that is done."""
    done: list[bool] = []
    at.window.closed.connect(lambda: done.append(True))
    at.window.close()
    assert at.window.isVisible()
    await at.until(dialog(at.window).isVisible)
    return done


async def test_the_window_waits_for_an_import_and_can_be_kept_open(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    hold_imports(monkeypatch, gate, after=4)
    async with opened(tmp_path / "data", theme) as at:
        at.window.exchange.take_in([files(tmp_path / "holiday", 9)])
        await at.until(lambda: gate.reached)
        done = await closed(at)
        await at.until(lambda: dialog(at.window).words.text() == "Importing images: 4 of 9 images")
        at.click(dialog(at.window).stay)
        assert not dialog(at.window).isVisible()
        assert at.window.isVisible()
        at.window.close()
        gate.open()
        await at.until(lambda: done)
        assert len(await at.parts.library.search(Query())) == 9
        assert at.parts.library.notices.pending() == []


async def test_once_stopped_the_window_only_waits_and_what_begins_later_is_stopped_too(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    hold_imports(monkeypatch, gate, after=2)
    async with opened(tmp_path / "data", theme) as at:
        at.window.exchange.take_in([files(tmp_path / "holiday", 9)])
        at.window.exchange.take_in([files(tmp_path / "queued", 40)])
        await at.until(lambda: gate.reached)
        done = await closed(at)
        waiting = dialog(at.window)
        at.click(waiting.stop)
        QTest.keyClick(waiting, Qt.Key.Key_Escape)
        waiting.close()
        assert waiting.isVisible()
        at.window.exchange.take_in([files(tmp_path / "late", 60)])
        gate.open()
        await at.until(lambda: done)
        assert len(await at.parts.library.search(Query())) < 40


async def test_an_import_that_was_stopped_to_close_the_window_is_told_at_the_next_start(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    with monkeypatch.context() as held:
        hold_imports(held, gate, after=20)
        async with opened(tmp_path / "data", theme) as at:
            at.window.exchange.take_in([files(tmp_path / "holiday", 60)])
            await at.until(lambda: gate.reached)
            done = await closed(at)
            at.click(dialog(at.window).stop)
            gate.open()
            await at.until(lambda: done)
            assert 0 < len(await at.parts.library.search(Query())) < 60
            (notice,) = at.parts.library.notices.pending()
            assert sentences_of([notice])[0].startswith("Import of “holiday” was interrupted. Import it again")
    async with opened(tmp_path / "data", theme) as at:
        # One that is only canceled isn't: the window says so itself.
        at.parts.library.notices.mark_shown(at.parts.library.notices.pending())
        report = await import_pictures(at.parts.library, [tmp_path / "holiday"], stopped=lambda: True)
        assert report.stopped
        assert at.parts.library.notices.pending() == []


async def test_work_that_is_canceled_once_the_window_was_kept_open_is_not_told_at_the_next_start(
    tmp_path: Path, theme: Theme
) -> None:
    library, window, done = Library(tmp_path), QWidget(), list[bool]()
    operations, stopped = library.operations, asyncio.Event()
    waiting = ClosingDialog(window, operations, lambda: 0)
    waiting.done_waiting.connect(lambda: done.append(True))

    async def is_told() -> bool:
        async with operations.noticed(NoticeCode.APPLY_CUT_OFF) as closing:
            closing.note_stopped()
        return bool(library.notices.pending())

    with operations.during(lambda: "Importing images", stopped.set):
        waiting.wait()
        await until(waiting.isVisible)
        waiting.stop.click()
        assert stopped.is_set()
        assert await is_told()
    await until(lambda: done)
    library.notices.mark_shown(library.notices.pending())
    with operations.during(lambda: "Saving the mask…"):
        waiting.wait()
        await until(waiting.isVisible)
        waiting.stay.click()
        assert not await is_told()
    library.close()


@pytest.mark.own_process
async def test_a_result_whose_applying_was_stopped_to_close_the_window_is_told_at_the_next_start(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached = asyncio.Event()

    async def never(*_: object, **__: object) -> None:
        reached.set()
        await asyncio.Event().wait()

    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        await looked_at(at, page)
        monkeypatch.setattr(page.stepping, "apply", never)
        at.click(page.result_view.bar.apply)
        await asyncio.wait_for(reached.wait(), 30)
        done = await closed(at)
        at.click(dialog(at.window).stop)
        await at.until(lambda: done)
        assert sentences_of(at.parts.library.notices.pending()) == [
            "A result was not applied because the program ended: apply it again in Inpaint."
        ]


@pytest.mark.own_process
async def test_an_export_is_stopped_to_close_the_window(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    content = exporting._content

    def held(*arguments: object) -> object:
        if gate.reached or next(iter((tmp_path / "out").glob("*")), None):
            gate.hold()
        return content(*arguments)  # type: ignore[arg-type]

    async with opened(tmp_path / "data", theme) as at:
        for number in range(4):
            await keep(at.parts.library, recipe(number, f"cup {number}"))
        at.window.go_to("gallery")
        await at.until(lambda: at.window.gallery.model.rowCount() == 4)
        at.window.gallery.grid.selectAll()
        export = await dialog_of(at, tmp_path / "out")
        monkeypatch.setattr(exporting, "_content", held)
        at.click(export.go)
        await at.until(lambda: gate.reached)
        done = await closed(at)
        await at.until(lambda: dialog(at.window).words.text() == "Exporting 4 images: 1 of 4")
        at.click(dialog(at.window).stop)
        gate.open()
        await at.until(lambda: done)
        assert 1 <= len(list((tmp_path / "out").iterdir())) < 4
        assert at.parts.library.notices.pending() == []


async def test_a_request_is_stopped_only_before_it_is_written_down(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    """What is written would be sent and charged by the next start."""
    write = rows._insert

    def held(*arguments: Any) -> object:
        gate.hold()
        return write(*arguments)

    async def forget(text: str, _requests: int) -> None:
        raise LibraryError(f"“{text}” could not be saved.")

    async with opened(tmp_path, theme) as at:
        form, library = at.window.generate.form, at.parts.library
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.type(form.prompt.editor, "hills")
        form.seed.set_value(7, SeedMode.INCREMENT)
        monkeypatch.setattr(rows, "_insert", held)
        monkeypatch.setattr(library.prompts, "remember", forget)
        at.click(form.go)
        await at.until(lambda: gate.reached)
        await closed(at)
        assert dialog(at.window).words.text() == "Preparing the request…"
        assert not dialog(at.window).stop.isEnabled()
        at.click(dialog(at.window).stay)
        gate.open()
        await at.pictures(1)
        await at.until(form.message.text)
        assert form.message.text() == "“hills” could not be saved."
        await at.until(lambda: not library.operations.running)
        assert len(at.window.generate.results._grid.tiles) == 1
        assert form.seed.value() == 8
        at.parts.account.settled.clear()
        at.window.generate.submit()
        await at.until(lambda: library.operations.running)
        done = await closed(at)
        at.click(dialog(at.window).stop)
        await at.until(lambda: done)
        assert form.seed.value() == 8
        assert at.parts.worker.jobs() == []
        assert len({event.job.id for event in at.events}) == 1


@pytest.mark.skipif(
    os.name != "posix" or threading.current_thread() is not threading.main_thread(), reason="needs signals"
)
async def test_an_import_that_a_signal_cuts_off_is_told_at_the_next_start(
    application: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, gate: Gate
) -> None:
    places = AppPaths.below(tmp_path)
    hold_imports(monkeypatch, gate, after=4)
    running, window = await shown(places, application)
    window.exchange.take_in([files(tmp_path / "holiday", 9), tmp_path])
    await until(lambda: gate.reached)
    os.kill(os.getpid(), signal.SIGTERM)
    # The thread that reads an image ends after the program has abandoned it.
    await until(running.done)
    gate.open()
    assert await running == 128 + signal.SIGTERM
    log = "".join(path.read_text() for path in places.logs.iterdir() if path.is_file())
    assert "Traceback" not in log
    running, window = await shown(places, application)
    await until(lambda: "holiday" in window.banner.text())
    assert "Import of “holiday” and 1 other was interrupted. Import them again;" in window.banner.text()
    window.close()
    assert await running == 0
    library = Library(places.library)
    assert library.notices.pending() == []
    library.close()


async def test_unfinished_requests_are_named_where_closing_waits_and_at_the_next_start(
    application: QApplication, tmp_path: Path, theme: Theme
) -> None:
    places = AppPaths.below(tmp_path)
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        form = at.window.generate.form
        at.type(form.prompt.editor, "hills")
        form.count.set_value(2)
        at.click(form.go)
        await at.until(lambda: len(at.parts.worker.unfinished()) == 2)
        with at.parts.library.operations.during(lambda: "Exporting 2 images"):
            await closed(at)
            assert dialog(at.window).requests.text() == "2 unfinished requests will resume at the next start."
            at.click(dialog(at.window).stay)
    running, window = await shown(places, application)
    await until(lambda: window.status.said.text() == "Resuming 2 requests from the last session.")
    window.close()
    assert await running == 0
