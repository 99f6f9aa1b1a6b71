"""The rows of pictures: reading and writing. All functions take a connection and are run by `Database`."""

from __future__ import annotations

import json
import sqlite3
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from imagineart_desktop.imaging import PictureInfo
from imagineart_desktop.library.errors import LibraryError
from imagineart_desktop.library.files.files import Files, Stamp, file_stamp
from imagineart_desktop.library.files.recipe import Recipe
from imagineart_desktop.library.store.ledger import Payment, record_payment, save_collection_names
from imagineart_desktop.library.store.marks import read_marks
from imagineart_desktop.library.store.recipe_text import findings_in, spec_in
from imagineart_desktop.library.store.records import (
    Counts,
    FileState,
    InputPicture,
    PictureDetails,
    PictureSummary,
    Spend,
)
from imagineart_desktop.library.store.stored_specs import StoredSpecs
from imagineart_desktop.library.store.word_index import index_picture, stored_seed, unindex_picture
from imagineart_desktop.models import ModelRegistry, ModelSpec, Task
from imagineart_desktop.models.bill import Bill, bill_of
from imagineart_desktop.support.messages import Message

if TYPE_CHECKING:
    from imagineart_desktop.library.store.id_journal import JournalContent

_IMPORTED = (
    "CASE WHEN imported AND json_valid(recipe) THEN json_extract(recipe, '$.imported.name') END AS import_name,"
    " CASE WHEN imported AND json_valid(recipe) THEN json_extract(recipe, '$.imported.program') = '' END AS plain"
)
_SUMMARY = (
    "id, file, endpoint, prompt, width, height, favourite, demo, rating, label, recipe, file_state, job_id, position,"
    f" bytes, {_IMPORTED}"
)

_NO_COST = "0"
"""Cost of an image that wasn't generated here."""

OF_LAST_IMPORT = "added_ms > 0 AND added_ms = (SELECT MAX(added_ms) FROM pictures WHERE added_ms > 0)"
"""SQL condition for the images of the last import, which all have its time. Trashed images count in finding that time.

Its first part lets SQLite use the index of imports.
"""


def to_ms(moment: datetime) -> int:
    """Return milliseconds since 1970, UTC."""
    return round(moment.timestamp() * 1000)


def from_ms(value: int) -> datetime:
    """Return a datetime in UTC."""
    return datetime.fromtimestamp(value / 1000, UTC)


_Value = str | int | float | None


def insert_picture(
    connection: sqlite3.Connection,
    specs: StoredSpecs,
    recipe: Recipe,
    file: str,
    info: PictureInfo,
    stamp: Stamp,
    had: Mapping[tuple[str, int], int] | None = None,
) -> int:
    """Insert a picture and return its id. An existing one (same job and position) keeps its id.

    had: (job, position) → previous id of the picture; see `previous_or_new_id`.
    """
    known = find_picture(connection, recipe)
    if known is not None:
        connection.execute(
            "UPDATE pictures SET bytes = ?, changed_ns = ?, file_state = '' WHERE id = ? AND file = ?",
            (*stamp, known, file),
        )
        return known
    number = _insert_row(connection, _row_of(specs, recipe, file, info, stamp), recipe, had or {})
    index_picture(connection, number)
    if recipe.imported is None and not recipe.demo and (recipe.cost > 0 or recipe.request_id):  # cost 0: unknown
        record_payment(connection, _paid(recipe))
    connection.executemany(
        "INSERT INTO parents (picture_id, position, role, sha256, parent_id) VALUES (?, ?, ?, ?, ?)",
        [(number, place, p.role, p.sha256, p.picture_id) for place, p in enumerate(recipe.parents)],
    )
    return number


def _insert_row(
    connection: sqlite3.Connection,
    row: Mapping[str, _Value],
    recipe: Recipe,
    had: Mapping[tuple[str, int], int],
) -> int:
    """Insert a row of the table of pictures and return its id."""
    columns = {"id": previous_or_new_id(connection, (recipe.job_id, recipe.position), had), **row}
    names, marks = ", ".join(columns), ", ".join("?" * len(columns))
    cursor = connection.execute(
        f"INSERT INTO pictures ({names}) VALUES ({marks})",  # noqa: S608 - our own names
        list(columns.values()),
    )
    number = int(cursor.lastrowid or 0)
    connection.execute("UPDATE numbers SET last = MAX(last, ?)", (number,))
    return number


