"""Errors of the library. Each message tells the user what is wrong and what to do about it."""

from __future__ import annotations

import errno
import os
import sqlite3
from enum import Enum, auto
from pathlib import Path

from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.messages import Message


class LibraryError(UserError):
    """The library can't perform an operation.

    message: what is wrong; advice: what to do about it, empty if `message` says so already.
    """

    def __init__(self, message: Message | str, advice: Message | str = "") -> None:
        super().__init__(message)
        self.advice = Message.of(advice)

    def __str__(self) -> str:
        """Return what is wrong and what to do."""
        return f"{self.message} {self.advice}".strip()


class DatabaseTooNewError(LibraryError):
    """The database was written by a newer version of the program."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            Message("library.too_new", folder=str(path.parent)), Message("library.advice.update", name=path.name)
        )


class LibraryReadOnlyError(LibraryError):
    """An attempt to change a library that was opened read-only."""

    def __init__(self) -> None:
        super().__init__(Message("library.read_only"))


class LibraryInUseError(LibraryError):
    """Another process has the library open."""

    def __init__(self, root: Path) -> None:
        super().__init__(Message("library.in_use", folder=str(root)), Message("library.advice.close_other"))


class LibraryClosedError(LibraryError):
    """The library was closed during an operation, which is completed or undone at the next start."""

    def __init__(self) -> None:
        super().__init__(Message("library.closed"), Message("library.advice.start_again"))


class DatabaseDamagedError(LibraryError):
    """The file isn't this program's database, or is damaged. path: of the file."""

    def __init__(self, path: Path) -> None:
        super().__init__(Message("library.damaged", name=path.name), Message("library.advice.restart"))
        self.path = path


class DatabaseEmptyError(LibraryError):
    """The database is missing or empty."""

    def __init__(self, path: Path) -> None:
        super().__init__(Message("library.missing", folder=str(path.parent)))


class LibraryFullError(LibraryError):
    """The disk is full."""

    def __init__(self, place: Path) -> None:
        super().__init__(Message("library.disk_full", place=str(place)), Message("library.advice.free_space"))


class LibraryBusyError(LibraryError):
    """Another program has locked the database."""

    def __init__(self, path: Path) -> None:
        super().__init__(Message("library.busy", path=str(path)), Message("library.advice.close_it"))


class LibraryNotWritableError(LibraryError):
    """The folder, or the disk it's on, is read-only."""

    def __init__(self, place: Path) -> None:
        super().__init__(Message("library.not_writable", place=str(place)), Message("library.advice.allow_changes"))


class LibraryNotAllowedError(LibraryError):
    """The user lacks permission."""

    def __init__(self, place: Path) -> None:
        super().__init__(Message("library.not_allowed", place=str(place)), Message("library.advice.change_permissions"))


class LibraryDiskError(LibraryError):
    """The disk failed or was disconnected."""

    def __init__(self, place: Path) -> None:
        super().__init__(Message("library.disk_failed", place=str(place)), Message("library.advice.check_connected"))


class TooManyFilesError(LibraryError):
    """The process has reached its limit of open files; says nothing about the file itself."""

    def __init__(self) -> None:
        super().__init__(Message("library.too_many_files"), Message("library.advice.close_programs"))


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

_DISK_MESSAGES = {
    DiskProblem.FULL: (Message("library.problem.full"), Message("library.advice.free_space")),
    DiskProblem.READ_ONLY: (Message("library.problem.read_only"), Message("library.advice.choose_folder")),
    DiskProblem.DENIED: (Message("library.problem.denied"), Message("library.advice.change_folder_permissions")),
    DiskProblem.TOO_MANY_FILES: (
        Message("library.problem.too_many_files"),
        Message("library.advice.close_programs"),
    ),
    DiskProblem.FAILED: (Message("library.problem.failed"), Message("library.advice.check_connected")),
}
"""What is wrong, and what to do."""

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


def disk_error(error: OSError, doing: Message | str, advice: Message | str = "") -> LibraryError:
    """Return a LibraryError that describes a file or folder error.

    doing: what failed, as the start of a sentence. advice: what to do, if not the default for this kind of error.
    """
    kind = disk_problem(error)
    if kind is DiskProblem.OTHER:
        return LibraryError(Message("library.file_failed", doing=doing, problem=str(error.strerror or error)), advice)
    problem, usual = _DISK_MESSAGES[kind]
    if kind is DiskProblem.DENIED and isinstance(error.filename, str):
        usual = Message("library.advice.change_permissions_of", path=error.filename)
    return LibraryError(Message("library.file_failed", doing=doing, problem=problem), advice or usual)


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
        message = Message("library.unusable", name=path.name, reason=str(error))
        return LibraryError(message, Message("library.advice.try_again"))
    if kind is LibraryNotAllowedError and not _is_denied(path):
        kind = LibraryDiskError
    return kind(path if kind is LibraryBusyError else path.parent)


def foreign_database_error(error: sqlite3.Error | UnicodeDecodeError, path: Path) -> LibraryError:
    """Like `database_error`, for a database that isn't the library's own, so damage never triggers a rebuild."""
    problem = database_error(error, path)
    return unusable_database(path) if isinstance(problem, DatabaseDamagedError) else problem


def unusable_database(path: Path) -> LibraryError:
    """Return the error for a database other than the library's own that is damaged or from another program."""
    return LibraryError(Message("library.foreign", path=str(path)), Message("library.advice.use_other_copy"))


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
