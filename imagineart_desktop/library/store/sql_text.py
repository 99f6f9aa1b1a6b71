"""Text as SQLite can hold it: every statement goes through `Connection`, so no text makes one fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any


def storable(text: str) -> str:
    """Return the text with U+FFFD for each half of a surrogate pair, which is no text in UTF-8.

    Halves come from file names that are not UTF-8, from JSON of other programs, and from selections that cut an emoji.
    """
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


class Connection(sqlite3.Connection):
    """A connection that stores any text; see `storable`."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """As sqlite3 has it."""
        return super().execute(sql, _storable(parameters))

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """As sqlite3 has it."""
        return super().executemany(sql, map(_storable, parameters))


def _storable(parameters: Any) -> Any:
    if isinstance(parameters, Mapping):
        return {name: _storable_value(value) for name, value in parameters.items()}
    return [_storable_value(value) for value in parameters]


def _storable_value(value: Any) -> Any:
    return storable(value) if isinstance(value, str) else value
