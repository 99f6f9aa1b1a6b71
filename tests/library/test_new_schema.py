"""A new database is the one that all migrations make."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from imagineart_desktop.library.store.connecting import open_file
from imagineart_desktop.library.store.schema import MIGRATIONS
from imagineart_desktop.library.store.sql_text import Connection


def content(connection: sqlite3.Connection) -> dict[str, list[tuple[object, ...]]]:
    """Return the definitions of everything, and the rows of each table."""
    definitions = connection.execute("SELECT name, type, tbl_name, sql FROM sqlite_master ORDER BY name").fetchall()
    rows = {
        name: [tuple(row) for row in connection.execute(f"SELECT * FROM {name}")]  # noqa: S608 - our own names
        for name, kind, _, _ in definitions
        if kind == "table"
    }
    return {"definitions": [tuple(row) for row in definitions], **rows}


def test_it_has_what_the_migrations_make_and_an_identity_of_its_own(tmp_path: Path) -> None:
    with (
        closing(sqlite3.connect(":memory:")) as migrated,
        closing(open_file(tmp_path / "one.sqlite", create=True)) as one,
        closing(open_file(tmp_path / "two.sqlite", create=True)) as two,
    ):
        for script in MIGRATIONS:
            migrated.executescript(script)
        assert one.execute("PRAGMA user_version").fetchone()[0] == len(MIGRATIONS)
        assert one.execute("PRAGMA integrity_check").fetchone()[0] == "ok"
        found = [content(connection) for connection in (migrated, one, two)]
    identities = {str(each.pop("identity")[0]) for each in found}
    assert len(identities) == len(found)
    assert found[0] == found[1] == found[2]


def test_it_is_written_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    scripts = []
    really = Connection.executescript

    def count(connection: Connection, script: str) -> sqlite3.Cursor:
        scripts.append(script)
        return really(connection, script)

    monkeypatch.setattr(Connection, "executescript", count)
    open_file(tmp_path / "one.sqlite", create=True).close()
    assert len(scripts) == 1
