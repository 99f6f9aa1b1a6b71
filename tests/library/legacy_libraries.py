"""Libraries in the form in which earlier versions of the program left them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from imagineart_desktop.library.store.schema import MIGRATIONS


def make_earlier(database: Path, version: int) -> None:
    """Downgrade a closed database to the schema of that version, keeping its rows."""
    earlier = database.with_name("earlier.sqlite")
    with closing(sqlite3.connect(earlier)) as connection:
        for script in MIGRATIONS[:version]:
            connection.executescript(script)
        connection.execute("ATTACH DATABASE ? AS now", (str(database),))
        tables = connection.execute(
            "SELECT name FROM main.sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
            " AND name NOT GLOB 'picture_words*' AND name NOT GLOB 'picture_parts*' AND name NOT GLOB 'picture_signs*'"
        ).fetchall()
        for (table,) in tables:
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            connection.execute(f"DELETE FROM main.{table}")  # noqa: S608 - names of the schema
            connection.execute(f"INSERT INTO main.{table} ({columns}) SELECT {columns} FROM now.{table}")  # noqa: S608
        connection.execute(f"PRAGMA main.user_version = {version}")
        connection.commit()
    earlier.replace(database)
