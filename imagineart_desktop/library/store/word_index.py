"""The full-text index of images, and the SQL conditions that query it.

Three FTS5 tables: `picture_words` finds words and prefixes, `picture_parts` any substring of three characters or
more, `picture_signs` one or two characters of Chinese, Japanese and Korean. All functions take a connection and are
run by `Database`.
"""

from __future__ import annotations

import sqlite3
import unicodedata
from collections.abc import Sequence
from typing import Any

from imagineart_desktop.library.files.content_credentials import DIGITAL_SOURCE, SOURCE_TEXTS
from imagineart_desktop.library.store.folding import fold, has_cjk, split_words

Condition = tuple[str, list[Any]]
"""(SQL condition on the table `pictures`, its values)."""

_MAX_WORDS = 200
_MIN_PART = 3
"""Minimum length of a substring."""

_SEEDS = 2**64

_JOINER = "\u200d"
"""Joins two emoji into one."""

_PART_COLUMNS = ("prompt", "model", "tags", "note", "file")

_TAGS = (
    "COALESCE((SELECT group_concat(name, ' ; ') FROM tags JOIN picture_tags ON tag_id = tags.id"
    " WHERE picture_id = pictures.id), '')"
)
_MODEL = "model || ' ' || " + " || ' ' || ".join(
    (
        "COALESCE(json_extract(recipe, '$.imported.program'), '')",
        "COALESCE(json_extract(recipe, '$.imported.settings.Software'), '')",
        f"CASE json_extract(recipe, '$.imported.settings.{DIGITAL_SOURCE}')"
        + "".join(f" WHEN '{code}' THEN '{text}'" for code, text in SOURCE_TEXTS.items())
        + " ELSE '' END",
    )
)
"""The model; for an imported image, the program and what its content credentials say."""

_FILE = "file || ' ' || COALESCE(json_extract(recipe, '$.imported.name'), '')"
_SEED = "CASE WHEN seed IS NULL THEN '' ELSE printf('%u', seed) END"
_INTO_WORDS = (
    "INSERT INTO picture_words (rowid, prompt, model, tags, note, file, seed, request)"  # noqa: S608
    f" SELECT id, prompt, {_MODEL}, {_TAGS}, note, {_FILE}, {_SEED}, request_id FROM pictures"
)
_INTO_SIGNS = (
    "INSERT INTO picture_signs (rowid, signs)"  # noqa: S608
    f" SELECT id, spaceless_parts(folded(prompt || ' ' || {_TAGS} || ' ' || note || ' ' || {_FILE})) FROM pictures"
)
_INTO_PARTS = (
    f"INSERT INTO picture_parts (rowid, {', '.join(_PART_COLUMNS)})"  # noqa: S608
    f" SELECT id, folded(prompt), folded({_MODEL}), folded({_TAGS}), folded(note), folded({_FILE}) FROM pictures"
)
_TABLES = {"picture_words": _INTO_WORDS, "picture_parts": _INTO_PARTS, "picture_signs": _INTO_SIGNS}
_AT_ONCE = 200


def index_picture(connection: sqlite3.Connection, picture_id: int) -> None:
    """Add an image to the index, or update it."""
    unindex_picture(connection, picture_id)
    for insert in _TABLES.values():
        connection.execute(f"{insert} WHERE id = ?", (picture_id,))


def unindex_picture(connection: sqlite3.Connection, picture_id: int) -> None:
    """Remove an image from the index."""
    for table in _TABLES:
        connection.execute(f"DELETE FROM {table} WHERE rowid = ?", (picture_id,))  # noqa: S608 - names of this file


def backfill_index(connection: sqlite3.Connection) -> bool:
    """Index some images that are missing from the index. Returns whether there may be more."""
    missing = "SELECT id FROM pictures WHERE id NOT IN (SELECT rowid FROM picture_parts) LIMIT ?"
    found = connection.execute(missing, (_AT_ONCE,)).fetchall()
    for row in found:
        index_picture(connection, row["id"])
    return len(found) == _AT_ONCE


