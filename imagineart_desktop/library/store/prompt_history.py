"""The history of prompts: how often and when each was used, and the newest image that was made with it."""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from imagineart_desktop.library.store.pictures import from_ms, to_ms

PromptKey = tuple[int, int]
"""The place of a prompt in the history: (milliseconds since 1970 when it was last used, row id)."""

_MAX_TERMS = 8
_BURST_MS = 1000
_MAX_AMONG = 30_000
"""Prompts to search among; SQLite takes no more than 32,766 values."""

_MAX_MS = 32_503_680_000_000
"""The year 3000; a damaged row may say anything."""

_MAX_COMPLETED, _MAX_LENGTH, _MAX_PHRASE = 200, 10_000, 120
"""Prompts that are searched for phrases, characters of each that are looked at, and characters of a phrase."""

_BETWEEN = re.compile(r"[,.;:!?\n]+")

_NEWEST_IMAGE = """
    SELECT id FROM pictures WHERE prompt = prompts.text AND trashed_ms IS NULL ORDER BY created_ms DESC LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class PromptRow:
    """A prompt of the history. uses: number of requests made with it; picture_id: its newest image, if it has any."""

    text: str
    uses: int
    used_at: datetime
    key: PromptKey
    picture_id: int | None


def record_use(connection: sqlite3.Connection, text: str, requests: int, moment: datetime) -> None:
    """Count these requests for a prompt, and move it to the front."""
    used_ms = to_ms(moment)
    # Of several prompts in one millisecond, the last one is in front.
    row = connection.execute(
        "SELECT MAX(used_ms) AS last FROM prompts WHERE used_ms BETWEEN ? AND ?", (used_ms, used_ms + _BURST_MS)
    ).fetchone()
    if row["last"] is not None:
        used_ms = row["last"] + 1
    connection.execute(
        "INSERT INTO prompts (text, used_ms, uses) VALUES (?, ?, ?)"
        " ON CONFLICT (text) DO UPDATE SET used_ms = excluded.used_ms, uses = uses + excluded.uses",
        (text, used_ms, requests),
    )


def ensure_listed(connection: sqlite3.Connection, texts: Iterable[str], moment: datetime) -> None:
    """Add those of the prompts that the history doesn't have, as never used."""
    connection.executemany(
        "INSERT OR IGNORE INTO prompts (text, used_ms, uses) VALUES (?, ?, 0)",
        [(text, to_ms(moment)) for text in texts],
    )


def find_prompts(
    connection: sqlite3.Connection,
    words: str,
    limit: int,
    *,
    among: Sequence[str] | None = None,
    after: PromptKey | None = None,
) -> list[PromptRow]:
    """Return prompts that contain each of the words, last used first.

    among: only these; None for all. after: continue behind this place.
    """
    conditions, values = ["TRUE"], list[str | int]()
    for term in words.split()[:_MAX_TERMS]:
        forms = _cases(term)
        conditions.append(f"({' OR '.join(['text LIKE ? ESCAPE char(92)'] * len(forms))})")
        values += [f"%{_escape(form)}%" for form in forms]
    if among is not None:
        # Not as JSON, in which SQLite ends a text at its first NUL.
        conditions.append(f"text IN ({', '.join('?' * len(among[-_MAX_AMONG:]))})")
        values += among[-_MAX_AMONG:]
    if after is not None:
        conditions.append("(used_ms, rowid) < (?, ?)")
        values += after
    rows = connection.execute(
        f"SELECT rowid AS number, text, used_ms, uses, ({_NEWEST_IMAGE}) AS picture_id FROM prompts"  # noqa: S608
        f" WHERE {' AND '.join(conditions)} ORDER BY used_ms DESC, rowid DESC LIMIT ?",
        (*values, limit),
    )
    return [_row(row) for row in rows]


def find_phrases(connection: sqlite3.Connection, start: str) -> list[str]:
    """Return the parts between punctuation that go on from a text, the most frequent ones of late prompts first."""
    forms, folded = _cases(start), start.casefold()
    condition = " OR ".join(["text LIKE ? ESCAPE char(92)"] * len(forms))
    rows = connection.execute(
        f"SELECT text FROM prompts WHERE {condition} ORDER BY used_ms DESC LIMIT ?",  # noqa: S608
        (*(f"%{_escape(form)}%" for form in forms), _MAX_COMPLETED),
    )
    found: Counter[str] = Counter()
    for row in rows:
        for part in _BETWEEN.split(row["text"][:_MAX_LENGTH]):
            phrase = part.strip()
            if len(phrase) > len(start) and len(phrase) <= _MAX_PHRASE and phrase.casefold().startswith(folded):
                found[phrase] += 1
    return [phrase for phrase, _ in found.most_common()]


def _row(row: sqlite3.Row) -> PromptRow:
    used_at = from_ms(max(0, min(row["used_ms"], _MAX_MS)))
    return PromptRow(row["text"], row["uses"], used_at, (row["used_ms"], row["number"]), row["picture_id"])


def _cases(term: str) -> list[str]:
    """Return the ways to write a word: SQLite ignores the case of ASCII letters alone."""
    if term.isascii():
        return [term]
    return list(dict.fromkeys((term, term.lower(), term.upper(), term.capitalize())))


def _escape(text: str) -> str:
    """Escape the wildcards of SQL's LIKE."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
