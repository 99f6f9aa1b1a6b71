"""How a search of a large library uses its thread while the window draws."""

from __future__ import annotations

import json
import sqlite3
from typing import Any

import pytest

from imagineart_desktop.library.search.searching import search
from imagineart_desktop.library.store.records import Query

_COUNT = 20_000


def test_an_answer_is_read_in_pieces_since_no_other_thread_runs_during_one(monkeypatch: pytest.MonkeyPatch) -> None:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE pictures (id INTEGER PRIMARY KEY, created_ms, added_ms, trashed_ms)")
    rows = ((number, 1_700_000_000_000 + number, 0, None) for number in range(1, _COUNT + 1))
    connection.executemany("INSERT INTO pictures VALUES (?, ?, ?, ?)", rows)
    parsed, loads = [], json.loads

    def note(text: str, **options: Any) -> Any:
        parsed.append(len(text))
        return loads(text, **options)

    monkeypatch.setattr(json, "loads", note)
    found = search(connection, Query())
    assert found.numbers == list(range(_COUNT, 0, -1))
    assert found.keys == {number: 1_700_000_000_000 + number for number in range(1, _COUNT + 1)}
    assert max(parsed) < 5_000
    assert search(connection, Query(trash=True)).numbers == []
    connection.close()
