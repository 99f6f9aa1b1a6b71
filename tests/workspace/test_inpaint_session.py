"""Inpaint sessions without a window: what the user sets, what is measured, and how it is saved and restored."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault
from imagineart_desktop.imaging import InpaintSettings, Margins, Rect, RequestArea, SendMode, Size, new_mask, plan_areas
from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.workspace.inpaint import estimator
from imagineart_desktop.workspace.inpaint.request_sender import AnotherImageError, PriceChange
from imagineart_desktop.workspace.inpaint.result_collector import CollectedResult
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.submitter import RequestSubmitter, Submission
from tests.waiting import until

MakeSession = Callable[[], InpaintSession]


class Listener(QObject):
    """Records the signals of settings."""

    def __init__(self, settings: SessionSettings) -> None:
        super().__init__()
        self.changes = self.seam_changes = 0
        self.extensions: list[tuple[Margins, Margins, str]] = []
        settings.changed.connect(self._note_change)
        settings.seam_changed.connect(self._note_seam)
        settings.extended.connect(self._note_extension)

    def _note_change(self) -> None:
        self.changes += 1

    def _note_seam(self) -> None:
        self.seam_changes += 1

    def _note_extension(self, before: Margins, after: Margins, gesture: str) -> None:
        self.extensions.append((before, after, gesture))

    def counts(self) -> tuple[int, int, int]:
        """Return (changes, changes of the seam, extensions) since the last call."""
        counts = self.changes, self.seam_changes, len(self.extensions)
        self.changes = self.seam_changes = 0
        self.extensions.clear()
        return counts


@pytest.fixture
def make(tmp_path: Path) -> Iterator[MakeSession]:
    """Return a function that makes a session; all of them share a library."""
    library = Library(tmp_path)
    worker = Worker(library)
    submitter = RequestSubmitter(library, worker, ServiceConnection(worker, tmp_path / "demo"))
    yield lambda: InpaintSession(library, worker, submitter)
    library.close()


async def paint(session: InpaintSession, *areas: Rect) -> None:
    """Replace what is painted with rectangles."""
    mask = new_mask(session.document.size)
    for area in areas:
        mask[area.slices] = 255
    await session.document.replace("Paint", mask)


async def measured(session: InpaintSession) -> tuple[int, int, list[Size]]:
    """Measure. Return the requests, those with one for each area, and the sizes that are sent of the image."""
    session.estimator.start()
    await session.estimator.known()
    estimate = session.estimator.estimate
    assert estimate is not None
    return len(estimate.areas), estimate.split, [(box.width, box.height) for box in estimate.boxes]


def test_what_the_user_sets_is_told_apart_from_what_is_restored() -> None:
    settings = SessionSettings()
    listener = Listener(settings)
    soft = InpaintSettings(mode=SendMode.ONLY_MASKED, feather=12, margins=Margins(right=80))
    settings.edit(soft, "right")
    assert (settings.value, settings.margins) == (soft, Margins(right=80))
    assert listener.extensions == [(Margins(), Margins(right=80), "right")]
    assert listener.counts() == (1, 1, 1)
    settings.edit(soft)
    settings.set_value(soft)
    settings.set_margins(soft.margins)
    assert listener.counts() == (0, 0, 0)
    settings.set_seam(30, tone_match=True)
    settings.set_margins(Margins())
    settings.restore({"feather": 5})
    assert listener.counts() == (3, 0, 0)
    settings.edit_feather(6)
    assert listener.counts() == (1, 1, 0)


def test_each_drag_of_the_edges_is_one_gesture() -> None:
    settings = SessionSettings()
    listener = Listener(settings)
    settings.drag_margins(Margins(8))
    settings.drag_margins(Margins(16))
    settings.end_drag()
    settings.drag_margins(Margins(24))
    first, second, third = (gesture for _before, _after, gesture in listener.extensions)
    assert first == second != third


def test_settings_stay_within_what_the_window_shows() -> None:
    settings = SessionSettings()
    settings.set_value(InpaintSettings(context=100, feather=900, overlap=900, margins=Margins(top=20_000)))
    assert settings.value == InpaintSettings(context=96, feather=128, overlap=128, margins=Margins(top=8192))
    settings.restore({"context": 3})
    assert settings.value.context == 16
    for invalid in ({"feather": -1}, {"mode": "none"}, {}, None, 7):
        settings.restore(invalid)
        assert settings.value.context == 16


async def test_what_would_be_sent_is_measured_and_priced(make: MakeSession) -> None:
    session = make()
    session.document.start_new((900, 600))
    assert await measured(session) == (0, 0, [])
    await paint(session, Rect(20, 20, 60, 60), Rect(800, 500, 840, 540))
    assert await measured(session) == (1, 2, [])
    session.settings.edit(InpaintSettings(mode=SendMode.ONLY_MASKED, context=16, each_island=True, feather=30))
    requests, split, boxes = await measured(session)
    assert (requests, split, len(boxes)) == (2, 2, 2)
    assert session.draft.requests == 2
    price = session.draft.price()
    assert price is not None
    assert price.sentence == "2 × $0.08 = $0.16"
    estimate = session.estimator.estimate
    assert estimate is not None
    assert 0 < estimate.max_feather < 30
    assert (estimate.overlap, estimate.overlap_pixels) == (0, 0)


async def test_an_extension_counts_what_overlaps_the_image(make: MakeSession) -> None:
    session = make()
    session.document.start_new((900, 600))
    session.settings.edit(InpaintSettings(margins=Margins(left=80), overlap=10))
    await measured(session)
    estimate = session.estimator.estimate
    assert estimate is not None
    assert (estimate.overlap, estimate.overlap_pixels) == (10, 6000)


async def test_an_outdated_estimate_is_withdrawn_when_measuring_takes_long(
    make: MakeSession, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = make()
    session.document.start_new((900, 600))
    await measured(session)
    go_on = threading.Event()

    def wait(*arguments: Any) -> list[RequestArea]:
        go_on.wait()
        return plan_areas(*arguments)

    monkeypatch.setattr(estimator, "plan_areas", wait)
    session.estimator.start()
    await until(lambda: session.estimator.estimate is None)
    assert session.draft.is_measuring
    go_on.set()
    await session.estimator.known()
    assert session.estimator.estimate is not None
    assert not session.draft.is_measuring


async def test_a_session_is_restored_with_image_mask_and_form(make: MakeSession, photos: Path) -> None:
    session = make()
    assert [await session.open(ImageSource(path=photos / "coffee.png")) for _ in range(2)] == [True, False]
    assert session.history.image_name() == "coffee.png"
    await paint(session, Rect(20, 20, 60, 60))
    session.draft.set_prompt("a moka pot")
    session.settings.edit(InpaintSettings(feather=12, margins=Margins(right=80)), "right")
    await session.save_mask()
    again = make()
    again.restore(json.loads(json.dumps(session.state())))
    await again.restore_image()
    assert again.has_image
    assert np.array_equal(again.document.mask, session.document.mask)
    assert (again.draft.prompt, again.settings.value) == ("a moka pot", session.settings.value)
    assert await measured(again) == await measured(session)


async def test_several_sessions_share_nothing(make: MakeSession, photos: Path) -> None:
    one, other = make(), make()
    await one.open(ImageSource(path=photos / "coffee.png"))
    await other.open(ImageSource(path=photos / "astronaut.png"))
    await paint(one, Rect(20, 20, 60, 60))
    one.draft.set_prompt("a moka pot")
    one.settings.edit_margins(Margins(8, 0, 0, 0))
    assert not other.document.mask.any()
    assert (other.draft.prompt, other.settings.value) == ("", InpaintSettings())
    assert [step.label for step in other.history.steps] == ["astronaut.png"]


async def test_each_step_keeps_its_mask_its_prompt_and_its_settings(make: MakeSession, photos: Path) -> None:
    session = make()
    await session.open(ImageSource(path=photos / "coffee.png"))
    await paint(session, Rect(20, 20, 60, 60))
    session.draft.set_prompt("a moka pot")
    session.settings.edit_margins(Margins(8, 0, 0, 0))
    coffee, size = session.document.mask.copy(), session.document.size
    await session.open(ImageSource(path=photos / "astronaut.png"))
    assert (session.draft.prompt, session.settings.margins) == ("", Margins())
    assert not session.document.mask.any()
    session.draft.set_prompt("a helmet")
    await session.history.return_to(1)
    assert (session.draft.prompt, session.settings.margins) == ("a moka pot", Margins(8, 0, 0, 0))
    assert (session.document.size, np.array_equal(session.document.mask, coffee)) == (size, True)
    session.document.undo()
    await until(lambda: not session.document.is_locked)
    assert (session.history.steps.current, session.draft.prompt) == (session.history.steps[2], "a helmet")
    await session.history.leave()
    assert not session.has_image
    assert session.document.size == (1, 1)


async def test_an_extension_is_undone_with_the_strokes(make: MakeSession, photos: Path) -> None:
    session = make()
    session.settings.edit_margins(Margins(8, 0, 0, 0))
    assert not session.document.undo_stack.count()
    await session.open(ImageSource(path=photos / "coffee.png"))
    assert session.settings.margins == Margins()
    await paint(session, Rect(20, 20, 60, 60))
    session.settings.drag_margins(Margins(8, 0, 0, 0))
    session.settings.drag_margins(Margins(16, 0, 0, 0))
    session.settings.end_drag()
    session.document.undo()
    assert session.settings.margins == Margins()
    assert session.document.mask.any()
    session.document.undo()
    assert not session.document.mask.any()
    session.document.redo()
    session.document.redo()
    assert session.settings.margins == Margins(16, 0, 0, 0)


async def test_an_image_that_is_missing_at_the_start_is_reported(make: MakeSession, photos: Path) -> None:
    session = make()
    await session.open(ImageSource(path=photos / "coffee.png"))
    state = json.loads(json.dumps(session.state()).replace(session.history.steps[1].sha256, "0" * 64))
    again = make()
    said: list[str] = []
    again.failed.connect(said.append)
    again.restore(state)
    await again.restore_image()
    assert said == ["The image of the last session is no longer in the library."]
    assert (again.has_image, again.history.steps.current, len(again.history.steps)) == (False, None, 1)


# Results


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
async def painting(root: Path, photo: Path, *faults: str) -> AsyncIterator[tuple[InpaintSession, Strip, Core]]:
    """A session with two painted areas, a running demo, and what a view would show."""
    places = AppPaths.below(root)
    demo = DemoServer(places.demo, pace=FAST_TIMING)
    async with open_core(places, demo=demo) as core:
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
        assert details.recipe.plan.trip.feather == 20
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
