"""Drafts of requests without a window: their values, their price, and how they are saved and restored."""

from __future__ import annotations

import json

import pytest
from PySide6.QtCore import QObject

from imagineart_desktop.models import (
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_V3_REMIX,
    IMAGINEART_15_PRO,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    MAX_SEED,
    InvalidRequestError,
    ModelRegistry,
    ModelRequest,
    ModelSpec,
    Task,
    input_reference,
)
from imagineart_desktop.workspace.draft_state import MAX_COUNT, DraftState
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.seed import SeedChoice, SeedMode

STORED = """{
    "model": "imagineart/imagineart-2.0-preview/text-to-image",
    "fields": {"prompt": "deux\\u00a0points :\\n fin ", "aspect_ratio": "2:3", "resolution": "1K", "reasoning": "high"},
    "seed": 77, "seed_mode": "next", "count": 3, "results": {"pictures": [4, 5]}
}"""
"""A draft as versions before `RequestDraft` stored it, with what its page kept beside it."""


class Listener(QObject):
    """Counts the signals of a draft."""

    def __init__(self, draft: RequestDraft) -> None:
        super().__init__()
        self.changes = self.cost_changes = 0
        draft.changed.connect(self._note_change)
        draft.cost_changed.connect(self._note_cost)

    def _note_change(self) -> None:
        self.changes += 1

    def _note_cost(self) -> None:
        self.cost_changes += 1

    def counts(self) -> tuple[int, int]:
        """Return (changes, changes of the cost) since the last call."""
        counts = self.changes, self.cost_changes
        self.changes = self.cost_changes = 0
        return counts


def test_every_change_is_told_once_and_no_other() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    listener = Listener(draft)
    draft.set_prompt("hills")
    assert listener.counts() == (1, 0)
    draft.set_prompt("hills")
    draft.set_fields({"resolution": "8K", "reasoning": 5, "unknown": "x", "seed": 4, "prompt": None})
    draft.set_model(IDEOGRAM_V2_EDIT)
    draft.set_count(1)
    draft.set_requests(1)
    assert listener.counts() == (0, 0)
    draft.set_fields({"prompt": "a lamp", "resolution": "1K", "aspect_ratio": "4:1"})
    assert listener.counts() == (1, 1)
    draft.reuse(IMAGINEART_15_PRO, {"prompt": "a barn", "aspect_ratio": "3:2"}, 12)
    assert listener.counts() == (1, 1)
    draft.restore(DraftState.model_validate(json.loads(STORED)))
    assert listener.counts() == (1, 1)


def test_fields_keep_their_values_when_the_model_changes() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IMAGINEART_20)
    draft.set_fields({"prompt": "hills", "resolution": "1K", "aspect_ratio": "3:2", "reasoning": "high"})
    draft.set_model(IMAGINEART_15_PRO)
    assert draft.fields() == {"prompt": "hills", "aspect_ratio": "3:2", "negative_prompt": ""}
    draft.set_fields({"aspect_ratio": "2:3", "resolution": "2K"})
    draft.set_model(IMAGINEART_20)
    assert draft.fields() == {"prompt": "hills", "resolution": "1K", "aspect_ratio": "2:3", "reasoning": "high"}


def test_what_is_wrong_is_named_by_field_and_costs_nothing() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    assert [problem.field for problem in draft.problems()] == ["prompt"]
    with pytest.raises(InvalidRequestError):
        draft.quote()
    assert draft.price() is not None
    draft.set_prompt("hills")
    assert draft.problems() == []
    draft.set_seed(SeedChoice().typed("0"))
    assert [problem.field for problem in draft.problems()] == ["seed"]
    edit = RequestDraft(Task.EDIT, ModelRegistry())
    edit.set_prompt("A cat")
    edit.set_seed(SeedChoice().typed("0"))
    assert edit.problems() == []


