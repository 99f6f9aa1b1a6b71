"""Arguments of the commands that add and remove models."""

from __future__ import annotations

import argparse
from typing import TypeVar

from imagineart_desktop.models import ModelRegistry, Task

_Parser = TypeVar("_Parser", bound=argparse.ArgumentParser)

PAINTED = ("black", "white", "transparent")


def add_model_commands(commands: argparse._SubParsersAction[_Parser], models: ModelRegistry) -> None:
    """Add `models add` and `models remove`."""
    add = commands.add_parser("add", help="add a model of fal.ai from its OpenAPI document")
    add.add_argument("source", metavar="SOURCE", help="the document’s file, the model’s id, or a link to its page")
    add.add_argument(
        "--task",
        action="append",
        choices=[task.value for task in Task if task.has_tab],
        help="what to offer it for; repeatable",
    )
    add.add_argument("--mask-painted", choices=PAINTED, help="which part of the mask the model repaints")
    add.add_argument("--name", default="", help="the name to show")
    remove = commands.add_parser("remove", help="remove an added model; its images stay")
    remove.add_argument("endpoint", metavar="ENDPOINT")
    for command, run in ((add, "add-model"), (remove, "remove-model")):
        command.set_defaults(run=run, models=models)
