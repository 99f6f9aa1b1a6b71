"""Data classes for what the library returns about its pictures."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from imagineart_desktop.imaging import Size
from imagineart_desktop.library.files.recipe import Recipe
from imagineart_desktop.library.store.marks import Marks
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.models.bill import Bill
from imagineart_desktop.support.messages import Message


class FileState(StrEnum):
    """State of a picture's file at the last scan."""

    OK = ""
    MISSING = "missing"
    DAMAGED = "damaged"
    CHANGED = "changed"
    """By another program."""


@dataclass(frozen=True, slots=True)
class PictureSummary:
    """What a grid needs to show a picture. size: (width, height) in pixels; findings: see `Recipe`.

    model: as it's offered, or else as it was when the image was made; None if it's unknown. stamp: identifies the exact
    file, for derived data cached under the picture's id. imported_name: name of the imported file. is_plain_import:
    whether no program recorded how the image was made.
    """

    id: int
    path: Path
    endpoint: str
    model: ModelSpec | None
    prompt: str
    size: Size
    favourite: bool
    demo: bool
    rating: int = 0
    label: str = ""
    findings: tuple[Message, ...] = ()
    state: FileState = FileState.OK
    stamp: str = ""
    imported_name: str = ""
    is_plain_import: bool = False

    @property
    def model_label(self) -> str:
        """The label of the model, or its endpoint if it's unknown."""
        return self.endpoint if self.model is None else self.model.label

    @property
    def has_known_price(self) -> bool:
        """Whether what the image cost could be estimated; so it was if the model is unknown by now."""
        return self.model is None or self.model.price_rule.range is not None

    @property
    def title(self) -> str:
        """The prompt, or the file name of an image without one."""
        return self.prompt or self.imported_name or self.path.name


@dataclass(frozen=True, slots=True)
class PictureDetails:
    """Everything about a picture. children: ids of the pictures made from it.

    model_problem: a sentence if the model is unknown although its definition was stored; empty otherwise. bill: what
    the service charged; None if that isn't known, and for Demo.
    """

    summary: PictureSummary
    recipe: Recipe
    format: str
    bytes: int
    created_at: datetime
    trashed: bool
    marks: Marks
    parents: tuple[InputPicture, ...]
    children: tuple[int, ...]
    model_problem: str = ""
    bill: Bill | None = None


@dataclass(frozen=True, slots=True)
class InputPicture:
    """An input of another picture. path: the bytes that were sent; None if they're no longer stored."""

    role: str
    sha256: str
    path: Path | None
    picture_id: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """Numbers of images, for the gallery's sidebar.

    by_model: per endpoint, without the trash. last_import: images of the most recent import.
    """

    all: int
    favourites: int
    trash: int
    today: int
    last_import: int
    by_model: Mapping[str, int]


class SortOrder(StrEnum):
    """Sort order of pictures; ties are broken by time."""

    NEWEST = "newest"
    OLDEST = "oldest"
    BEST = "best rated"
    LARGEST = "largest"
    MOST_EXPENSIVE = "most costly"

    @property
    def is_descending(self) -> bool:
        """Whether the order is descending."""
        return self is not SortOrder.OLDEST


@dataclass(frozen=True, slots=True)
class Query:
    """A search. text: as typed, see `query_parser`; since: local midnight; collection: its id.

    last_import: only images of the last import. among: ids to choose from; None for all. also: ids that match whatever
    the text and the favorites filter ask for. by_collection: group by collection, if sorted by time.
    """

    text: str = ""
    endpoint: str | None = None
    favourite: bool = False
    trash: bool = False
    since: datetime | None = None
    last_import: bool = False
    collection: int | None = None
    among: tuple[int, ...] | None = None
    also: tuple[int, ...] = ()
    order: SortOrder = SortOrder.NEWEST
    group_by_collection: bool = False


GROUP_KEY_STRIDE = 10**13
"""Sort key offset per group, if pictures are grouped by collection: key = group index × this + time."""


@dataclass(frozen=True, slots=True)
class SearchResult:
    """Ids of the matching pictures in the query's order, and id → sort key: for times, milliseconds since 1970.

    problems: sentences about parts of the query's text that weren't understood; is_wider: whether any of these parts
    were left out, so that more images match; groups: group index → its collection.
    """

    numbers: list[int]
    keys: dict[int, int]
    problems: tuple[str, ...] = ()
    is_wider: bool = False
    groups: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spend:
    """US dollars spent, and the number of pictures they paid for."""

    amount: Decimal
    pictures: int


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """A change of the library. pictures: ids that changed; structure: whether any were added, removed or reordered.

    reset: whether any id may now mean another picture; redrawn: whether their files changed.
    """

    pictures: tuple[int, ...]
    reordered: bool
    reset: bool = False
    pixels_changed: bool = False