def test_the_price_is_that_of_all_requests() -> None:
    edit = RequestDraft(Task.EDIT, ModelRegistry())
    edit.set_model(IMAGINEART_20_EDIT)
    edit.set_prompt("A cat")
    edit.set_input_sizes([(600, 400)] * 3)
    edit.set_count(4)
    price = edit.price()
    assert price is not None
    assert price.sentence == "4 × ($0.05 + 2 × $0.007) = $0.256"
    assert edit.quote().price == price
    inpaint = RequestDraft(Task.INPAINT, ModelRegistry())
    inpaint.set_prompt("A cat")
    inpaint.set_count(2)
    inpaint.set_requests(3)
    quote = inpaint.quote()
    assert (quote.requests, quote.total_requests, quote.price) == (3, 6, inpaint.price())
    assert quote.price == quote.unit_price.times(6)
    assert inpaint.price_of(1) == quote.with_requests(1).price
    assert not quote.covers([None] * 2)
    assert quote.covers([None] * 3)
    inpaint.set_count(8)
    inpaint.set_prompt("A dog")
    assert (quote.count, quote.fields["prompt"]) == (2, "A cat")


def test_measuring_ends_with_a_number_of_requests() -> None:
    draft = RequestDraft(Task.INPAINT, ModelRegistry())
    listener = Listener(draft)
    draft.set_measuring()
    assert (draft.is_measuring, listener.counts()) == (True, (1, 1))
    draft.set_requests(draft.requests)
    assert (draft.is_measuring, listener.counts()) == (False, (1, 1))


def test_sizes_follow_the_options() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IMAGINEART_20)
    draft.set_fields({"resolution": "1K", "aspect_ratio": "3:2"})
    assert draft.output_size() == (1024, 683)
    assert draft.output_size_with("aspect_ratio", "1:1") == (1024, 1024)


def test_the_sizes_of_all_options_take_one_check_of_the_request(monkeypatch: pytest.MonkeyPatch) -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IMAGINEART_20)
    checked: list[object] = []
    really = ModelSpec.parse

    def check(model: ModelSpec, values: object) -> ModelRequest:
        checked.append(values)
        return really(model, values)

    monkeypatch.setattr(ModelSpec, "parse", check)
    for resolution, edge in (("1K", 1024), ("2K", 2048)):
        draft.set_fields({"resolution": resolution, "aspect_ratio": "3:2"})
        sizes = [draft.output_size_with("aspect_ratio", ratio) for ratio in ("1:1", "3:2")]
        assert sizes == [(edge, edge), draft.output_size()]
        assert draft.price() is not None
    assert len(checked) == 2


def test_a_size_is_known_while_another_field_is_wrong_and_unknown_while_it_is_wrong_itself() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IDEOGRAM_V3)
    draft.set_fields({"image_size": "square", "style_codes": ["x"]})
    assert draft.problems()
    assert (draft.output_size(), draft.output_size_with("image_size", "square_hd")) == ((512, 512), (1024, 1024))
    draft.set_fields({"image_size": {"width": 5000, "height": 20}})
    assert draft.output_size() is None


def test_the_count_and_the_seed_never_leave_their_ranges() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    for count, kept in ((0, 1), (99, MAX_COUNT), (-1, 1), (5, 5)):
        draft.set_count(count)
        assert draft.count == kept
    draft.set_seed(SeedChoice.of(MAX_SEED, SeedMode.INCREMENT))
    assert draft.take_seeds(2) == [MAX_SEED, 1]
    assert draft.seed == SeedChoice.of(2, SeedMode.INCREMENT)
    draft.set_seed(SeedChoice.of(7))
    assert (draft.take_seeds(3), draft.seed.value) == ([7, 8, 9], 7)
    draft.set_seed(SeedChoice.of(2**63))
    assert draft.seed == SeedChoice()
    assert len(set(draft.take_seeds(8))) == 8