def match_words(text: str, *, phrase: bool = False, column: str = "") -> Condition | None:
    """Return a condition for all words of a text, or with `phrase` for the words in this order; None without words.

    column: of the index; empty for all columns. Words of three characters or more also match inside other words.
    """
    words = split_words(text)[:_MAX_WORDS]
    parts = [_holds_emoji(run, column) for run in emoji_in(text)[:_MAX_WORDS]]
    if words and phrase:
        whole = text.strip()
        ways = [_matches_words(f'"{" ".join(words)}" *', column), *_match_substring([whole], column)]
        parts.append(_any_of([*ways, *_match_short_cjk(whole, column)]))
    else:
        parts += _holds_each(words, column)
    if not parts:
        return None
    return " AND ".join(sql for sql, _ in parts), [value for _, values in parts for value in values]


def stored_seed(seed: int | None) -> int | None:
    """Convert an unsigned 64-bit seed to the signed integer that SQLite can store; None if it is out of range."""
    if seed is None or not 0 <= seed < _SEEDS:
        return None
    return seed if seed < _SEEDS // 2 else seed - _SEEDS


def emoji_in(text: str) -> list[str]:
    """Return the runs of emoji, which don't count as words."""
    marked = "".join(sign if unicodedata.category(sign) in ("So", "Sk") or sign == _JOINER else " " for sign in text)
    return [run.strip(_JOINER) for run in marked.split() if run.strip(_JOINER)]


def _holds_each(words: Sequence[str], column: str) -> list[Condition]:
    """Return conditions that together match all words."""
    signs = [one for word in words for one in _match_short_cjk(word, column)]
    others = [word for word in words if not _match_short_cjk(word, column)]
    if not others:
        return signs
    expression = " ".join(f'"{word}" *' for word in others)
    return [*signs, _any_of([_matches_words(expression, column), *_match_substring(others, column)])]


def _matches_words(expression: str, column: str) -> Condition:
    match = f"{column} : ({expression})" if column else expression
    return "id IN (SELECT rowid FROM picture_words WHERE picture_words MATCH ?)", [match]


def _match_substring(texts: Sequence[str], column: str) -> list[Condition]:
    """Return a substring condition for all texts; empty if one is too short."""
    # FTS5 treats NUL as the end of the text.
    parts = [fold(text).replace('"', '""').replace("\0", " ") for text in texts]
    if any(len(part) < _MIN_PART for part in parts) or (column and column not in _PART_COLUMNS):
        return []
    expression = " ".join(f'"{part}"' for part in parts)
    match = f"{column} : ({expression})" if column else expression
    return [("id IN (SELECT rowid FROM picture_parts WHERE picture_parts MATCH ?)", [match])]


def _match_short_cjk(text: str, column: str) -> list[Condition]:
    """Return a condition for one or two characters of a script without spaces; empty for other texts."""
    signs = fold(text)
    if len(signs) >= _MIN_PART or not has_cjk(text) or not signs.isalnum():
        return []
    sql = "id IN (SELECT rowid FROM picture_signs WHERE picture_signs MATCH ?)"
    values = [f'"{signs}"']
    if column not in _PART_COLUMNS:
        return [] if column else [(sql, values)]
    # The index merges all columns, so check the column's own text.
    inside = f"id IN (SELECT rowid FROM picture_parts WHERE instr({column}, ?) > 0 AND rowid = pictures.id)"  # noqa: S608
    return [(f"({sql} AND {inside})", [*values, signs])]


def _any_of(conditions: list[Condition]) -> Condition:
    sql = " OR ".join(sql for sql, _ in conditions)
    return f"({sql})", [value for _, values in conditions for value in values]


def _holds_emoji(signs: str, column: str) -> Condition:
    columns = (column,) if column else ("prompt", "tags", "note")
    held = " OR ".join(f"{name} LIKE ?" for name in columns)
    inner = f"SELECT rowid FROM picture_words WHERE {held}"  # noqa: S608 - names of this file
    return f"id IN ({inner})", [f"%{signs}%"] * len(columns)
