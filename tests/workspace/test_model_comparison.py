"""One request to several models without a window: what each takes, what it costs, and what becomes of it."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pytest
from PySide6.QtCore import QObject

from imagineart_desktop.jobs import InputImage, Job
from imagineart_desktop.models import (
    BUILT_IN,
    IDEOGRAM_45,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_REMIX,
    IMAGINEART_15,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    ModelRegistry,
    ModelSpec,
    Task,
)
from imagineart_desktop.models.arrangement import Arrangement
from imagineart_desktop.models.price_rule import UnknownPrice
from imagineart_desktop.workspace.model_comparison import (
    Candidate,
    ComparisonSource,
    ModelComparison,
    candidates_of,
    total_of,
)
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import Submission, SubmitProblem
from tests.waiting import until
from tests.workspace.test_submitter import submitting


async def unsent(_draft: RequestDraft, _images: Sequence[InputImage]) -> Submission:
    raise AssertionError("nothing is sent")


def source_of(draft: RequestDraft, images: Sequence[InputImage] = ()) -> ComparisonSource:
    return ComparisonSource(draft, images, unsent, lambda _jobs: None)


def by_model(candidates: Sequence[Candidate]) -> dict[ModelSpec, Candidate]:
    return {candidate.model: candidate for candidate in candidates}


def generation() -> RequestDraft:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IMAGINEART_20)
    draft.set_fields({"prompt": "hills", "aspect_ratio": "3:2", "resolution": "1K"})
    draft.set_count(4)
    return draft


def test_each_model_gets_what_it_takes_of_the_request_and_the_rest_is_named() -> None:
    owner = QObject()
    candidates = candidates_of(source_of(generation()), owner)
    assert candidates[0].model is IMAGINEART_20
    assert [one.model for one in candidates[1:]] == [
        model for model in ModelRegistry().for_task(Task.GENERATE) if model != IMAGINEART_20
    ]
    found = by_model(candidates)
    assert found[IMAGINEART_20].left_out == ()
    assert found[IMAGINEART_15].left_out == ("Resolution",)
    assert found[IDEOGRAM_45].left_out == ("Aspect ratio", "Resolution")
    assert {one.draft.prompt for one in candidates} == {"hills"}
    assert {one.draft.count for one in candidates} == {1}
    assert len({one.draft.seed.value for one in candidates}) == 1
    assert found[IMAGINEART_15].draft.options["aspect_ratio"] == "3:2"
    chosen = [found[IMAGINEART_20], found[IDEOGRAM_45]]
    assert total_of(chosen) == "$0.09"


def test_references_that_a_model_does_not_take_are_named() -> None:
    owner = QObject()
    draft = RequestDraft(Task.EDIT, ModelRegistry())
    draft.set_model(IMAGINEART_20_EDIT)
    draft.set_prompt("warmer")
    draft.set_input_sizes([(600, 400)] * 3)
    images = [InputImage(Path("a.png"))] * 3
    found = by_model(candidates_of(source_of(draft, images), owner))
    assert (found[IDEOGRAM_45_EDIT].left_out, len(found[IDEOGRAM_45_EDIT].images)) == ((), 3)
    assert (found[IDEOGRAM_V3_REMIX].left_out, len(found[IDEOGRAM_V3_REMIX].images)) == (("2 references",), 1)
    price = found[IMAGINEART_20_EDIT].price
    assert price is not None
    assert price.sentence == "$0.05 + 2 × $0.007 = $0.064"


def test_a_model_that_cannot_take_the_prompt_says_why() -> None:
    owner = QObject()
    draft = generation()
    draft.set_prompt("x" * 12_000)
    found = by_model(candidates_of(source_of(draft), owner))
    assert "12,000 characters long; the limit is 10,000." in found[IDEOGRAM_45].problem
    assert found[IMAGINEART_15].problem == ""


def test_an_unknown_price_is_part_of_the_sum() -> None:
    owner = QObject()
    unknown = IMAGINEART_15.model_copy(update={"endpoint": "x/y", "price_rule": UnknownPrice()})
    draft = RequestDraft(Task.GENERATE, ModelRegistry([*BUILT_IN, unknown]))
    draft.set_prompt("hills")
    found = candidates_of(source_of(draft), owner)
    (odd,) = [one for one in found if one.model == unknown]
    assert total_of([found[0], odd]).endswith(" + unknown")
    assert total_of([odd]) == "unknown"


async def test_one_request_per_model_and_their_images_come_back_with_price_and_time(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        owner = QObject()
        jobs: list[Job] = []
        source = ComparisonSource(generation(), (), submitter.submit, jobs.extend)
        comparison = ModelComparison(core.library, core.worker, source, owner)
        found = by_model(candidates_of(source, comparison))
        chosen = [found[IMAGINEART_20], found[IDEOGRAM_V3]]
        assert await comparison.send(chosen) == []
        assert await comparison.send(chosen) == []
        assert [job.model for job in jobs] == [one.model for one in chosen]
        assert sum(job.estimate for job in jobs) == sum(one.draft.quote().price.amount for one in chosen)
        await until(lambda: not comparison.pending)
        first, second = comparison.models
        assert (first.model, second.model) == (IMAGINEART_20, IDEOGRAM_V3)
        label = comparison.label(first)
        assert label.startswith("A · ImagineArt 2.0 Preview · $0.03 · ")
        assert label.endswith(" s")
        assert len(await core.library.summaries([one.picture_id for one in (first, second) if one.picture_id])) == 2


async def test_nothing_more_is_sent_after_a_refusal_and_nothing_is_sent_twice(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        owner = QObject()
        refusing = [IDEOGRAM_V3]

        async def send(draft: RequestDraft, images: Sequence[InputImage]) -> Submission:
            if draft.model in refusing:
                return Submission(problems=[SubmitProblem("Not today.")])
            return await submitter.submit(draft, images)

        jobs: list[Job] = []
        source = ComparisonSource(generation(), (), send, jobs.extend)
        comparison = ModelComparison(core.library, core.worker, source, owner)
        found = by_model(candidates_of(source, comparison))
        chosen = [found[model] for model in (IMAGINEART_20, IDEOGRAM_V3, IMAGINEART_15)]
        assert await comparison.send(chosen) == ["Ideogram V3: Not today."]
        assert [job.model for job in jobs] == [IMAGINEART_20]
        refusing.clear()
        assert await comparison.send(chosen) == []
        assert sorted(job.model.label for job in jobs) == sorted(one.model.label for one in chosen)
        assert [compared.model for compared in comparison.models] == [one.model for one in chosen]
        await until(lambda: not comparison.pending)


async def test_hidden_names_are_letters_in_an_order_that_stays(tmp_path: Path) -> None:
    async with submitting(tmp_path) as (submitter, core):
        owner = QObject()
        source = ComparisonSource(generation(), (), submitter.submit, lambda _jobs: None)
        comparison = ModelComparison(core.library, core.worker, source, owner)
        await comparison.send(candidates_of(source, comparison)[:4])
        comparison.hide_names()
        order = [compared.model for compared in comparison.models]
        assert [comparison.label(compared) for compared in comparison.models] == ["A", "B", "C", "D"]
        await until(lambda: not comparison.pending)
        assert [compared.model for compared in comparison.models] == order
        comparison.show_names()
        assert [compared.model for compared in comparison.models] == order
        assert comparison.label(comparison.models[1]).startswith(f"B · {order[1].label} · ")


@pytest.fixture(autouse=True)
def no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHON_KEYRING_BACKEND", "keyring.backends.null.Keyring")
    monkeypatch.delenv("FAL_KEY", raising=False)


async def test_hidden_models_are_not_offered_but_the_selected_one_is() -> None:
    hidden = frozenset({IDEOGRAM_V3.endpoint, IMAGINEART_20.endpoint})
    draft = RequestDraft(Task.GENERATE, ModelRegistry(arrangement=Arrangement(hidden=hidden)))
    draft.set_model(IDEOGRAM_V3)
    models = [candidate.model for candidate in candidates_of(source_of(draft), QObject())]
    assert models[0] == IDEOGRAM_V3
    assert IMAGINEART_20 not in models
