"""Arguments of the commands that add, remove and arrange models."""

from __future__ import annotations

import argparse
from typing import TypeVar

from imagineart_desktop.cli.arguments import parse_path
from imagineart_desktop.models import ModelRegistry, Task
from imagineart_desktop.models.mask_question import PAINTED

_Parser = TypeVar("_Parser", bound=argparse.ArgumentParser)

_ACTION_HELP = {
    "hide": "don’t offer a model; its images and jobs stay, and --model still takes it",
    "unhide": "offer a hidden model again",
    "star": "list a model first",
    "unstar": "list a model where it was",
    "rename": "give a model another name; without NAME, its own one",
    "export": "save a model as a file that “models add” takes",
}


def add_model_commands(commands: argparse._SubParsersAction[_Parser], models: ModelRegistry) -> None:
    """Add the commands that change which models there are, and how they are listed."""
    add = commands.add_parser("add", help="add a model of fal.ai from its OpenAPI document")
    add.add_argument(
        "source",
        metavar="SOURCE",
        help="the model’s id, a link to its page, its OpenAPI document’s file, or a file of “models export”",
    )
    add.add_argument(
        "--task",
        action="append",
        choices=[task.value for task in Task],
        help="what to offer it for; repeatable",
    )
    add.add_argument("--mask-painted", choices=[*PAINTED], help="which part of the mask the model repaints")
    add.add_argument("--name", default="", help="the name to show")
    remove = commands.add_parser("remove", help="remove an added model; its images stay")
    remove.add_argument("endpoint", metavar="ENDPOINT")
    for command, run in ((add, "add-model"), (remove, "remove-model")):
        command.set_defaults(run=run, models=models)
    check = commands.add_parser("check", help="compare models with what fal.ai says of them now, and read their prices")
    check.add_argument("endpoints", metavar="ENDPOINT", nargs="*", help="all models without one")
    check.add_argument("--json", action="store_true", help="report as JSON on standard output")
    check.set_defaults(run="check-models", models=models)
    for name, help_ in _ACTION_HELP.items():
        command = commands.add_parser(name, help=help_)
        command.add_argument("endpoint", metavar="ENDPOINT")
        if name == "rename":
            command.add_argument("name", metavar="NAME", nargs="?", default="")
        if name == "export":
            command.add_argument("file", metavar="FILE", type=parse_path)
        command.set_defaults(run="arrange-models", action=name, models=models)
