"""Arguments of the commands that send requests."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress

from imagineart_desktop.cli.arguments import (
    InvalidArgumentError,
    add_data_argument,
    integer_parser,
    parse_count,
    parse_image_source,
    parse_max_cost,
    parse_path,
    parse_recipe_source,
    parse_seconds,
    quote_argument,
)
from imagineart_desktop.models import FieldKind, FieldSpec, InvalidRequestError, ModelRegistry, ModelSpec, Task
from imagineart_desktop.models.field_kinds import TRAITS, Argument
from imagineart_desktop.models.field_texts import value_of_text
from imagineart_desktop.models.own_size import read_size
from imagineart_desktop.models.palette import read_palette
from imagineart_desktop.models.style_codes import read_codes
from imagineart_desktop.support.json_types import JsonValue

_Add = Callable[[argparse.ArgumentParser, str, str], None]
"""Adds a field's argument to a parser: (parser, flag, help)."""

_RESERVED = ("run", "task", "models", "field_dests", "prompt")
"""What a command says about itself besides its arguments."""

WAIT_SECONDS = 300.0
"""How long a problem may block all jobs before a command stops waiting."""


def _add_integer(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, type=integer_parser(), help=help_)


def _add_number(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, type=float, help=help_)


def _add_option(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, help=help_)


def _add_switch(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=help_)


def _add_codes(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, type=read_codes, metavar="CODE,…", help=help_)


def _add_palette(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, type=read_palette, metavar="PALETTE", help=help_)


def _add_size(parser: argparse.ArgumentParser, flag: str, help_: str) -> None:
    parser.add_argument(flag, type=read_size, metavar="SIZE", help=help_)


_ADD: Mapping[Argument, _Add | None] = {
    Argument.NONE: None,
    Argument.TEXT: _add_option,
    Argument.INTEGER: _add_integer,
    Argument.NUMBER: _add_number,
    Argument.SWITCH: _add_switch,
    Argument.CODES: _add_codes,
    Argument.PALETTE: _add_palette,
    Argument.SIZE: _add_size,
}
_NOTATION = {
    Argument.PALETTE: ": a preset, or colors with weights such as C83214:0.6,1F6FEB",
    Argument.SIZE: ": a preset, or pixels such as 1280x720",
}
"""What the help says about how to write a value."""

_ADD_ARGUMENT = {kind: _ADD[traits.argument] for kind, traits in TRAITS.items()}
"""Kind → how to add a field's argument to a parser: (parser, flag, help). None if the command declares it itself."""


def add_task_arguments(parser: argparse.ArgumentParser, name: str, models: ModelRegistry) -> None:
    """Add the arguments of the command of a task. name: the task's value."""
    task = Task(name)
    able = models.for_task(task)
    names = [model.endpoint for model in able]
    parser.add_argument("--model", choices=names, default=models.offered_for(task)[0].endpoint)
    if any(model.has_prompt for model in able):
        parser.add_argument("--prompt", help="needed by most models" if task.has_tab else None)
    parser.add_argument("--out", type=parse_path, required=True, metavar="DIR")
    parser.set_defaults(run="request", task=task, models=models, count=1)
    if task.has_tab or any(model.has_seed for model in able):
        _add_count(parser)
    _add_new(parser)
    if any(model.field_of(FieldKind.STYLE) is not None for model in able):
        help_ = "an image whose style to follow: a file or an http(s) address; may be repeated"
        parser.add_argument("--style-image", type=parse_image_source, action="append", default=[], help=help_)
    if task.takes_image:
        _add_images(parser, task)
    if task.takes_mask:
        _add_mask(parser, task)
    parser.set_defaults(field_dests=_add_fields(parser, able))


