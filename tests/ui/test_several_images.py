"""A tab shows each image of a request in a place of its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.demo import Fault, Timing
from imagineart_desktop.jobs import Job, JobEvent, JobState
from imagineart_desktop.library import Query
from imagineart_desktop.models import IDEOGRAM_V3, IDEOGRAM_V3_EDIT
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.results.result_area import ResultArea
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.job_texts import progress_words
from tests.ui.test_canvas_keys import focused
from tests.ui.test_inpaint_loop import inpainting
from tests.ui.window_driver import Driver, opened


async def ask_for(at: Driver, count: int) -> ResultArea:
    page = at.window.generate
    page.form.draft.set_model(IDEOGRAM_V3)
    page.form.draft.set_fields({"image_size": "square"})
    page.form.count.set_value(count)
    at.type(page.form.prompt.editor, "hills")
    at.click(page.form.go)
    await at.until(lambda: len(page.results._grid.tiles) == count)
    return page.results


def change_count(monkeypatch: pytest.MonkeyPatch, expected: int) -> None:
    """Have requests expect another number of images than they ask for."""
    monkeypatch.setattr(Job, "requested_images", property(lambda _job: expected))


async def test_each_image_of_a_request_has_a_place(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        results = await ask_for(at, 4)
        assert len({job_id for job_id, _ in results._grid.tiles}) == 1
        assert [index for _, index in results._grid.tiles] == [0, 1, 2, 3]
        await at.until(lambda: len(results._grid.results) == 4)
        numbers = results._grid.results
        places = await at.parts.library.results_of([job_id for job_id, _ in results._grid.tiles])
        assert [*places.values()] == numbers
        assert at.demo is not None
        assert at.demo.counts["submissions"] == 1
        third = results._grid.shown[2]
        QTest.mouseClick(third, Qt.MouseButton.LeftButton)
        await at.until(lambda: results.shown is not None and results.shown.id == numbers[2])
        assert results.loupe.bar.place.text() == "3 of 4"
        details = await at.parts.library.details(numbers[2])
        assert details is not None
        assert ("Image", "3 of 4") in [(fact.label, fact.value) for fact in image_facts(details)]
        results.close_loupe()
        await at.parts.library.trash.put([numbers[0]])
        await at.until(lambda: results._grid.results == numbers[1:])
    async with opened(tmp_path, theme) as at:
        results = at.window.generate.results
        await at.until(lambda: results._grid.results == numbers[1:])
        assert [index for _, index in results._grid.tiles] == [1, 2, 3]


async def test_a_running_request_holds_as_many_places_after_a_restart(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        results = await ask_for(at, 3)
        (job,) = at.parts.worker.jobs()
        assert progress_words(job).startswith("V3 × 3 · ")
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        results = at.window.generate.results
        await at.until(lambda: len(results._grid.tiles) == 3)
        await at.parts.worker.cancel(job.id)
        await at.until(lambda: not results._grid.tiles)


async def test_a_missing_image_keeps_its_place_until_it_is_fetched(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.order("file:expired:nth=2")
        results = await ask_for(at, 3)
        assert (await at.failure()).startswith("1 of 3 images is missing.")
        await at.until(lambda: len(results._grid.results) == 2)
        tiles = [*results._grid.tiles.values()]
        assert [tile.picture_id is None for tile in tiles].count(True) == 1
        empty = next(tile for tile in tiles if tile.picture_id is None)
        assert "1 of 3 images is missing" in empty._sentences()[1]
        (card,) = await at.cards(1)
        assert not card._fetch.isHidden()


@pytest.mark.parametrize("expected", [2, 5])
async def test_places_follow_the_number_of_images_that_came(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, expected: int
) -> None:
    async with opened(tmp_path, theme) as at:
        change_count(monkeypatch, expected)
        page = at.window.generate
        page.form.draft.set_model(IDEOGRAM_V3)
        page.form.draft.set_fields({"image_size": "square"})
        page.form.count.set_value(3)
        at.type(page.form.prompt.editor, "hills")
        at.click(page.form.go)
        await at.until(lambda: len(page.results._grid.tiles) == expected)
        await at.until(lambda: len(page.results._grid.results) == 3)
        await at.until(lambda: len(page.results._grid.tiles) == 3)
        assert [index for _, index in page.results._grid.tiles] == [0, 1, 2]
        assert any(event.job.state is JobState.DONE for event in at.events)


async def test_arrow_keys_go_through_the_images_of_a_request(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        results = await ask_for(at, 2)
        await at.until(lambda: len(results._grid.results) == 2)
        first, second = results._grid.shown
        first.setFocus()
        QTest.keyClick(first, Qt.Key.Key_Right)
        assert focused(at) is second


async def test_an_inpaint_lists_each_image_of_its_request_and_views_the_first(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, canvas):
        page.form.draft.set_model(IDEOGRAM_V3_EDIT)
        page.form.count.set_value(3)
        at.click(page.form.go)
        numbers = await at.pictures(3)
        await at.until(lambda: page.results._list.count() == 4)
        assert [page.results.index_of(number) for number in numbers] == [1, 2, 3]
        await at.until(lambda: page.viewer.number == numbers[0] and canvas._result_shown)
        assert at.demo is not None
        assert at.demo.counts["submissions"] == 1
        page.results.choose(numbers[2])
        await at.until(lambda: page.viewer.number == numbers[2])


async def test_places_of_images_that_were_deleted_before_the_request_was_done_are_given_up(
    tmp_path: Path, theme: Theme
) -> None:
    async with opened(tmp_path, theme) as at:
        assert at.demo is not None
        at.demo.order(Fault.parse("file:stall:seconds=600:nth=3"))
        results = await ask_for(at, 3)
        library = at.parts.library
        await at.until(lambda: at.demo is not None and at.demo.counts.get("faults"))
        (job,) = at.parts.worker.jobs()
        await library.trash.put(await library.search(Query()))
        assert await library.search(Query()) == []
        # The response holds no more than these two.
        results._job_event(JobEvent(replace(job, state=JobState.DONE)))
        await at.until(lambda: results._stack.currentWidget() is results._empty)
        assert results._grid.tiles == {}
