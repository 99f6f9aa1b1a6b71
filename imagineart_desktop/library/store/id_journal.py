"""Journal of picture ids, next to the database: one line per image.

Recipes, exported file names and the user's scripts refer to images by id, so a database rebuilt from the files
gives each image its previous id.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple

from imagineart_desktop.library.files.files import write_atomic
from imagineart_desktop.library.store.json_lines import append_lines, is_damaged, read_lines
from imagineart_desktop.library.store.pictures import new_picture_id

_LOG = logging.getLogger(__name__)
_MAX_ID = 2**53
"""Larger ids can't be real."""

Ids = dict[tuple[str, int], int]
"""(job id, position) of an image → its picture id."""


class Noted(NamedTuple):
    """One line of the journal."""

    picture_id: int
    job_id: str
    position: int


@dataclass(slots=True)
class JournalContent:
    """Content of the journal; a later line takes the id away from the image of an earlier one.

    doubtful: images with different ids on two lines. is_spoiled: whether two lines contradict each other. An image
    that is permanently deleted and imported again gets a new id, which must be higher and must not belong to
    another image; any other change of an id is a contradiction.
    """

    ids: Ids = field(default_factory=dict)
    doubtful: set[tuple[str, int]] = field(default_factory=set)
    is_contradictory: bool = False
    _holders: dict[int, tuple[str, int]] = field(default_factory=dict)

    def add(self, line: bytes) -> bool:
        """Process a line. Returns whether it could be parsed."""
        if (found := _parsed(line)) is None:
            return False
        image = (found.job_id, found.position)
        before = self.ids.get(image, found.picture_id)
        if before != found.picture_id:
            self.doubtful.add(image)
            self.is_contradictory |= before > found.picture_id
        holder = self._holders.get(found.picture_id, image)
        if holder != image and self.ids.get(holder) == found.picture_id:
            del self.ids[holder]
            self.doubtful |= {holder, image}
            self.is_contradictory = True
        self.ids[image], self._holders[found.picture_id] = found.picture_id, image
        return True

    def corrected_by(self, rows: Ids) -> JournalContent:
        """Return a copy corrected by the database's ids, which take precedence."""
        taken = set(rows.values())
        left = {image: one for image, one in self.ids.items() if image not in rows and one not in taken}
        return JournalContent(left | rows, self.doubtful - rows.keys())

    def disagrees_with(self, images: Sequence[Noted]) -> bool:
        """Return whether an image has a different id in the database."""
        return any(self.ids.get((one.job_id, one.position), one.picture_id) != one.picture_id for one in images)


class PendingEntries(NamedTuple):
    """Images that the journal may lack.

    is_older: the database assigns ids that the journal already has, so an older copy was put back, and all of its
    images are listed here; edition: of the journal when they were read.
    """

    images: Sequence[Noted]
    is_older: bool
    edition: int


class IdJournal:
    """The journal file. One thread writes at a time. Ids increase, so the highest one tells what is new.

    An older database that was put back assigns lower ids. It's then compared image by image, and must skip all ids
    in the journal: recipes and scripts refer to other images by them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._last: int | None = None
        """Highest id in the journal; None until it's read."""
        self._edition = 0
        """How often the journal was rewritten."""

    @property
    def last(self) -> int:
        """The highest id in the journal. Call `load` first."""
        return self._last or 0

    def load(self) -> bool:
        """Read the journal on the first call. Returns False if it can't be read now."""
        with self._lock:
            if self._last is None:
                try:
                    self._last = max(self._read().ids.values(), default=0)
                except OSError:
                    _LOG.warning("ids not read", exc_info=True)
        return self._last is not None

    def pending(self, connection: sqlite3.Connection) -> PendingEntries:
        """Return the images added since the last `add`. Doesn't access the file. Call `load` first."""
        edition, last = self._edition, self.last
        is_older = last >= new_picture_id(connection)
        return PendingEntries(_images(connection, 0 if is_older else last), is_older, edition)

    def add(self, new: PendingEntries) -> bool:
        """Append what `pending` returned. Returns False if it can't be written now; the next call appends it."""
        with self._lock:
            if new.edition != self._edition:
                # The journal was rewritten meanwhile and has these images in their current state.
                return False
            try:
                images = self._lacking(new)
                if images:
                    append_lines(self.path, map(_line, images))
            except OSError:
                _LOG.warning("ids not noted", exc_info=True)
                return False
            if images:
                self._last = max(self.last, images[-1].picture_id)
            return True

    def read(self) -> JournalContent:
        """Return the journal's content, skipping lines that can't be parsed. Raises OSError."""
        with self._lock:
            return self._read()

    def needs_repair(self) -> bool:
        """Return whether the journal is missing, has an unreadable line, or contradicts itself. Raises OSError."""
        reading = JournalContent()
        return not self.path.is_file() or is_damaged(self.path, reading.add) or bool(reading.doubtful)

    def is_wrong(self, connection: sqlite3.Connection) -> bool:
        """Return whether a line is unreadable, can't be true, or disagrees with the rows. Raises OSError."""
        reading = JournalContent()
        damaged = is_damaged(self.path, reading.add)
        return damaged or reading.is_contradictory or reading.disagrees_with(_images(connection, 0))

    def rewrite(self, connection: sqlite3.Connection) -> None:
        """Rewrite the journal from the rows, keeping its entries for images without a row. Raises OSError."""
        with self._lock:
            rows = {(one.job_id, one.position): one.picture_id for one in _images(connection, 0)}
            ids = self._read().corrected_by(rows).ids
            images = sorted(Noted(picture_id, *image) for image, picture_id in ids.items())
            write_atomic(self.path, "".join(f"{_line(image)}\n" for image in images).encode())
            self._last = images[-1].picture_id if images else 0
            self._edition += 1

    def _lacking(self, new: PendingEntries) -> list[Noted]:
        """Return the images that the journal lacks. Raises OSError."""
        if not new.is_older:
            return [image for image in new.images if image.picture_id > self.last]
        known = self._read().ids
        return [image for image in new.images if known.get((image.job_id, image.position)) != image.picture_id]

    def _read(self) -> JournalContent:
        """Read and check all lines. Raises OSError."""
        reading = JournalContent()
        for line in read_lines(self.path):
            reading.add(line)
        return reading


def _images(connection: sqlite3.Connection, after: int) -> list[Noted]:
    sql = "SELECT id, job_id, position FROM pictures WHERE id > ? ORDER BY id"
    return [Noted(*row) for row in connection.execute(sql, (after,))]


def _line(image: Noted) -> str:
    return json.dumps(image, ensure_ascii=False)


def _parsed(line: bytes) -> Noted | None:
    try:
        picture_id, job_id, position = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return None
    sound = isinstance(job_id, str) and type(picture_id) is int and type(position) is int
    return Noted(picture_id, job_id, position) if sound and 0 < picture_id < _MAX_ID else None
