"""The recipe: everything that made a picture, so that the file alone tells it again."""

from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from imagineart_desktop.imaging import USER_FORMATS, InpaintPlan, PictureError, UnreadablePictureError, open_checked
from imagineart_desktop.library.files.embedding import KEYWORD, xmp_text

MAX_RECIPE = 1_000_000
"""Characters of a recipe that is read from a file."""


class Parent(BaseModel):
    """One picture that a picture was made from. picture_id: its number, where it is one of the library's own."""

    model_config = ConfigDict(frozen=True)

    role: str
    sha256: str
    picture_id: int | None = None


class Imported(BaseModel):
    """Of a picture that came from outside. sha256: of its file; name: the file's; program: empty for a plain picture.

    settings: name → value, as another program wrote them. added_at: when it was imported, UTC. rejected: the file's
    rating says that the image was sorted out.
    """

    model_config = ConfigDict(frozen=True)

    sha256: str
    name: str
    program: str = ""
    settings: dict[str, str] = {}
    added_at: datetime | None = None
    rejected: bool = False


class Recipe(BaseModel):
    """What made a picture. request: the fields as asked, pictures as `input:<sha256>`; cost: US dollars, estimated.

    plan: of an inpaint, how it was sent and put back; findings: what was odd about the result, in sentences.
    imported: of a picture that was not made here; nothing was spent here for it.
    """

    model_config = ConfigDict(frozen=True)

    version: int = 1
    endpoint: str
    request: dict[str, Any]
    seed: int | None = None
    parents: tuple[Parent, ...] = ()
    cost: Decimal
    billed_units: str | None = None
    request_id: str | None = None
    job_id: str
    position: int = 0
    demo: bool = False
    plan: InpaintPlan | None = None
    findings: tuple[str, ...] = ()
    imported: Imported | None = None
    created_at: datetime
    submitted_at: datetime | None = None
    started_at: datetime | None = None
    finished_at: datetime | None = None

    @property
    def prompt(self) -> str:
        """The prompt, empty where the model takes none."""
        return str(self.request.get("prompt", ""))


def read_recipe(path: Path) -> Recipe | None:
    """The recipe in the file beside a picture, or inside it, or None. Nothing is trusted.

    What lies beside was written later: the library leaves the bytes of what it imports alone. Raises
    UnreadablePictureError where the file cannot be read now.
    """
    beside = parsed_recipe(_beside(path))
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
    return parsed_recipe(text)


def parsed_recipe(text: object) -> Recipe | None:
    """The recipe that a text holds, or None."""
    if not isinstance(text, str) or len(text) > MAX_RECIPE:
        return None
    try:
        return Recipe.model_validate_json(text)
    except (ValidationError, json.JSONDecodeError):
        return None


def recipe_beside(path: Path) -> Path:
    """Return where the recipe of a picture lies whose format has no place for it."""
    return path.with_suffix(f"{path.suffix}.json")


def _beside(path: Path) -> str | None:
    beside = recipe_beside(path)
    try:
        is_recipe = beside.is_file() and beside.stat().st_size <= 4 * MAX_RECIPE
        return beside.read_text("utf-8") if is_recipe else None
    except (OSError, UnicodeError):
        return None
