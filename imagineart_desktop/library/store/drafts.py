"""Unsent drafts of forms."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping

from imagineart_desktop.support.json_types import JsonObject, JsonValue


def read_draft(connection: sqlite3.Connection, name: str) -> JsonObject:
    """Return the saved draft of a form; empty if there is none."""
    row = connection.execute("SELECT value FROM drafts WHERE name = ?", (name,)).fetchone()
    value = json.loads(row["value"]) if row is not None else {}
    return value if isinstance(value, dict) else {}


def write_draft(connection: sqlite3.Connection, name: str, value: Mapping[str, JsonValue]) -> None:
    """Save the draft of a form."""
    connection.execute("INSERT OR REPLACE INTO drafts (name, value) VALUES (?, ?)", (name, json.dumps(value)))
