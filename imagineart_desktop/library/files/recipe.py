"""The recipe: everything that generated an image, stored so that the file alone describes it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, PlainSerializer, PlainValidator, ValidationError

from imagineart_desktop.imaging import USER_FORMATS, InpaintPlan, PictureError, UnreadablePictureError, open_checked
from imagineart_desktop.library.files.embedding import KEYWORD, xmp_text
from imagineart_desktop.library.files.files import is_sha256
from imagineart_desktop.support.messages import Message

RECIPE_VERSION = 1
"""Version of the recipes. A newer program increases it when an older one would misread what it writes."""

MAX_RECIPE = 1_000_000
"""Maximum length of a recipe read from a file, in characters."""

_MAX_INTEGER = 2**63
_MAX_COST = 10_000
_FIRST, _LAST = datetime(1900, 1, 1, tzinfo=UTC), datetime(9000, 1, 1, tzinfo=UTC)


def _as_finding(value: object) -> Message:
    if isinstance(value, Message):
        return value
    if isinstance(value, str):
        return Message.parse(value)
    raise ValueError("a finding is a text")


Finding = Annotated[Message, PlainValidator(_as_finding), PlainSerializer(Message.to_text, return_type=str)]
"""Stored as the text of the message, so that an earlier version can read the recipe as well."""


class Parent(BaseModel):
    """An input of an image. picture_id: its id if it's one of the library's own pictures."""

    model_config = ConfigDict(frozen=True, defer_build=True)

    role: str
    sha256: str
    picture_id: int | None = None


class Imported(BaseModel):
    """Origin of an imported image. sha256: of its file; name: of its file; program: empty if the image has no recipe.

    settings: name → value, as another program wrote them. added_at: time of the import, UTC. rejected: whether the
    file's rating marks the image as rejected.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    sha256: str
    name: str
    program: str = ""
    settings: dict[str, str] = {}
    added_at: datetime | None = None
    rejected: bool = False


class Recipe(BaseModel):
    """How an image was generated.

    request: the fields as requested, with images as `input:<sha256>`; cost: estimated US dollars. batch: id of the
    batch that the job belonged to. plan: for an
    inpaint, how it was sent and composited; spec: SHA-256 of the definition of its model, which the library stores;
    findings: problems noticed in the result, stored as texts. imported: set
    if the image wasn't generated here, and so cost nothing here.
    """

    model_config = ConfigDict(frozen=True, defer_build=True)

    version: int = RECIPE_VERSION
    endpoint: str
    request: dict[str, Any]
    seed: int | None = None
    parents: tuple[Parent, ...] = ()
    cost: Decimal
    billed_units: str | None = None
    request_id: str | None = None
    job_id: str
    position: int = 0
    batch: str | None = None
    demo: bool = False
    plan: InpaintPlan | None = None
    spec: str | None = None
    findings: tuple[Finding, ...] = ()
    imported: Imported | None = None
    created_at: datetime
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def prompt(self) -> str:
        """The prompt; empty if the model takes none."""
        return str(self.request.get("prompt", ""))


def read_recipe(path: Path) -> Recipe | None:
    """Return the recipe in the file next to an image, or embedded in it, or None. Nothing is trusted.

    The separate file takes precedence because it was written later: the library never modifies the bytes it
    imports. Raises UnreadablePictureError if the file can't be read now.
    """
    beside = parse_recipe(_beside(path))
    if beside is not None:
        return beside
    try:
        with open_checked(path, None, USER_FORMATS) as image:
            text = image.info.get(KEYWORD) or xmp_text(image.info.get("xmp"))
    except UnreadablePictureError as error:
        if not isinstance(error.__cause__, FileNotFoundError):
            raise
        return None
    except PictureError:
        return None
    return parse_recipe(text)


def parse_recipe(text: object) -> Recipe | None:
    """Parse a recipe; None if the text isn't one."""
    if not isinstance(text, str) or len(text) > MAX_RECIPE:
        return None
    try:
        return _storable(Recipe.model_validate_json(text))
    except (ValidationError, json.JSONDecodeError):
        return None


def _storable(recipe: Recipe) -> Recipe:
    """Replace values that no recipe of this program has and that the library can't store."""
    parents = tuple(
        parent if parent.picture_id is None or 0 <= parent.picture_id < _MAX_INTEGER else _without_id(parent)
        for parent in recipe.parents
    )
    moments = {
        name: min(max(moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC), _FIRST), _LAST)
        for name in ("created_at", "submitted_at", "started_at", "finished_at")
        if (moment := getattr(recipe, name)) is not None
    }
    return recipe.model_copy(
        update={
            "position": recipe.position if 0 <= recipe.position < _MAX_INTEGER else 0,
            "cost": recipe.cost if recipe.cost.is_finite() and 0 <= recipe.cost < _MAX_COST else Decimal(0),
            "parents": parents,
            "spec": recipe.spec if is_sha256(recipe.spec) else None,
            **moments,
        }
    )


def _without_id(parent: Parent) -> Parent:
    return parent.model_copy(update={"picture_id": None})


def sidecar_path(path: Path) -> Path:
    """Return the path of the separate recipe file of an image whose format can't embed one."""
    return path.with_suffix(f"{path.suffix}.json")


def _beside(path: Path) -> str | None:
    beside = sidecar_path(path)
    try:
        is_recipe = beside.is_file() and beside.stat().st_size <= 4 * MAX_RECIPE
        return beside.read_text("utf-8") if is_recipe else None
    except (OSError, UnicodeError):
        return None
