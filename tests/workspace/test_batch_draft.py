"""The batch that is being composed, without a window: its rows follow its plan, and are added as durable jobs."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from shiboken6 import delete

from imagineart_desktop.batches.library_images import input_name
from imagineart_desktop.batches.plan import IMAGES, MODEL
from imagineart_desktop.batches.prompt_template import Expansion
from imagineart_desktop.batches.row import RowTotals
from imagineart_desktop.batches.sending import batch_requests
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import BudgetExceededError, BudgetLimits, JobState
from imagineart_desktop.library import LibraryError
from imagineart_desktop.models import (
    IDEOGRAM_45,
    IDEOGRAM_UPSCALE,
    IDEOGRAM_V3,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    MAX_SEED,
    PRICES_READ_ON,
    ModelRegistry,
    Task,
    input_reference,
)
from imagineart_desktop.models.price_rule import FixedPrice, UnknownPrice
from imagineart_desktop.studio import Core
from imagineart_desktop.support import Progress, WorkCanceledError
from imagineart_desktop.ui.batch.controls import count_words
from imagineart_desktop.ui.batch.row_delegate import shown_prompt
from imagineart_desktop.workspace.batch_draft import BatchDraft, plan_of
from imagineart_desktop.workspace.batch_sender import (
    BatchSender,
    PriceQuestionError,
    Terms,
    batch_name,
    seeds_of,
    written_prompts,
)
from imagineart_desktop.workspace.batch_table import BatchTable, Column
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.seed import SeedChoice
from tests.batches.batch_fixtures import write_image
from tests.waiting import until
from tests.workspace.test_submitter import submitting


def fail(sentence: str) -> None:
    raise AssertionError(sentence)


@asynccontextmanager
async def composing(root: Path) -> AsyncIterator[tuple[BatchDraft, Core]]:
    async with submitting(root) as (_submitter, core):
        draft = BatchDraft(core.library, fail)
        try:
            yield draft, core
        finally:
            delete(draft)


async def ready(draft: BatchDraft) -> None:
    await until(lambda: draft.is_current)


async def test_rows_follow_the_plan_and_the_last_change_counts(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        for prompt in ("a", "{a|b", "{a|b|c}"):
            draft.set_prompt(prompt)
        await ready(draft)
        assert [row.prompt.text for row in draft.preview.rows] == ["a", "b", "c"]
        draft.set_varied(MODEL, [IMAGINEART_20.endpoint, IDEOGRAM_45.endpoint])
        draft.set_varied("aspect_ratio", [])
        await ready(draft)
        assert not draft.preview.rows
        draft.remove_varied("aspect_ratio")
        draft.set_sample(2, 1)
        await ready(draft)
        assert (len(draft.preview.rows), draft.preview.factors, draft.preview.prompts) == (4, (3,), 2)
        draft.set_prompt("{a|b")
        await ready(draft)
        assert (draft.preview.rows, draft.preview.position) == ((), 0)
        draft.set_prompt("{a|b")
        assert draft.is_current


async def test_a_row_that_is_switched_off_stays_off_until_the_rows_are_others(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, core):
        await draft.restore()
        draft.set_prompt("{a|b|c}")
        await ready(draft)
        draft.set_enabled([0, 2], enabled=False)
        assert draft.totals() == RowTotals.of(draft.preview.rows)
        draft.set_low_priority(low=True)
        draft.set_max_cost(Decimal("1.50"))
        draft.set_prompt("{a|b|c}")
        draft.reload()
        await ready(draft)
        assert [row.is_enabled for row in draft.preview.rows] == [False, True, False]
        assert draft.totals() == RowTotals.of(draft.preview.rows)
        await draft.save()
        again = BatchDraft(core.library, fail)
        await again.restore()
        await ready(again)
        assert (again.plan, again.totals()) == (draft.plan, draft.totals())
        delete(again)
        assert (draft.plan.low_priority, draft.plan.max_cost) == (True, Decimal("1.50"))
        draft.set_prompt("{a|b|d}")
        await ready(draft)
        assert draft.totals().rows == 3


async def test_a_row_that_is_switched_off_while_rows_are_made_stays_off(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        draft.set_prompt("{a|b|c}")
        await ready(draft)
        draft.rows_changed.connect(
            lambda: draft.set_enabled([1], enabled=False), Qt.ConnectionType.SingleShotConnection
        )
        draft.reload()
        await ready(draft)
        assert [row.prompt.text for row in draft.sent_rows()] == ["a", "c"]
        # A place in rows that are about to be replaced would be another row's.
        draft.set_prompt("{d|e|f}")
        draft.set_enabled([0], enabled=False)
        await ready(draft)
        assert [row.prompt.text for row in draft.sent_rows()] == ["d", "e", "f"]


async def test_rows_of_another_plan_are_never_sent_after_a_failure(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with composing(tmp_path) as (_draft, core):
        said: list[str] = []
        draft = BatchDraft(core.library, said.append)
        draft.set_prompt("{a|b}")
        await ready(draft)
        with monkeypatch.context() as broken:
            broken.setattr(core.library, "summaries", failing)
            draft.set_prompt("c")
            await until(lambda: bool(said))
            assert (said, draft.progress) == (["The disk is gone."], None)
            assert not draft.is_current
        draft.reload()
        await ready(draft)
        assert [row.prompt.text for row in draft.sent_rows()] == ["c"]
        delete(draft)


async def failing(_ids: Sequence[int]) -> object:
    raise LibraryError("The disk is gone.")


async def test_a_batch_begins_with_the_request_of_a_tab_and_keeps_what_varies(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, core):
        form = RequestDraft(Task.GENERATE, core.library.models)
        form.set_prompt("a cup")
        form.set_fields({"resolution": "1K"})
        form.set_seed(SeedChoice.of(7))
        draft.take(plan_of(form))
        draft.set_prompt("a {red|teal} cup")
        draft.set_varied("aspect_ratio", ["1:1", "16:9"])
        draft.take(plan_of(form))
        assert draft.plan.prompt == "a {red|teal} cup"
        form.set_prompt("a jug")
        draft.take(plan_of(form))
        assert (draft.plan.prompt, len(draft.plan.vary), draft.plan.seed) == ("a jug", 1, 7)
        await ready(draft)
        assert [row.seed for row in draft.preview.rows] == [7, 7]
        assert draft.preview.rows[0].fields["resolution"] == "1K"
        edit = plan_of(RequestDraft(Task.EDIT, core.library.models), varied=["library:1"])
        draft.take(edit)
        assert draft.plan == edit


async def test_images_vary_in_place_of_the_one_that_is_changed(tmp_path: Path) -> None:
    async with composing(tmp_path / "data") as (draft, core):
        form = RequestDraft(Task.EDIT, core.library.models)
        draft.take(plan_of(form, images=["one.png", "style.png"]))
        draft.vary_images()
        assert [varied.values for varied in draft.plan.vary] == [("one.png",)]
        draft.set_varied(IMAGES, ["a.png", "b.png"])
        assert draft.plan.images == ("style.png",)
        # Another request of the tab brings its image along; those that vary still stand in its place.
        draft.take(plan_of(form, images=["two.png", "ground.png"]))
        assert draft.plan.images == ("ground.png",)
        draft.remove_varied(IMAGES)
        assert not draft.plan.vary
        assert tuple(draft.plan.images) == ("a.png", "ground.png")


async def test_a_batch_is_added_with_its_images_stored_once(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, core):
        kept = await core.library.inputs.keep(write_image(tmp_path / "style.png", (40, 40)).read_bytes())
        edit = RequestDraft(Task.EDIT, core.library.models)
        edit.set_prompt("make it {red|teal}")
        files = [str(write_image(tmp_path / f"{name}.png", (50, 50 + place))) for place, name in enumerate("ab")]
        draft.take(plan_of(edit, [input_name(kept.sha256, None)], files))
        draft.set_low_priority(low=True)
        await ready(draft)
        assert [len(row.images["image_urls"]) for row in draft.preview.rows] == [2, 2, 2, 2]
        table = BatchTable(draft)
        tip = str(table.data(table.index(0, Column.SIZE), Qt.ItemDataRole.ToolTipRole))
        # The library's own copy is named by its hash, which says nothing.
        assert ("a.png" in tip, kept.sha256 in tip) == (True, False)
        draft.set_enabled([3], enabled=False)
        sender = BatchSender(core.library, core.worker, core.account)
        assert (sender.is_free, await sender.budget_gap(draft.preview.rows)) == (True, None)
        stopped = Progress()
        stopped.cancel()
        with pytest.raises(WorkCanceledError):
            await sender.send(draft, draft.sent_rows(), stopped, Terms(told_free=True))
        batch = await sender.send(draft, draft.sent_rows(), Progress(), Terms(told_free=sender.is_free))
        assert (batch.name, batch.summary.total, batch.low_priority) == ("make it red", 3, True)
        assert [(used.text, used.uses) for used in await core.library.prompts.find()] == [("make it {red|teal}", 3)]
        await until(lambda: (found := core.worker.batches.find(batch.id)) is not None and found.summary.done == 3)
        (only,) = await core.worker.batches.all()
        assert only.summary.counts == {JobState.DONE: 3}


async def test_what_a_budget_has_room_for_is_said(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, core):
        draft.set_prompt("{a|b|c|d}")
        await ready(draft)
        price = draft.preview.rows[0].price.amount
        core.worker.budget.limits = BudgetLimits(day=price * 3 - Decimal("0.01"), month=price * 4)
        sender = BatchSender(core.library, core.worker, core.account)
        core.account.kind = ServiceKind.LIVE
        gap = await sender.budget_gap(draft.preview.rows)
        assert gap is not None
        assert (gap.excess, gap.fit) == (price + Decimal("0.01"), 2)
        assert gap.words == f"${price + Decimal('0.01')} more than today’s budget. 2 fit."
        assert await sender.budget_gap(draft.preview.rows[:2]) is None
        # The budget decides when the batch is added, whatever the preview said.
        with pytest.raises(BudgetExceededError):
            await sender.send(draft, draft.sent_rows(), Progress(), Terms(told_free=sender.is_free))
        assert not core.worker.jobs()


async def test_ten_thousand_rows_are_a_table_and_making_them_can_be_canceled(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, _core):
        table = BatchTable(draft)
        draft.set_prompt("{a|b|c|d|e|f|g|h|i|j}" * 4)
        draft.reload()
        await until(lambda: draft.progress is not None)
        draft.cancel()
        await ready(draft)
        assert (table.rowCount(), draft.preview.problem[:8]) == (0, "Canceled")
        draft.reload()
        await ready(draft)
        assert (table.rowCount(), draft.totals().rows) == (10_000, 10_000)
        index = table.index(9_999, Column.PROMPT)
        assert index.data() == "jjjj"
        assert table.index(9_999, Column.PRICE).data() == "$0.05"
        assert table.flags(table.index(0, Column.ENABLED)) & Qt.ItemFlag.ItemIsUserCheckable
        draft.set_prompt("{a|b|c|d|e|f|g|h|i|j}" * 5)
        await ready(draft)
        assert "100,000 requests" in draft.preview.problem


async def test_a_file_of_rows_replaces_the_combinations(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("prompt,aspect ratio\na,16:9\nb,9:99\n")
    async with composing(tmp_path / "data") as (draft, _core):
        table = BatchTable(draft)
        draft.set_rows_file(tmp_path / "rows.csv")
        await ready(draft)
        assert [bool(row.problems) for row in draft.preview.rows] == [False, True]
        assert table.index(0, Column.VARIED).data() == "16:9"
        wrong = table.index(1, Column.ENABLED)
        assert (wrong.data(), wrong.data(Qt.ItemDataRole.CheckStateRole)) == ("✕", None)
        assert "Line 3" in str(wrong.data(Qt.ItemDataRole.ToolTipRole))
        assert written_prompts(draft.plan, draft.preview.rows) == {"a": 1}
        draft.set_rows_file(tmp_path / "gone.csv")
        await ready(draft)
        assert "gone.csv" in draft.preview.problem
        draft.set_rows_file(None)
        await ready(draft)
        assert len(draft.preview.rows) == 1


async def test_a_folder_through_an_upscale_needs_no_prompt(tmp_path: Path) -> None:
    async with composing(tmp_path / "data") as (draft, _core):
        draft.set_plan(plan_of(RequestDraft(Task.EDIT, draft.models)))
        draft.set_model(IDEOGRAM_UPSCALE.endpoint)
        draft.set_varied(IMAGES, [str(write_image(tmp_path / "a.png"))])
        await ready(draft)
        (row,) = draft.preview.rows
        assert (row.problems, row.model) == ((), IDEOGRAM_UPSCALE)
        assert batch_name("", [row]) == IDEOGRAM_UPSCALE.label
        assert batch_name(" Mine ", [row]) == "Mine"
        assert draft.plan.model != IMAGINEART_20_EDIT.endpoint


def test_seeds_of_a_row_follow_each_other() -> None:
    assert seeds_of(5, 3) == [5, 6, 7]
    assert seeds_of(0, 2) == [0, 1]
    assert seeds_of(MAX_SEED, 2) == [MAX_SEED, 0]
    assert len(set(seeds_of(None, 3))) == len(set(seeds_of(-1, 3))) == 3


def test_counts_of_prompts_in_words() -> None:
    assert count_words((3, 6), 18) == "3 × 6 = 18 prompts"
    assert count_words((3, 6), 5) == "5 of 3 × 6 = 18 prompts"
    assert count_words((), 1) == "1 prompt"
    assert count_words((10**9, 10**9), 20) == "20 of a quadrillion prompts or more"


def test_the_shown_part_of_a_long_prompt_has_what_varies() -> None:
    assert shown_prompt(Expansion("A red\ncup", ((2, 5),))) == ("A red cup", [(2, 5)])
    text, ((start, end),) = shown_prompt(Expansion("x" * 1000 + "red cup", ((1000, 1003),)))
    assert (text[0], text[start:end]) == ("…", "red")


async def test_changed_prices_are_shown_before_they_are_agreed_to(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, core):
        draft.set_prompt("a cup")
        await ready(draft)
        model = core.library.models.get(IMAGINEART_20.endpoint)
        dearer = model.priced(FixedPrice(amount=Decimal("0.50")), PRICES_READ_ON)
        core.library.models.become(ModelRegistry([dearer]))
        core.account.kind = ServiceKind.LIVE
        sender, rows = BatchSender(core.library, core.worker, core.account), draft.sent_rows()
        with pytest.raises(PriceQuestionError, match="prices have changed"):
            await sender.send(draft, rows, Progress(), Terms())
        # Until the rows have the new price, nothing can be sent.
        assert not draft.is_current
        await ready(draft)
        assert draft.totals().amount == Decimal("0.50")
        with pytest.raises(PriceQuestionError, match=r"Live now, and this costs about \$0\.50"):
            await sender.send(draft, draft.sent_rows(), Progress(), Terms(told_free=True))
        unknown = model.model_copy(update={"price_rule": UnknownPrice()})
        core.library.models.become(ModelRegistry([unknown]))
        draft.reload()
        await ready(draft)
        with pytest.raises(PriceQuestionError, match="the price of 1 request is unknown") as asked:
            await sender.send(draft, draft.sent_rows(), Progress(), Terms())
        assert asked.value.can_agree
        assert not core.worker.jobs()
        # No service is connected for it: it waits.
        batch = await sender.send(draft, draft.sent_rows(), Progress(), Terms(agreed_unknown=True))
        assert batch.summary.waiting == 1


async def test_style_images_of_the_form_go_with_every_row_and_stay_parents(tmp_path: Path) -> None:
    async with composing(tmp_path) as (draft, core):
        kept = await core.library.inputs.keep(write_image(tmp_path / "style.png").read_bytes())
        form = RequestDraft(Task.GENERATE, core.library.models)
        form.set_model(IDEOGRAM_V3)
        form.set_prompt("a {red|teal} cup")
        form.set_fields({"image_urls": [input_reference(kept.sha256)]})
        form.set_picture_ids({kept.sha256: 7, "0" * 64: 8})
        draft.take(plan_of(form))
        await ready(draft)
        assert [row.problems for row in draft.preview.rows] == [(), ()]
        requests = await batch_requests(
            draft.sent_rows(), core.library, draft.plan.picture_ids, seeds_of, lambda _share: None
        )
        assert [request.picture_ids for request in requests] == [{kept.sha256: 7}] * 2
        assert [request.fields["image_urls"] for request in requests] == [[input_reference(kept.sha256)]] * 2
