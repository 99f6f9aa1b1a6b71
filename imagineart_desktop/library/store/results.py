"""What the library has of the results of jobs. Functions that take a connection are run by `Database`."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.store.ledger import deleted_results, valid_cost
from imagineart_desktop.library.store.pictures import summaries
from imagineart_desktop.library.store.records import PictureSummary
from imagineart_desktop.library.store.stored_specs import StoredSpecs
from imagineart_desktop.models import parse_units


@dataclass(frozen=True, slots=True)
class StoredResult:
    """One result of a job that was stored, with its share of what the request cost.

    picture: None if the user moved it to the trash or deleted it. is_missing: whether its file is gone otherwise.
    """

    cost: Decimal
    billed_units: Decimal
    picture: PictureSummary | None = None
    is_missing: bool = False


def stored_results(
    connection: sqlite3.Connection, job_id: str, files: Files, specs: StoredSpecs
) -> dict[int, StoredResult]:
    """Return position → result of a job, including those in the trash and those deleted for good."""
    found = {
        position: StoredResult(valid_cost(cost), parse_units(billed) or Decimal(0))
        for position, cost, billed in deleted_results(connection, job_id)
    }
    rows = connection.execute(
        "SELECT position, id, cost, trashed_ms,"
        " CASE WHEN json_valid(recipe) THEN json_extract(recipe, '$.billed_units') END AS billed"
        " FROM pictures WHERE job_id = ?",
        (job_id,),
    ).fetchall()
    pictures = {picture.id: picture for picture in summaries(connection, [row["id"] for row in rows], files, specs)}
    for row in rows:
        picture = pictures[row["id"]] if row["trashed_ms"] is None else None
        found[row["position"]] = StoredResult(
            valid_cost(row["cost"]), parse_units(row["billed"]) or Decimal(0), picture
        )
    return found


def with_missing(found: Mapping[int, StoredResult]) -> dict[int, StoredResult]:
    """Return the results with a note of those whose file is gone. Looks at the files."""
    return {
        position: replace(result, is_missing=result.picture is not None and not result.picture.path.is_file())
        for position, result in found.items()
    }


def results_of(connection: sqlite3.Connection, jobs: Sequence[str]) -> dict[tuple[str, int], int]:
    """Return (job id, index) → the id of each image of these jobs that is not in the trash."""
    found = connection.execute(
        "SELECT job_id, position, id FROM pictures"
        " WHERE job_id IN (SELECT value FROM json_each(?)) AND trashed_ms IS NULL ORDER BY job_id, position",
        (json.dumps(list(jobs)),),
    )
    return {(row["job_id"], row["position"]): row["id"] for row in found}
