"""Arguments of the commands that send requests."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping

from imagineart_desktop.cli.arguments import (
    integer_parser,
    parse_count,
    parse_image_source,
    parse_path,
    parse_recipe_source,
    parse_seconds,
)
from imagineart_desktop.models import FieldKind, ModelRegistry, Task
from imagineart_desktop.models.field_kinds import TRAITS, Argument
from imagineart_desktop.models.own_size import read_size
from imagineart_desktop.models.palette import read_palette
from imagineart_desktop.models.style_codes import read_codes

WAIT_SECONDS = 300.0
"""How long a problem may block all jobs before a command stops waiting."""


def _add_integer(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    parser.add_argument(flag, type=integer_parser())


def _add_number(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    parser.add_argument(flag, type=float, help=label)


def _add_option(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    parser.add_argument(flag, help=label)


def _add_switch(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=label)


def _add_codes(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    parser.add_argument(flag, type=read_codes, metavar="CODE,…", help=label)


def _add_palette(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    help_ = f"{label}: a preset, or colors with weights such as C83214:0.6,1F6FEB"
    parser.add_argument(flag, type=read_palette, metavar="PALETTE", help=help_)


def _add_size(parser: argparse.ArgumentParser, flag: str, label: str) -> None:
    parser.add_argument(flag, type=read_size, metavar="SIZE", help=f"{label}: a preset, or pixels such as 1280x720")


_ADD: Mapping[Argument, Callable[[argparse.ArgumentParser, str, str], None] | None] = {
    Argument.NONE: None,
    Argument.TEXT: _add_option,
    Argument.INTEGER: _add_integer,
    Argument.NUMBER: _add_number,
    Argument.SWITCH: _add_switch,
    Argument.CODES: _add_codes,
    Argument.PALETTE: _add_palette,
    Argument.SIZE: _add_size,
}
_ADD_ARGUMENT = {kind: _ADD[traits.argument] for kind, traits in TRAITS.items()}
"""Kind → how to add a field's argument to a parser: (parser, flag, label). None if the command declares it itself."""


def add_task_arguments(parser: argparse.ArgumentParser, name: str, models: ModelRegistry) -> None:
    """Add the arguments of the command `generate`, `edit` or `inpaint`."""
    task = Task(name)
    names = [model.endpoint for model in models.for_task(task)]
    parser.add_argument("--model", choices=names, default=names[0])
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--out", type=parse_path, required=True, metavar="DIR")
    _add_count(parser)
    _add_shared(parser)
    # Models share fields; each field becomes one argument.
    fields = {name: shown for model in models.for_task(task) for name, shown in model.fields_by_name.items()}
    del fields["prompt"]
    for name, shown in fields.items():
        if (add := _ADD_ARGUMENT[shown.kind]) is not None:
            add(parser, f"--{name.replace('_', '-')}", shown.label)
    if any(shown.kind is FieldKind.STYLE for shown in fields.values()):
        help_ = "an image whose style to follow: a file or an http(s) address; may be repeated"
        parser.add_argument("--style-image", type=parse_image_source, action="append", default=[], help=help_)
    if task is Task.EDIT:
        help_ = "a reference: a file or an http(s) address; up to four"
        parser.add_argument("--image", type=parse_image_source, action="append", required=True, help=help_)
    if task is Task.INPAINT:
        _add_inpaint(parser)
    parser.set_defaults(run="request", task=task, models=models)


def add_run_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of `run`."""
    help_ = "a recipe as JSON, an image file with a recipe, or the ID of an image of the library"
    parser.add_argument("recipe", type=parse_recipe_source, metavar="RECIPE", help=help_)
    parser.add_argument("--out", type=parse_path, metavar="DIR", help="also copy the images to this folder")
    parser.add_argument("--seed", type=integer_parser(), help="instead of the recipe’s")
    _add_count(parser, default=None)
    _add_shared(parser)
    parser.set_defaults(run="run")


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


def _add_shared(parser: argparse.ArgumentParser) -> None:
    """Add the arguments shared by all commands that may send requests."""
    parser.add_argument("--yes", action="store_true", help="agree to the price; without it nothing is sent to fal.ai")
    parser.add_argument("--data", type=parse_path, default=argparse.SUPPRESS, help="keep all files in this folder")
    parser.add_argument(
        "--wait",
        type=parse_seconds,
        default=WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for a problem to pass, such as a full disk or no network (default: 300)",
    )


def _add_inpaint(parser: argparse.ArgumentParser) -> None:
    """Add the arguments specific to `inpaint`."""
    parser.add_argument("--image", type=parse_image_source, required=True, help="a file or an http(s) address")
    parser.add_argument(
        "--mask",
        type=parse_image_source,
        help="the area to change: white, transparent, or strokes on a transparent layer; not needed to outpaint",
    )
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
    larger = parser.add_mutually_exclusive_group()
    larger.add_argument("--outpaint", metavar="L,T,R,B", help="pixels to add on each side")
    larger.add_argument("--ratio", metavar="W:H", help="aspect ratio to extend the image to, such as 16:9")
