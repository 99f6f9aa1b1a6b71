"""Compares the models with what the service publishes about them, and tells what differs. Changes no model."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.fal import FalError, ListedModel, UnitPrice
from imagineart_desktop.models import ModelRegistry, ModelSpec
from imagineart_desktop.models.facts import (
    MAX_PAGE_BYTES,
    ModelFacts,
    ModelPage,
    PageError,
    field_changes,
    read_page,
    read_price,
    unit_price_rule,
)
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.added_models import change_facts

if TYPE_CHECKING:
    from imagineart_desktop.fal import FalClient, PublicPages

_AT_ONCE = 4
"""How many models are asked about at the same time."""


@dataclass(frozen=True, slots=True)
class CheckedModel:
    """What a check found. changes: a sentence each; problem: why the model couldn't be checked, or empty.

    facts: what is known of the model now.
    """

    model: ModelSpec
    facts: ModelFacts
    changes: tuple[str, ...] = ()
    problem: str = ""


async def check_models(
    registry: ModelRegistry, models: Sequence[ModelSpec], pages: PublicPages, client: FalClient | None, today: date
) -> list[CheckedModel]:
    """Check models of a registry. client: also asks for the prices of units, if there is a key."""
    units = await _unit_prices(models, client)
    free = asyncio.Semaphore(_AT_ONCE)

    async def check(model: ModelSpec) -> CheckedModel:
        known = registry.facts(model.endpoint)
        async with free:
            try:
                data = await pages.model_page(model.endpoint, MAX_PAGE_BYTES)
                page = await asyncio.to_thread(read_page, data, model.endpoint)
                listed = await pages.listed_model(model.endpoint)
            except (FalError, PageError) as error:
                return CheckedModel(model, known, problem=str(error))
        return compare(model, known, page, listed, units.get(model.endpoint), today)

    return list(await asyncio.gather(*map(check, models)))


async def _unit_prices(models: Sequence[ModelSpec], client: FalClient | None) -> Mapping[str, UnitPrice]:
    if client is None:
        return {}
    # A key may not be allowed to ask for prices; the pages have them as well.
    with suppress(FalError):
        return await client.unit_prices([model.endpoint for model in models])
    return {}


def compare(
    model: ModelSpec,
    known: ModelFacts,
    page: ModelPage,
    listed: ListedModel | None,
    unit: UnitPrice | None,
    today: date,
) -> CheckedModel:
    """Return what differs from the model, and what is known now. unit: its price, if the service named one."""
    changes = [*field_changes(model, page.fields)]
    facts = known.model_copy(update={"checked_on": today, "price_words": page.price})
    if (rule := read_price(model.price_rule, page.price)) is not None:
        facts = facts.with_price(rule, today)
    facts = with_unit_price(model, facts, unit, today)
    changes += _price_changes(model, known, facts, today)
    if listed is not None:
        facts = facts.model_copy(update={"is_deprecated": listed.is_deprecated, "updated_at": listed.updated_at or ""})
        if listed.is_deprecated:
            changes.append("Deprecated: fal.ai will remove this model.")
    return CheckedModel(model, facts, tuple(changes))


def with_unit_price(model: ModelSpec, facts: ModelFacts, unit: UnitPrice | None, today: date) -> ModelFacts:
    """Return the facts with the price of a unit, and with that of an image if it follows from it."""
    if unit is None or unit.unit_price is None:
        return facts
    rule = unit_price_rule(model.price_rule, unit.unit_price, unit.unit or "")
    facts = facts.with_unit_price(unit.unit_price, today)
    return facts if rule is None else facts.with_price(rule, today)


def _price_changes(model: ModelSpec, known: ModelFacts, facts: ModelFacts, today: date) -> list[str]:
    rule = facts.price_rule
    if rule is not None and facts.price_read_on == today and rule != model.price_rule:
        return [f"The price is now {rule.text}; it was {model.price_rule.text}."]
    if facts.price_read_on != today and facts.price_words and facts.price_words != known.price_words:
        return [f"Its price is given as: {facts.price_words}"]
    return []


def change_lines(checked: Sequence[CheckedModel]) -> list[str]:
    """Return what to tell: each model with changes or a problem, and below it its sentences, indented."""
    lines = []
    for each in checked:
        if sentences := [sentence for sentence in (*each.changes, each.problem) if sentence]:
            lines += [f"{each.model.label} ({each.model.endpoint})", *(f"  {sentence}" for sentence in sentences)]
    return lines


def check_summary(checked: Sequence[CheckedModel]) -> str:
    """Return “2 models changed, 12 didn’t; 1 couldn’t be checked.” or “No changes in 15 models.”"""
    failed = sum(bool(each.problem) for each in checked)
    changed = sum(bool(each.changes) for each in checked)
    same = len(checked) - failed - changed
    rest = f"; {failed} couldn’t be checked" if failed else ""
    found = (
        f"{pluralize(changed, 'model')} changed, {same} didn’t"
        if changed
        else f"No changes in {pluralize(same, 'model')}"
    )
    return f"{found}{rest}."


def store_checked(folder: Path, checked: Sequence[CheckedModel]) -> None:
    """Keep what is known of the models now. folder: of the added models. Raises AddedModelError."""
    found = {each.model.endpoint: each.facts for each in checked if not each.problem}
    change_facts(folder, lambda _known: found)
