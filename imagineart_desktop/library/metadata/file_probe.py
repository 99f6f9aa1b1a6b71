"""Probe for a file to be imported: its verified bytes, and the recipe it carries, ours or another program's."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from imagineart_desktop.imaging import (
    USER_FORMATS,
    PictureError,
    PictureInfo,
    load_picture,
    open_checked,
    probe_picture,
    read_file,
)
from imagineart_desktop.library.files.files import sha256_of
from imagineart_desktop.library.files.recipe import Imported, Recipe, read_recipe
from imagineart_desktop.library.metadata.foreign_metadata import LONGEST_PROMPT, ForeignRecipe, foreign_recipe, sanitize
from imagineart_desktop.library.metadata.photo_marks import PhotoMetadata, read_photo_marks

UNKNOWN_MODEL = "Imported"
"""Stands in for the model of an image whose model is unknown."""

_JOB = re.compile(r"[0-9a-f]{32}")
_SHA256 = re.compile(r"[0-9a-f]{64}")
_OLDEST = datetime(1990, 1, 1, tzinfo=UTC)
_MOST_NESTED = 200
_MOMENTS = ("submitted_at", "started_at", "finished_at")


@dataclass(frozen=True, slots=True)
class ProbedFile:
    """A probed image: its bytes, header info, SHA-256, the recipe to store with it, and the marks it carries."""

    data: bytes
    info: PictureInfo
    sha256: str
    recipe: Recipe
    marks: PhotoMetadata


def probe_file(path: Path, label: str | None = None) -> ProbedFile:
    """Read and decode a file and its metadata. label: what to call it in an error. Raises PictureError."""
    label = label or path.name
    info = probe_picture(path, name=label)
    try:
        data = read_file(path, label)
        changed = datetime.fromtimestamp(path.stat().st_mtime, UTC)
    except (OSError, OverflowError, ValueError) as error:
        raise PictureError(f"“{label}” cannot be read.") from error
    load_picture(data, name=label, at_least=64)
    sha256 = sha256_of(data)
    own = read_recipe(path)
    with open_checked(data, label, USER_FORMATS) as image:
        marks = read_photo_marks(image)
        foreign = foreign_recipe(image, data) if own is None else None
    if own is not None:
        return ProbedFile(data, info, sha256, _own(own, sha256, path.name, rejected=marks.rejected), marks)
    found = foreign or ForeignRecipe("")
    recipe = _of_foreign(found, sha256, path.name, marks.captured or changed, rejected=marks.rejected)
    return ProbedFile(data, info, sha256, recipe, marks)


def _own(recipe: Recipe, sha256: str, name: str, *, rejected: bool) -> Recipe:
    """Sanitize a recipe of ours from elsewhere. Its picture ids mean nothing here, and its texts are untrusted."""
    before = recipe.imported
    program = before.program if before else "ImagineArt Desktop"
    settings = before.settings if before else {}
    valid = _JOB.fullmatch(recipe.job_id) is not None and 0 <= recipe.position < 1000
    parents = [p for p in recipe.parents[:16] if _SHA256.fullmatch(p.sha256)]
    return recipe.model_copy(
        update={
            "endpoint": sanitize(recipe.endpoint, 120) or UNKNOWN_MODEL,
            "request": _plain(recipe.request, _MOST_NESTED),
            "parents": tuple(p.model_copy(update={"picture_id": None, "role": sanitize(p.role, 40)}) for p in parents),
            "cost": recipe.cost if recipe.cost.is_finite() and 0 <= recipe.cost < 10_000 else Decimal(0),
            "billed_units": sanitize(recipe.billed_units, 60) if recipe.billed_units else None,
            "request_id": sanitize(recipe.request_id, 120) if recipe.request_id else None,
            "job_id": recipe.job_id if valid else import_job_id(sha256),
            "position": recipe.position if valid else 0,
            "findings": tuple(finding.with_texts(sanitize) for finding in recipe.findings[:20]),
            "imported": Imported(
                sha256=sha256,
                name=sanitize(name, 120),
                program=sanitize(program, 40),
                settings={sanitize(key, 40): sanitize(value) for key, value in list(settings.items())[:40]},
                rejected=rejected,
            ),
            "created_at": _within(recipe.created_at),
            **{name: _within(moment) for name in _MOMENTS if (moment := getattr(recipe, name)) is not None},
        }
    )


def _of_foreign(foreign: ForeignRecipe, sha256: str, name: str, changed: datetime, *, rejected: bool) -> Recipe:
    request = {"prompt": foreign.prompt, "negative_prompt": foreign.negative}
    return Recipe(
        endpoint=foreign.model or foreign.program or UNKNOWN_MODEL,
        request={key: text for key, text in request.items() if text},
        seed=foreign.seed,
        cost=Decimal(0),
        job_id=import_job_id(sha256),
        imported=Imported(
            sha256=sha256,
            name=sanitize(name, 120),
            program=foreign.program,
            settings=foreign.settings,
            rejected=rejected,
        ),
        created_at=_within(changed),
    )


def import_job_id(sha256: str) -> str:
    """Return a stand-in job id for an image without a job here: the same for the same bytes."""
    return f"import-{sha256[:48]}"


def _within(moment: datetime) -> datetime:
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return min(max(aware, _OLDEST), datetime.now(UTC))


def _plain(value: Any, room: int) -> Any:
    """Return the value with sanitized texts, truncated to what can be displayed."""
    if isinstance(value, dict):
        some = list(value.items())[: min(room, 60)]
        return {sanitize(key, 60): _plain(held, room // 2) for key, held in some}
    if isinstance(value, list):
        return [_plain(held, room // 2) for held in value[: min(room, 60)]]
    if value is None or isinstance(value, bool | int | float):
        return value
    return sanitize(value, LONGEST_PROMPT)
