"""Spending report by day, model, collection and batch; estimates and the units billed by the service are kept apart."""

from __future__ import annotations

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from decimal import Decimal

from imagineart_desktop.library.files.csv_text import csv_text
from imagineart_desktop.models import ModelRegistry, parse_units
from imagineart_desktop.models.bill import bill_of

_MOST_DOLLARS = 10**9
"""Maximum cost of one request."""


@dataclass(frozen=True, slots=True)
class SpendingLine:
    """One payment. cost: estimated US dollars; billed: units reported by the service, if any.

    bill: their price in US dollars; None if it isn't known. failed: whether the request yielded no picture.
    batch_id, batch: id and name of the batch that the request belonged to; empty without one.
    """

    day: date
    model: str
    cost: Decimal
    billed: Decimal | None
    collections: tuple[str, ...]
    prompt: str
    request_id: str
    failed: bool = False
    bill: Decimal | None = None
    batch_id: str = ""
    batch: str = ""


@dataclass(frozen=True, slots=True)
class SpendingTotal:
    """A group's total.

    cost: estimated US dollars; pictures: number of pictures; billed: units reported by the service; told: number of
    payments with reported units. bill: US dollars, of the payments whose bill is known; bills: how many these are.
    """

    name: str
    cost: Decimal
    pictures: int
    billed: Decimal
    told: int
    bill: Decimal = Decimal(0)
    bills: int = 0


# A rebuilt database has no rows of jobs that were done; their images hold its id.
_PAID = """
    SELECT spent.*, batches.name AS batch_name FROM (
        SELECT paid.*, pictures.id AS number, COALESCE(
            (SELECT batch FROM jobs WHERE jobs.id = paid.job_id),
            (SELECT batch FROM pictures AS made WHERE made.job_id = paid.job_id AND made.batch != '' LIMIT 1),
            ''
        ) AS batch
        FROM paid LEFT JOIN pictures USING (job_id, position) WHERE paid.created_ms >= ?
    ) AS spent LEFT JOIN batches ON batches.id = spent.batch ORDER BY spent.created_ms
"""


def lines(connection: sqlite3.Connection, since: datetime | None, models: ModelRegistry) -> list[SpendingLine]:
    """Return all payments made here, oldest first, including those for deleted pictures.

    Deleted pictures have the collections they were in.
    """
    held: dict[int, list[str]] = defaultdict(list)
    for row in connection.execute(
        "SELECT picture_id, name FROM collection_pictures JOIN collections ON collections.id = collection_id"
        " ORDER BY name COLLATE NOCASE"
    ):
        held[row["picture_id"]].append(row["name"])
    rows = connection.execute(
        _PAID,
        (0 if since is None else round(since.timestamp() * 1000),),
    )
    return [
        _line(row, held[row["number"]] if row["number"] is not None else json.loads(row["collections"]), models)
        for row in rows
    ]


def _line(row: sqlite3.Row, collections: Sequence[str], models: ModelRegistry) -> SpendingLine:
    day = datetime.fromtimestamp(row["created_ms"] / 1000, UTC).astimezone().date()
    cost = _cost(row["cost"])
    bill = bill_of(row["billed"], models.facts(row["endpoint"]).unit_price(day), cost)
    return SpendingLine(
        day,
        models.label(row["endpoint"]),
        cost,
        parse_units(row["billed"]),
        tuple(collections),
        row["prompt"],
        row["request_id"],
        bool(row["failed"]),
        None if bill is None else bill.amount,
        row["batch"],
        row["batch_name"] or row["batch"],
    )


def by_day(spent: Sequence[SpendingLine]) -> list[SpendingTotal]:
    """Return the total of each day with spending, named like 2026-11-21, oldest first."""
    return sorted(_sums((line.day.isoformat(), line) for line in spent), key=lambda found: found.name)


def by_model(spent: Sequence[SpendingLine]) -> list[SpendingTotal]:
    """Return the total of each model, highest first."""
    return _sums((line.model, line) for line in spent)


def by_collection(spent: Sequence[SpendingLine]) -> list[SpendingTotal]:
    """Return the total of each collection, highest first; a picture counts in every collection that contains it."""
    return _sums((name, line) for line in spent for name in line.collections or ("in no collection",))


def by_batch(spent: Sequence[SpendingLine]) -> list[SpendingTotal]:
    """Return the total of each batch, highest first; batches of the same name are summed apart."""
    names = {line.batch_id: line.batch or "in no batch" for line in spent}
    return [replace(one, name=names[one.name]) for one in _sums((line.batch_id, line) for line in spent)]


def as_csv(spent: Sequence[SpendingLine]) -> str:
    """Return CSV with one line per picture, or per paid request that failed."""
    head = [
        "day",
        "model",
        "estimated US dollars",
        "billed units",
        "billed US dollars",
        "collections",
        "request",
        "prompt",
        "outcome",
        "batch",
    ]
    return csv_text([head, *map(_row, spent)])


def _row(line: SpendingLine) -> list[str | Decimal | None]:
    return [
        line.day.isoformat(),
        line.model,
        line.cost,
        line.billed,
        line.bill,
        "; ".join(line.collections),
        line.request_id,
        line.prompt,
        "failed" if line.failed else "image",
        line.batch,
    ]


def _sums(named: Iterable[tuple[str, SpendingLine]]) -> list[SpendingTotal]:
    found: dict[str, list[SpendingLine]] = defaultdict(list)
    for name, line in named:
        found[name].append(line)
    sums = []
    for name, held in found.items():
        told = [line.billed for line in held if line.billed is not None]
        cost = sum((line.cost for line in held), Decimal(0))
        made = sum(not line.failed for line in held)
        bills = [line.bill for line in held if line.bill is not None]
        billed = sum(told, Decimal(0)), len(told), sum(bills, Decimal(0)), len(bills)
        sums.append(SpendingTotal(name, cost, made, *billed))
    return sorted(sums, key=lambda one: (-one.cost, one.name))


def _cost(value: object) -> Decimal:
    """Return the estimate as a number, 0 if it's invalid."""
    try:
        cost = Decimal(str(value))
    except ArithmeticError:
        return Decimal(0)
    return cost if cost.is_finite() and 0 <= cost < _MOST_DOLLARS else Decimal(0)
