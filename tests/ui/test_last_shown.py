"""The results that were on screen when the last session ended are restored."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Timing
from imagineart_desktop.jobs import Job, Worker
from imagineart_desktop.library import Library, LibraryError, PictureSummary
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.ui.results.result_area import ResultArea
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.saved_results import SavedResults
from tests.ui.test_export import gallery_with
from tests.ui.window_driver import Driver, opened
from tests.waiting import until


async def ask_for(at: Driver, results: ResultArea, count: int) -> None:
    form = at.window.generate.form if results is at.window.generate.results else at.window.edit.form
    at.type(form.prompt.editor, "hills")
    form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
    form.count.set_value(count)
    at.click(form.go)
    await at.until(lambda: len(results._grid.tiles) == count)


def hold_thumbnails(library: Library) -> asyncio.Event:
    """Make thumbnails wait for the event."""
    may_read, thumbnail = asyncio.Event(), library.thumbnail

    async def held(picture: PictureSummary, edge: int) -> bytes:
        await may_read.wait()
        return await thumbnail(picture, edge)

    library.thumbnail = held  # type: ignore[method-assign]
    return may_read


async def test_batch_and_open_image_are_back_once_their_tab_is_seen(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme) as at:
        generate, edit = at.window.generate.results, at.window.edit.results
        await ask_for(at, generate, 3)
        await at.until(lambda: len(generate._grid.results) == 3)
        batch = generate._grid.results
        generate.open(batch[1])
        await at.until(lambda: generate.shown is not None)
        at.window.go_to("edit")
        at.drop(at.window.edit.references.slots[0], [photos / "coffee.png"])
        await at.until(lambda: at.window.edit.references.list.sizes)
        await ask_for(at, edit, 1)
        await at.until(lambda: edit.shown is not None)
        edited = edit._grid.results
    async with opened(tmp_path, theme) as at:
        generate, edit = at.window.generate.results, at.window.edit.results
        await at.until(lambda: edit.shown is not None)
        assert edit._grid.results == edited
        # Nothing is read for a tab that nobody has seen.
        assert generate._stack.currentWidget() is generate._blank
        assert generate.deferred_loupe.built is None
        saved, may_read = generate.state(), hold_thumbnails(at.parts.library)
        at.window.go_to("generate")
        await at.until(lambda: bool(generate._grid.tiles))
        # Nothing is forgotten if the window is closed now.
        assert generate.state() == saved
        may_read.set()
        await at.until(lambda: generate.shown is not None)
        assert generate._grid.results == batch
        assert generate.shown is not None
        assert generate.shown.id == batch[1]
        assert generate.loupe.bar.place.text() == "2 of 3"
        assert {tile.accessibleName() for tile in generate._grid.shown} == {"ImagineArt 2.0 Preview: Done"}
        generate.close_loupe()
        await at.parts.library.trash.put([batch[0]])
        await at.until(lambda: generate._grid.results == batch[1:])
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        generate = at.window.generate.results
        await at.until(lambda: generate._stack.currentWidget() is generate._grid)
        assert generate._grid.results == batch[1:]
        await ask_for(at, generate, 1)
        (job,) = generate._grid.tiles
    async with opened(tmp_path, theme) as at:
        generate = at.window.generate.results
        assert list(generate._grid.tiles) == [job]
        await at.until(lambda: generate.shown is not None)


async def test_what_is_sent_at_once_takes_the_place_of_the_last_session(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await ask_for(at, at.window.generate.results, 2)
        await at.until(lambda: len(at.window.generate.results._grid.results) == 2)
        at.window.go_to("gallery")
    async with opened(tmp_path, theme) as at:
        generate = at.window.generate.results
        assert generate.state().jobs
        at.window.generate.submit()
        await at.until(lambda: len(generate._grid.results) == 2)
        assert [(job_id, 0) for job_id in generate.state().jobs] == list(generate._grid.tiles)


async def test_what_happens_to_jobs_while_their_places_are_not_held_is_seen(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        generate = at.window.generate.results
        numbers = await gallery_with(at, 2)
        at.window.go_to("generate")
        await ask_for(at, generate, 1)
        ((cancelled, _),) = generate._grid.tiles
        generate.open(numbers[0])
    found, may_go_on, find = asyncio.Event(), asyncio.Event(), Worker.find

    async def held_find(self: Worker, job_id: str) -> Job | None:
        job = await find(self, job_id)
        found.set()
        await may_go_on.wait()
        return job

    monkeypatch.setattr(Worker, "find", held_find)
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        generate = at.window.generate.results
        await found.wait()
        # What the user opened meanwhile is what is shown.
        generate.open(numbers[1])
        assert generate.state().to_json() == {"places": [cancelled], "opened": numbers[1]}
        await at.parts.worker.cancel(cancelled)
        await at.until(lambda: not at.parts.worker.jobs())
        may_go_on.set()
        await at.until(lambda: generate._last is None)
        assert generate.state().to_json() == {"places": [], "opened": numbers[1]}
        generate.close_loupe()
        at.click(at.window.generate.form.go)
        await at.until(lambda: len(generate._grid.tiles) == 1)
        (job,) = generate._grid.tiles
    # It ends without a window.
    places = AppPaths.below(tmp_path)
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING)) as parts:
        await until(lambda: not parts.worker.jobs())
    readable = Library.results_of

    async def unreadable(_self: Library, _jobs: Sequence[str]) -> dict[str, int]:
        raise LibraryError("The library cannot be read.")

    monkeypatch.setattr(Library, "results_of", unreadable)
    async with opened(tmp_path, theme) as at:
        generate = at.window.generate.results
        await at.until(lambda: generate._stack.currentWidget() is generate._empty)
        assert generate.state().to_json() == {"places": [job[0]], "opened": None}
        monkeypatch.setattr(Library, "results_of", readable)
        generate.open(numbers[0])
        generate.close_loupe()
        at.window.go_to("generate")
        await at.until(lambda: generate._stack.currentWidget() is generate._grid)
        assert list(generate._grid.tiles) == [job]
        assert len(generate._grid.results) == 1


def test_what_earlier_versions_saved_is_read() -> None:
    saved = {"places": {"one": 7, "two": None}, "opened": 7}
    assert SavedResults.model_validate(saved) == SavedResults(jobs=("one", "two"), opened=7)
    assert SavedResults.model_validate({"places": 3, "opened": "no"}) == SavedResults()