def _add_images(parser: argparse.ArgumentParser, task: Task) -> None:
    """Add the arguments for the images that a task changes."""
    help_ = "a file or an http(s) address"
    if task is Task.EDIT:
        help_ = f"a reference: {help_}; as many as the model takes"
        parser.add_argument("--image", type=parse_image_source, action="append", required=True, help=help_)
    elif task is Task.INPAINT:
        parser.add_argument("--image", type=parse_image_source, required=True, help=help_)
    elif task.takes_mask:
        parser.add_argument("image", type=parse_image_source, metavar="IMAGE", help=help_)
    else:
        help_ += "; each is a request of its own"
        parser.add_argument("image", type=parse_image_source, nargs="+", metavar="IMAGE", help=help_)
    if task is Task.REFRAME:
        parser.add_argument("--ratio", metavar="W:H", help="aspect ratio to extend each image to, such as 16:9")


def _add_fields(parser: argparse.ArgumentParser, models: Sequence[ModelSpec]) -> dict[str, str]:
    """Add an argument for each field. Returns field → the attribute that holds its value.

    Models share fields; one that is of several kinds is read as text, and explained as the kind that needs it most.
    """
    kinds: dict[str, dict[_Add, str]] = {}
    for model in models:
        for name, shown in model.fields_by_name.items():
            if (add := _ADD_ARGUMENT[shown.kind]) is not None:
                help_ = shown.label + _NOTATION.get(TRAITS[shown.kind].argument, "")
                kinds.setdefault(name, {})[add] = help_.replace("%", "%%")
    found = {"prompt": "prompt"} if any(model.has_prompt for model in models) else {}
    for name, ways in kinds.items():
        add = next(iter(ways)) if len(ways) == 1 else _add_option
        found[name] = _add_field(parser, name, max(ways.values(), key=len), add)
    return found


def _add_field(parser: argparse.ArgumentParser, name: str, help_: str, add: _Add) -> str:
    """Add the argument of a field. A name that the command itself uses is preceded by “field”."""
    if name not in _RESERVED and not name.startswith("_"):
        with suppress(argparse.ArgumentError):
            add(parser, f"--{name.replace('_', '-')}", help_)
            return name
    add(parser, f"--field-{name.replace('_', '-')}", help_)
    return f"field_{name}"


def field_flag(options: argparse.Namespace, name: str) -> str:
    """Return the flag of a field's argument."""
    return "--" + str(options.field_dests[name]).replace("_", "-")


def named_problems(options: argparse.Namespace, error: InvalidRequestError) -> InvalidArgumentError:
    """Return what's wrong with a request, with the arguments that are to blame."""
    given = {name for name, dest in options.field_dests.items() if vars(options).get(dest) is not None} - {"prompt"}
    sentences = [
        f"{field_flag(options, problem.field)}: {problem.message}" if problem.field in given else problem.message
        for problem in error.problems
    ]
    return InvalidArgumentError(" ".join(sentences))


def field_values(options: argparse.Namespace, model: ModelSpec) -> dict[str, JsonValue]:
    """Return the values that were given for a model's fields. Raises InvalidArgumentError."""
    found = {}
    for name, field in model.fields_by_name.items():
        value = vars(options).get(options.field_dests.get(name, ""))
        if value is not None:
            found[name] = _converted(options, field, value) if isinstance(value, str) else value
    return found


