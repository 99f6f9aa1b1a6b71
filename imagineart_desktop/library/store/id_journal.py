"""A journal of the images' ids, beside the database: one line per image.

Recipes, exported file names and the user's scripts name images by id, so a database that is made from the files gives
each image the id that it had.
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

from imagineart_desktop.library.files.files import write_whole
from imagineart_desktop.library.store.json_lines import append_lines, is_damaged, read_lines
from imagineart_desktop.library.store.pictures import new_number

_LOG = logging.getLogger(__name__)
_MAX_ID = 2**53
"""Larger ids are no counts of images."""

Ids = dict[tuple[str, int], int]
"""An image's job and position → its id."""


class Noted(NamedTuple):
    """One image, as the journal has it."""

    picture_id: int
    job_id: str
    position: int


@dataclass(slots=True)
class Reading:
    """What lines of the journal say; a later line takes the id from the image of an earlier one.

    doubtful: images with different ids on two lines. is_spoiled: whether two lines contradict each other. An image that
    is deleted for good and imported again gets a new id, which must be higher and must belong to no other image; any
    other change of an id is a contradiction.
    """

    ids: Ids = field(default_factory=dict)
    doubtful: set[tuple[str, int]] = field(default_factory=set)
    is_spoiled: bool = False
    _holders: dict[int, tuple[str, int]] = field(default_factory=dict)

    def add(self, line: bytes) -> bool:
        """Take in a line. Returns whether it can be read."""
        if (found := _parsed(line)) is None:
            return False
        image = (found.job_id, found.position)
        before = self.ids.get(image, found.picture_id)
        if before != found.picture_id:
            self.doubtful.add(image)
            self.is_spoiled |= before > found.picture_id
        holder = self._holders.get(found.picture_id, image)
        if holder != image and self.ids.get(holder) == found.picture_id:
            del self.ids[holder]
            self.doubtful |= {holder, image}
            self.is_spoiled = True
        self.ids[image], self._holders[found.picture_id] = found.picture_id, image
        return True

    def corrected_by(self, rows: Ids) -> Reading:
        """Return the same with what a database says, which counts more."""
        taken = set(rows.values())
        left = {image: one for image, one in self.ids.items() if image not in rows and one not in taken}
        return Reading(left | rows, self.doubtful - rows.keys())

    def disagrees_with(self, images: Sequence[Noted]) -> bool:
        """Whether an image has another id in the database."""
        return any(self.ids.get((one.job_id, one.position), one.picture_id) != one.picture_id for one in images)


class Unnoted(NamedTuple):
    """Images that the journal may lack.

    is_older: the database gives ids that the journal has already, so it was put back and all of its images are here;
    edition: of the journal when they were read.
    """

    images: Sequence[Noted]
    is_older: bool
    edition: int


class IdJournal:
    """One thread at a time writes. Ids rise, so the highest one says what is new.

    An older database that was put back gives ids below that. It is compared image by image, and must then pass over all
    ids that the journal has: recipes and scripts know other images by them.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._last: int | None = None
        """The highest id of the journal; None before it was read."""
        self._edition = 0
        """How often the journal was written again."""

    @property
    def last(self) -> int:
        """The highest id that the journal has. `load` first."""
        return self._last or 0

    def load(self) -> bool:
        """Read the journal, the first time. Returns False where it cannot be read now."""
        with self._lock:
            if self._last is None:
                try:
                    self._last = max(self._read().ids.values(), default=0)
                except OSError:
                    _LOG.warning("ids not read", exc_info=True)
        return self._last is not None

    def unnoted(self, connection: sqlite3.Connection) -> Unnoted:
        """Return the images since the last addition. Waits for no file. `load` first."""
        edition, last = self._edition, self.last
        is_older = last >= new_number(connection)
        return Unnoted(_images(connection, 0 if is_older else last), is_older, edition)

    def add(self, new: Unnoted) -> bool:
        """Add what `unnoted` returned. Returns False where it cannot be written now; it is added the next time."""
        with self._lock:
            if new.edition != self._edition:
                # Written again meanwhile, with these images as they are now.
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

    def read(self) -> Reading:
        """Return what the journal says; lines that cannot be read are left out. Raises OSError."""
        with self._lock:
            return self._read()

    def needs_repair(self) -> bool:
        """Whether the journal is missing, a line of it cannot be read, or two contradict each other. Raises OSError."""
        reading = Reading()
        return not self.path.is_file() or is_damaged(self.path, reading.add) or bool(reading.doubtful)

    def is_wrong(self, connection: sqlite3.Connection) -> bool:
        """Whether a line cannot be read or cannot be true, or disagrees with the rows. Raises OSError."""
        reading = Reading()
        damaged = is_damaged(self.path, reading.add)
        return damaged or reading.is_spoiled or reading.disagrees_with(_images(connection, 0))

    def rewrite(self, connection: sqlite3.Connection) -> None:
        """Write the journal again from the rows, and from what it says of images that have none. Raises OSError."""
        with self._lock:
            rows = {(one.job_id, one.position): one.picture_id for one in _images(connection, 0)}
            ids = self._read().corrected_by(rows).ids
            images = sorted(Noted(picture_id, *image) for image, picture_id in ids.items())
            write_whole(self.path, "".join(f"{_line(image)}\n" for image in images).encode())
            self._last = images[-1].picture_id if images else 0
            self._edition += 1

    def _lacking(self, new: Unnoted) -> list[Noted]:
        """Return those that the journal lacks. Raises OSError."""
        if not new.is_older:
            return [image for image in new.images if image.picture_id > self.last]
        known = self._read().ids
        return [image for image in new.images if known.get((image.job_id, image.position)) != image.picture_id]

    def _read(self) -> Reading:
        """Raises OSError."""
        reading = Reading()
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
