"""What a batch is made of: one request, and what varies in it. Saved as a draft and as a recipe for `batch run`."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue, ValidationError

from imagineart_desktop.models import MAX_SEED, Task
from imagineart_desktop.support import UserError

MAX_ROWS = 10_000
"""Maximum number of requests of a batch."""
MAX_COUNT = 100
"""Maximum number of images that each row makes."""
MAX_RECIPE_BYTES = 4 * 2**20

_RECIPE_HEAD = 4096
"""Bytes in which a recipe says that it's one: it's written first."""

MODEL, IMAGES = "model", "images"
"""What can vary besides the fields of the model: the model itself, and the image that is changed."""

_SavedSeed = Annotated[int, Field(ge=0, le=MAX_SEED)]


class RecipeError(UserError):
    """A file isn't a batch recipe. The message is a sentence for the user."""


class _Saved(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class VariedField(_Saved):
    """A field with several values. name: of a field, `MODEL` or `IMAGES`. values: endpoints, or images as in a plan."""

    name: str
    values: tuple[JsonValue, ...] = Field(max_length=MAX_ROWS)


class BatchPlan(_Saved):
    """A batch before its requests are made.

    fields: of the model, without prompt, images and seed. picture_ids: SHA-256 of an image of the library that they
    refer to → its id. prompt: with alternatives and wildcards. images: of every
    request, in order: paths, http(s) addresses, or ``library:<id>``. vary: what has several values; the last varies
    first. count: how many images each combination makes; seed: of the first of them, None for a random one. sample: how
    many prompts are drawn at random, with this sample_seed; None for all. rows: a CSV or JSON Lines file with a request
    per row, in place of prompt and `vary`. skipped: rows that were switched off, from 1. max_cost: US dollars.
    """

    batch: Literal[1] = 1
    name: str = ""
    task: Task = Task.GENERATE
    model: str
    prompt: str = ""
    fields: dict[str, JsonValue] = {}
    picture_ids: dict[str, Annotated[int, Field(ge=0, lt=2**63)]] = {}
    images: tuple[str, ...] = ()
    vary: tuple[VariedField, ...] = ()
    count: int = Field(default=1, ge=1, le=MAX_COUNT)
    seed: _SavedSeed | None = None
    sample: int | None = Field(default=None, ge=1, le=MAX_ROWS)
    sample_seed: _SavedSeed = 1
    rows: str = ""
    skipped: frozenset[int] = frozenset()
    low_priority: bool = False
    max_cost: Decimal | None = Field(default=None, ge=0)

    def to_recipe(self) -> bytes:
        """Return the recipe's file."""
        saved = self.model_dump(mode="json", exclude_defaults=True)
        return json.dumps({"batch": self.batch, **saved}, ensure_ascii=False, indent=2).encode()


def is_recipe(path: Path) -> bool:
    """Return whether a file may be a recipe rather than one with a request per row. Raises OSError."""
    if path.suffix.lower() != ".json":
        return False
    with path.open("rb") as file:
        return b'"batch"' in file.read(_RECIPE_HEAD)


def read_recipe(path: Path) -> BatchPlan:
    """Read a recipe. Raises RecipeError, OSError."""
    with path.open("rb") as file:
        data = file.read(MAX_RECIPE_BYTES + 1)
    if len(data) > MAX_RECIPE_BYTES:
        raise RecipeError(f"“{path.name}” is larger than 4 MB. Export a smaller recipe.")
    try:
        return BatchPlan.model_validate_json(data)
    except ValidationError as error:
        first = error.errors(include_url=False, include_context=False)[0]
        place = ".".join(map(str, first["loc"])) or "the file"
        sentence = f"“{path.name}” isn’t a batch recipe: {place}: {first['msg']}. Save the batch as a recipe again."
        raise RecipeError(sentence) from None