def _converted(options: argparse.Namespace, field: FieldSpec, text: str) -> JsonValue:
    """Return the value that a text stands for, if other models made its argument one for text."""
    value = value_of_text(field, text)
    if value is None:
        raise InvalidArgumentError(f"{field_flag(options, field.name)}: {quote_argument(text)} isn’t a value of it.")
    return value


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `run`."""
    help_ = "a recipe as JSON, an image file with a recipe, or the ID of an image of the library"
    parser.add_argument("recipe", type=parse_recipe_source, metavar="RECIPE", help=help_)
    parser.add_argument("--out", type=parse_path, metavar="DIR", help="also copy the images to this folder")
    parser.add_argument("--seed", type=integer_parser(), help="instead of the recipe’s")
    _add_count(parser, default=None)
    _add_new(parser)
    parser.set_defaults(run="run")


def add_batch_run_arguments(parser: argparse.ArgumentParser, models: ModelRegistry) -> None:
    """Add the arguments of `batch run`."""
    help_ = "a recipe of the window’s batch preview, or a CSV or JSON Lines file with a request per row"
    parser.add_argument("file", type=parse_path, nargs="+", metavar="FILE", help=help_)
    default = models.offered_for(Task.GENERATE)[0].endpoint
    help_ = "for rows that name no model"
    parser.add_argument("--model", choices=[model.endpoint for model in models], default=default, help=help_)
    parser.add_argument("--out", type=parse_path, metavar="DIR", help="also copy the images to this folder")
    parser.add_argument("--skip-wrong", action="store_true", help="send the other requests if some are wrong")
    parser.add_argument("--low-priority", action="store_true", help="let the service take all others first")
    parser.add_argument("--json", action="store_true", help="report as JSON Lines on standard output, one per request")
    _add_new(parser)
    parser.set_defaults(run="batch-run")


def add_resume_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `resume`."""
    parser.add_argument("--out", type=parse_path, metavar="DIR", help="also copy the images to this folder")
    parser.add_argument("--find", action="store_true", help="ask the service for requests that got no answer")
    _add_shared(parser)
    parser.set_defaults(run="resume")


def _add_count(parser: argparse.ArgumentParser, default: int | None = 1) -> None:
    parser.add_argument(
        "--count",
        "--n",
        "-n",
        type=parse_count,
        default=default,
        help="number of images; of one request if the model makes several, else of requests with consecutive seeds",
    )


def _add_new(parser: argparse.ArgumentParser) -> None:
    """Add the arguments shared by all commands that make new requests."""
    help_ = "send nothing to fal.ai if all requests together cost more than this (estimate)"
    parser.add_argument("--max-cost", type=parse_max_cost, metavar="USD", help=help_)
    _add_shared(parser)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    """Add the arguments shared by all commands that may send requests."""
    parser.add_argument("--yes", action="store_true", help="agree to the price; without it nothing is sent to fal.ai")
    add_data_argument(parser)
    parser.add_argument(
        "--wait",
        type=parse_seconds,
        default=WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for a problem to pass, such as a full disk or no network (default: 300)",
    )


def _add_mask(parser: argparse.ArgumentParser, task: Task) -> None:
    """Add the arguments for the area that a task changes, and how."""
    help_ = "the area to change: white, transparent, or strokes on a transparent layer"
    if task is Task.INPAINT:
        help_ += "; not needed to outpaint"
    parser.add_argument("--mask", type=parse_image_source, required=task is not Task.INPAINT, help=help_)
    if task is Task.INPAINT:
        help_ = "a reference: a file or an http(s) address; may be repeated, for models that take references"
        parser.add_argument("--reference", type=parse_image_source, action="append", default=[], help=help_)
    else:
        parser.set_defaults(reference=[])
    parser.add_argument("--invert-mask", action="store_true", help="change what the mask leaves out instead")
    parser.add_argument(
        "--only-masked", action="store_true", help="send only the painted area and some context, at full detail"
    )
    parser.add_argument(
        "--context", type=integer_parser("pixels"), metavar="PIXELS", help="how much to send around the painted area"
    )
    parser.add_argument(
        "--feather",
        type=integer_parser("pixels"),
        default=0,
        metavar="PIXELS",
        help="width of the seam’s fade, inwards; 0 for a hard edge",
    )
    parser.add_argument("--tone-match", action="store_true", help="match the result’s tone to its surroundings")
    parser.add_argument("--each-island", action="store_true", help="one request for each painted area")
    if task is not Task.INPAINT:
        parser.set_defaults(outpaint=None, ratio=None)
        return
    larger = parser.add_mutually_exclusive_group()
    larger.add_argument("--outpaint", metavar="L,T,R,B", help="pixels to add on each side")
    larger.add_argument("--ratio", metavar="W:H", help="aspect ratio to extend the image to, such as 16:9")
