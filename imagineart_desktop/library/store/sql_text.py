"""Text storable in SQLite: all statements go through `Connection`, so that no text makes one fail."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterable, Mapping
from typing import Any

from imagineart_desktop.support.plain_text import storable


class Connection(sqlite3.Connection):
    """A connection that can store any text; see `storable`."""

    def execute(self, sql: str, parameters: Any = (), /) -> sqlite3.Cursor:
        """Like `sqlite3.Connection.execute`."""
        return super().execute(sql, _storable(parameters))

    def executemany(self, sql: str, parameters: Iterable[Any], /) -> sqlite3.Cursor:
        """Like `sqlite3.Connection.executemany`."""
        return super().executemany(sql, map(_storable, parameters))


def _storable(parameters: Any) -> Any:
    if isinstance(parameters, Mapping):
        return {name: storable(value) if isinstance(value, str) else value for name, value in parameters.items()}
    return [storable(value) if isinstance(value, str) else value for value in parameters]
