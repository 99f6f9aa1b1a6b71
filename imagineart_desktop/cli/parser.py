"""The commands and their arguments."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

from imagineart_desktop import __version__
from imagineart_desktop.cli.arguments import add_data_argument, integer_parser, parse_path, parse_seconds
from imagineart_desktop.cli.exit_codes import EXIT_CODES, ExitCode
from imagineart_desktop.cli.output import print_output
from imagineart_desktop.support import UserError, print_notice

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from imagineart_desktop.models import ModelRegistry

_FAULT_HELP = "fault to inject, such as submit:cut_before:nth=1 or any:status:code=503:share=0.1; repeatable"
_MOST_RUNNERS = 1000


class _Parser(argparse.ArgumentParser):
    """A parser that exits with an error code if help can't be written; errors keep their own codes.

    fill: adds the arguments once the command is chosen, so that other commands don't import what they need. data: the
    folder given with --data, if any.
    """

    def __init__(
        self, *args: Any, fill: Callable[[_Parser], None] | None = None, data: str | None = None, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._fill = fill
        self._data = data

    def models(self) -> ModelRegistry:
        """Return the models that the program offers: their fields become arguments."""
        from imagineart_desktop.models import ModelRegistry
        from imagineart_desktop.models.added_models import load_models
        from imagineart_desktop.places import AppPaths

        try:
            return load_models((AppPaths.below(Path(self._data)) if self._data else AppPaths.usual()).models)
        except UserError:
            # Whoever runs the command says why its folders are unknown.
            return ModelRegistry()

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)
        return super().parse_known_args(args, namespace)

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        print_notice(message, end="")

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        _print_or_exit(self, self.format_help(), "help")


def _print_or_exit(parser: argparse.ArgumentParser, text: str, what: str) -> None:
    if not print_output(text, what):
        parser.exit(ExitCode.NO_OUTPUT)


def make_parser(arguments: Sequence[str] | None = None) -> argparse.ArgumentParser:
    """Build the parser. `run` in its result is the command: window, request, run, resume, library, models, tour, …

    arguments: what it will parse; those of the process by default. Where the data is decides which models there are.
    """
    data = _data_folder(sys.argv[1:] if arguments is None else arguments)
    parser = _Parser(
        prog="imagineart-desktop",
        description="Generate, edit and inpaint images. Without a command, opens the window.",
        epilog=EXIT_CODES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="show the version and exit")
    parser.add_argument("--data", type=parse_path, help="keep all files in this folder")
    parser.set_defaults(run="window")
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, words, fill in _COMMANDS:
        commands.add_parser(
            name,
            help=words,
            description=words,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            fill=fill,
            data=data,
        )
    return parser


def _data_folder(arguments: Sequence[str]) -> str | None:
    """Return the value of the last --data; None if there is none."""
    given = [value for name, value in pairwise(arguments) if name == "--data"]
    given += [word.removeprefix("--data=") for word in arguments if word.startswith("--data=")]
    return given[-1].strip() or None if given else None


class _Version(argparse.Action):
    def __call__(self, parser: argparse.ArgumentParser, *_unused: object) -> None:
        _print_or_exit(parser, f"{__version__}\n", "version")
        parser.exit()


def _fill_task(parser: _Parser, name: str) -> None:
    from imagineart_desktop.cli.request_arguments import add_task_arguments

    add_task_arguments(parser, name, parser.models())


def _fill_run(parser: argparse.ArgumentParser) -> None:
    from imagineart_desktop.cli.request_arguments import add_run_arguments

    add_run_arguments(parser)


def _fill_resume(parser: argparse.ArgumentParser) -> None:
    from imagineart_desktop.cli.request_arguments import add_resume_arguments

    add_resume_arguments(parser)


def _fill_library(parser: argparse.ArgumentParser) -> None:
    from imagineart_desktop.cli.library_arguments import add_library_commands

    add_data_argument(parser)
    add_library_commands(parser.add_subparsers(metavar="COMMAND", required=True))


def _fill_batch(parser: _Parser) -> None:
    from imagineart_desktop.cli.batches import add_batch_commands
    from imagineart_desktop.cli.request_arguments import add_batch_run_arguments

    add_data_argument(parser)
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    add_batch_commands(commands)
    for command in commands.choices.values():
        add_data_argument(command)
    words = "send the requests of recipes, and of files with a request per row"
    add_batch_run_arguments(commands.add_parser("run", help=words, description=words), parser.models())


def _fill_models(parser: _Parser) -> None:
    from imagineart_desktop.cli.model_arguments import add_model_commands
    from imagineart_desktop.models import Task

    models = parser.models()
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    listing = commands.add_parser("list", help="list the models and their prices")
    listing.add_argument("--task", choices=[task.value for task in Task])
    show = commands.add_parser("show", help="show what a model takes")
    show.add_argument("endpoint", metavar="ENDPOINT")
    for name, command in (("list", listing), ("show", show)):
        command.add_argument("--json", action="store_true", help="report as JSON on standard output")
        command.set_defaults(run="models", action=name, models=models)
    add_model_commands(commands, models)
    for command in commands.choices.values():
        add_data_argument(command)


def _fill_tour(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--out", type=parse_path, required=True, metavar="DIR")
    parser.add_argument("--photos", type=parse_path, help="folder of photographs to use")
    parser.add_argument("--theme", choices=("dark", "light"), default="dark")
    parser.set_defaults(run="tour")


def _fill_demo_server(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("--port", type=integer_parser(least=0, most=65535), default=0)
    parser.add_argument("--key")
    parser.add_argument("--data", type=parse_path, default=argparse.SUPPRESS, help="folder for accepted requests")
    parser.add_argument("--fault", action="append", default=[], metavar="WORDS", help=_FAULT_HELP)
    parser.add_argument("--fault-seed", type=integer_parser(), default=0, help="random seed for share=")
    parser.add_argument(
        "--runners",
        type=integer_parser("requests", 1, _MOST_RUNNERS),
        default=2,
        help="number of requests processed at once",
    )
    parser.add_argument("--work", type=parse_seconds, default=2.4, metavar="SECONDS", help="time to process a request")
    parser.set_defaults(run="demo-server")


_TASKS = {
    "generate": "generate images from a prompt",
    "edit": "edit images with a prompt",
    "inpaint": "regenerate a masked part of an image",
    "remove": "remove what a mask marks from an image",
    "replace-background": "keep the subject of images, with another background",
    "cutout": "cut out the subject of images, on a transparent ground",
    "upscale": "enlarge images",
    "reframe": "extend images to another ratio or size",
}
"""Task, by its value, which is the command's name → what the help says. Here, as importing the models takes time."""

_COMMANDS: tuple[tuple[str, str, Callable[[_Parser], None]], ...] = (
    *((name, words, partial(_fill_task, name=name)) for name, words in _TASKS.items()),
    ("run", "make an image again, from its recipe", _fill_run),
    ("resume", "resume unfinished requests, without a window", _fill_resume),
    ("batch", "run, list, show, pause, resume and cancel batches of requests", _fill_batch),
    ("library", "import, search, show, export and check images, and rebuild the library", _fill_library),
    ("models", "list the models, show what each takes and costs, and add others of fal.ai", _fill_models),
    ("tour", "drive the window through a demonstration and save screenshots", _fill_tour),
    ("demo-server", "run the built-in stand-in for fal.ai on its own", _fill_demo_server),
)
