"""The arguments of the `library` commands."""

from __future__ import annotations

import argparse
from typing import Any

from imagineart_desktop.cli.arguments import add_data_argument, integer_parser, parse_image_id, parse_path
from imagineart_desktop.cli.exit_codes import EXIT_CODES
from imagineart_desktop.imaging import FileFormat

ORIGINAL_FORMAT = "original"
_MAX_FOUND = 1_000_000


def add_library_commands(commands: Any) -> None:
    """Add the `library` commands and their arguments. commands: the subparsers object of argparse."""

    def command(name: str, words: str) -> argparse.ArgumentParser:
        parser: argparse.ArgumentParser = commands.add_parser(
            name,
            help=words,
            description=words,
            epilog=EXIT_CODES,
            formatter_class=argparse.RawDescriptionHelpFormatter,
        )
        add_data_argument(parser)
        parser.add_argument("--json", action="store_true", help="report as JSON on standard output")
        parser.set_defaults(run="library", action=name)
        return parser

    parser = command("import", "copy image files and folders into the library")
    parser.add_argument("paths", type=parse_path, nargs="+", metavar="PATH")
    parser = command("search", "list images that match a search, as typed in the gallery, newest first")
    parser.add_argument("query", metavar="QUERY")
    parser.add_argument(
        "--limit", type=integer_parser("images", 1, _MAX_FOUND), metavar="N", help="list at most N images"
    )
    parser = command("show", "show everything that is known about images")
    _add_ids(parser)
    parser = command("export", "write images into a folder")
    _add_ids(parser)
    parser.add_argument("--out", type=parse_path, required=True, metavar="DIR")
    formats = [ORIGINAL_FORMAT, *(kind.name.lower() for kind in FileFormat)]
    parser.add_argument(
        "--format", choices=formats, default=ORIGINAL_FORMAT, help=f"default: {ORIGINAL_FORMAT}, the file as it is"
    )
    command("check", "check that every image has its file and the database is sound")
    command("rebuild", "read all files again and rebuild the database from them")


def _add_ids(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("ids", type=parse_image_id, nargs="+", metavar="ID")
