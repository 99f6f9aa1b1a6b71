"""What the user keeps of prompts, in a file next to the database: it survives a lost database.

Anyone may edit the file. Entries that can't be read are left out, one by one, and a copy of such a file is set aside
before it's written again.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import copy_damaged

MAX_TEXT = 100_000
"""Characters of a prompt that is kept."""

_MAX_BYTES = 1 << 26
_Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
_TEXT: TypeAdapter[str] = TypeAdapter(_Text)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SavedPrompts:
    """What the user keeps. favorites: prompts, in the order in which they were added."""

    favorites: tuple[str, ...] = ()

    def with_favorites(self, texts: Iterable[str]) -> SavedPrompts:
        """Return the same with these favorites added."""
        return SavedPrompts(tuple(dict.fromkeys((*self.favorites, *texts))))

    def without_favorite(self, text: str) -> SavedPrompts:
        """Return the same without a favorite."""
        return SavedPrompts(tuple(one for one in self.favorites if one != text))


class _File(BaseModel):
    """The file's content, not validated as a whole, so that one damaged entry doesn't affect the others."""

    favorites: list[Any] = []


def read_saved_prompts(path: Path) -> tuple[SavedPrompts, bool]:
    """Return (what can be read, whether that is everything in the file). Raises OSError, but not for a missing file."""
    try:
        if path.stat().st_size > _MAX_BYTES:
            return SavedPrompts(), False
        row = _File.model_validate_json(path.read_bytes())
    except FileNotFoundError:
        return SavedPrompts(), True
    except ValidationError:
        return SavedPrompts(), False
    favorites = tuple(_valid(_TEXT, row.favorites))
    return SavedPrompts(favorites), len(favorites) == len(row.favorites)


def write_saved_prompts(path: Path, saved: SavedPrompts) -> None:
    """Write the file atomically. What can't be read of the present one is set aside. Raises OSError."""
    if path.is_file() and not read_saved_prompts(path)[1]:
        copy_damaged(path)
    row = {"favorites": saved.favorites}
    # Half a surrogate pair, which a clipboard may hold, can't be encoded.
    write_atomic(path, json.dumps(row, ensure_ascii=False, indent=1).encode("utf-8", "replace"))


def _valid(kind: TypeAdapter[T], entries: Sequence[object]) -> Iterator[T]:
    for entry in entries:
        with suppress(ValidationError):
            yield kind.validate_python(entry)
