"""Requests of an inpaint session without a window: sent to a demo server, collected, and applied."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault, Timing
from imagineart_desktop.imaging import CompositeResult, InpaintSettings, Margins, Rect, SendMode
from imagineart_desktop.jobs import CompositeCache
from imagineart_desktop.models import IDEOGRAM_V3_EDIT, Task
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.workspace.inpaint import result_versions
from imagineart_desktop.workspace.inpaint.history import HistoryStep
from imagineart_desktop.workspace.inpaint.request_sender import AlreadySendingError, AnotherImageError, PriceChange
from imagineart_desktop.workspace.inpaint.result_collector import CollectedResult, ResultCollector
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import RequestSubmitter, Submission
from imagineart_desktop.workspace.task_runner import read_source
from tests.waiting import until
from tests.workspace.test_inpaint_session import paint


class Strip(QObject):
    """Keeps the results of the current step, as a view would."""

    def __init__(self, session: InpaintSession) -> None:
        super().__init__()
        self.results: list[CollectedResult] = []
        session.history.image_placed.connect(self.results.clear)
        session.collector.added.connect(self.results.append)
        session.collector.removed.connect(self._remove)

    def _remove(self, number: int) -> None:
        self.results[:] = [result for result in self.results if result.number != number]


@asynccontextmanager
async def painting(
    root: Path, photo: Path, *faults: str, composed: CompositeCache | None = None
) -> AsyncIterator[tuple[InpaintSession, Strip, Core]]:
    """A session with two painted areas, a running demo, and what a view would show."""
    places = AppPaths.below(root)
    demo = DemoServer(places.demo, pace=FAST_TIMING)
    async with open_core(places, demo=demo, composed=composed) as core:
        demo.order(*map(Fault.parse, faults))
        session = InpaintSession(core.library, core.worker, RequestSubmitter(core.library, core.worker, core.account))
        session.collector.begin()
        strip = Strip(session)
        await session.open(ImageSource(path=photo))
        await paint(session, Rect(20, 20, 60, 60), Rect(400, 300, 440, 340))
        session.draft.set_prompt("a moka pot")
        yield session, strip, core


async def send(session: InpaintSession, requests: int = 1) -> Submission | PriceChange | None:
    """Send what is painted, for the price of this many requests."""
    order = session.request_sender.order(requests)
    assert order is not None
    return await session.request_sender.send(order)


async def test_a_result_is_collected_applied_and_kept_with_its_step(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, strip, _core):
        await send(session)
        await until(lambda: strip.results)
        (result,) = strip.results
        assert (result.look, result.image.isNull()) == (True, False)
        await session.apply(result.number, keep_mask=False)
        assert session.history.picture is not None
        assert session.history.picture.picture_id == result.number
        assert [step.label for step in session.history.steps] == ["coffee.png", "a moka pot"]
        assert not session.document.mask.any()
        assert not strip.results
        await session.history.return_to(1)
        await until(lambda: strip.results)
        (again,) = strip.results
        assert (again.number, again.look) == (result.number, False)


async def test_the_images_of_one_request_are_results_in_their_order(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, strip, core):
        session.draft.set_model(IDEOGRAM_V3_EDIT)
        session.draft.set_count(3)
        submission = await send(session)
        assert isinstance(submission, Submission)
        (job,) = submission.jobs
        await until(lambda: len(strip.results) == 3)
        images = await core.library.results_of([job.id])
        assert [result.number for result in strip.results] == [images[job.id, index] for index in range(3)]
        assert [result.look for result in strip.results] == [True, False, False]
        step = session.history.steps.current
        assert step is not None
        assert step.results == [result.number for result in strip.results]


async def test_an_image_that_is_missing_joins_the_results_of_its_step_later(tmp_path: Path, photos: Path) -> None:
    # The first of three downloads fails, and so does each repetition with a result that is fetched again.
    faults = [f"file:status:code=404:nth={number}" for number in (1, 4, 5)]
    async with painting(tmp_path, photos / "coffee.png", *faults) as (session, strip, core):
        session.draft.set_model(IDEOGRAM_V3_EDIT)
        session.draft.set_count(3)
        submission = await send(session)
        assert isinstance(submission, Submission)
        (job,) = submission.jobs
        await until(lambda: len(strip.results) == 2)
        (failed,) = core.worker.jobs()
        assert failed.failure is not None
        assert str(failed.failure.message).startswith("1 of 3 images is missing.")
        await core.worker.retry(job.id)
        await until(lambda: len(strip.results) == 3)
        assert session.history.steps.current is not None
        assert len(set(session.history.steps.current.results)) == 3


async def test_a_result_is_applied_with_the_seam_that_is_set(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, strip, core):
        await send(session)
        await until(lambda: strip.results)
        number = strip.results[0].number
        session.settings.edit_feather(20)
        await session.apply(number, keep_mask=True)
        step = session.history.steps.current
        assert step is not None
        assert step.picture_id != number
        details = await core.library.details(step.picture_id or 0)
        assert details is not None
        assert details.recipe.plan is not None
        assert details.recipe.plan.settings.feather == 20
        assert session.document.mask.any()
        session.document.undo()
        await until(lambda: not session.document.is_locked)
        assert session.history.steps.current is session.history.steps[1]


async def test_a_result_for_another_step_waits_there(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, strip, _core):
        await send(session)
        await session.open(ImageSource(path=photos / "astronaut.png"))
        await until(lambda: session.history.steps[1].fresh)
        assert not strip.results
        await session.history.return_to(1)
        assert session.history.steps[1].fresh == 0
        await until(lambda: strip.results)


async def test_an_area_that_is_missing_is_offered_again_at_its_price(tmp_path: Path, photos: Path) -> None:
    fault = "submit:status:code=422:times=1"
    async with painting(tmp_path, photos / "coffee.png", fault) as (session, strip, _core):
        session.settings.edit(InpaintSettings(mode=SendMode.ONLY_MASKED, context=16, each_island=True))
        await send(session, 2)
        await until(lambda: session.collector.missing is not None and strip.results)
        missing = session.collector.missing
        assert missing is not None
        assert missing.sentence == "1 of 2 areas came back."
        assert [action.word for action in missing.actions] == ["Send the missing one for $0.08", "Leave it"]
        assert missing.holds()
        (partly,) = strip.results
        missing.actions[0].run()
        await until(lambda: session.collector.missing is None)
        await until(lambda: [result for result in strip.results if result.number != partly.number])
        assert (len(strip.results), missing.holds()) == (1, False)


async def test_a_result_is_viewed_at_once_only_where_nothing_else_is_being_done(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, strip, _core):
        session.collector.may_look = lambda: False
        await send(session)
        await until(lambda: strip.results)
        assert not strip.results[0].look


async def test_nothing_is_sent_at_another_price_than_was_agreed_to(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, _strip, core):
        session.settings.edit(InpaintSettings(mode=SendMode.ONLY_MASKED, context=16, each_island=True))
        change = await send(session, 1)
        assert isinstance(change, PriceChange)
        assert (change.requests, change.price.sentence) == (2, "2 × $0.08 = $0.16")
        assert change.holds()
        assert not core.worker.jobs()
        sent = await send(session, change.requests)
        assert isinstance(sent, Submission)
        assert len(sent.jobs) == 2
        session.draft.set_count(2)
        assert not change.holds()


async def test_nothing_is_sent_once_another_image_is_open(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, _strip, core):
        order = session.request_sender.order(1)
        assert order is not None
        await session.open(ImageSource(path=photos / "astronaut.png"))
        with pytest.raises(AnotherImageError):
            await session.request_sender.send(order)
        assert not session.request_sender.is_preparing
        assert not core.worker.jobs()


async def test_what_is_painted_after_sending_counts_as_a_change(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, _strip, _core):
        changed = [session.request_sender.is_changed]
        await send(session)
        changed.append(session.request_sender.is_changed)
        session.settings.edit_margins(Margins(8, 0, 0, 0))
        changed.append(session.request_sender.is_changed)
        assert changed == [True, False, True]


async def test_a_second_order_is_refused_while_the_first_is_prepared(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png") as (session, _, core):
        order = session.request_sender.order(1)
        assert order is not None
        first, second = await asyncio.gather(
            session.request_sender.send(order), session.request_sender.send(order), return_exceptions=True
        )
        assert isinstance(first, Submission)
        assert isinstance(second, AlreadySendingError)
        assert not session.request_sender.is_preparing
        assert len(core.worker.jobs()) <= 1


async def test_what_one_step_lacks_is_not_offered_at_another(tmp_path: Path, photos: Path) -> None:
    async with painting(tmp_path, photos / "coffee.png", "submit:status:code=422:times=1") as (session, *_):
        session.settings.edit(InpaintSettings(mode=SendMode.ONLY_MASKED, context=16, each_island=True))
        await send(session, 2)
        await until(lambda: session.collector.missing is not None)
        missing = session.collector.missing
        assert missing is not None
        assert missing.holds()
        session.collector._update_missing()
        await session.open(ImageSource(path=photos / "chelsea.png"))
        assert not missing.holds()
        await until(lambda: session.collector.missing is None)
        await asyncio.sleep(0.1)
        assert session.collector.missing is None


def hold_early_images(monkeypatch: pytest.MonkeyPatch) -> threading.Event:
    """Keep the images of new results from being made until the event is set."""
    made, may_go_on = result_versions._begun, threading.Event()

    def hold(home: CompositeResult) -> object:
        may_go_on.wait()
        return made(home)

    monkeypatch.setattr(result_versions, "_begun", hold)
    return may_go_on


async def test_a_result_that_is_stored_while_its_image_is_made_is_not_read_again(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    may_go_on = hold_early_images(monkeypatch)

    def read(*_arguments: object) -> None:
        raise AssertionError

    monkeypatch.setattr(result_versions, "_read_from", read)
    async with painting(tmp_path, photos / "coffee.png", composed=CompositeCache()) as (session, strip, core):
        try:
            await send(session)
            await until(lambda: not core.worker.unfinished())
            assert not strip.results
        finally:
            may_go_on.set()
        await until(lambda: strip.results)
        number = strip.results[0].number
        assert session.versions.ready(number, session.settings.value) is not None
        assert core.worker.composed is not None
        assert core.worker.composed._held is None


@pytest.mark.parametrize("returns", [False, True])
async def test_a_result_whose_image_is_made_while_another_step_is_shown_waits_at_its_own(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch, returns: bool
) -> None:
    may_go_on = hold_early_images(monkeypatch)
    read, reading = ResultCollector._add, 0

    async def count(
        self: ResultCollector, step: HistoryStep, number: int, *, look: bool, replaces: int | None = None
    ) -> None:
        nonlocal reading
        reading += 1
        await read(self, step, number, look=look, replaces=replaces)
        reading -= 1

    monkeypatch.setattr(ResultCollector, "_add", count)
    async with painting(tmp_path, photos / "coffee.png", composed=CompositeCache()) as (session, strip, core):
        try:
            await send(session)
            await until(lambda: not core.worker.unfinished() and reading)
            await session.open(ImageSource(path=photos / "astronaut.png"))
            if returns:
                await session.history.return_to(1)
        finally:
            may_go_on.set()
        await until(lambda: not reading)
        assert bool(strip.results) is returns
        await session.history.return_to(1)
        await until(lambda: strip.results)
        await until(lambda: not reading)
        assert [result.number for result in strip.results] == session.history.steps[1].results


async def test_a_result_whose_image_cannot_be_made_early_is_read_from_its_file(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_home: CompositeResult) -> None:
        raise MemoryError

    monkeypatch.setattr(result_versions, "_begun", fail)
    async with painting(tmp_path, photos / "coffee.png", composed=CompositeCache()) as (session, strip, _core):
        await send(session)
        await until(lambda: strip.results)
        assert not strip.results[0].image.isNull()


async def test_the_result_of_a_command_becomes_a_step_although_the_program_closed_right_after_sending(
    tmp_path: Path, photos: Path
) -> None:
    places = AppPaths.below(tmp_path)
    slow = DemoServer(places.demo, pace=Timing(queue=60, work=60, runners=1))
    async with open_core(places, demo=slow) as core:
        submitter = RequestSubmitter(core.library, core.worker, core.account)
        session = InpaintSession(core.library, core.worker, submitter)
        await session.open(ImageSource(path=photos / "coffee.png"))
        picture = session.history.picture
        assert picture is not None
        draft = RequestDraft(Task.UPSCALE, core.library.models)
        submission = await submitter.submit_each(draft, [partial(read_source, picture.kept.path, picture.picture_id)])
        assert len(submission.jobs) == 1
        saved = session.state()
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING)) as core:
        session = InpaintSession(core.library, core.worker, RequestSubmitter(core.library, core.worker, core.account))
        await session.restore(saved)
        session.collector.begin()
        steps = session.history.steps
        await until(lambda: len(steps) == 2)
        assert [(step.parent, step.label) for step in steps][1] == (1, "Upscale")
