"""Journal of the user's annotations, next to the database: one line per change; the last one counts.

The image files aren't modified; a library rebuilt from them reads from here what they don't contain.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, TypeAdapter, ValidationError

from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import append_lines, is_damaged, read_lines
from imagineart_desktop.library.store.marks import MAX_NOTE_LENGTH, MAX_RATING, MAX_TAG_LENGTH, Label, Marks

_MAX_LINES = 50_000
"""Number of lines above which the journal is rewritten with only the last line of each picture."""

_MAX_BYTES = 1 << 24
"""Maximum size of the file with collections and searches."""

_Name = Annotated[str, StringConstraints(min_length=1, max_length=MAX_TAG_LENGTH)]
_Path = Annotated[tuple[_Name, ...], Field(min_length=1, max_length=2)]
_Text = Annotated[str, StringConstraints(max_length=MAX_NOTE_LENGTH)]
_PATH: TypeAdapter[tuple[str, ...]] = TypeAdapter(_Path)
_SEARCH: TypeAdapter[tuple[str, str]] = TypeAdapter(tuple[_Name, _Text])

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class AnnotationEntry:
    """One picture's annotations.

    job_id, position: identify the picture; collections: paths of names, outermost first.
    """

    job_id: str
    position: int
    marks: Marks
    collections: tuple[tuple[str, ...], ...]

    def line(self) -> str:
        """Return the entry as a JSON line."""
        marks = self.marks
        return json.dumps(
            {
                "job": self.job_id,
                "position": self.position,
                "rating": marks.rating,
                "label": marks.label.value,
                "note": marks.note,
                "favourite": marks.favourite,
                "tags": marks.tags,
                "collections": self.collections,
            },
            ensure_ascii=False,
        )


@dataclass(frozen=True, slots=True)
class CollectionsAndSearches:
    """All collections and saved searches.

    collections: paths of names, outermost first; searches: (name, query) of saved searches.
    """

    collections: tuple[tuple[str, ...], ...] = ()
    searches: tuple[tuple[str, str], ...] = ()


class AnnotationJournal:
    """The journal's two files. One thread writes at a time.

    One file has a line per annotation change; the other, all collections and searches as a whole.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.lists_path = path.with_name(f"{path.stem}-lists.json")
        self._turn = threading.Lock()

    def note(self, noted: Sequence[AnnotationEntry]) -> None:
        """Append lines and sync. Raises OSError."""
        with self._turn:
            append_lines(self.path, (entry.line() for entry in noted))

    def replace(self, noted: Sequence[AnnotationEntry]) -> None:
        """Replace all lines. Raises OSError."""
        with self._turn:
            self._write(noted)

    def write_lists(self, lists: CollectionsAndSearches) -> None:
        """Rewrite the collections and searches. Raises OSError."""
        row = {"collections": lists.collections, "searches": lists.searches}
        with self._turn:
            write_atomic(self.lists_path, json.dumps(row, ensure_ascii=False, indent=1).encode())

    def read_lists(self) -> CollectionsAndSearches:
        """Return the recorded collections and searches; empty if they can't be read."""
        try:
            if self.lists_path.stat().st_size > _MAX_BYTES:
                return CollectionsAndSearches()
            row = _ListsFile.model_validate_json(self.lists_path.read_bytes())
        except (OSError, ValidationError):
            return CollectionsAndSearches()
        return CollectionsAndSearches(tuple(_valid(_PATH, row.collections)), tuple(_valid(_SEARCH, row.searches)))

    def needs_repair(self) -> bool:
        """Return whether the lines are missing, or one is unreadable. Raises OSError."""
        return not self.path.is_file() or is_damaged(self.path, lambda line: _read(line) is not None)

    def lists_need_repair(self) -> bool:
        """Return whether the collections and searches are missing, or one is unreadable. Raises OSError."""
        if not self.lists_path.is_file() or self.lists_path.stat().st_size > _MAX_BYTES:
            return True
        try:
            row = _ListsFile.model_validate_json(self.lists_path.read_bytes())
        except ValidationError:
            return True
        lists = CollectionsAndSearches(tuple(_valid(_PATH, row.collections)), tuple(_valid(_SEARCH, row.searches)))
        return (len(lists.collections), len(lists.searches)) != (len(row.collections), len(row.searches))

    def read(self) -> list[AnnotationEntry]:
        """Return the last entry of each picture, skipping unreadable lines. Raises OSError."""
        with self._turn:
            last: dict[tuple[str, int], AnnotationEntry] = {}
            count = 0
            for count, line in enumerate(read_lines(self.path), start=1):  # noqa: B007 - how many there are
                noted = _read(line)
                if noted is not None:
                    last[noted.job_id, noted.position] = noted
            if count > _MAX_LINES:
                self._write(list(last.values()))
            return list(last.values())

    def _write(self, noted: Sequence[AnnotationEntry]) -> None:
        write_atomic(self.path, "".join(f"{entry.line()}\n" for entry in noted).encode())


class _ListsFile(BaseModel):
    """The file's content, not validated as a whole, so that one damaged entry doesn't affect the others."""

    collections: list[Any] = []
    searches: list[Any] = []


def _valid(kind: TypeAdapter[T], entries: Sequence[object]) -> Iterator[T]:
    for entry in entries:
        with suppress(ValidationError):
            yield kind.validate_python(entry)


class _Line(BaseModel):
    """A line of the file, which anyone may have edited."""

    model_config = ConfigDict(strict=True)

    job: _Text
    position: Annotated[int, Field(ge=0, lt=2**31)]
    rating: Annotated[int, Field(ge=0, le=MAX_RATING)]
    label: Annotated[Label, Field(strict=False)]
    note: _Text
    favourite: bool
    tags: tuple[_Name, ...]
    collections: tuple[_Path, ...]


def _read(line: bytes) -> AnnotationEntry | None:
    try:
        row = _Line.model_validate_json(line)
    except ValidationError:
        return None
    marks = Marks(row.rating, row.label, row.note, row.favourite, row.tags)
    return AnnotationEntry(row.job, row.position, marks, row.collections)
