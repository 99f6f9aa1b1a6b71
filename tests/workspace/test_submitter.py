"""Requests from a draft to jobs without a window: a real library, a real worker and a real demo server."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import InpaintSettings, SendMode, encode_png, load_picture, new_mask
from imagineart_desktop.jobs import BudgetLimits, InpaintRequest, InputImage, prepare
from imagineart_desktop.library import LibraryError
from imagineart_desktop.models import (
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    IMAGINEART_15_PRO,
    ModelRegistry,
    ModelSpec,
    Task,
)
from imagineart_desktop.models.facts import ModelFacts
from imagineart_desktop.models.openapi import propose, read_document
from imagineart_desktop.models.price_rule import FixedPrice
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.seed import SeedChoice, SeedMode
from imagineart_desktop.workspace.submitter import RequestSubmitter
from imagineart_desktop.workspace.task_runner import read_source

pytestmark = pytest.mark.asyncio


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("FAL_KEY", raising=False)


@asynccontextmanager
async def submitting(root: Path) -> AsyncIterator[tuple[RequestSubmitter, Core]]:
    places = AppPaths.below(root)
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING)) as core:
        yield RequestSubmitter(core.library, core.worker, core.account), core


def generation(prompt: str = "hills") -> RequestDraft:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_fields({"prompt": prompt, "resolution": "1K", "aspect_ratio": "4:1"})
    draft.set_seed(SeedChoice.of(7, SeedMode.INCREMENT))
    draft.set_count(2)
    return draft


async def two_areas(source: Path, model: ModelSpec = IDEOGRAM_V2_EDIT, *, split: bool = True) -> list[InpaintRequest]:
    """Return the requests for two areas that are painted on an image. split: one for each, else one for both."""
    width, height = load_picture(source).size
    mask = new_mask((width, height))
    mask[20:60, 20:60] = mask[height - 80 : height - 40, width - 80 : width - 40] = 255
    settings = InpaintSettings(mode=SendMode.ONLY_MASKED, each_island=split)
    return await prepare(source, mask, settings, model)


async def test_a_draft_becomes_a_job_for_each_image(tmp_path: Path, photos: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        draft = generation()
        submission = await submitter.submit(draft)
        assert [job.seed for job in submission.jobs] == [7, 8]
        assert draft.seed == SeedChoice.of(9, SeedMode.INCREMENT)
        assert {job.prompt for job in submission.jobs} == {"hills"}
        assert (submission.problems, submission.is_invalid) == ((), False)
        edit = RequestDraft(Task.EDIT, ModelRegistry())
        edit.set_prompt("warmer")
        edit.set_input_sizes([(600, 400)])
        made = await submitter.submit(edit, [InputImage(photos / "coffee.png")])
        (job,) = made.jobs
        assert len(job.request.input_references()) == 1
        assert job.estimate == edit.quote().price.amount
        used = await core.library.prompts.find()
        assert [(one.text, one.uses) for one in used] == [("warmer", 1), ("hills", 2)]


async def test_variations_are_one_request_if_the_model_makes_several(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, _core):
        draft = generation()
        draft.set_model(IDEOGRAM_V3)
        draft.set_count(3)
        quote = draft.quote()
        (job,) = (await submitter.submit(draft)).jobs
        assert (job.seed, job.requested_images) == (7, 3)
        assert job.request.to_fields()["num_images"] == 3
        assert quote.total_requests == 1
        assert job.estimate == quote.price.amount == 3 * quote.unit_price.amount
        assert quote.price.sentence == "3 × $0.06 = $0.18"
        # The seeds after it are those of the other images.
        assert draft.seed == SeedChoice.of(10, SeedMode.INCREMENT)


@pytest.mark.parametrize(("split", "images"), [(True, [1, 1, 1, 1]), (False, [2])])
async def test_variations_of_several_areas_are_requests_of_their_own(
    tmp_path: Path, photos: Path, split: bool, images: list[int]
) -> None:
    async with submitting(tmp_path) as (submitter, _core):
        draft = RequestDraft(Task.INPAINT, ModelRegistry())
        draft.set_model(IDEOGRAM_V3_EDIT)
        draft.set_prompt("a pot")
        draft.set_count(2)
        prepared = await two_areas(photos / "coffee.png", IDEOGRAM_V3_EDIT, split=split)
        quote = draft.quote().with_requests(len(prepared))
        jobs = (await submitter.submit_prepared(draft, quote, prepared)).jobs
        assert [job.requested_images for job in jobs] == images
        assert quote.total_requests == len(images)
        assert sum(job.estimate for job in jobs) == quote.price.amount


async def test_a_problem_sends_nothing_and_takes_no_seed(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        draft = generation("")
        submission = await submitter.submit(draft)
        assert submission.is_invalid
        assert [problem.field for problem in submission.problems] == ["prompt"]
        draft.set_prompt("hills")
        edit = RequestDraft(Task.EDIT, ModelRegistry())
        edit.set_prompt("warmer")
        missing = await submitter.submit(edit)
        assert [problem.field for problem in missing.problems] == ["image_urls"]
        assert not missing.is_invalid
        unreadable = await submitter.submit(edit, [InputImage(b"no image")])
        assert [problem.field for problem in unreadable.problems] == [None]
        assert draft.seed == SeedChoice.of(7, SeedMode.INCREMENT)
        assert core.worker.jobs() == []


def unpriced_draft() -> RequestDraft:
    """Return a request to an added model, whose price is unknown."""
    document = Path(__file__).parent.parent / "models" / "openapi" / "documents" / "birefnet_v2.json"
    draft = RequestDraft(Task.EDIT, ModelRegistry([propose(read_document(document.read_bytes())).spec()]))
    draft.set_input_sizes([(600, 400)])
    return draft


async def test_a_request_of_unknown_price_is_sent_once_the_user_has_agreed(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with submitting(tmp_path) as (submitter, core):
        draft = unpriced_draft()
        image = InputImage(photos / "coffee.png")
        assert len((await submitter.submit(draft, [image])).jobs) == 1
        monkeypatch.setattr(core.account, "kind", ServiceKind.LIVE)
        asked = await submitter.submit(draft, [image])
        assert [problem.message for problem in asked.problems] == [
            "Nothing was sent yet: the price of Birefnet V2 is unknown. Send again to agree to 1 image."
        ]
        assert not asked.jobs
        assert len((await submitter.submit(draft, [image])).jobs) == 1
        assert len((await submitter.submit(draft, [image])).jobs) == 1
        draft.set_count(2)
        assert not (await submitter.submit(draft, [image])).jobs
        assert len((await submitter.submit(draft, [image])).jobs) == 2


async def test_a_budget_refuses_what_it_cannot_count_once_it_is_used_up(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with submitting(tmp_path) as (submitter, core):
        draft = unpriced_draft()
        image = InputImage(photos / "coffee.png")
        monkeypatch.setattr(core.account, "kind", ServiceKind.LIVE)
        core.worker.budget.limits = BudgetLimits(day=Decimal("0.06"))
        asked = await submitter.submit(draft, [image])
        assert [problem.message for problem in asked.problems] == [
            "Nothing was sent yet: the price of Birefnet V2 is unknown, so no budget can count it. "
            "Send again to agree to 1 image."
        ]
        assert len((await submitter.submit(draft, [image])).jobs) == 1
        priced = generation()
        (caution,) = (await submitter.submit(priced)).problems
        assert caution.message == "$0.06 of today’s $0.06 budget is used; $0.00 is left until midnight."
        (refused,) = (await submitter.submit(draft, [image])).problems
        assert refused.over_budget is not None
        assert refused.message == "Nothing was sent: today’s $0.06 budget is used up until midnight."
        seed = priced.seed
        assert not (await submitter.submit(priced)).jobs
        assert priced.seed == seed
        assert (await submitter.submit(draft, [image], refused.over_budget.amount)).jobs


async def test_a_budget_pays_for_all_of_several_images_or_for_none(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def read() -> InputImage:
        return InputImage(photos / "coffee.png")

    async with submitting(tmp_path) as (submitter, core):
        draft = RequestDraft(Task.CUT_OUT, ModelRegistry())
        monkeypatch.setattr(core.account, "kind", ServiceKind.LIVE)
        core.worker.budget.limits = BudgetLimits(day=Decimal("0.02"))
        refused = await submitter.submit_each(draft, [read] * 3)
        (problem,) = refused.problems
        assert (refused.jobs, problem.over_budget is not None) == ([], True)
        assert problem.message.startswith("Nothing was sent: this costs $0.03, and $0.02 of today’s")
        assert not core.worker.jobs()
        assert len((await submitter.submit_each(draft, [read] * 3, Decimal("0.03"))).jobs) == 3


async def test_images_that_are_read_while_a_key_comes_are_still_sent_free(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with submitting(tmp_path) as (submitter, core):

        async def read() -> InputImage:
            monkeypatch.setattr(core.account, "kind", ServiceKind.LIVE)
            return InputImage(photos / "coffee.png")

        draft = RequestDraft(Task.CUT_OUT, ModelRegistry())
        draft.set_free(True)
        submission = await submitter.submit_each(draft, [read] * 2)
        assert [job.service for job in submission.jobs] == [ServiceKind.DEMO] * 2


async def test_what_was_free_is_not_charged_and_later_changes_are_not_sent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with submitting(tmp_path) as (submitter, core):
        draft = generation()
        draft.set_free(True)
        cost = draft.quote().price.sentence
        core.account.settled.clear()
        waiting = asyncio.create_task(submitter.submit(draft))
        await asyncio.sleep(0)
        draft.set_count(8)
        monkeypatch.setattr(core.account, "kind", ServiceKind.LIVE)
        core.account.settled.set()
        submission = await waiting
        (problem,) = submission.problems
        assert problem.message == f"Nothing was sent: the program is Live now, and this costs about {cost}."
        assert (problem.field, problem.is_caution, submission.jobs) == (None, True, [])
        assert core.worker.jobs() == []
        assert draft.seed == SeedChoice.of(7, SeedMode.INCREMENT)


async def test_a_stopped_request_gives_its_seeds_back_unless_others_were_chosen(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        core.account.settled.clear()
        for chosen in (None, SeedChoice.of(40)):
            draft = generation()
            waiting = asyncio.create_task(submitter.submit(draft))
            await asyncio.sleep(0)
            assert draft.seed.value == 9
            if chosen is not None:
                draft.set_seed(chosen)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            assert draft.seed == (chosen or SeedChoice.of(7, SeedMode.INCREMENT))
        assert core.worker.jobs() == []


async def test_jobs_count_although_the_prompt_was_not_remembered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def forget(text: str, _requests: int) -> None:
        raise LibraryError(f"“{text}” could not be saved.")

    async with submitting(tmp_path) as (submitter, core):
        monkeypatch.setattr(core.library.prompts, "remember", forget)
        submission = await submitter.submit(generation())
        assert len(submission.jobs) == 2
        assert [problem.message for problem in submission.problems] == ["“hills” could not be saved."]


async def test_an_inpaint_sends_as_many_requests_as_were_agreed(tmp_path: Path, photos: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        draft = RequestDraft(Task.INPAINT, ModelRegistry())
        draft.set_prompt("a pot")
        draft.set_seed(SeedChoice.of(7, SeedMode.INCREMENT))
        draft.set_count(2)
        prepared = await two_areas(photos / "coffee.png")
        assert len(prepared) == 2
        for agreed in (1, 3):
            refused = await submitter.submit_prepared(draft, draft.quote().with_requests(agreed), prepared)
            (problem,) = refused.problems
            cost = draft.quote().unit_price.times(4).sentence
            assert problem.message == f"Nothing was sent: this makes 2 requests and costs {cost}."
        assert core.worker.jobs() == []
        assert draft.seed.value == 7
        draft.set_requests(2)
        quote = draft.quote()
        # Only what the quote says is sent, whatever the draft says once the requests are prepared.
        draft.set_count(8)
        draft.set_prompt("something else")
        submission = await submitter.submit_prepared(draft, quote, prepared)
        assert [job.seed for job in submission.jobs] == [7, 7, 8, 8]
        assert {job.prompt for job in submission.jobs} == {"a pot"}
        assert sum(job.estimate for job in submission.jobs) == quote.price.amount


def dearer(model: ModelSpec) -> ModelRegistry:
    """Return the models once the service has named a higher price of one of them."""
    rule = FixedPrice(amount=Decimal("0.5"))
    return ModelRegistry(facts={model.endpoint: ModelFacts().with_price(rule, date(2026, 11, 28))})


@pytest.mark.parametrize("is_shown", [True, False])
async def test_a_price_that_changed_since_it_was_displayed_is_asked_about_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, photos: Path, is_shown: bool
) -> None:
    async with submitting(tmp_path) as (submitter, core):
        monkeypatch.setattr(core.account, "kind", ServiceKind.LIVE)
        draft = RequestDraft(Task.INPAINT, ModelRegistry())
        draft.set_prompt("a pot")
        prepared = await two_areas(photos / "coffee.png", split=False)
        quote = draft.quote()
        draft.models.become(dearer(IDEOGRAM_V2_EDIT))
        if is_shown:
            draft.follow_models()
            quote = draft.quote()
        asked = await submitter.submit_prepared(draft, quote, prepared)
        (problem,) = asked.problems
        assert problem.message == "Nothing was sent: the price has changed, and this costs about $0.50."
        assert (problem.is_caution, asked.jobs, core.worker.jobs()) == (True, [], [])
        sent = await submitter.submit_prepared(draft, draft.quote(), prepared)
        assert [job.estimate for job in sent.jobs] == [Decimal("0.5")]


async def test_a_price_that_changed_in_the_demo_or_of_another_model_is_not_asked_about(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, _core):
        draft = generation()
        draft.set_free(True)
        draft.models.become(dearer(IMAGINEART_15_PRO))
        draft.follow_models()
        assert (await submitter.submit(draft)).jobs
        draft.set_free(False)
        draft.set_model(draft.models.get(IMAGINEART_15_PRO.endpoint))
        draft.models.become(ModelRegistry())
        draft.follow_models()
        assert draft.is_repriced
        other = generation()
        other.models.become(dearer(IMAGINEART_15_PRO))
        other.follow_models()
        assert not other.is_repriced


async def test_of_several_images_the_one_that_is_too_large_is_named(tmp_path: Path, photos: Path) -> None:
    noise = tmp_path / "noise.png"
    noise.write_bytes(encode_png(np.random.default_rng(1).integers(0, 256, (1900, 1900, 3), np.uint8)))
    async with submitting(tmp_path) as (submitter, _core):
        draft = RequestDraft(Task.CUT_OUT, ModelRegistry())
        sources = [partial(read_source, path, None) for path in (photos / "coffee.png", noise)]
        submission = await submitter.submit_each(draft, sources)
        assert len(submission.jobs) == 1
        (problem,) = submission.problems
        assert problem.message.startswith("“noise.png”: Image files are limited to 10 MB; this one has ")
