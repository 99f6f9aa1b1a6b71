"""Filtering and sorting of pictures by a query. All functions take a connection and are run by `Database`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from dataclasses import dataclass

from imagineart_desktop.library.search.query_parser import parse_query
from imagineart_desktop.library.store.collections import collections
from imagineart_desktop.library.store.pictures import OF_LAST_IMPORT, to_ms
from imagineart_desktop.library.store.records import GROUP_KEY_STRIDE, Query, SearchResult, SortOrder

_ADDED_AT = "MAX(created_ms, added_ms)"
"""When an image was generated or imported here: newly imported old photos count as new. Must match the index."""

_BY_TIME = {SortOrder.NEWEST: _ADDED_AT, SortOrder.OLDEST: _ADDED_AT}
_KEYS = _BY_TIME | {
    SortOrder.BEST: "rating * 10000000000 + created_ms / 1000",
    SortOrder.LARGEST: "width * height * 10000000000 + created_ms / 1000",
    SortOrder.MOST_EXPENSIVE: "CAST(spent * 10000 AS INTEGER) * 10000000000 + created_ms / 1000",
}
"""Sort keys: a single integer, with the time in the lower digits."""


_CHUNK = 4_000
"""Characters, or pairs, processed per call into the interpreter's C code."""


def search(connection: sqlite3.Connection, query: Query, most: int | None = None) -> SearchResult:
    """Return the matching pictures. most: at most this many from the start; None for all."""
    matching = _matching(query)
    values = list(matching.values)
    source, key, groups = "pictures", _KEYS[query.order], {}
    if query.group_by_collection and query.order in _BY_TIME:
        lying = _group_by_collection(connection, falls=query.order.is_descending)
        source, key, groups = f"pictures {lying.join}", lying.key, lying.names
        values.insert(0, lying.value)
    direction = "DESC" if query.order.is_descending else "ASC"
    rows = (
        f"SELECT id, {key} AS sort_key FROM {source} WHERE {matching.sql}"  # noqa: S608 - parts are constants
        f" ORDER BY sort_key {direction}, id {direction}"
    )
    if most is not None:
        rows += " LIMIT ?"
        values.append(most)
    # All rows in one: control returns from SQLite once, not per row, and the GUI thread keeps running meanwhile.
    row = connection.execute(f"SELECT group_concat(id), group_concat(sort_key) FROM ({rows})", values).fetchone()  # noqa: S608
    numbers, keys = (_whole_numbers(text or "") for text in row)
    return SearchResult(numbers, _paired(numbers, keys), matching.problems, matching.is_wider, groups)


def count(connection: sqlite3.Connection, query: Query) -> int:
    """Return how many images match."""
    matching = _matching(query)
    sql = f"SELECT COUNT(*) FROM pictures WHERE {matching.sql}"  # noqa: S608 - parts are constants
    return int(connection.execute(sql, matching.values).fetchone()[0])


@dataclass(frozen=True, slots=True)
class _Matching:
    """A query as an SQL condition. problems, is_wider: see `SearchResult`."""

    sql: str
    values: tuple[object, ...]
    problems: tuple[str, ...]
    is_wider: bool


def _matching(query: Query) -> _Matching:
    wanted = parse_query(query.text)
    where: list[str] = ["trashed_ms IS NOT NULL" if query.trash else "trashed_ms IS NULL"]
    values: list[object] = []
    if query.endpoint is not None:
        where.append("endpoint = ?")
        values.append(query.endpoint)
    if query.since is not None:
        where.append(f"{_ADDED_AT} >= ?")
        values.append(to_ms(query.since))
    if query.last_import:
        where.append(OF_LAST_IMPORT)
    if query.collection is not None:
        where.append(
            "id IN (SELECT picture_id FROM collection_pictures JOIN collections ON collections.id = collection_id"
            " WHERE collections.id = ? OR parent_id = ?)"
        )
        values += [query.collection, query.collection]
    marks, asked = _conditions_on_marks(query.favourite, wanted.conditions)
    if marks and query.also:
        marks = [f"({' AND '.join(marks)} OR id IN (SELECT value FROM json_each(?)))"]  # noqa: S608 - constants
        asked.append(json.dumps(list(query.also)))
    where += marks
    values += asked
    if query.among is not None:
        where.append("id IN (SELECT value FROM json_each(?))")
        values.append(json.dumps(list(query.among)))
    return _Matching(" AND ".join(where), tuple(values), wanted.problems, wanted.is_wider)


def _conditions_on_marks(
    favourite: bool, conditions: Iterable[tuple[str, Iterable[object]]]
) -> tuple[list[str], list[object]]:
    """Return the conditions that a change of marks may end, and their values. conditions: those of the text."""
    where, values = ["favourite = 1"] if favourite else [], list[object]()
    for sql, given in conditions:
        where.append(sql)
        values += given
    return where, values


def _whole_numbers(text: str) -> list[int]:
    """Parse comma-separated integers in pieces: no other thread runs during one call of the parser."""
    found: list[int] = []
    begin = 0
    while begin < len(text):
        end = text.find(",", begin + _CHUNK)
        end = len(text) if end < 0 else end
        found += json.loads(f"[{text[begin:end]}]")
        begin = end + 1
    return found


def _paired(numbers: list[int], keys: list[int]) -> dict[int, int]:
    """Return number → key, filled in pieces for the same reason."""
    pairs: dict[int, int] = {}
    for begin in range(0, len(numbers), _CHUNK):
        pairs.update(zip(numbers[begin : begin + _CHUNK], keys[begin : begin + _CHUNK], strict=True))
    return pairs


@dataclass(frozen=True, slots=True)
class _CollectionGrouping:
    """SQL that finds a picture's collection. value: for its one placeholder; names: group index → heading."""

    join: str
    key: str
    value: str
    names: dict[int, str]


def _group_by_collection(connection: sqlite3.Connection, *, falls: bool) -> _CollectionGrouping:
    """Group by collection, sorted by name, pictures by time.

    Pictures in no collection come last; a picture in several collections appears only once.
    """
    held = collections(connection)
    outer = {one.id: one.name for one in held}
    names = [f"{outer[one.parent]} / {one.name}" if one.parent in outer else one.name for one in held]
    names.append("In no collection")
    last = len(held)
    place = f"COALESCE(lying.place, {last})"
    group = f"({last} - {place})" if falls else place
    return _CollectionGrouping(
        join=(
            "LEFT JOIN (SELECT picture_id, MIN(place.key) AS place FROM collection_pictures"
            " JOIN json_each(?) AS place ON place.value = collection_id GROUP BY picture_id) AS lying"
            " ON lying.picture_id = id"
        ),
        key=f"{group} * {GROUP_KEY_STRIDE} + MAX(created_ms, added_ms, 0)",
        value=json.dumps([one.id for one in held]),
        names={(last - number if falls else number): name for number, name in enumerate(names)},
    )
