"""What the user keeps of prompts, in a file next to the database: it survives a lost database.

Anyone may edit the file. Entries that can't be read are left out, one by one, and a copy of such a file is set aside
before it's written again.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from itertools import count
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, StringConstraints, TypeAdapter, ValidationError

from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import copy_damaged

MAX_TEXT = 100_000
"""Characters of a prompt that is kept."""

MAX_NAME = 100
"""Characters of the name of a template or a field."""

_MAX_BYTES = 1 << 26
_Text = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TEXT)]
_Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_NAME)]
_TEXT: TypeAdapter[str] = TypeAdapter(_Text)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Template:
    """A prompt with fields in double braces. values: field → what was entered for it, last entered first."""

    name: str
    text: str
    values: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


BUILT_IN = (
    Template(
        "Product photograph",
        "Product photograph of {{subject}}, soft studio light, seamless background, shallow depth of field",
    ),
    Template("Editorial portrait", "Editorial portrait of {{subject}}, natural window light, 85 mm, film grain"),
    Template("Flat illustration", "Flat vector illustration of {{subject}}, limited palette, generous negative space"),
    Template("Architecture", "Architectural view of {{subject}}, blue hour, long exposure, wide angle"),
    Template("Macro", "Macro photograph of {{subject}}, dew, backlight, creamy bokeh"),
    Template("Poster", "Poster for {{subject}}, bold typography, two colors, screen-print texture"),
)
"""The templates of a library in which none was changed."""


@dataclass(frozen=True, slots=True)
class SavedPrompts:
    """What the user keeps. favorites: prompts, in the order in which they were added."""

    favorites: tuple[str, ...] = ()
    templates: tuple[Template, ...] = BUILT_IN

    def with_favorites(self, texts: Iterable[str]) -> SavedPrompts:
        """Return the same with these favorites added."""
        return replace(self, favorites=tuple(dict.fromkeys((*self.favorites, *texts))))

    def without_favorite(self, text: str) -> SavedPrompts:
        """Return the same without a favorite."""
        return replace(self, favorites=tuple(one for one in self.favorites if one != text))

    def with_templates(self, added: Iterable[Template]) -> SavedPrompts:
        """Return the same with these templates in front, except those with a text that there is already.

        A name that is taken gets a number.
        """
        names = {one.name for one in self.templates}
        texts = {one.text for one in self.templates}
        new: list[Template] = []
        for template in added:
            if template.text not in texts:
                name = _free_name(template.name, names)
                new.append(replace(template, name=name))
                names.add(name)
                texts.add(template.text)
        return replace(self, templates=(*new, *self.templates))


class _File(BaseModel):
    """The file's content, not validated as a whole, so that one damaged entry doesn't affect the others."""

    favorites: list[Any] = []
    templates: list[Any] | None = None


class _TemplateEntry(BaseModel):
    name: _Name
    text: _Text
    values: dict[_Name, list[_Text]] = {}

    def template(self) -> Template:
        """Return the template."""
        return Template(self.name, self.text, {name: tuple(values) for name, values in self.values.items()})


_TEMPLATE = TypeAdapter(_TemplateEntry)


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
    is_whole = len(favorites) == len(row.favorites)
    if row.templates is None:
        return SavedPrompts(favorites), is_whole
    templates = tuple(entry.template() for entry in _valid(_TEMPLATE, row.templates))
    return SavedPrompts(favorites, templates), is_whole and len(templates) == len(row.templates)


def write_saved_prompts(path: Path, saved: SavedPrompts) -> None:
    """Write the file atomically. What can't be read of the present one is set aside. Raises OSError."""
    if path.is_file() and not read_saved_prompts(path)[1]:
        copy_damaged(path)
    row = {"favorites": saved.favorites} | _templates_row(saved.templates)
    write_atomic(path, _encoded(row))


def write_templates(path: Path, templates: Sequence[Template]) -> None:
    """Write templates to a file of the user's, which other libraries can read. Raises OSError."""
    bare = [replace(template, values={}) for template in templates]
    write_atomic(path, _encoded(_templates_row(bare)), private=False)


def _templates_row(templates: Sequence[Template]) -> dict[str, object]:
    return {"templates": [asdict(template) for template in templates]}


def _encoded(row: Mapping[str, object]) -> bytes:
    # Half a surrogate pair, which a clipboard may hold, can't be encoded.
    return json.dumps(row, ensure_ascii=False, indent=1).encode("utf-8", "replace")


def _free_name(name: str, taken: Collection[str]) -> str:
    names = (name if number == 1 else f"{name} {number}" for number in count(1))
    return next(one for one in names if one not in taken)


def _valid(kind: TypeAdapter[T], entries: Sequence[object]) -> Iterator[T]:
    for entry in entries:
        with suppress(ValidationError):
            yield kind.validate_python(entry)
