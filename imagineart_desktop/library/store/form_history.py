"""Form history: recent prompts and unsent drafts."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping
from datetime import datetime

from imagineart_desktop.library.store.pictures import to_ms
from imagineart_desktop.support.json_types import JsonObject, JsonValue


def record_prompt(connection: sqlite3.Connection, text: str, moment: datetime) -> None:
    """Add a prompt to the history, or move it to the front."""
    connection.execute(
        "INSERT INTO prompts (text, used_ms) VALUES (?, ?) ON CONFLICT (text) DO UPDATE SET used_ms = excluded.used_ms",
        (text, to_ms(moment)),
    )


def recent_prompts(connection: sqlite3.Connection, limit: int) -> list[str]:
    """Return the most recent prompts, newest first."""
    rows = connection.execute("SELECT text FROM prompts ORDER BY used_ms DESC LIMIT ?", (limit,))
    return [row["text"] for row in rows]


def read_draft(connection: sqlite3.Connection, name: str) -> JsonObject:
    """Return the saved draft of a form; empty if there is none."""
    row = connection.execute("SELECT value FROM drafts WHERE name = ?", (name,)).fetchone()
    value = json.loads(row["value"]) if row is not None else {}
    return value if isinstance(value, dict) else {}


def write_draft(connection: sqlite3.Connection, name: str, value: Mapping[str, JsonValue]) -> None:
    """Save the draft of a form."""
    connection.execute("INSERT OR REPLACE INTO drafts (name, value) VALUES (?, ?)", (name, json.dumps(value)))
