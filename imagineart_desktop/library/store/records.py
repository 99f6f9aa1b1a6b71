"""What the library tells about its pictures."""

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


class FileState(StrEnum):
    """What was last found of a picture's file."""

    FINE = ""
    MISSING = "missing"
    DAMAGED = "damaged"
    CHANGED = "changed"
    """By another program."""


@dataclass(frozen=True, slots=True)
class PictureSummary:
    """What a grid needs of a picture. size: (width, height) in pixels; findings: see `Recipe`.

    stamp: stands for the very file, for what is made of it and kept under the picture's number. imported_name: name of
    the file that was imported. is_plain_import: no program wrote how the image was made.
    """

    id: int
    path: Path
    endpoint: str
    prompt: str
    size: Size
    favourite: bool
    demo: bool
    rating: int = 0
    label: str = ""
    findings: tuple[str, ...] = ()
    state: FileState = FileState.FINE
    stamp: str = ""
    imported_name: str = ""
    is_plain_import: bool = False

    @property
    def title(self) -> str:
        """The prompt; for an image without one, the name of its file."""
        return self.prompt or self.imported_name or self.path.name


@dataclass(frozen=True, slots=True)
class PictureDetails:
    """Everything about a picture. children: numbers of the pictures that were made from it."""

    summary: PictureSummary
    recipe: Recipe
    format: str
    bytes: int
    created_at: datetime
    trashed: bool
    marks: Marks
    parents: tuple[ParentPicture, ...]
    children: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ParentPicture:
    """A picture that another was made from. path: the bytes that were sent; None when they are gone."""

    role: str
    sha256: str
    path: Path | None
    picture_id: int | None


@dataclass(frozen=True, slots=True)
class Counts:
    """How many images there are, for the gallery's sidebar. by_model: without the trash, per endpoint.

    last_import: those of the import that added images last.
    """

    all: int
    favourites: int
    trash: int
    today: int
    last_import: int
    by_model: Mapping[str, int]


class Order(StrEnum):
    """How pictures are sorted; those that are alike by time."""

    NEWEST = "newest"
    OLDEST = "oldest"
    BEST = "best rated"
    LARGEST = "largest"
    DEAREST = "most costly"

    @property
    def falls(self) -> bool:
        """Return whether the largest value comes first."""
        return self is not Order.OLDEST


@dataclass(frozen=True, slots=True)
class Query:
    """Which pictures. text: as it is typed, see `asking`; since: local midnight; collection: its number.

    last_import: only what the last import added. among: numbers to choose from; None for all. by_collection: one
    collection after the other, where sorted by time.
    """

    text: str = ""
    endpoint: str | None = None
    favourite: bool = False
    trash: bool = False
    since: datetime | None = None
    last_import: bool = False
    collection: int | None = None
    among: tuple[int, ...] | None = None
    order: Order = Order.NEWEST
    by_collection: bool = False


GROUP_SPAN = 10**13
"""Where pictures come one collection after the other, the group's number times this stands before the time."""


@dataclass(frozen=True, slots=True)
class Found:
    """Numbers of pictures in the query's order, and number → what it is sorted by: times in milliseconds since 1970.

    problems: sentences on what of the query's text was not understood; groups: a group's number → its collection.
    """

    numbers: list[int]
    keys: dict[int, int]
    problems: tuple[str, ...] = ()
    groups: Mapping[int, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Spend:
    """US dollars spent and how many pictures that were."""

    amount: Decimal
    pictures: int


@dataclass(frozen=True, slots=True)
class LibraryChange:
    """What became different: numbers of the pictures. structure: whether some came, went or changed their order.

    anew: whether all numbers may mean other pictures than before; redrawn: whether their files are other ones.
    """

    pictures: tuple[int, ...]
    structure: bool
    anew: bool = False
    redrawn: bool = False
