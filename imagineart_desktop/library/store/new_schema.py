"""The schema of a new database in one script, without the steps of earlier versions."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from functools import lru_cache

from imagineart_desktop.library.store.schema import MIGRATIONS

_FIRST_ROWS = (
    "INSERT INTO numbers (last) VALUES (0)",
    "INSERT INTO identity (library) VALUES (lower(hex(randomblob(16))))",
)
"""What the migrations write into an empty database."""


@lru_cache(maxsize=1)
def creation_script() -> str:
    """Return what creates everything that the migrations create, in a third of the time."""
    with closing(sqlite3.connect(":memory:")) as memory:
        for script in MIGRATIONS:
            memory.executescript(script)
        found = memory.execute("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL").fetchall()
    # Full-text tables create their own.
    inner = tuple(f"{name}_" for name, sql in found if sql.startswith("CREATE VIRTUAL TABLE"))
    return ";".join([*(sql for name, sql in found if not name.startswith(inner)), *_FIRST_ROWS])
