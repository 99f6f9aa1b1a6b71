"""Check for whether the database in a library folder is the one that was last in use there.

The user may have put back an older copy, or copied or moved the whole folder; its jobs may then have been sent from
elsewhere. So the database has an identity and counts how often it was opened, and a small file next to it records
the same. Both must agree, and the file must be the very one written for this database, recognized by its place on
the disk.
"""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from functools import partial
from pathlib import Path

from imagineart_desktop.library.files.files import Files, write_atomic
from imagineart_desktop.library.store.batches import merge_batches
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.job_journal import merge_steps, record_all
from imagineart_desktop.library.store.notices import Notices
from imagineart_desktop.library.store.off_thread import OffThread

_COARSE_NS, _COARSEST_NS = 10**7, 2 * 10**9
"""Some file systems store change times with a resolution of 10 ms or of 2 s."""

_MAX_BYTES = 1000


async def begin_generation(files: Files, database: Database, off_thread: OffThread, notices: Notices) -> None:
    """Start the library's next generation, and update its jobs from the journal.

    Requests that another copy of the library may have sent become questions to the user, reported in `notices`.
    Raises LibraryError, OSError.
    """
    said = await database.write(partial(_begin, files=files, notices=notices))
    mark = await off_thread(partial(_write_mark, files.generation, said))
    await database.write(partial(_finish, mark=mark))


def mark_untrusted(connection: sqlite3.Connection) -> None:
    """Mark the database as not the last one in use here, so that its unsent requests become questions."""
    connection.execute("UPDATE identity SET mark = '?', opening = 0")


def is_current(connection: sqlite3.Connection, files: Files) -> bool:
    """Return whether this is the database that was last in use in this folder."""
    row = connection.execute("SELECT library, generation, opening, mark, moved_to FROM identity").fetchone()
    if row["moved_to"]:
        return False
    said = _read_mark(files.generation)
    if said is None:
        # A new library, one from an earlier version, or one whose very first start was interrupted.
        first = row["generation"] == 0 or (row["generation"] == 1 and row["opening"])
        return first and not row["mark"] and not files.generation.exists()
    library, generation = said
    if library != row["library"]:
        return False
    if row["opening"]:
        # The program stopped after updating the database, before or after it wrote the file.
        return generation in (row["generation"], row["generation"] - 1)
    return generation == row["generation"] and _same_mark(row["mark"], _file_identity(files.generation))


def transfer_identity(old: Path, new: Path) -> None:
    """Make the new folder's database the one in use, replacing the old folder's. Neither may be open.

    From now on the old one asks before it sends. If interrupted at any point, at most one of them is trusted, and
    calling it again resumes. If it fails, the old one stays in use. Raises OSError, sqlite3.Error.
    """
    there, here = Files(old), Files(new)
    with closing(connect_existing(there.database)) as left, closing(connect_existing(here.database)) as taken:
        row = left.execute("SELECT moved_to, library, generation FROM identity").fetchone()
        was_current = is_current(left, there) or row["moved_to"] == str(new)
        # Until the last step the new one must not be trusted, whatever it was copied from.
        _set(taken, moved_to=str(new))
        if was_current:
            mark = _write_mark(here.generation, (row["library"], row["generation"]))
        _set(left, moved_to=str(new))
        if was_current:
            _set(taken, mark=mark, opening=0, moved_to="")


def undo_transfer(old: Path, new: Path) -> None:
    """Undo a failed `transfer_identity`: the old folder's database stays in use. Raises OSError, sqlite3.Error.

    The new folder must be accessible: only without its generation file is it certain not to be trusted.
    """
    here, there = new / "generation.json", old / "library.sqlite"
    with closing(connect_existing(there)) as connection:
        if connection.execute("SELECT moved_to FROM identity").fetchone()[0] == str(new):
            here.unlink(missing_ok=True)
            _set(connection, moved_to="")


def connect_existing(path: Path) -> sqlite3.Connection:
    """Connect to an existing database; never creates one. Raises sqlite3.Error."""
    connection = sqlite3.connect(f"{path.resolve().as_uri()}?mode=rw", uri=True)
    connection.row_factory = sqlite3.Row
    return connection


def _set(connection: sqlite3.Connection, **values: object) -> None:
    changes = ", ".join(f"{name} = ?" for name in values)
    with connection:
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute(f"UPDATE identity SET {changes}", tuple(values.values()))  # noqa: S608 - names of this file


def _begin(connection: sqlite3.Connection, files: Files, notices: Notices) -> tuple[str, int]:
    first = connection.execute("SELECT generation FROM identity").fetchone()[0] == 0
    trusted = is_current(connection, files)
    merge_steps(connection, files.job_journal, notices, trusted=trusted)
    merge_batches(connection, files.batch_journal)
    if first and trusted:
        record_all(connection, files.job_journal)
    connection.execute("UPDATE identity SET generation = generation + 1, opening = 1, moved_to = ''")
    row = connection.execute("SELECT library, generation FROM identity").fetchone()
    return row["library"], row["generation"]


def _finish(connection: sqlite3.Connection, mark: str) -> None:
    connection.execute("UPDATE identity SET opening = 0, mark = ?", (mark,))


def _write_mark(path: Path, said: tuple[str, int]) -> str:
    library, generation = said
    write_atomic(path, json.dumps({"library": library, "generation": generation}).encode())
    return _file_identity(path)


def _read_mark(path: Path) -> tuple[str, int] | None:
    try:
        with path.open("rb") as file:
            said = json.loads(file.read(_MAX_BYTES))
        return str(said["library"]), int(said["generation"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def _file_identity(path: Path) -> str:
    """Return a file's inode and change time: a copy of it has another inode or a later time."""
    state = path.stat()
    return f"{state.st_ino} {state.st_ctime_ns}"


def _same_mark(one: str, other: str) -> bool:
    (inode, _, changed), (other_inode, _, other_changed) = one.partition(" "), other.partition(" ")
    if inode != other_inode or not changed or not other_changed:
        return False
    if changed == other_changed:
        return True
    return int(other_changed) % _COARSE_NS == 0 and abs(int(changed) - int(other_changed)) < _COARSEST_NS
