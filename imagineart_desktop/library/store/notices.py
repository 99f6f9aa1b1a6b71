"""Messages about changes that the library made to itself, such as a rebuild or a repair, kept until the user sees them.

A notice is saved before the change it describes and removed after it was shown, so a crash in between delays it to
the next start. Notices are stored as codes with parameters; `startup_notices` renders them.
"""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from imagineart_desktop.library.files.files import move_obstruction_aside, write_atomic
from imagineart_desktop.library.store.json_lines import append_lines, read_lines

_LOG = logging.getLogger(__name__)
NOTICES = "notices.jsonl"
_MOST = 20
"""Maximum number of notices read from the file."""


class NoticeCode(StrEnum):
    """What happened. The docstrings name the parameters."""

    REBUILT = "rebuilt"
    """The database was rebuilt from the files.

    aside: name of the damaged database, "" if it was missing; pictures: number of images; sources: how many of them
    have no recipe; empty: 1 if the file existed but was empty; renumbered: how many images have, or may have, a
    different id than before.
    """
    VERSION = "version"
    """The database's version number was lower than its schema."""
    RESTORE_FINISHED = "restore_finished"
    RESTORE_UNDONE = "restore_undone"
    RESTORE_UNKNOWN = "restore_unknown"
    """A restore was interrupted, and what it had replaced isn't known. name: of the folder with the set-aside files."""
    COPIED = "copied"
    """The library was copied or restored by hand. requests: how many the user must confirm."""
    JOURNAL = "journal"
    """A journal had unreadable lines. aside: name of the copy."""
    LOCK = "lock"
    """Another program wrote to the lock file. aside: name of a copy of its content, "" if none could be made."""
    MOVED_AWAY = "moved_away"
    """Something else had the name of a library file and was renamed. name: before; aside: after."""
    IMPORT_CUT_OFF = "import_cut_off"
    """An import was interrupted. name: of the first file or folder; others: number of further ones."""
    EXPORT_CUT_OFF = "export_cut_off"
    """An export was interrupted. pictures: number of images; folder: target."""
    COPY_CUT_OFF = "copy_cut_off"
    """Copying the library was interrupted. folder: target."""
    REBUILD_CUT_OFF = "rebuild_cut_off"
    """A rebuild that the user requested was interrupted; nothing was changed."""
    APPLY_CUT_OFF = "apply_cut_off"
    """An inpaint result was not applied."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One message. values: the parameters of its code."""

    code: NoticeCode
    values: dict[str, str | int] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """Return a parameter as text; empty if it is missing."""
        return str(self.values.get(name, ""))

    def number(self, name: str) -> int:
        """Return a parameter as a number; 0 if it is missing."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else 0


class Notices:
    """The pending notices of the library in `root`. Thread-safe."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._path = root / NOTICES
        self._lock = threading.Lock()
        self._unsaved: list[Notice] = []
        self._under_way: list[Notice] = []
        """Notices of operations running in this process: they apply only if the operation is interrupted."""

    def clear_way(self, path: Path) -> None:
        """Rename whatever blocks the name of a library file and add a notice. Raises OSError."""
        move_obstruction_aside(path, lambda target: self.add(NoticeCode.MOVED_AWAY, name=path.name, aside=target.name))

    def add(self, code: NoticeCode, **values: str | int) -> None:
        """Save a notice, unless the same one is pending.

        If the disk is full or read-only, only this object keeps it.
        """
        notice = Notice(code, values)
        with self._lock:
            if notice in self._read():
                return
            try:
                move_obstruction_aside(self._path)
                append_lines(self._path, [_encoded(notice)])
            except OSError:
                _LOG.warning("notice not kept: %s", code, exc_info=True)
                self._unsaved.append(notice)

    def begin(self, notice: Notice) -> None:
        """Hide the notice of a starting operation from `pending` until `abandon`; `finish` deletes it.

        It must still be added with `add`.
        """
        with self._lock:
            self._under_way.append(notice)

    def abandon(self, notice: Notice) -> None:
        """Make the notice of an interrupted operation pending."""
        with self._lock:
            self._under_way.remove(notice)

    def finish(self, notice: Notice) -> None:
        """Delete the notice of a completed operation."""
        self.abandon(notice)
        if notice not in self._under_way:
            self.mark_shown([notice])

    def pending(self) -> list[Notice]:
        """Return the notices that haven't been shown yet, oldest first."""
        with self._lock:
            return [notice for notice in self._read() if notice not in self._under_way]

    def mark_shown(self, notices: Iterable[Notice]) -> None:
        """Delete notices that the user has seen."""
        told = list(notices)
        with self._lock, suppress(OSError):
            self._unsaved = [notice for notice in self._unsaved if notice not in told]
            left = [notice for notice in self._stored() if notice not in told]
            if left:
                write_atomic(self._path, "".join(f"{_encoded(notice)}\n" for notice in left).encode())
            elif self._path.is_file():
                self._path.unlink()

    def _read(self) -> list[Notice]:
        return [*self._stored(), *self._unsaved]

    def _stored(self) -> list[Notice]:
        found: list[Notice] = []
        with suppress(OSError):
            for line in read_lines(self._path):
                notice = _decoded(line)
                if notice is not None and notice not in found:
                    found.append(notice)
                if len(found) == _MOST:
                    break
        return found


def _encoded(notice: Notice) -> str:
    return json.dumps({"code": notice.code.value} | notice.values)


def _decoded(line: bytes) -> Notice | None:
    """Return None for an invalid line, such as one cut off by a crash."""
    try:
        row = json.loads(line)
        code = NoticeCode(row.pop("code"))
        values = {str(name): value for name, value in row.items() if isinstance(value, str | int)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Notice(code, values)
