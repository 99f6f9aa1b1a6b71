"""The rows of a plan: every combination of its prompts and of the values of what varies."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product
from math import prod

from imagineart_desktop.batches.plan import IMAGES, MAX_ROWS, MODEL, BatchPlan, VariedField
from imagineart_desktop.batches.prompt_template import MANY, Expansion, PromptTemplate
from imagineart_desktop.batches.ratios import sized_as
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.batches.row_checks import SEED, RowChecker, WantedRow
from imagineart_desktop.batches.row_images import RowImages
from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.models import TRAITS, FieldKind, FieldSpec, ModelRegistry, ModelSpec
from imagineart_desktop.support import UserError
from imagineart_desktop.support.json_types import JsonValue

_REPORT_EVERY = 50


class TooManyRowsError(UserError):
    """A batch has more requests than one may have; none of them was made."""


@dataclass(frozen=True, slots=True)
class _Change:
    """One value of what varies. name: see `VariedField`; text: for display; is_ratio: whether it's an aspect ratio."""

    name: str
    label: str
    value: JsonValue
    text: str
    is_ratio: bool = False


class Combinations:
    """The combinations of a plan, counted before they're made. Raises PromptError."""

    def __init__(self, plan: BatchPlan, models: ModelRegistry, wildcards: Wildcards) -> None:
        self._plan = plan
        self._models = models
        self.template = PromptTemplate(plan.prompt, wildcards)

    @property
    def prompts(self) -> int:
        """How many prompts there are: all of them, or those drawn at random."""
        count = self.template.count
        return count if self._plan.sample is None else min(count, self._plan.sample)

    @property
    def count(self) -> int:
        """How many rows there are; `MANY` for that many or more."""
        return min(MANY, self.prompts * prod(len(varied.values) for varied in self._plan.vary))

    @property
    def unset(self) -> str:
        """What varies but has no values yet, as it's called; empty if nothing is."""
        name = next((varied.name for varied in self._plan.vary if not varied.values), "")
        return {MODEL: "Model", IMAGES: "Images"}.get(name) or self._field(name)[1]

    def rows(self, images: RowImages, reach: Callable[[float], None]) -> list[RequestRow]:
        """Make the rows. Raises TooManyRowsError, PromptError, WorkCanceledError."""
        count = self.count
        if count > MAX_ROWS:
            many = "a quadrillion or more" if count >= MANY else f"{count:,}"
            raise TooManyRowsError(
                f"These are {many} requests; a batch has up to {MAX_ROWS:,}. Draw random prompts, or vary less."
            )
        plan = self._plan
        common = plan.fields if plan.seed is None else {**plan.fields, SEED: plan.seed}
        checker, found = RowChecker(common, images), []
        for index, (prompt, changes) in enumerate(self._combined(), 1):
            row = checker.check(self._wanted(index, prompt, changes))
            found.append(replace(row, is_enabled=index not in plan.skipped))
            if index % _REPORT_EVERY == 0:
                reach(index / count)
        return found

    def _combined(self) -> Iterator[tuple[Expansion, tuple[_Change, ...]]]:
        plan, template = self._plan, self.template
        prompts = template.expansions() if plan.sample is None else template.sample(plan.sample, plan.sample_seed)
        changes = [self._changes(varied) for varied in plan.vary]
        for prompt in prompts:
            for combined in product(*changes):
                yield prompt, combined

    def _wanted(self, index: int, prompt: Expansion, changes: Sequence[_Change]) -> WantedRow:
        plan, problems = self._plan, []
        endpoints = [str(change.value) for change in changes if change.name == MODEL] or [plan.model]
        model = self._models.find(endpoints[-1])
        if model is None:
            problems.append(f"There is no model “{endpoints[-1]}”. Add it in File → Models…, or skip this row.")
            model = self._models.offered_for(plan.task)[0]
        elif plan.task not in model.tasks:
            problems.append(f"{model.label} isn’t for this task. Choose another model, or skip this row.")
        images = [*[str(change.value) for change in changes if change.name == IMAGES], *plan.images]
        taken = {change.name for change in changes}
        changes = [_for_model(change, model, taken) for change in changes]
        fields = [change for change in changes if change.name not in (MODEL, IMAGES)]
        lacking = [change.label for change in fields if change.name not in model.fields_by_name]
        problems += [f"{model.label} has no field “{label}”. Choose another model." for label in lacking]
        return WantedRow(
            index,
            model,
            prompt,
            {change.name: change.value for change in fields if change.name in model.fields_by_name},
            images,
            varied={change.label: change.text for change in changes},
            count=plan.count,
            is_prompt_meant=bool(prompt.varying),
            problems=tuple(problems),
        )

    def _changes(self, varied: VariedField) -> list[_Change]:
        if varied.name == MODEL:
            return [_Change(MODEL, "Model", value, self._models.label(str(value))) for value in varied.values]
        if varied.name == IMAGES:
            return [_Change(IMAGES, "Image", value, str(value)) for value in varied.values]
        return [self._change(varied.name, value) for value in varied.values]

    def _change(self, name: str, value: JsonValue) -> _Change:
        field, label = self._field(name)
        text_of = None if field is None else TRAITS[field.kind].text_of
        text = str(value) if field is None or text_of is None else text_of(field, value)
        return _Change(name, label, value, text, field is not None and field.kind is FieldKind.RATIO)

    def _field(self, name: str) -> tuple[FieldSpec | None, str]:
        """Return (a field of the plan's model, else of the first one that has it; what it's called)."""
        for model in (self._models.find(self._plan.model), *self._models):
            if model is not None and (field := model.fields_by_name.get(name)) is not None:
                return field, field.label
        return None, name


def _for_model(change: _Change, model: ModelSpec, taken: Collection[str]) -> _Change:
    """Return the change as a model takes it: a ratio may be one of its sizes, unless those vary themselves."""
    if not change.is_ratio or change.name in model.fields_by_name:
        return change
    found = sized_as(model, str(change.value), change.text)
    if found is None or found[0] in taken:
        return change
    name, value, text = found
    return replace(change, name=name, value=value, text=text)
