"""The arguments of every command."""

from __future__ import annotations

import argparse
from typing import TYPE_CHECKING

from imagineart_desktop import __version__
from imagineart_desktop.cli.arguments import count, image_source, location, number, seconds
from imagineart_desktop.cli.consent import add_consent_argument
from imagineart_desktop.cli.exit_codes import EXIT_CODES
from imagineart_desktop.cli.inpaint import add_inpaint_arguments
from imagineart_desktop.cli.library import add_library_commands
from imagineart_desktop.models import FieldKind, Task, models_for
from imagineart_desktop.support import say, write_output

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

WAIT_SECONDS = 300.0
"""How long a problem may hold up all jobs before a command stops waiting."""

_FAULT_HELP = "fault to inject, such as submit:cut_before:nth=1 or any:status:code=503:share=0.1; repeatable"
_MOST_RUNNERS = 1000


class _Parser(argparse.ArgumentParser):
    """A parser whose exit code does not depend on whether help and errors can be written."""

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        say(message, end="")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        write_output(self.format_help())


def make_parser() -> argparse.ArgumentParser:
    """Build the parser. `run` of its result is the command: window, request, resume, library, tour or demo-server."""
    parser = _Parser(
        prog="imagineart-desktop",
        description="Generate, edit and inpaint images. Without a command, opens the window.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument("--data", type=location, help="keep all files in this folder")
    parser.set_defaults(run="window")
    commands = parser.add_subparsers(metavar="COMMAND")
    for task, words in (
        (Task.GENERATE, "generate images from a prompt"),
        (Task.EDIT, "edit images with a prompt"),
        (Task.INPAINT, "regenerate a masked part of an image"),
    ):
        _add_task(commands, task, words)
    _add_resume(commands)
    _add_library(commands)
    _add_tour(commands)
    _add_demo_server(commands)
    return parser


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_unused: object) -> None:
        write_output(f"{__version__}\n")
        parser.exit()


def _command(commands: argparse._SubParsersAction[_Parser], name: str, words: str) -> argparse.ArgumentParser:
    return commands.add_parser(
        name, help=words, description=words, epilog=EXIT_CODES, formatter_class=argparse.RawDescriptionHelpFormatter
    )


def _add_task(commands: argparse._SubParsersAction[_Parser], task: Task, words: str) -> None:
    parser = _command(commands, task.value, words)
    names = [model.endpoint for model in models_for(task)]
    parser.add_argument("--model", choices=names, default=names[0])
    parser.add_argument("--prompt", required=True)
    parser.add_argument("--out", type=location, required=True, metavar="DIR")
    parser.add_argument("--count", "--n", "-n", type=count, default=1, help="number of images, with consecutive seeds")
    _add_shared(parser)
    # Models share fields; each becomes one argument.
    fields = {name: shown for model in models_for(task) for name, shown in model.request_type.shown_fields().items()}
    del fields["prompt"]
    for name, shown in fields.items():
        flag = f"--{name.replace('_', '-')}"
        if shown.kind is FieldKind.SEED:
            parser.add_argument(flag, type=number())
        elif shown.kind in (FieldKind.RATIO, FieldKind.CHOICE):
            parser.add_argument(flag, help=shown.label)
        elif shown.kind in (FieldKind.SWITCH, FieldKind.HIDDEN):
            parser.add_argument(flag, action=argparse.BooleanOptionalAction, help=shown.label)
    if task is Task.EDIT:
        help_ = "a reference: a file or an http(s) address; up to four"
        parser.add_argument("--image", type=image_source, action="append", required=True, help=help_)
    if task is Task.INPAINT:
        add_inpaint_arguments(parser)
    parser.set_defaults(run="request", task=task)


def _add_shared(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of every command that may send requests."""
    add_consent_argument(parser)
    parser.add_argument("--data", type=location, default=argparse.SUPPRESS, help="keep all files in this folder")
    parser.add_argument(
        "--wait",
        type=seconds,
        default=WAIT_SECONDS,
        metavar="SECONDS",
        help="how long to wait for a problem to pass, such as a full disk or no network (default: 300)",
    )


def _add_resume(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(commands, "resume", "resume unfinished requests, without a window")
    parser.add_argument("--out", type=location, metavar="DIR", help="also copy the images to this folder")
    parser.add_argument("--find", action="store_true", help="ask the service for requests that got no answer")
    _add_shared(parser)
    parser.set_defaults(run="resume")


def _add_library(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(commands, "library", "import, search, show, export and check images, and rebuild the library")
    add_library_commands(parser.add_subparsers(metavar="COMMAND", required=True))


def _add_tour(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(commands, "tour", "drive the window through a demonstration and save screenshots")
    parser.add_argument("--out", type=location, required=True, metavar="DIR")
    parser.add_argument("--photos", type=location, help="folder of photographs to use")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.set_defaults(run="tour")


def _add_demo_server(commands: argparse._SubParsersAction[_Parser]) -> None:
    parser = _command(commands, "demo-server", "run the built-in stand-in for fal.ai on its own")
    parser.add_argument("--port", type=number(least=0, most=65535), default=0)
    parser.add_argument("--key")
    parser.add_argument("--data", type=location, default=argparse.SUPPRESS, help="folder for accepted requests")
    parser.add_argument("--fault", action="append", default=[], metavar="WORDS", help=_FAULT_HELP)
    parser.add_argument("--fault-seed", type=number(), default=0, help="random seed for share=")
    parser.add_argument(
        "--runners",
        type=number("requests", 1, _MOST_RUNNERS),
        default=2,
        help="number of requests processed at once",
    )
    parser.add_argument("--work", type=seconds, default=2.4, metavar="SECONDS", help="time to process a request")
    parser.set_defaults(run="demo-server")