def _row_of(specs: StoredSpecs, recipe: Recipe, file: str, info: PictureInfo, stamp: Stamp) -> dict[str, _Value]:
    """Return column → value of a picture's row, without its id."""
    model = specs.find(recipe.endpoint, recipe.spec)
    cost = str(recipe.cost) if recipe.imported is None else _NO_COST
    added = recipe.imported.added_at if recipe.imported is not None else None
    return {
        "file": file,
        "job_id": recipe.job_id,
        "position": recipe.position,
        "endpoint": recipe.endpoint,
        "model": model.label if model else recipe.endpoint,
        "task": _task_of(model, recipe).value,
        "prompt": recipe.prompt,
        "seed": stored_seed(recipe.seed),
        "width": info.size[0],
        "height": info.size[1],
        "format": info.format,
        "bytes": stamp[0],
        "changed_ns": stamp[1],
        "created_ms": to_ms(recipe.created_at),
        "added_ms": to_ms(added) if added is not None else 0,
        "demo": recipe.demo,
        "imported": recipe.imported is not None,
        "batch": recipe.batch or "",
        "cost": cost,
        "spent": float(cost),
        "request_id": recipe.request_id or "",
        "recipe": recipe.model_dump_json(),
    }


def _task_of(model: ModelSpec | None, recipe: Recipe) -> Task:
    if model is None:
        return Task.GENERATE
    return model.task_of([parent.role for parent in recipe.parents])


def _paid(recipe: Recipe) -> Payment:
    return Payment(
        recipe.job_id,
        recipe.position,
        recipe.endpoint,
        to_ms(recipe.created_at),
        str(recipe.cost),
        recipe.billed_units,
        recipe.request_id or "",
        recipe.prompt,
    )


def new_picture_id(connection: sqlite3.Connection) -> int:
    """Return an id that no picture has ever had: undo, thumbnails and other programs may remember the old ones."""
    row = connection.execute(
        "SELECT MAX(last, COALESCE((SELECT MAX(id) FROM pictures), 0)) + 1 FROM numbers"
    ).fetchone()
    return int(row[0])


def previous_or_new_id(
    connection: sqlite3.Connection, image: tuple[str, int], had: Mapping[tuple[str, int], int]
) -> int:
    """Return the previous id of a picture without a row, or a new one if it's unknown or taken."""
    number = had.get(image)
    taken = "SELECT 1 FROM pictures WHERE id = ?"
    if number is None or connection.execute(taken, (number,)).fetchone() is not None:
        return new_picture_id(connection)
    return number


def reserve_ids(connection: sqlite3.Connection, last: int) -> None:
    """Reserve all ids up to `last`, so that no new image gets one."""
    connection.execute("UPDATE numbers SET last = MAX(last, ?)", (last,))


def find_picture(connection: sqlite3.Connection, recipe: Recipe) -> int | None:
    """Return the id of the picture from the same job and position, or None."""
    row = connection.execute(
        "SELECT id FROM pictures WHERE job_id = ? AND position = ?", (recipe.job_id, recipe.position)
    ).fetchone()
    return None if row is None else int(row["id"])


def restore_ids(connection: sqlite3.Connection, had: JournalContent) -> int:
    """Give images their previous ids, by which other images' recipes refer to them.

    An id that now belongs to another image stays with it. Returns how many images have, or may have, a different
    id; if any do, references in recipes to ids that no image had are dropped, since they may now point to other
    images.
    """
    lost = 0
    connection.execute("PRAGMA defer_foreign_keys = ON")
    for row in connection.execute("SELECT id, job_id, position FROM pictures").fetchall():
        image = (row["job_id"], row["position"])
        before = had.ids.get(image)
        lost += before is None or image in had.doubtful
        if before is None or before == row["id"]:
            continue
        if not connection.execute("UPDATE OR IGNORE pictures SET id = ? WHERE id = ?", (before, row["id"])).rowcount:
            lost += image not in had.doubtful
            continue
        for table in ("parents", "picture_tags", "collection_pictures"):
            sql = f"UPDATE {table} SET picture_id = ? WHERE picture_id = ?"  # noqa: S608 - names of this line
            connection.execute(sql, (before, row["id"]))
        unindex_picture(connection, row["id"])
        index_picture(connection, before)
    if lost:
        known = json.dumps(list(had.ids.values()))
        connection.execute(
            "UPDATE parents SET parent_id = NULL WHERE parent_id NOT IN (SELECT value FROM json_each(?))", (known,)
        )
    return lost


