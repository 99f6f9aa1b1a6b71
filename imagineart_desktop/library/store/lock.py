"""Library lock: only one process works in a library, since two would run the same jobs and could pay for them twice.

Where files in use can be deleted, the folder itself is locked too: users delete lock files that they take for stale.
"""

from __future__ import annotations

import os
import shutil
import sys
from contextlib import ExitStack, suppress
from pathlib import Path

from imagineart_desktop.library.errors import (
    LibraryBusyError,
    LibraryError,
    LibraryInUseError,
    disk_error,
)
from imagineart_desktop.library.files.database_files import create_if_missing
from imagineart_desktop.library.files.files import free_name
from imagineart_desktop.library.store.file_lock import acquire_lock
from imagineart_desktop.library.store.notices import NoticeCode, Notices
from imagineart_desktop.support.messages import Message

if sys.platform != "win32":
    import fcntl

LOCK_NAME = "in-use.lock"


def is_in_use(root: Path) -> bool:
    """Return whether another program has the library open. Other problems are reported when it's opened."""
    try:
        LibraryLock(root, Notices(root)).release()
    except LibraryInUseError:
        return True
    except LibraryError:
        return False
    return False


class LibraryLock:
    """The lock, held from construction until `release`."""

    def __init__(self, root: Path, notices: Notices) -> None:
        """Acquire the lock.

        notices: the library's; used if another program changed or replaced the lock file. Raises LibraryInUseError
        if another program holds the lock, LibraryError if the folder isn't writable.
        """
        path = root / LOCK_NAME
        with ExitStack() as held:
            try:
                _lock_folder(root, held)
                notices.clear_way(path)
                create_if_missing(path)
                if path.stat().st_size:
                    # The lock writes nothing, so the content is from another program. The file is truncated, not
                    # deleted: another process may be acquiring it, and a lock doesn't depend on the content.
                    notices.add(NoticeCode.LOCK, aside=_copied(path))
                    os.truncate(path, 0)
                held.callback(acquire_lock(path, 0).close)
            except LibraryBusyError as error:
                raise LibraryInUseError(root) from error
            except OSError as error:
                raise disk_error(error, Message("library.doing.open", folder=str(root))) from error
            self._held = held.pop_all()

    def release(self) -> None:
        """Release the lock."""
        self._held.close()


def _lock_folder(root: Path, held: ExitStack) -> None:
    """Lock the folder where the system and the disk support that. Raises LibraryInUseError."""
    if sys.platform == "win32":
        return
    try:
        folder = os.open(root, os.O_RDONLY)
    except OSError:
        # Whatever is wrong with it is reported when its files are opened.
        return
    held.callback(os.close, folder)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        raise LibraryInUseError(root) from error
    except OSError:
        # Not every network disk supports it.
        return


def _copied(path: Path) -> str:
    """Copy the content of a lock file. Returns the copy's name, or "" if it couldn't be written."""
    copy = free_name(path)
    try:
        shutil.copyfile(path, copy)
    except OSError:
        # A full disk must not prevent the library from being opened.
        with suppress(OSError):
            copy.unlink()
        return ""
    return copy.name
