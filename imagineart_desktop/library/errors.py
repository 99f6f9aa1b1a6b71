"""What can be wrong with the library. The text of each error is a sentence for the user and what to do about it."""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import Enum, auto
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
        super().__init__("Read-only here: the library is open in another window.")


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


class TooManyFilesError(LibraryError):
    """The system gives this process no more files to open; says nothing of the file that was to be opened."""

    def __init__(self) -> None:
        super().__init__("Too many files are open.", "Close other programs and try again.")


class DiskProblem(Enum):
    """Why a file or folder cannot be read or written."""

    FULL = auto()
    READ_ONLY = auto()
    DENIED = auto()
    TOO_MANY_FILES = auto()
    FAILED = auto()
    OTHER = auto()


_PROBLEMS = {
    errno.ENOSPC: DiskProblem.FULL,
    getattr(errno, "EDQUOT", errno.ENOSPC): DiskProblem.FULL,
    errno.EFBIG: DiskProblem.FULL,
    errno.EROFS: DiskProblem.READ_ONLY,
    errno.EACCES: DiskProblem.DENIED,
    errno.EPERM: DiskProblem.DENIED,
    errno.EMFILE: DiskProblem.TOO_MANY_FILES,
    errno.ENFILE: DiskProblem.TOO_MANY_FILES,
    errno.EIO: DiskProblem.FAILED,
}

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

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
"""Those that say that the contents are wrong."""

_NEEDS_FILES = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
"""Those that SQLite also gives where the system lets it open no more files."""

_FILES_NEEDED = 8
"""SQLite opens a database, its log, the log's index, temporary files and the folder, some of them twice."""


def disk_problem(error: OSError) -> DiskProblem:
    """Which kind of trouble the system reports."""
    if isinstance(error, PermissionError):
        return DiskProblem.DENIED
    return _PROBLEMS.get(error.errno or 0, DiskProblem.OTHER)


def disk_error(error: OSError, doing: str, advice: str = "") -> LibraryError:
    """The error of a file or folder in words.

    doing: what could not be done, the beginning of a sentence. advice: what to do, where it is not the usual.
    """
    place = error.filename if isinstance(error.filename, str) else "the folder"
    problem, usual = {
        DiskProblem.FULL: ("the disk is full", "Free some space and try again."),
        DiskProblem.READ_ONLY: ("the disk is read-only", "Choose another folder."),
        DiskProblem.DENIED: ("permission denied", f"Change the permissions of {place}."),
        DiskProblem.TOO_MANY_FILES: ("too many files are open", "Close other programs and try again."),
        DiskProblem.FAILED: ("the disk cannot be read or written", "Check that it is connected."),
        DiskProblem.OTHER: (str(error.strerror or error), ""),
    }[disk_problem(error)]
    return LibraryError(f"{doing}: {problem}.", advice or usual)


def database_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LibraryError:
    """The error of a database in words; DatabaseDamagedError only where the error itself says that it is damaged."""
    code = primary_code(error)
    if code in _NEEDS_FILES and _lacks_files():
        return TooManyFilesError()
    if code in _DAMAGE or _is_undecodable(error):
        return DatabaseDamagedError(path)
    kind = _BY_CODE.get(code)
    if kind is None:
        return LibraryError(f"The library database {path.name} cannot be used: {error}.", "Try again.")
    if kind is LibraryNotAllowedError and not _is_denied(path):
        kind = LibraryDiskError
    return kind(path if kind is LibraryBusyError else path.parent)


def foreign_database_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LibraryError:
    """The same of a database that is not the library's own: its damage is nobody's reason to rebuild the library."""
    problem = database_error(error, path)
    return unusable_database(path) if isinstance(problem, DatabaseDamagedError) else problem


def unusable_database(path: Path) -> LibraryError:
    """What to say of a database that is not the library's own, and damaged or of another program."""
    return LibraryError(f"The database {path} is damaged, or not one of this program.", "Use another copy.")


def primary_code(error: sqlite3.Error | UnicodeDecodeError) -> int:
    """SQLite's primary result code; 0 where the error is Python's own."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else 0


def _is_undecodable(error: sqlite3.Error | UnicodeDecodeError) -> bool:
    """Whether a text in the database is none: Python's sqlite3 raises an OperationalError of its own for it."""
    return isinstance(error, UnicodeDecodeError) or (
        isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    )


def _is_denied(path: Path) -> bool:
    """Whether the system keeps this user from the database or its folder, asked without opening anything."""
    wanted = {path: os.R_OK | os.W_OK, path.parent: os.R_OK | os.W_OK | os.X_OK}
    return any(not os.access(place, mode) for place, mode in wanted.items() if place.exists())


def _lacks_files() -> bool:
    """Whether this process may open too few further files for a database."""
    opened: list[int] = []
    try:
        while len(opened) < _FILES_NEEDED:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return disk_problem(error) is DiskProblem.TOO_MANY_FILES
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return False