def summaries(
    connection: sqlite3.Connection, numbers: Sequence[int], files: Files, specs: StoredSpecs
) -> list[PictureSummary]:
    """Return the pictures with these ids, in this order; ids that don't exist are skipped."""
    # One parameter for all ids: SQLite allows only some ten thousand parameters.
    rows = connection.execute(
        f"SELECT {_SUMMARY} FROM pictures WHERE id IN (SELECT value FROM json_each(?))",  # noqa: S608 - a constant
        (json.dumps(list(numbers)),),
    )
    found = {row["id"]: _summary(row, files, specs) for row in rows}
    return [found[number] for number in numbers if number in found]


def details(connection: sqlite3.Connection, number: int, files: Files, specs: StoredSpecs) -> PictureDetails | None:
    """Return everything about one picture, or None if it doesn't exist."""
    row = connection.execute(f"SELECT *, {_IMPORTED} FROM pictures WHERE id = ?", (number,)).fetchone()  # noqa: S608
    if row is None:
        return None
    parents = connection.execute(
        # A composited result refers to another image that isn't an input of a request.
        "SELECT role, parents.sha256, parent_id, COALESCE(inputs.file, pictures.file) AS file FROM parents"
        " LEFT JOIN inputs USING (sha256) LEFT JOIN pictures ON pictures.id = parent_id"
        " WHERE parents.picture_id = ? ORDER BY parents.position",
        (number,),
    )
    children = connection.execute(
        "SELECT DISTINCT picture_id FROM parents JOIN pictures ON pictures.id = picture_id"
        " WHERE parent_id = ? AND trashed_ms IS NULL ORDER BY picture_id",
        (number,),
    )
    try:
        recipe = Recipe.model_validate_json(row["recipe"])
    except ValueError as error:
        raise LibraryError(Message("library.row_damaged"), Message("library.advice.rebuild")) from error
    summary = _summary(row, files, specs)
    return PictureDetails(
        summary=summary,
        recipe=recipe,
        format=row["format"],
        bytes=row["bytes"],
        created_at=from_ms(row["created_ms"]),
        trashed=row["trashed_ms"] is not None,
        marks=dict(read_marks(connection, [number]))[number],
        parents=tuple(
            InputPicture(p["role"], p["sha256"], files.absolute(p["file"]) if p["file"] else None, p["parent_id"])
            for p in parents
        ),
        children=tuple(child["picture_id"] for child in children),
        model_problem="" if summary.model is not None else specs.problem(recipe.endpoint, recipe.spec),
        bill=_bill(recipe, row["created_ms"], specs.models),
    )


def _bill(recipe: Recipe, created_ms: int, models: ModelRegistry) -> Bill | None:
    if recipe.demo or recipe.imported is not None:
        return None
    unit_price = models.facts(recipe.endpoint).unit_price(from_ms(created_ms).astimezone().date())
    return bill_of(recipe.billed_units, unit_price, recipe.cost)


def counts(connection: sqlite3.Connection, today: datetime) -> Counts:
    """Return the number of pictures of each kind. today: start of the current day."""
    row = connection.execute(
        "SELECT (SELECT COUNT(*) FROM pictures WHERE trashed_ms IS NULL) AS alive,"  # noqa: S608 - parts are constants
        " (SELECT COUNT(*) FROM pictures WHERE trashed_ms IS NULL AND favourite = 1) AS favourites,"
        " (SELECT COUNT(*) FROM pictures WHERE trashed_ms IS NULL AND MAX(created_ms, added_ms) >= ?) AS today,"
        f" (SELECT COUNT(*) FROM pictures WHERE trashed_ms IS NULL AND {OF_LAST_IMPORT}) AS last_import,"
        " (SELECT COUNT(*) FROM pictures WHERE trashed_ms IS NOT NULL) AS trash",
        (to_ms(today),),
    ).fetchone()
    # Uses only the index, minus the few rows in the trash, so that not every row is read.
    by_model = Counter(dict(_per_endpoint(connection, "")))
    by_model.subtract(dict(_per_endpoint(connection, "WHERE trashed_ms IS NOT NULL")))
    return Counts(row["alive"], row["favourites"], row["trash"], row["today"], row["last_import"], by_model)


