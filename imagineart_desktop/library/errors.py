"""What can be wrong with the library. The text of each error is a sentence for the user and what to do about it."""

from __future__ import annotations

import errno
import os
import sqlite3
from pathlib import Path


class LibraryError(Exception):
    """The library cannot do what was asked.

    problem: a sentence that says what is wrong; advice: the one thing to do, empty where the problem says it.
    """

    def __init__(self, problem: str, advice: str = "") -> None:
        super().__init__(f"{problem} {advice}".strip())
        self.problem = problem
        self.advice = advice


class DatabaseTooNewError(LibraryError):
    """The database was written by a newer version of the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The library in {path.parent} was used by a newer version of this program.",
            f"Update this program to open it. If it is up to date, move {path.name} out of that folder and start again:"
            " the library is rebuilt from its image files.",
        )


class LibraryReadOnlyError(LibraryError):
    """Something was to be changed in a library that was opened to be looked at."""

    def __init__(self) -> None:
        super().__init__("The library is open in another window. Here it can be looked at, but nothing can be changed.")


class LibraryInUseError(LibraryError):
    """Another program works in the library."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"The library in {root} is open in another window.", "Close that one first, or use another folder."
        )


class LibraryClosedError(LibraryError):
    """The library was closed while something was under way; it is finished or undone at the next start."""

    def __init__(self) -> None:
        super().__init__("The library was closed.", "Start the program again.")


class DatabaseDamagedError(LibraryError):
    """The database file is no database of this program, or no longer a whole one. path: where it lies."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The library database {path.name} is damaged.", "Restart the program: it is rebuilt from the image files."
        )
        self.path = path


class DatabaseEmptyError(LibraryError):
    """There is no database, or nothing in it."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no library database in {path.parent}.")


class LibraryFullError(LibraryError):
    """There is no room on the disk."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"The disk with {place} is full.", "Free some space and try again.")


class LibraryBusyError(LibraryError):
    """Another program holds the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Another program is using {path}.", "Close it and try again.")


class LibraryNotWritableError(LibraryError):
    """The folder, or the disk that it lies on, may only be read."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"{place} is read-only.", "Allow changes to this folder, or choose another one.")


class LibraryNotAllowedError(LibraryError):
    """The system does not let this user in."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"This user may not open {place}.", "Change the permissions of this folder, or choose another one."
        )


class LibraryDiskError(LibraryError):
    """The disk does not do what it should; it may have been unplugged."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"The disk with {place} cannot be read or written.", "Check that it is connected.")


_FULL = frozenset({errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC)})

_PlaceError = type[
    LibraryFullError | LibraryBusyError | LibraryNotWritableError | LibraryNotAllowedError | LibraryDiskError
]

_BY_CODE: dict[int, _PlaceError] = {
    sqlite3.SQLITE_BUSY: LibraryBusyError,
    sqlite3.SQLITE_LOCKED: LibraryBusyError,
    sqlite3.SQLITE_PROTOCOL: LibraryBusyError,
    sqlite3.SQLITE_FULL: LibraryFullError,
    sqlite3.SQLITE_READONLY: LibraryNotWritableError,
    sqlite3.SQLITE_PERM: LibraryNotAllowedError,
    sqlite3.SQLITE_AUTH: LibraryNotAllowedError,
    sqlite3.SQLITE_CANTOPEN: LibraryNotAllowedError,
    sqlite3.SQLITE_IOERR: LibraryDiskError,
    sqlite3.SQLITE_NOLFS: LibraryDiskError,
}
"""SQLite's primary result codes that say something of the surroundings, not of the file's contents."""


def disk_error(error: OSError, doing: str) -> LibraryError:
    """The error of a file or folder in words. doing: what could not be done, the beginning of a sentence."""
    place = Path(error.filename) if isinstance(error.filename, str) else None
    if error.errno in _FULL:
        return LibraryError(f"{doing}: the disk is full.", "Free some space and try again.")
    if error.errno == errno.EROFS:
        return LibraryError(f"{doing}: the disk is read-only.", "Choose another folder.")
    if isinstance(error, PermissionError):
        return LibraryError(f"{doing}: permission denied.", f"Change the permissions of {place or 'the folder'}.")
    if error.errno == errno.EIO:
        return LibraryError(f"{doing}: the disk cannot be read or written.", "Check that it is connected.")
    return LibraryError(f"{doing}: {error.strerror or error}.")


def database_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LibraryError:
    """The error of a database in words. Whatever is not said of its surroundings is said of its contents.

    Python's own error comes of a message of SQLite's that quotes what is damaged.
    """
    code = getattr(error, "sqlite_errorcode", None)
    kind = _BY_CODE.get(code & 0xFF) if isinstance(code, int) else None
    if kind is None or _is_contents(kind, path):
        return DatabaseDamagedError(path)
    return kind(path if kind is LibraryBusyError else path.parent)


def _is_contents(kind: _PlaceError, path: Path) -> bool:
    """Whether a file that could be used makes SQLite say that it cannot: a damaged header does."""
    if kind not in (LibraryNotWritableError, LibraryNotAllowedError):
        return False
    beside = [path.with_name(path.name + suffix) for suffix in ("-wal", "-shm")]
    try:
        for file in (path, *(other for other in beside if other.exists())):
            with file.open("r+b"):
                pass
    except IsADirectoryError:
        return True
    except OSError:
        return False
    return os.access(path.parent, os.W_OK | os.X_OK)
