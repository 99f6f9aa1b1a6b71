"""Copying of rows between databases."""

from __future__ import annotations

import sqlite3
from collections.abc import Mapping
from typing import Any, Literal

Clash = Literal["ABORT", "IGNORE", "REPLACE"]
"""What to do with a row whose key already exists."""


def insert_row(
    connection: sqlite3.Connection,
    table: str,
    row: Mapping[str, Any],
    clash: Clash = "IGNORE",
) -> bool:
    """Insert a row; return whether it was added. row: column → value, with names of the schema; clash: see `Clash`.

    Raises sqlite3.Error.
    """
    names, marks = ", ".join(row), ", ".join("?" * len(row))
    sql = f"INSERT OR {clash} INTO {table} ({names}) VALUES ({marks})"  # noqa: S608 - names of the schema
    return connection.execute(sql, list(row.values())).rowcount > 0