def _per_endpoint(connection: sqlite3.Connection, where: str) -> list[tuple[str, int]]:
    rows = connection.execute(f"SELECT endpoint, COUNT(*) AS number FROM pictures {where} GROUP BY endpoint")  # noqa: S608
    return [(row["endpoint"], row["number"]) for row in rows]


def spent_since(connection: sqlite3.Connection, since: datetime) -> Spend:
    """Return what has been paid since then; demo results cost nothing."""
    rows = connection.execute("SELECT cost, failed FROM paid WHERE created_ms >= ?", (to_ms(since),)).fetchall()
    made = sum(not row["failed"] for row in rows)
    return Spend(sum((Decimal(row["cost"]) for row in rows), Decimal(0)), made)


def move_file(connection: sqlite3.Connection, number: int, file: str, trashed_at: datetime | None) -> None:
    """Record a picture's new path and whether it's in the trash."""
    moment = None if trashed_at is None else to_ms(trashed_at)
    connection.execute("UPDATE pictures SET file = ?, trashed_ms = ? WHERE id = ?", (file, moment, number))


def set_state(connection: sqlite3.Connection, numbers: Sequence[int], state: FileState) -> None:
    """Record the state of pictures' files."""
    connection.executemany(
        "UPDATE pictures SET file_state = ? WHERE id = ?", [(state.value, number) for number in numbers]
    )


def renew(
    connection: sqlite3.Connection, number: int, stamp: Stamp, state: FileState, info: PictureInfo | None = None
) -> None:
    """Record a picture's changed file. info: None if it can't be read."""
    connection.execute(
        "UPDATE pictures SET bytes = ?, changed_ns = ?, file_state = ? WHERE id = ?", (*stamp, state.value, number)
    )
    if info is not None:
        connection.execute(
            "UPDATE pictures SET width = ?, height = ?, format = ? WHERE id = ?", (*info.size, info.format, number)
        )


def follow(connection: sqlite3.Connection, number: int, file: str, trashed_at: datetime | None, stamp: Stamp) -> None:
    """Record where a picture's file is now, after it was lost."""
    move_file(connection, number, file, trashed_at)
    renew(connection, number, stamp, FileState.OK)


def trash_size(connection: sqlite3.Connection) -> tuple[int, int]:
    """Return (number of pictures in the trash, their size in bytes)."""
    row = connection.execute(
        "SELECT COUNT(*) AS held, COALESCE(SUM(bytes), 0) AS size FROM pictures WHERE trashed_ms IS NOT NULL"
    ).fetchone()
    return row["held"], row["size"]


def delete_pictures(connection: sqlite3.Connection, numbers: Sequence[int]) -> None:
    """Delete the rows of permanently removed pictures; their payments are kept."""
    for number in numbers:
        save_collection_names(connection, number)
        unindex_picture(connection, number)
        connection.execute("DELETE FROM pictures WHERE id = ?", (number,))


def _summary(row: sqlite3.Row, files: Files, specs: StoredSpecs) -> PictureSummary:
    return PictureSummary(
        row["id"],
        files.absolute(row["file"]),
        row["endpoint"],
        specs.models.find(row["endpoint"]) or specs.find(row["endpoint"], spec_in(row["recipe"])),
        row["prompt"],
        (row["width"], row["height"]),
        bool(row["favourite"]),
        bool(row["demo"]),
        row["rating"],
        row["label"],
        findings_in(row["recipe"]),
        FileState(row["file_state"]),
        file_stamp(row["job_id"], row["position"], row["bytes"]),
        row["import_name"] or "",
        bool(row["plain"]),
    )
