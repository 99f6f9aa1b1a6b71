"""The commands that change which models there are, and how they are listed."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import Callable, Mapping
from pathlib import Path

from imagineart_desktop.cli.arguments import InvalidArgumentError, UnknownModelError, quote_argument
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.outcome import EXPECTED_ERRORS, Outcome, outcome_of_error
from imagineart_desktop.models import ModelSpec, Task
from imagineart_desktop.models.arrangement import model_label
from imagineart_desktop.models.mask_question import PAINTED
from imagineart_desktop.models.openapi import ModelProposal, OpenApiError
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.added_models import (
    AddedModelError,
    change_arrangement,
    export_model,
    refuse_clash,
    refuse_to_hide_last,
    remove_model,
    save_model,
)
from imagineart_desktop.workspace.model_source import read_model_source


async def add_model(options: argparse.Namespace, folder: Path) -> Outcome:
    """Add the model that the arguments describe to a folder."""
    try:
        model = _model_of(await read_model_source(options.source), options)
        refuse_clash(options.models, model)
        await asyncio.to_thread(save_model, folder, model)
        await asyncio.to_thread(change_arrangement, folder, lambda now: now.with_hidden(model.endpoint, False))
    except UserError as error:
        return outcome_of_error(error) if isinstance(error, EXPECTED_ERRORS) else _failed(error)
    tasks = ", ".join(task.value for task in model.tasks)
    price = " Its price is unknown." if model.price_rule.range is None else ""
    return Outcome(ExitCode.OK, f"Added {model.label}: {model.endpoint}, for {tasks}.{price}")


def remove(options: argparse.Namespace, folder: Path) -> Outcome:
    """Remove an added model. The images that it made stay."""
    try:
        if remove_model(folder, options.endpoint):
            return Outcome(ExitCode.OK, f"Removed {options.endpoint}. Its images stay in the library.")
    except AddedModelError as error:
        return outcome_of_error(error)
    known = options.models.find(options.endpoint) is not None
    why = "comes with the program" if known else "isn’t one that you added"
    return outcome_of_error(InvalidArgumentError(f"{quote_argument(options.endpoint)} {why}."))


def arrange(options: argparse.Namespace, folder: Path) -> Outcome:
    """Hide, show, star, rename or export a model."""
    model = options.models.find(options.endpoint)
    if model is None:
        return outcome_of_error(UnknownModelError(options.endpoint))
    try:
        return Outcome(ExitCode.OK, _ACTIONS[options.action](options, model, folder))
    except AddedModelError as error:
        return outcome_of_error(error)


def _hide(options: argparse.Namespace, model: ModelSpec, folder: Path) -> str:
    refuse_to_hide_last(options.models, model.endpoint)
    change_arrangement(folder, lambda now: now.with_hidden(model.endpoint, True))
    return f"{model.label} is hidden."


def _unhide(_options: argparse.Namespace, model: ModelSpec, folder: Path) -> str:
    change_arrangement(folder, lambda now: now.with_hidden(model.endpoint, False))
    return f"{model.label} is shown."


def _star(_options: argparse.Namespace, model: ModelSpec, folder: Path) -> str:
    change_arrangement(folder, lambda now: now.with_starred(model.endpoint, True))
    return f"{model.label} is starred."


def _unstar(_options: argparse.Namespace, model: ModelSpec, folder: Path) -> str:
    change_arrangement(folder, lambda now: now.with_starred(model.endpoint, False))
    return f"{model.label} isn’t starred."


def _rename(options: argparse.Namespace, model: ModelSpec, folder: Path) -> str:
    name = model_label(options.name)
    change_arrangement(folder, lambda now: now.with_name(model.endpoint, name))
    return f"{model.endpoint} is called {name}." if name else f"{model.endpoint} has its own name again."


def _export(options: argparse.Namespace, model: ModelSpec, _folder: Path) -> str:
    export_model(options.file, model, replace=False)
    return f"Saved {model.label} as {options.file}."


_ACTIONS: Mapping[str, Callable[[argparse.Namespace, ModelSpec, Path], str]] = {
    "hide": _hide,
    "unhide": _unhide,
    "star": _star,
    "unstar": _unstar,
    "rename": _rename,
    "export": _export,
}


def _failed(error: UserError) -> Outcome:
    return outcome_of_error(AddedModelError(str(error)))


def _model_of(found: ModelProposal | ModelSpec, options: argparse.Namespace) -> ModelSpec:
    tasks = [Task(task) for task in options.task or ()]
    if isinstance(found, ModelSpec):
        if tasks or options.mask_painted:
            raise InvalidArgumentError("A model file says what it’s for. Leave out --task and --mask-painted.")
        label = model_label(options.name)
        return found.renamed(label) if label else found
    question = found.mask_question(tasks)
    if question is not None and options.mask_painted is None:
        raise InvalidArgumentError(f"{question.sentence_with_choices} Add --mask-painted. {question.hint}")
    try:
        return found.spec(label=options.name, tasks=tasks, mask_polarity=PAINTED.get(options.mask_painted or ""))
    except OpenApiError as error:
        raise InvalidArgumentError(str(error)) from error