@pytest.mark.parametrize("task", list(Task))
def test_a_draft_comes_back_exactly(task: Task) -> None:
    for model in ModelRegistry().for_task(task):
        draft, again = RequestDraft(task, ModelRegistry()), RequestDraft(task, ModelRegistry())
        draft.set_model(model)
        draft.set_fields({"prompt": "deux\u00a0points\u00a0:\n  fin ", "aspect_ratio": "2:3"})
        draft.set_seed(SeedChoice.of(77, SeedMode.INCREMENT))
        draft.set_count(3)
        again.restore(DraftState.model_validate(json.loads(json.dumps(draft.state().to_json()))))
        assert again.state() == draft.state()


def test_a_draft_that_an_earlier_version_stored_opens() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IMAGINEART_15_PRO)
    stored = json.loads(STORED)
    draft.restore(DraftState.model_validate(stored))
    assert draft.model is IMAGINEART_20
    assert draft.fields() == stored["fields"]
    assert (draft.seed, draft.count) == (SeedChoice.of(77, SeedMode.INCREMENT), 3)
    del stored["results"]
    assert draft.state().to_json() == stored


@pytest.mark.parametrize(
    "stored",
    [
        {},
        {"fields": {"prompt": ""}},
        {"model": "gone/model", "fields": [1], "count": "many"},
        {"model": 5, "fields": {"aspect_ratio": "7:5", "resolution": ["1K"], "reasoning": True}},
    ],
)
def test_what_a_stored_draft_lacks_or_has_wrong_stays_as_it_is(stored: dict[str, object]) -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.reuse(IMAGINEART_20, {"aspect_ratio": "3:2", "resolution": "1K"}, 5)
    before = draft.state()
    draft.restore(DraftState.model_validate(stored))
    assert draft.state() == before


@pytest.mark.parametrize(("seed", "mode"), [(5, "random"), ("5", "locked"), (None, "next"), (5, None), (0, "locked")])
def test_a_stored_seed_that_is_none_is_random(seed: object, mode: object) -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_seed(SeedChoice.of(9))
    draft.restore(DraftState.model_validate({"seed": seed, "seed_mode": mode}))
    assert draft.seed == SeedChoice()


def test_a_past_request_is_reused() -> None:
    draft = RequestDraft(Task.INPAINT, ModelRegistry())
    draft.set_prompt("else")
    draft.set_count(5)
    past = SavedRequest(IDEOGRAM_V2_EDIT, {"prompt": "a pot", "style": "anime", "expand_prompt": False}, 11, ())
    past.apply_to(draft)
    assert draft.fields() == {"prompt": "a pot", "style": "anime", "expand_prompt": False}
    assert (draft.seed, draft.count) == (SeedChoice.of(11), 1)
    SavedRequest(None, {"prompt": "of another model", "steps": 20}, None, ()).apply_to(draft)
    assert (draft.model, draft.prompt, draft.seed) == (IDEOGRAM_V2_EDIT, "of another model", SeedChoice())


@pytest.mark.parametrize(("images", "count"), [(4, 4), (None, 1), (99, 1), ("4", 1)])
def test_a_past_request_makes_as_many_images_again(images: object, count: int) -> None:
    """With another number of images, the same seed needn't make the same ones."""
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_count(7)
    SavedRequest(IDEOGRAM_V3, {"prompt": "hills", "num_images": images}, 5, ()).apply_to(draft)
    assert (draft.count, draft.seed.value) == (count, 5)


def test_a_past_request_leaves_nothing_of_the_form_but_what_it_has() -> None:
    draft = RequestDraft(Task.EDIT, ModelRegistry())
    draft.set_model(IDEOGRAM_V3_REMIX)
    draft.set_fields({"style_preset": "ART_DECO", "negative_prompt": "cats", "strength": 0.5})
    past = IDEOGRAM_V3_REMIX.parse({"prompt": "a cup", "image_url": "https://a/b.png"})
    draft.reuse(IDEOGRAM_V3_REMIX, past.to_fields(), 3)
    assert {name: draft.options[name] for name in ("style_preset", "negative_prompt", "strength")} == {
        "style_preset": None,
        "negative_prompt": "",
        "strength": 0.8,
    }


