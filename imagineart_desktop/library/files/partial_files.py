"""Temporary files next to their targets, named so that those left by a crash can be recognized and deleted.

The name identifies the computer and process that writes: `.imagineart-<computer>-<process>-<random>.part`. A file
is deleted only if its name has this form and its process has ended. Files of other programs never match.
"""

from __future__ import annotations

import json
import os
import platform
import re
import secrets
import zlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

_COMPUTER = f"{zlib.crc32(platform.node().encode()):08x}"
_NAME = re.compile(r"\.imagineart-(?P<computer>[0-9a-f]{8})-(?P<process>\d{1,10})-[0-9a-f]{12}\.part(?:-[a-z]+)?")
"""SQLite's own files next to a database have its name with `-journal`, `-wal` or `-shm` appended."""

_EARLIER_NAME = re.compile(r"\.[0-9a-f]{12}\.part")
"""Used by earlier versions; looked for only inside the library, where nothing else writes."""

_MAX_FOLDERS = 50
_MAX_BYTES = 1 << 20

_open: set[str] = set()
_swept: set[Path] = set()


@contextmanager
def partial_path(path: Path) -> Iterator[Path]:
    """Yield a free path next to `path`; a file there is deleted at the end."""
    name = f".imagineart-{_COMPUTER}-{os.getpid()}-{secrets.token_hex(6)}.part"
    temporary = path.with_name(name)
    _open.add(name)
    try:
        yield temporary
    finally:
        temporary.unlink(missing_ok=True)
        _open.discard(name)


def remove_partials(folder: Path, *, deep: bool = False, own: bool = False) -> int:
    """Delete the partial files that crashed processes left in a folder. Returns the number of files deleted.

    deep: including subfolders. own: the folder is a library in use by this process, so nothing else writes there.
    Files and folders that can't be read or deleted are skipped.
    """
    removed = 0
    waiting = [folder]
    while waiting:
        with suppress(OSError), os.scandir(waiting.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    if deep:
                        waiting.append(Path(entry.path))
                elif entry.name.startswith(".") and _is_left(entry.name, own=own):
                    with suppress(OSError):
                        Path(entry.path).unlink()
                        removed += 1
    return removed


def remove_partials_once(folder: Path) -> None:
    """Like `remove_partials`, but only the first time that this process writes to the folder."""
    if folder not in _swept:
        _swept.add(folder)
        remove_partials(folder)


def _is_left(name: str, *, own: bool) -> bool:
    if own and _EARLIER_NAME.fullmatch(name):
        return True
    found = _NAME.fullmatch(name)
    if found is None or name.partition(".part")[0] + ".part" in _open:
        return False
    if found["computer"] != _COMPUTER:
        return own
    return int(found["process"]) == os.getpid() or not _is_running(int(found["process"]))


def _is_running(process: int) -> bool:
    if os.name == "nt":
        # Windows has no safe way to check, and needs none: it doesn't delete a file that is open.
        return False
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (PermissionError, OverflowError):
        return True
    return True


class OutgoingFolders:
    """Folders outside the library that are being written to, stored in a file for the start after a crash."""

    def __init__(self, path: Path, write: Callable[[Path, bytes], object]) -> None:
        self._path = path
        self._write = write

    def begin(self, folder: Path, *, deep: bool) -> None:
        """Record a folder before the first file is written there. Raises OSError."""
        noted = self._read()
        if (folder, deep) not in noted:
            self._store([*noted, (folder, deep)])

    def end(self, folder: Path, *, deep: bool) -> None:
        """Remove a folder that holds no more partial files. Raises OSError."""
        noted = self._read()
        if (folder, deep) in noted:
            self._store([entry for entry in noted if entry != (folder, deep)])

    def clean(self) -> None:
        """Delete what a crash left; folders on a disconnected disk stay recorded.

        Raises OSError.
        """
        for folder, deep in self._read():
            if folder.is_dir() or folder.parent.is_dir():
                remove_partials(folder, deep=deep)
                self.end(folder, deep=deep)

    def _read(self) -> list[tuple[Path, bool]]:
        try:
            if not self._path.is_file() or self._path.stat().st_size > _MAX_BYTES:
                return []
            rows = json.loads(self._path.read_text("utf-8"))
            noted = [(Path(row["folder"]), row["deep"] is True) for row in rows]
        except (OSError, ValueError, KeyError, TypeError, RecursionError):
            return []
        return [(folder, deep) for folder, deep in noted if folder.is_absolute()][-_MAX_FOLDERS:]

    def _store(self, noted: list[tuple[Path, bool]]) -> None:
        if not noted:
            self._path.unlink(missing_ok=True)
            return
        rows = [{"folder": str(folder), "deep": deep} for folder, deep in noted]
        self._write(self._path, json.dumps(rows).encode())
