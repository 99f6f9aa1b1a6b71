"""One request for each area: what comes, what does not come, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from imagineart_desktop.imaging import Mask, RequestArea, SendMode, new_mask
from imagineart_desktop.jobs import InpaintRequest, JobState
from imagineart_desktop.library import LibraryError
from imagineart_desktop.support import cancel_spawned
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.inpaint import estimator, request_restorer, session_store
from imagineart_desktop.workspace.inpaint.result_viewer import ViewMode
from imagineart_desktop.workspace.past_request import SavedRequest
from tests.ui.test_inpaint_looking import choose_way
from tests.ui.test_inpaint_loop import choose, inpainting, shown
from tests.ui.window_driver import Driver, opened
from tests.waiting import until


@asynccontextmanager
async def two_areas(root: Path, theme: Theme, photos: Path) -> AsyncIterator[tuple[Driver, InpaintPage, MaskCanvas]]:
    async with inpainting(root, theme, photos / "astronaut.png") as (at, page, canvas):
        at.window.window_actions["mask.clear"].trigger()
        await at.until(lambda: not canvas.document.mask.any() and not canvas.document.is_locked)
        canvas.fit()
        for corner in ((20, 20), (440, 440)):
            at.drag(canvas, [corner, (corner[0] + 40, corner[1] + 40)])
        choose(page, SendMode.ONLY_MASKED)
        page.settings_panel.context.setValue(1)
        page.settings_panel.each.setChecked(True)
        await at.until(lambda: page.form._price.right.text() == "2 × $0.08 = $0.16")
        yield at, page, canvas


def offer(page: InpaintPage) -> str:
    return next((made.text() for made in page.missing._buttons), "")


async def test_an_area_that_came_is_shown_and_the_missing_one_can_be_sent(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, _canvas):
        at.order("submit:status:code=422:times=1")
        at.click(page.form.go)
        await at.failure()
        await at.until(lambda: page.results._list.count() == 2)
        await at.until(lambda: page.missing.text() == "1 of 2 areas came back.")
        assert offer(page) == "Send the missing one for $0.08"
        (failed,) = [job for job in at.parts.worker.jobs() if job.state is JobState.FAILED]
        await at.parts.worker.dismiss(failed.id)
        at.order()
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        page = at.window.inpaint
        at.window.go_to("inpaint")
        await at.until(lambda: page.results._list.count() == 2)
        await at.until(lambda: offer(page) == "Send the missing one for $0.08")
        step = page.stepping.steps.current
        assert step is not None
        partly = step.results.copy()
        at.click(page.missing._buttons[0])
        await at.pictures(1)
        await at.until(lambda: step.results != partly and page.results._list.count() == 2)
        assert page.missing.text() == ""
        details = await at.parts.library.details(step.results[0])
        assert details is not None
        assert len([parent for parent in details.parents if parent.role == "result"]) == 2


async def test_a_result_of_several_areas_takes_another_seam_and_is_seen_as_it_came(
    tmp_path: Path, theme: Theme, photos: Path
) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, canvas):
        at.click(page.form.go)
        await at.until(lambda: page.results._list.count() == 2 and canvas._result_shown)
        hard = shown(canvas, 22, 40)
        page.settings_panel.feather.setValue(20)
        await at.until(lambda: shown(canvas, 22, 40) != hard)
        soft = shown(canvas, 22, 40)
        choose_way(page, ViewMode.RAW)
        await at.until(lambda: shown(canvas, 22, 40) != soft)
        await at.until(lambda: page.message.text() == "")


async def test_it_is_said_which_area_came_back_unchanged(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, canvas):
        at.order("work:unchanged:times=1")
        at.click(page.form.go)
        await at.until(lambda: page.results._list.count() == 2 and canvas._result_shown)
        await at.until(lambda: page.message.text().startswith("Area "))
        assert "unchanged" in page.message.text()


async def test_nothing_is_sent_at_another_price_than_was_shown(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, canvas):
        at.drag(canvas, [(20, 440), (60, 480)])
        at.click(page.form.go)
        await at.until(lambda: "3 × $0.08 = $0.24" in page.form.message.text())
        assert not at.parts.worker.jobs()
        at.click(page.form.message._buttons[0])
        await at.pictures(3)


async def test_a_price_that_is_being_found_out_is_not_shown(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, _canvas):
        page.estimator._late.setInterval(0)
        seen: list[str] = []
        page.estimator._late.timeout.connect(lambda: seen.append(page.form._price.right.text()))
        page.settings_panel.each.setChecked(False)
        await at.until(lambda: bool(seen))
        assert seen[0] == "Measuring…"
        await at.until(lambda: page.form._price.right.text() == "$0.08")


async def test_a_measurement_that_fails_keeps_nobody_waiting(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, _canvas):
        reported: list[dict[str, Any]] = []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: reported.append(context))

        def fail(*_arguments: object) -> list[RequestArea]:
            raise MemoryError

        with monkeypatch.context() as patched:
            patched.setattr(estimator, "plan_areas", fail)
            page.settings_panel.each.setChecked(False)
            page.settings_panel.each.setChecked(True)
            await at.until(lambda: bool(reported) and page.estimator._known.is_set())
        assert isinstance(reported[0]["exception"], MemoryError)
        page.settings_panel.each.setChecked(False)
        await at.until(lambda: page.form._price.right.text() == "$0.08")


async def test_what_is_sent_is_of_one_image_as_it_was_asked_for(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with two_areas(tmp_path, theme, photos) as (at, page, canvas):
        prompt = page.form.prompt.text()
        page.settings_panel.each.setChecked(False)
        await at.until(lambda: page.form._price.right.text() == "$0.08" and page.estimator._known.is_set())
        # Another image is opened before it's known what would be sent.
        page.estimator._known.clear()
        at.click(page.form.go)
        await at.on_canvas(photos / "chelsea.png")
        page.estimator._known.set()
        await at.until(lambda: "Nothing was sent" in page.form.message.text())
        assert not at.parts.worker.jobs()
        page.form.message.clear()
        await page.stepping.return_to(1)
        await page.estimator.known()
        await at.until(lambda: not page.form._submit_guard.isActive())
        # What is typed later is of the next request.
        prepared, go_on = session_store.prepare_requests, asyncio.Event()

        async def slowly(*arguments: Any) -> list[InpaintRequest]:
            await go_on.wait()
            return await prepared(*arguments)

        monkeypatch.setattr(session_store, "prepare_requests", slowly)
        at.click(page.form.go)
        at.type(page.form.prompt.editor, "something else")
        go_on.set()
        (number,) = await at.pictures(1)
        details = await at.parts.library.details(number)
        assert details is not None
        assert details.recipe.prompt == prompt
        # The mask of a request that is reused is not put on an image that is opened meanwhile.

        async def late(*_arguments: object) -> Mask:
            await at.on_canvas(photos / "chelsea.png")
            return 255 - new_mask(canvas.document.size)

        monkeypatch.setattr(request_restorer, "load_plan_mask", late)
        await page.reuse(SavedRequest.from_image(details))
        assert canvas.document.size == (451, 300)
        assert not canvas.document.mask.any()


async def test_a_result_that_is_read_as_the_window_goes_touches_no_deleted_widget(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reached, gone = asyncio.Event(), asyncio.Event()
    troubles: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _loop, context: troubles.append(context))

    async def held(_number: int) -> None:
        reached.set()
        await gone.wait()
        raise LibraryError("The library is closed.")

    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        monkeypatch.setattr(page.collector, "_library", SimpleNamespace(details=held))
        at.click(page.form.go)
        await at.until(reached.is_set)
        at.window.destroyed.connect(lambda: gone.set())
    await until(gone.is_set)
    await asyncio.sleep(0)
    await cancel_spawned()
    assert troubles == []
