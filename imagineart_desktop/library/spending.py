"""What was spent on pictures: by day, model and collection; estimates and what the service said it billed apart."""

from __future__ import annotations

import csv
import io
import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal


@dataclass(frozen=True, slots=True)
class Line:
    """One picture that was paid for. cost: US dollars, estimated; billed: units as the service told them, if it did."""

    day: date
    model: str
    cost: Decimal
    billed: Decimal | None
    collections: tuple[str, ...]
    prompt: str
    request_id: str


@dataclass(frozen=True, slots=True)
class Sum:
    """cost: US dollars, estimated; pictures: how many; billed: units that the service told of, of how many pictures."""

    name: str
    cost: Decimal
    pictures: int
    billed: Decimal
    told: int


def lines(connection: sqlite3.Connection, since: datetime | None) -> list[Line]:
    """Every live picture that was made here, oldest first; pictures in the trash were paid for, too."""
    held: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(
        "SELECT picture_id, name FROM collection_pictures JOIN collections ON collections.id = collection_id"
        " ORDER BY name COLLATE NOCASE"
    ):
        held[row["picture_id"]].append(row["name"])
    rows = connection.execute(
        "SELECT id, created_ms, model, cost, prompt, request_id, json_extract(recipe, '$.billed_units') AS billed"
        " FROM pictures WHERE NOT demo AND NOT imported AND spent > 0 AND created_ms >= ? ORDER BY created_ms",
        (0 if since is None else round(since.timestamp() * 1000),),
    )
    return [
        Line(
            datetime.fromtimestamp(row["created_ms"] / 1000, UTC).astimezone().date(),
            row["model"],
            Decimal(row["cost"]),
            _units(row["billed"]),
            tuple(held[row["id"]]),
            row["prompt"],
            row["request_id"],
        )
        for row in rows
    ]


def by_day(spent: Sequence[Line]) -> list[Sum]:
    """Days on which something was spent, as 2026-11-21, oldest first."""
    return sorted(_sums((line.day.isoformat(), line) for line in spent), key=lambda found: found.name)


def by_model(spent: Sequence[Line]) -> list[Sum]:
    """The dearest first."""
    return _sums((line.model, line) for line in spent)


def by_collection(spent: Sequence[Line]) -> list[Sum]:
    """The dearest first; a picture counts in each collection that it lies in."""
    return _sums((name, line) for line in spent for name in line.collections or ("in no collection",))


def as_csv(spent: Sequence[Line]) -> str:
    """One line a picture."""
    held = io.StringIO(newline="")
    table = csv.writer(held)
    table.writerow(["day", "model", "estimated US dollars", "billed units", "collections", "request", "prompt"])
    for line in spent:
        billed = "" if line.billed is None else str(line.billed)
        row = [line.day.isoformat(), line.model, str(line.cost), billed, "; ".join(line.collections)]
        table.writerow([*row, line.request_id, _plain(line.prompt)])
    return held.getvalue()


def _sums(named: Iterable[tuple[str, Line]]) -> list[Sum]:
    found: dict[str, list[Line]] = defaultdict(list)
    for name, line in named:
        found[name].append(line)
    sums = []
    for name, held in found.items():
        told = [line.billed for line in held if line.billed is not None]
        cost = sum((line.cost for line in held), Decimal(0))
        sums.append(Sum(name, cost, len(held), sum(told, Decimal(0)), len(told)))
    return sorted(sums, key=lambda one: (-one.cost, one.name))


def _units(value: object) -> Decimal | None:
    try:
        return None if value is None else Decimal(str(json.loads(str(value))))
    except (ArithmeticError, ValueError):
        return None


def _plain(text: str) -> str:
    """A cell that no spreadsheet takes for a formula."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
