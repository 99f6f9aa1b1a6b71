"""Parsers for arguments: numbers, folders, and images by path or URL."""

from __future__ import annotations

import argparse
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from urllib.parse import urlsplit

from imagineart_desktop.support import parse_dollars, parse_int
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.wording import ellipsize

MAX_IMAGES = 10_000
"""Maximum number of requests per command."""

_LONGEST_QUOTE = 40
"""Maximum length of an argument quoted in an error message, in characters."""

_LONGEST_ADDRESS = 4096

_MAX_ID = 2**63 - 1
"""Largest integer of the database."""


class InvalidArgumentError(UserError, ValueError):
    """An argument is invalid. The message is a sentence for the user."""


class UnknownModelError(InvalidArgumentError):
    """The program has no model with this id."""

    def __init__(self, endpoint: str) -> None:
        super().__init__(f"There is no model {quote_argument(endpoint)}. “models list” shows all.")


class UnknownImageError(InvalidArgumentError):
    """The library has no image with this id."""

    def __init__(self, picture_id: int) -> None:
        super().__init__(f"The library has no image {picture_id}. “library search” lists the ids.")


class OutputError(UserError):
    """The folder for results can't be written to. The message is a sentence for the user."""


def quote_argument(words: str) -> str:
    """Return an argument in quotes, shortened."""
    return f"“{ellipsize(words, _LONGEST_QUOTE)}”"


def integer_parser(of: str = "", least: int | None = None, most: int | None = None) -> Callable[[str], int]:
    """Return a parser for whole numbers. of: what is counted, for the error message."""

    def read(words: str) -> int:
        value = parse_int(words)
        if value is None:
            counted = f" of {of}" if of else ""
            raise argparse.ArgumentTypeError(f"{quote_argument(words)} is not a whole number{counted}")
        if least is not None and value < least:
            raise argparse.ArgumentTypeError(f"the minimum is {least}")
        if most is not None and value > most:
            raise argparse.ArgumentTypeError(f"the maximum is {most}")
        return value

    return read


def parse_max_cost(words: str) -> Decimal:
    """Parse an amount of US dollars."""
    amount = parse_dollars(words)
    if amount is None:
        raise argparse.ArgumentTypeError(f"{quote_argument(words)} is not an amount of US dollars, such as 2.50")
    return amount


def parse_image_id(words: str) -> int:
    """Parse the ID of an image."""
    value = parse_int(words, 1, _MAX_ID)
    if value is None:
        raise argparse.ArgumentTypeError(f"{quote_argument(words)} is not an image ID")
    return value


def parse_recipe_source(words: str) -> Path | int:
    """Parse what holds a recipe: the ID of an image, or the path of a file."""
    return parse_image_id(words) if words.isdecimal() else parse_path(words)


def parse_count(words: str) -> int:
    """Parse the number of images."""
    value = parse_int(words, 1)
    if value is None:
        raise argparse.ArgumentTypeError(f"{quote_argument(words)} is not a number of images; the minimum is 1")
    if value > MAX_IMAGES:
        raise argparse.ArgumentTypeError(f"{quote_argument(words)} is too many; the maximum is {MAX_IMAGES}")
    return value


def parse_seconds(words: str) -> float:
    """Parse a duration in seconds."""
    try:
        read = float(words) if words.isascii() and "_" not in words else -1.0
    except ValueError:
        read = -1.0
    if not 0 <= read < float("inf"):
        raise argparse.ArgumentTypeError(f"{quote_argument(words)} is not a number of seconds")
    return read


def parse_path(words: str) -> Path:
    """Parse the path of a file or folder. An empty one, such as an unset variable, would be the current folder."""
    if not words.strip():
        raise argparse.ArgumentTypeError("the path is empty")
    return Path(words)


def parse_image_source(words: str) -> Path | str:
    """Parse the location of an image: a file, or an http(s) URL."""
    if words.lower().startswith("data:"):
        raise argparse.ArgumentTypeError("data: addresses are not supported; name a file, or an http or https address")
    scheme, separator, _ = words.partition("://")
    if not separator or not scheme.isalnum():
        return parse_path(words)
    if scheme.lower() not in ("http", "https"):
        raise argparse.ArgumentTypeError(f"{quote_argument(words)}: name a file, or an http or https address")
    try:
        host = urlsplit(words).hostname
    except ValueError:
        host = None
    if not host or len(words) > _LONGEST_ADDRESS:
        raise argparse.ArgumentTypeError(f"{quote_argument(words)} is not a complete address")
    return words


def add_data_argument(parser: argparse.ArgumentParser) -> None:
    """Add --data after a command's name; before it, it means the same."""
    parser.add_argument("--data", type=parse_path, default=argparse.SUPPRESS, help="keep all files in this folder")
