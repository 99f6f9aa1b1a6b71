"""A journal of what the user said of pictures, beside the database: one line a change, the last one counts.

The pictures' files stay as they are; a library that is rebuilt from them reads here what they do not say.
"""

from __future__ import annotations

import json
import os
import threading
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from imagineart_desktop.library.files import write_whole
from imagineart_desktop.library.marks import MOST_RATING, Label, Marks

_MOST_LINES = 50_000
"""From here on the journal is written anew with the last line of each picture."""


@dataclass(frozen=True, slots=True)
class Noted:
    """job_id, position: which picture; collections: their names, from the outermost."""

    job_id: str
    position: int
    marks: Marks
    collections: tuple[tuple[str, ...], ...]

    def line(self) -> str:
        """As JSON."""
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
class Lists:
    """collections: their names, from the outermost; searches: name and text of those that were saved."""

    collections: tuple[tuple[str, ...], ...] = ()
    searches: tuple[tuple[str, str], ...] = ()


class Journal:
    """Two files: a line a change of pictures, and collections and searches as a whole. One thread at a time writes."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lists = path.with_name(f"{path.stem}-lists.json")
        self._turn = threading.Lock()

    def note(self, noted: Sequence[Noted]) -> None:
        """Adds lines, synced. Raises OSError."""
        with self._turn:
            descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
            with os.fdopen(descriptor, "a", encoding="utf-8") as file:
                file.writelines(f"{entry.line()}\n" for entry in noted)
                file.flush()
                os.fsync(file.fileno())

    def write_anew(self, noted: Sequence[Noted]) -> None:
        """Forgets every line before these. Raises OSError."""
        with self._turn:
            self._write(noted)

    def note_lists(self, lists: Lists) -> None:
        """Writes them anew. Raises OSError."""
        row = {"collections": lists.collections, "searches": lists.searches}
        with self._turn:
            write_whole(self._lists, json.dumps(row, ensure_ascii=False, indent=1).encode())

    def read_lists(self) -> Lists:
        """Those that were noted last; none where they cannot be read."""
        try:
            row = json.loads(self._lists.read_text("utf-8"))
            collections = tuple(tuple(str(name) for name in path)[:2] for path in row["collections"])
            searches = tuple((str(name), str(query)) for name, query in row["searches"])
        except (OSError, ValueError, KeyError, TypeError):
            return Lists()
        return Lists(tuple(path for path in collections if path), searches)

    def read(self) -> list[Noted]:
        """The last of what was noted of each picture; what cannot be read is left out."""
        with self._turn:
            try:
                lines = self._path.read_text("utf-8", errors="replace").split("\n")
            except FileNotFoundError:
                return []
            last: dict[tuple[str, int], Noted] = {}
            for line in lines:
                noted = _read(line)
                if noted is not None:
                    last[noted.job_id, noted.position] = noted
            if len(lines) > _MOST_LINES:
                self._write(list(last.values()))
            return list(last.values())

    def _write(self, noted: Sequence[Noted]) -> None:
        write_whole(self._path, "".join(f"{entry.line()}\n" for entry in noted).encode())


def _read(line: str) -> Noted | None:
    try:
        row: dict[str, Any] = json.loads(line)
        marks = Marks(
            min(max(int(row["rating"]), 0), MOST_RATING),
            Label(row["label"]),
            str(row["note"]),
            bool(row["favourite"]),
            tuple(str(tag) for tag in row["tags"]),
        )
        collections = tuple(tuple(str(name) for name in path)[:2] for path in row["collections"])
        return Noted(str(row["job"]), int(row["position"]), marks, collections)
    except (ValueError, KeyError, TypeError):
        return None
