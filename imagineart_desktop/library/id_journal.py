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
from pathlib import Path
from typing import NamedTuple

from imagineart_desktop.library.files import write_whole
from imagineart_desktop.library.lines import append_lines, is_damaged, read_lines

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


class Unnoted(NamedTuple):
    """Images that the journal may lack. edition: of the journal when they were read."""

    images: Sequence[Noted]
    edition: int


class IdJournal:
    """One thread at a time writes.

    The first addition compares the journal with the database, since an older database may have been put back, whose
    next ids are ones that the journal has already. From then on ids rise, so the highest one says what is new.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._last: int | None = None
        """The highest id of the database that is noted; None before the comparison."""
        self.highest = 0
        """The highest id that any image had, as the first addition found it."""
        self._edition = 0
        """How often the journal was written again."""

    def unnoted(self, connection: sqlite3.Connection) -> Unnoted:
        """Return the images since the last addition. Waits for no file."""
        edition = self._edition
        return Unnoted(_images(connection, self._last or 0), edition)

    def add(self, new: Unnoted) -> None:
        """Add what `unnoted` returned. What cannot be written now is added the next time."""
        with self._lock:
            if new.edition != self._edition:
                # Written again meanwhile, with these images as they are now.
                return
            try:
                images = self._lacking(new.images)
                if images:
                    append_lines(self.path, map(_line, images))
            except OSError:
                _LOG.warning("ids not noted", exc_info=True)
                return
            last = new.images[-1].picture_id if new.images else 0
            self._last = max(self._last or 0, last)

    def read(self) -> Ids:
        """Return what the journal says; lines that cannot be read are left out. Raises OSError."""
        with self._lock:
            return self._read()

    def needs_repair(self) -> bool:
        """Whether the journal is missing, or a line of it cannot be read. Raises OSError."""
        return not self.path.is_file() or is_damaged(self.path, lambda line: _parsed(line) is not None)

    def rewrite(self, connection: sqlite3.Connection) -> None:
        """Write the journal again from the rows. Raises OSError."""
        with self._lock:
            images = _images(connection, 0)
            write_whole(self.path, "".join(f"{_line(image)}\n" for image in images).encode())
            self._last = images[-1].picture_id if images else 0
            self._edition += 1

    def _lacking(self, images: Sequence[Noted]) -> list[Noted]:
        """Return those that the journal lacks. Raises OSError."""
        if self._last is not None:
            return [image for image in images if image.picture_id > self._last]
        known = self._read()
        self.highest = max(known.values(), default=0)
        return [image for image in images if known.get((image.job_id, image.position)) != image.picture_id]

    def _read(self) -> Ids:
        """Read the lines; a later one takes the id from the image of an earlier one. Raises OSError."""
        ids: Ids = {}
        holders: dict[int, tuple[str, int]] = {}
        for line in read_lines(self.path):
            if (found := _parsed(line)) is None:
                continue
            image = (found.job_id, found.position)
            holder = holders.get(found.picture_id, image)
            if holder != image and ids.get(holder) == found.picture_id:
                del ids[holder]
            ids[image], holders[found.picture_id] = found.picture_id, image
        return ids


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
