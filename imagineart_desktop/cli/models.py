"""The `models` commands: what the program offers, and what each model takes."""

from __future__ import annotations

import argparse
import json

from imagineart_desktop.cli.arguments import UnknownModelError
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.outcome import Outcome, outcome_of_error
from imagineart_desktop.models import (
    PRICES_READ_ON,
    FieldSpec,
    ModelRegistry,
    ModelSpec,
    Task,
    list_price,
    spec_to_json,
)


def run_models(options: argparse.Namespace, models: ModelRegistry) -> Outcome:
    """Run a command of `models`."""
    if options.action == "show":
        return _show(options, models)
    offered = [model for model in models if options.task is None or Task(options.task) in model.tasks]
    if options.json:
        return Outcome(
            ExitCode.OK, json.dumps([_as_row(model, models) for model in offered], ensure_ascii=False, indent=2)
        )
    width = max((len(model.endpoint) for model in offered), default=0)
    lines = [f"{model.endpoint:<{width}}  {list_price(model):<12}  {_label(model, models)}" for model in offered]
    return Outcome(ExitCode.OK, "\n".join(lines))


def _label(model: ModelSpec, models: ModelRegistry) -> str:
    facts = {
        "added": models.is_added(model.endpoint),
        "starred": models.is_starred(model.endpoint),
        "hidden": models.is_hidden(model.endpoint),
    }
    noted = ", ".join(word for word, holds in facts.items() if holds)
    return f"{model.label} ({noted})" if noted else model.label


def _as_row(model: ModelSpec, models: ModelRegistry) -> dict[str, object]:
    lowest, highest = model.price_rule.range or (None, None)
    return {
        "endpoint": model.endpoint,
        "label": model.label,
        "added": models.is_added(model.endpoint),
        "hidden": models.is_hidden(model.endpoint),
        "starred": models.is_starred(model.endpoint),
        "tasks": [task.value for task in model.tasks],
        "lowest_price": None if lowest is None else str(lowest),
        "highest_price": None if highest is None else str(highest),
        "price_read_on": None if model.price_read_on is None else model.price_read_on.isoformat(),
    }


def _show(options: argparse.Namespace, models: ModelRegistry) -> Outcome:
    model = models.find(options.endpoint)
    if model is None:
        return outcome_of_error(UnknownModelError(options.endpoint))
    if options.json:
        return Outcome(ExitCode.OK, spec_to_json(model))
    tasks = ", ".join(task.value for task in model.tasks)
    lines = [model.label, f"endpoint: {model.endpoint}", f"tasks: {tasks}", f"price: {_price(model)}"]
    return Outcome(ExitCode.OK, "\n".join([*lines, *map(_field_line, model.fields)]))


def _price(model: ModelSpec) -> str:
    """Return the price with the day on which it was read: the built-in ones are known to the month."""
    if model.price_rule.range is None:
        return model.price_rule.text
    known = f"as of {model.price_read_on}" if model.price_read_on else f"of {PRICES_READ_ON:%Y-%m}"
    return f"{model.price_rule.text} ({known})"


def _field_line(field: FieldSpec) -> str:
    facts = [field.kind.value]
    if field.required:
        facts.append("required")
    if field.options:
        facts.append(f"one of {' '.join(field.options)}")
    if field.sizes:
        facts.append(f"or {' '.join(f'{width}x{height}' for width, height in field.sizes)}")
    if field.default not in (None, ""):
        facts.append(f"default {json.dumps(field.default)}")
    if field.maximum is not None:
        facts.append(field.limits_text())
    if field.max_items > 1:
        facts.append(f"at most {field.max_items}")
    if field.max_with_mask is not None:
        facts.append(f"at most {field.max_with_mask} with a mask")
    if field.excludes:
        facts.append(f"not with {' '.join(field.excludes)}")
    for option, others in field.refuses.items():
        refused = ", ".join(f"{name} {' '.join(options)}" for name, options in others.items())
        facts.append(f"{option} not with {refused}")
    return f"  {field.name}: {', '.join(facts)}"
