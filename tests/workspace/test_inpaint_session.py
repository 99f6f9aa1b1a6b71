"""Inpaint sessions without a window: images and steps, what is measured, and how it is saved and restored."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.imaging import (
    InpaintSettings,
    Margins,
    PictureError,
    Rect,
    RequestArea,
    SendMode,
    Size,
    new_mask,
    plan_areas,
)
from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.inpaint import estimator
from imagineart_desktop.workspace.inpaint.draft import InpaintDraft
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.submitter import RequestSubmitter
from tests.waiting import until

MakeSession = Callable[[], InpaintSession]


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    library = Library(tmp_path)
    yield library
    library.close()


@pytest.fixture
def make(library: Library, tmp_path: Path) -> MakeSession:
    """Return a function that makes a session; all of them share a library."""
    worker = Worker(library)
    submitter = RequestSubmitter(library, worker, ServiceConnection(worker, tmp_path / "demo"))
    return lambda: InpaintSession(library, worker, submitter)


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


def test_all_settings_of_a_new_session_are_saved(make: MakeSession) -> None:
    session = make()
    assert json.dumps(session.state().to_json()) == (
        '{"model": "fal-ai/ideogram/v2/edit", "fields": {"prompt": "", "style": "auto", "expand_prompt": true}, '
        '"seed": null, "seed_mode": "random", "count": 1, "trip": {"mode": "whole", "context": null, "feather": 0, '
        '"tone_match": false, "each_island": false, "margins": [0, 0, 0, 0], "overlap": 0}, "references": [], '
        '"session": {"current": null, "steps": []}, "waited for": {"jobs": {}, "groups": {}}}'
    )
    session.settings.edit_feather(12)
    assert InpaintDraft.model_validate(session.state().to_json()) == session.state()


async def test_a_session_is_restored_with_image_mask_and_form(make: MakeSession, photos: Path) -> None:
    session = make()
    assert [await session.open(ImageSource(path=photos / "coffee.png")) for _ in range(2)] == [True, False]
    assert session.history.image_name() == "coffee.png"
    await paint(session, Rect(20, 20, 60, 60))
    session.draft.set_prompt("a moka pot")
    session.settings.edit(InpaintSettings(feather=12, margins=Margins(right=80)), "right")
    await session.save_mask()
    again = make()
    await again.restore(InpaintDraft.model_validate(json.loads(json.dumps(session.state().to_json()))))
    await again.restore_image()
    assert again.has_image
    assert np.array_equal(again.document.mask, session.document.mask)
    assert (again.draft.prompt, again.settings.value) == ("a moka pot", session.settings.value)
    assert await measured(again) == await measured(session)


async def test_a_session_is_saved_during_work_and_found_at_the_next_start(
    make: MakeSession, library: Library, photos: Path
) -> None:
    session = make()
    saver = DraftSaver(session, library, "inpaint", InpaintDraft, session.state, lambda _sentence: None)
    session.draft.changed.connect(saver.touch)
    async with saver.restoring() as nothing:
        await session.restore(nothing)
    await session.open(ImageSource(path=photos / "coffee.png"))
    session.draft.set_prompt("a moka pot")
    await until(lambda: not saver.is_pending)
    again = make()
    saver = DraftSaver(again, library, "inpaint", InpaintDraft, again.state, lambda _sentence: None)
    async with saver.restoring() as state:
        await again.restore(state)
    await again.restore_image()
    assert again.draft.prompt == "a moka pot"
    assert again.history.image_name() == "coffee.png"
    assert again.has_image
    await until(lambda: not saver.is_pending)


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
    text = json.dumps(session.state().to_json()).replace(session.history.steps[1].sha256, "0" * 64)
    again = make()
    said: list[str] = []
    again.failed.connect(said.append)
    await again.restore(InpaintDraft.model_validate_json(text))
    await again.restore_image()
    assert said == ["The image of the last session is no longer in the library."]
    assert (again.has_image, again.history.steps.current, len(again.history.steps)) == (False, None, 1)


async def test_the_image_is_compared_as_it_lies_in_an_extended_result(make: MakeSession, photos: Path) -> None:
    session = make()
    with pytest.raises(PictureError):
        await session.extended_source.extended(Margins())
    await session.open(ImageSource(path=photos / "coffee.png"))
    picture = session.history.picture
    assert picture is not None
    assert (await session.extended_source.extended(Margins())).pixels is picture.pixels
    extended = await session.extended_source.extended(Margins(left=20, bottom=10))
    height, width = picture.pixels.shape[:2]
    assert extended.pixels.shape == (height + 10, width + 20, 4)
    assert np.array_equal(extended.pixels[:height, 20:, :3], picture.pixels[..., :3])
    assert not extended.pixels[:, :20].any()
    assert await session.extended_source.extended(Margins(left=20, bottom=10)) is extended
    await session.open(ImageSource(path=photos / "astronaut.png"))
    assert (await session.extended_source.extended(Margins(left=20, bottom=10))).pixels.shape != extended.pixels.shape
