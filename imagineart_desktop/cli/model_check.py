"""`models check`: what fal.ai publishes about the models that differs from what the program has."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from imagineart_desktop.cli.arguments import InvalidArgumentError, UnknownModelError
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.outcome import Outcome, outcome_of_error
from imagineart_desktop.fal import FAL_HOSTS, PublicPages
from imagineart_desktop.models import ModelRegistry, ModelSpec
from imagineart_desktop.workspace.added_models import AddedModelError
from imagineart_desktop.workspace.model_check import (
    CheckedModel,
    change_lines,
    check_models,
    check_summary,
    store_checked,
)


async def check(options: argparse.Namespace, folder: Path) -> Outcome:
    """Check the models that the arguments name, or all; keep their prices. No key is sent."""
    try:
        models = _named(options.models, options.endpoints)
        pages = PublicPages(FAL_HOSTS.home, FAL_HOSTS.api)
        checked = await check_models(options.models, models, pages, None, date.today())
        await asyncio.to_thread(store_checked, folder, checked)
    except (InvalidArgumentError, AddedModelError) as error:
        return outcome_of_error(error)
    code = ExitCode.FAILED if any(each.problem for each in checked) else ExitCode.OK
    if options.json:
        return Outcome(code, json.dumps([*map(_as_row, checked)], ensure_ascii=False, indent=2))
    return Outcome(code, "\n".join([*change_lines(checked), check_summary(checked)]))


def _named(models: ModelRegistry, endpoints: Sequence[str]) -> list[ModelSpec]:
    for endpoint in endpoints:
        if models.find(endpoint) is None:
            raise UnknownModelError(endpoint)
    return [model for model in models if not endpoints or model.endpoint in endpoints]


def _as_row(each: CheckedModel) -> dict[str, object]:
    facts = each.facts
    return {
        "endpoint": each.model.endpoint,
        "changes": list(each.changes),
        "problem": each.problem or None,
        "price": None if facts.price_rule is None else facts.price_rule.text,
        "price_read_on": None if facts.price_read_on is None else facts.price_read_on.isoformat(),
        "prices": [{"since": price.since.isoformat(), "price": price.rule.text} for price in facts.prices],
        "deprecated": facts.is_deprecated,
        "updated_at": facts.updated_at or None,
    }