def test_every_kind_of_value_comes_back() -> None:
    draft, again = (RequestDraft(Task.EDIT, ModelRegistry()) for _ in range(2))
    draft.set_model(IDEOGRAM_V3_REMIX)
    draft.set_fields({"strength": 0.5, "negative_prompt": "cats", "style_preset": "ART_DECO", "expand_prompt": False})
    state = DraftState.model_validate(json.loads(json.dumps(draft.state().to_json())))
    again.restore(state)
    assert again.fields() == draft.fields()
    draft.set_fields({"style_preset": None})
    again.restore(DraftState.model_validate(json.loads(json.dumps(draft.state().to_json()))))
    assert again.options["style_preset"] is None


def test_a_text_that_no_request_may_have_is_kept_and_is_a_problem() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IDEOGRAM_V3)
    draft.set_fields({"prompt": "a cup", "negative_prompt": "a\x07b"})
    assert draft.options["negative_prompt"] == "a\x07b"
    (problem,) = draft.problems()
    assert (problem.field, problem.message[:38]) == ("negative_prompt", "The negative prompt holds an invisible")


def test_values_of_other_models_are_kept_over_a_restart() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_fields({"resolution": "1K", "reasoning": "high"})
    draft.set_model(IDEOGRAM_V3)
    draft.set_fields({"rendering_speed": "TURBO"})
    saved = json.loads(json.dumps(draft.state().to_json()))
    again = RequestDraft(Task.GENERATE, ModelRegistry())
    again.restore(DraftState.model_validate(saved))
    assert again.options["rendering_speed"] == "TURBO"
    again.set_model(IMAGINEART_20)
    assert {name: again.options[name] for name in ("resolution", "reasoning")} == {
        "resolution": "1K",
        "reasoning": "high",
    }
    again.set_model(IDEOGRAM_V3)
    assert again.options["rendering_speed"] == "TURBO"


def test_what_was_left_at_a_default_is_no_choice_for_the_next_model() -> None:
    """An image that is extended starts with a wide frame, whatever the model before it started with."""
    draft = RequestDraft(Task.EDIT, ModelRegistry())
    for model, size in ((IDEOGRAM_V3_REMIX, "square_hd"), (IDEOGRAM_V3_REFRAME, "landscape_16_9")):
        draft.set_model(model)
        assert draft.options["image_size"] == size
    draft.set_fields({"image_size": "portrait_4_3"})
    draft.set_model(IDEOGRAM_V3_REMIX)
    assert draft.options["image_size"] == "portrait_4_3"
    draft.set_fields({"image_size": "square_hd"})
    draft.set_model(IDEOGRAM_V3_REFRAME)
    assert draft.options["image_size"] == "landscape_16_9"


def test_a_draft_of_a_model_that_is_gone_says_so() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    missing: list[str] = []
    draft.model_missing.connect(missing.append)
    for endpoint in ("", IDEOGRAM_V3.endpoint, "gone/model", IDEOGRAM_V2_EDIT.endpoint):
        draft.restore(DraftState(model=endpoint, fields={"prompt": "hills"}))
    assert missing == ["gone/model", IDEOGRAM_V2_EDIT.endpoint]
    assert (draft.model, draft.prompt) == (IDEOGRAM_V3, "hills")


def test_ids_of_images_are_kept_as_long_as_a_field_refers_to_them() -> None:
    draft = RequestDraft(Task.GENERATE, ModelRegistry())
    draft.set_model(IDEOGRAM_V3)
    draft.set_prompt("hills")
    first, second = "a" * 64, "b" * 64
    draft.set_picture_ids({first: 7, second: 8})
    draft.set_fields({"image_urls": [input_reference(first)]})
    assert draft.quote().picture_ids == {first: 7}
    assert DraftState.model_validate(json.loads(json.dumps(draft.state().to_json()))).picture_ids == {first: 7}
    draft.set_fields({"image_urls": None})
    assert draft.quote().picture_ids == {}
    assert "picture_ids" not in draft.state().to_json()
