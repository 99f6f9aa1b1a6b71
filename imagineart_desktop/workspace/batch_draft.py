"""The batch that the user is composing: its plan, and the rows that follow from it, made outside the GUI thread."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.batches.library_images import library_images
from imagineart_desktop.batches.plan import IMAGES, BatchPlan, VariedField
from imagineart_desktop.batches.preview import BatchPreview, make_preview
from imagineart_desktop.batches.row import RequestRow, RowTotals
from imagineart_desktop.batches.row_images import RowImages
from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.library import Library
from imagineart_desktop.models import Task
from imagineart_desktop.support import Progress, WorkCanceledError
from imagineart_desktop.workspace.coalesced import Debouncer, ReportError
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.saved_state import SavedState

_QUIET_MS, _LONGEST_MS = 120, 600
"""How long after a change the rows are made again."""


class SavedBatch(SavedState):
    """A batch as it's saved. taken: the request of the tab that it was started from."""

    plan: BatchPlan | None = None
    taken: BatchPlan | None = None


def plan_of(draft: RequestDraft, images: Sequence[str] = (), varied: Sequence[str] = ()) -> BatchPlan:
    """Return the plan of a tab's request. images: as in a plan, of every request; varied: one for each request."""
    fields = {name: value for name, value in draft.sent_fields().items() if name != "prompt"}
    vary = (VariedField(name=IMAGES, values=tuple(varied)),) if varied else ()
    return BatchPlan(
        task=draft.task,
        model=draft.model.endpoint,
        prompt=draft.prompt,
        fields=fields,
        picture_ids=dict(draft.state().picture_ids),
        images=tuple(images),
        vary=vary,
        seed=draft.seed.value,
    )


def _what_is_made(plan: BatchPlan) -> BatchPlan:
    """Return the part of a plan that says which rows there are."""
    terms = {"name": "", "low_priority": False, "max_cost": None, "skipped": frozenset()}
    return plan.model_copy(update=terms)


