"""Errors of the library. Each message tells the user what is wrong and what to do about it."""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import Enum, auto
from pathlib import Path

from imagineart_desktop.support.errors import UserError


class LibraryError(UserError):
    """The library can't perform an operation.

    problem: a sentence that says what is wrong; advice: what to do about it, empty if `problem` says so already.
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
    """An attempt to change a library that was opened read-only."""

    def __init__(self) -> None:
        super().__init__("Read-only here: the library is open in another window.")


class LibraryInUseError(LibraryError):
    """Another process has the library open."""

    def __init__(self, root: Path) -> None:
        super().__init__(
            f"The library in {root} is open in another window.", "Close that one first, or use another folder."
        )


class LibraryClosedError(LibraryError):
    """The library was closed during an operation, which is completed or undone at the next start."""

    def __init__(self) -> None:
        super().__init__("The library was closed.", "Start the program again.")


class DatabaseDamagedError(LibraryError):
    """The file isn't this program's database, or is damaged. path: of the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"The library database {path.name} is damaged.", "Restart the program: it is rebuilt from the image files."
        )
        self.path = path


class DatabaseEmptyError(LibraryError):
    """The database is missing or empty."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"There is no library database in {path.parent}.")


class LibraryFullError(LibraryError):
    """The disk is full."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"The disk with {place} is full.", "Free some space and try again.")


class LibraryBusyError(LibraryError):
    """Another program has locked the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"Another program is using {path}.", "Close it and try again.")


class LibraryNotWritableError(LibraryError):
    """The folder, or the disk it's on, is read-only."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"{place} is read-only.", "Allow changes to this folder, or choose another one.")


class LibraryNotAllowedError(LibraryError):
    """The user lacks permission."""

    def __init__(self, place: Path) -> None:
        super().__init__(
            f"This user may not open {place}.", "Change the permissions of this folder, or choose another one."
        )


class LibraryDiskError(LibraryError):
    """The disk failed or was disconnected."""

    def __init__(self, place: Path) -> None:
        super().__init__(f"The disk with {place} cannot be read or written.", "Check that it is connected.")


class TooManyFilesError(LibraryError):
    """The process has reached its limit of open files; says nothing about the file itself."""

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
"""SQLite primary result codes that describe the environment, not the file's content."""

_DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
"""Codes that say that the content is damaged."""

_NEEDS_FILES = frozenset({sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY})
"""Codes that SQLite also returns if it can't open any more files."""

_MIN_FREE_FILES = 8
"""SQLite opens a database, its log, the log's index, temporary files and the folder, some of them twice."""


def disk_problem(error: OSError) -> DiskProblem:
    """Classify an OSError."""
    if isinstance(error, PermissionError):
        return DiskProblem.DENIED
    return _PROBLEMS.get(error.errno or 0, DiskProblem.OTHER)


def disk_error(error: OSError, doing: str, advice: str = "") -> LibraryError:
    """Return a LibraryError that describes a file or folder error.

    doing: what failed, as the start of a sentence. advice: what to do, if not the default for this kind of error.
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
    """Return a LibraryError that describes a database error.

    It's a DatabaseDamagedError only if the error itself reports damage.
    """
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
    """Like `database_error`, for a database that isn't the library's own, so damage never triggers a rebuild."""
    problem = database_error(error, path)
    return unusable_database(path) if isinstance(problem, DatabaseDamagedError) else problem


def unusable_database(path: Path) -> LibraryError:
    """Return the error for a database other than the library's own that is damaged or from another program."""
    return LibraryError(f"The database {path} is damaged, or not one of this program.", "Use another copy.")


def primary_code(error: sqlite3.Error | UnicodeDecodeError) -> int:
    """Return SQLite's primary result code, or 0 if the error was raised by Python."""
    code = getattr(error, "sqlite_errorcode", None)
    return code & 0xFF if isinstance(code, int) else 0


def _is_undecodable(error: sqlite3.Error | UnicodeDecodeError) -> bool:
    """Return whether the database holds text that can't be decoded.

    Python's sqlite3 raises an OperationalError of its own, without a result code, for it.
    """
    return isinstance(error, UnicodeDecodeError) or (
        isinstance(error, sqlite3.OperationalError) and not hasattr(error, "sqlite_errorcode")
    )


def _is_denied(path: Path) -> bool:
    """Return whether the user lacks permission for the database or its folder, tested without opening anything."""
    wanted = {path: os.R_OK | os.W_OK, path.parent: os.R_OK | os.W_OK | os.X_OK}
    return any(not os.access(place, mode) for place, mode in wanted.items() if place.exists())


def _lacks_files() -> bool:
    """Return whether this process can't open enough additional files for a database."""
    opened: list[int] = []
    try:
        while len(opened) < _MIN_FREE_FILES:
            opened.append(os.open(os.devnull, os.O_RDONLY))
    except OSError as error:
        return disk_problem(error) is DiskProblem.TOO_MANY_FILES
    finally:
        for descriptor in opened:
            os.close(descriptor)
    return False
