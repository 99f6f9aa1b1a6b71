"""A journal of the images' ids, beside the database: one line per image.

Recipes, exported file names and the user's scripts name images by id, so a database that is made from the files gives
each image the id that it had.
"""

from __future__ import annotations

import json
import logging
import sqlite3
import threading
from pathlib import Path

from imagineart_desktop.library.files import write_whole
from imagineart_desktop.library.lines import append_lines, is_damaged, read_lines

_LOG = logging.getLogger(__name__)
_MAX_ID = 2**53
"""Larger ids are no counts of images."""

Ids = dict[tuple[str, int], int]
"""An image's job and position → its id."""


class IdJournal:
    """One thread at a time writes. Ids rise, so the highest one that is noted says what is new."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock = threading.Lock()
        self._last: int | None = None

    def note_new(self, connection: sqlite3.Connection) -> None:
        """Add the images since the last time. What cannot be written now is added the next time."""
        with self._lock:
            try:
                if self._last is None:
                    self._last = max(self._read().values(), default=0)
                rows = _rows(connection, self._last)
                if rows:
                    append_lines(self.path, map(_line, rows))
                    self._last = int(rows[-1]["id"])
            except OSError:
                _LOG.warning("ids not noted", exc_info=True)

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
            rows = _rows(connection, 0)
            write_whole(self.path, "".join(f"{_line(row)}\n" for row in rows).encode())
            self._last = int(rows[-1]["id"]) if rows else 0

    def _read(self) -> Ids:
        return dict(found for line in read_lines(self.path) if (found := _parsed(line)) is not None)


def _rows(connection: sqlite3.Connection, after: int) -> list[sqlite3.Row]:
    return connection.execute("SELECT id, job_id, position FROM pictures WHERE id > ? ORDER BY id", (after,)).fetchall()


def _line(row: sqlite3.Row) -> str:
    return json.dumps([row["id"], row["job_id"], row["position"]], ensure_ascii=False)


def _parsed(line: bytes) -> tuple[tuple[str, int], int] | None:
    try:
        picture_id, job_id, position = json.loads(line)
    except (ValueError, TypeError, RecursionError):
        return None
    sound = isinstance(job_id, str) and type(picture_id) is int and type(position) is int
    return ((job_id, position), picture_id) if sound and 0 < picture_id < _MAX_ID else None