class BatchDraft(QObject):
    """A batch before it is sent. Its rows are made again shortly after each change."""

    changed = Signal()
    """The plan changed."""
    rows_changed = Signal()
    """The rows were made, or are being made; `preview` has them."""
    rows_switched = Signal(int, int)
    """Rows between these places were switched on or off, the last one included."""

    def __init__(self, library: Library, on_trouble: ReportError, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.library = library
        self.models = library.models
        self.plan = BatchPlan(model=self.models.offered_for(Task.GENERATE)[0].endpoint)
        self._taken: BatchPlan | None = None
        self.preview = BatchPreview()
        self._previewed = self.plan
        """The plan that the rows were made of."""
        self._is_outdated = True
        """Whether something has changed since the rows began to be made."""
        self.progress: Progress | None = None
        """Of the rows that are being made; None if they are complete."""
        self._making = Debouncer(self, self._make, quiet=_QUIET_MS, longest=_LONGEST_MS, on_trouble=on_trouble)
        self._saver = DraftSaver(self, library, "batch", SavedBatch, self._state, on_trouble)

    # The plan

    def set_plan(self, plan: BatchPlan) -> None:
        """Replace the plan."""
        if plan == self.plan:
            return
        self.plan = plan
        self._is_outdated = True
        self.cancel()
        self._making.touch()
        self._saver.touch()
        self.changed.emit()

    def take(self, plan: BatchPlan) -> None:
        """Start from the request of a tab, unless the batch was started from the same one."""
        if plan == self._taken:
            return
        self._taken = plan
        keeps = plan.task is self.plan.task and not plan.vary and not self.plan.rows
        if keeps:
            # The first image is the one that is changed: those that vary stand in its place.
            images = plan.images[1:] if self._varied(IMAGES) is not None else plan.images
            kept = {"vary": self.plan.vary, "count": self.plan.count, "images": images}
            plan = plan.model_copy(update=kept)
        self.set_plan(plan)

    def set_prompt(self, prompt: str) -> None:
        """Set the prompt, with alternatives and wildcards."""
        self._update(prompt=prompt)

    def set_model(self, endpoint: str) -> None:
        """Set the model of all rows that don't name one."""
        self._update(model=endpoint)

    def set_varied(self, name: str, values: Sequence[object]) -> None:
        """Set the values of what varies, at the end if it's new; none to keep it with no values."""
        field = VariedField.model_validate({"name": name, "values": tuple(values)})
        names = [one.name for one in self.plan.vary]
        vary = [field if one.name == name else one for one in self.plan.vary]
        self._update(vary=tuple(vary if name in names else [*vary, field]))

    def vary_images(self) -> None:
        """Let the image that is changed vary, which is the first one; the others stay its references."""
        field = VariedField(name=IMAGES, values=self.plan.images[:1])
        self._update(vary=(*self.plan.vary, field), images=self.plan.images[1:])

    def remove_varied(self, name: str) -> None:
        """Stop varying a field. Of images, the first one is the one that is changed."""
        varied = self._varied(name)
        changed = () if varied is None or name != IMAGES else tuple(map(str, varied.values[:1]))
        others = tuple(one for one in self.plan.vary if one.name != name)
        self._update(vary=others, images=(*changed, *self.plan.images))

    def set_sample(self, size: int | None, seed: int) -> None:
        """Draw this many prompts at random; None for all combinations."""
        self._update(sample=size, sample_seed=seed)

    def set_count(self, count: int) -> None:
        """Set how many images each combination makes."""
        self._update(count=count)

    def set_name(self, name: str) -> None:
        """Set what the batch is called; empty to call it by its first prompt."""
        self._set_terms(name=name)

    def set_low_priority(self, low: bool) -> None:
        """Set whether the service may serve others first."""
        self._set_terms(low_priority=low)

    def set_max_cost(self, amount: Decimal | None) -> None:
        """Set what the batch may cost in all, in US dollars; None for no limit."""
        self._set_terms(max_cost=amount)

    def set_rows_file(self, path: Path | None) -> None:
        """Use the rows of a file instead of combinations; None for combinations again."""
        self._update(rows="" if path is None else str(path))

    def set_enabled(self, places: Iterable[int], enabled: bool) -> None:
        """Switch rows on or off, by their places in the preview, unless other rows are about to replace them."""
        if _what_is_made(self.plan) != _what_is_made(self._previewed):
            return
        rows = list(self.preview.rows)
        changed = [place for place in places if rows[place].is_enabled is not enabled]
        for place in changed:
            rows[place] = replace(rows[place], is_enabled=enabled)
        indexes = {rows[place].index for place in changed}
        skipped = self.plan.skipped - indexes if enabled else self.plan.skipped | indexes
        self.plan = self.plan.model_copy(update={"skipped": skipped})
        before = [self.preview.rows[place] for place in changed]
        totals = self.preview.totals.with_change(before, [rows[place] for place in changed])
        self.preview = replace(self.preview, rows=rows, totals=totals)
        self._saver.touch()
        if changed:
            self.rows_switched.emit(min(changed), max(changed))

    def _varied(self, name: str) -> VariedField | None:
        return next((one for one in self.plan.vary if one.name == name), None)

    def _set_terms(self, **changes: object) -> None:
        """Change how the batch is sent; its rows stay."""
        self.plan = self.plan.model_copy(update=changes)
        self._saver.touch()
        self.changed.emit()

    def _update(self, **changes: object) -> None:
        if all(getattr(self.plan, name) == value for name, value in changes.items()):
            return
        # What was switched off were other rows.
        self.set_plan(self.plan.model_copy(update={**changes, "skipped": frozenset()}))

    # The rows

    @property
    def is_current(self) -> bool:
        """Whether the rows match the plan; otherwise they can't be sent."""
        return not self._is_outdated and self.progress is None

    def totals(self) -> RowTotals:
        """Return the sums of the rows that are sent."""
        return self.preview.totals

    def sent_rows(self) -> list[RequestRow]:
        """Return the rows that are sent."""
        return [row for row in self.preview.rows if row.is_sent]

    def cancel(self) -> None:
        """Stop making the rows."""
        if self.progress is not None:
            self.progress.cancel()

    def reload(self) -> None:
        """Make the rows again: files, models or prices may have changed."""
        self._is_outdated = True
        self._making.touch()
        self.changed.emit()

    async def _make(self) -> None:
        plan, self._is_outdated = self.plan, False
        self.progress = progress = Progress()
        self.rows_changed.emit()
        wildcards = Wildcards(self.library.files.root)
        preview = BatchPreview(problem="Canceled. Change something to make the preview again.")
        try:
            images = RowImages(Path(plan.rows).parent, await library_images(plan, self.library))
            preview = await asyncio.to_thread(make_preview, plan, self.models, wildcards, images, progress.reach)
        except WorkCanceledError:
            pass
        except BaseException:
            # The rows that are there may be another plan's.
            self._is_outdated, self.progress = True, None
            self.rows_changed.emit()
            raise
        self.progress = None
        # What was canceled by another change is made again.
        if self._is_outdated:
            return
        if self.plan.skipped != plan.skipped:
            # Rows were switched meanwhile.
            self.reload()
            return
        self.preview, self._previewed = preview, plan
        self.rows_changed.emit()

    # Storage

    async def restore(self) -> None:
        """Restore the last session's batch."""
        async with self._saver.restoring() as saved:
            self._taken = saved.taken
            if saved.plan is not None:
                self.set_plan(saved.plan)

    async def save(self) -> None:
        """Save the batch now."""
        await self._saver.save()

    def _state(self) -> SavedBatch:
        return SavedBatch(plan=self.plan, taken=self._taken)
