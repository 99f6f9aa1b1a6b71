"""What live requests have cost in a period, and what those that haven't ended may still cost.

Demo requests cost nothing and never count.
"""

from __future__ import annotations

import sqlite3
from dataclasses import dataclass
from decimal import Decimal

from imagineart_desktop.library.store.ledger import valid_cost

_MAY_COST = (
    # As the index `jobs_that_may_cost` has it, or SQLite reads every job instead.
    "service = 'live' AND state NOT IN ('done', 'cancelled')"
    " AND NOT (state = 'failed' AND COALESCE(charged, '') = 'no' AND result IS NULL)"
)
"""SQL condition for jobs that may cost more than the ledger knows of."""


_COMMITMENTS = (
    "SELECT state, dismissed, estimate, created_ms, submitted_ms, finished_ms, batch,"  # noqa: S608 - constants
    " (SELECT group_concat(cost, ' ') FROM paid WHERE job_id = jobs.id) AS paid"
    f" FROM jobs WHERE {_MAY_COST}"
)


@dataclass(frozen=True, slots=True)
class Commitment:
    """What a request may still cost, beyond what is in the ledger.

    ended_ms: when it ended; None if it hasn't. batch: the id of its batch, None without one.
    """

    ended_ms: int | None
    cost: Decimal
    batch: str | None


def commitments(connection: sqlite3.Connection) -> list[Commitment]:
    """Return what each request may still cost, whenever it was made."""
    return [
        Commitment(_ended_ms(row), max(Decimal(0), valid_cost(row["estimate"]) - _sum(row["paid"])), row["batch"])
        for row in connection.execute(_COMMITMENTS)
    ]


def paid_between(connection: sqlite3.Connection, first_ms: int, end_ms: int) -> Decimal:
    """Return what was paid from `first_ms` up to `end_ms`."""
    found = connection.execute("SELECT cost FROM paid WHERE created_ms >= ? AND created_ms < ?", (first_ms, end_ms))
    return sum((valid_cost(row["cost"]) for row in found), Decimal(0))


def paid_for_batch(connection: sqlite3.Connection, batch: str) -> Decimal:
    """Return what was paid for the jobs of a batch, whenever that was."""
    found = connection.execute(
        "SELECT cost FROM paid WHERE job_id IN (SELECT id FROM jobs WHERE batch = :batch"
        " UNION SELECT job_id FROM pictures WHERE batch = :batch AND batch != '')",
        {"batch": batch},
    )
    return sum((valid_cost(row["cost"]) for row in found), Decimal(0))


def _sum(costs: str | None) -> Decimal:
    return sum((valid_cost(cost) for cost in (costs or "").split()), Decimal(0))


def _ended_ms(row: sqlite3.Row) -> int | None:
    """Return when a job ended, as the ledger dates its payment; None if it hasn't.

    A result that is being fetched has ended. So has a request without an answer that the user dismissed: it may have
    been charged.
    """
    if row["state"] in ("failed", "fetching") and row["finished_ms"] is not None:
        return int(row["finished_ms"])
    if row["state"] == "failed" or (row["state"] == "unconfirmed" and row["dismissed"]):
        return int(row["submitted_ms"] or row["created_ms"])
    return None
