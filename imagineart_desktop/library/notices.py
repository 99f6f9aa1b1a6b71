"""What the user has yet to be told about the library: that it was rebuilt, restored or mended.

Each notice is on the disk before what it is about is done, and stays there until it is told: a program that is killed
in between says it at the next start. Stored as code and parameters; see `startup_notices` for the sentences.
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

from imagineart_desktop.library.files import clear_way, write_whole
from imagineart_desktop.library.lines import append_lines, read_lines

_LOG = logging.getLogger(__name__)
NOTICES = "notices.jsonl"
_MOST = 20
"""Notices in the file that are looked at: more are not read by anybody."""


class NoticeCode(StrEnum):
    """What happened, with the parameters that its notice has."""

    REBUILT = "rebuilt"
    """The database was made from the files. aside: the damaged one's name, "" where it was missing; pictures; sources:
    how many of them have no recipe."""
    VERSION = "version"
    """The database's version number was lower than what it holds."""
    RESTORE_FINISHED = "restore_finished"
    RESTORE_UNDONE = "restore_undone"
    COPIED = "copied"
    """It was in use elsewhere. requests: how many became questions."""
    JOURNAL = "journal"
    """A journal had lines that cannot be read. aside: the copy's name."""
    LOCK = "lock"
    """Another program had written to the lock file. aside: the name of a copy, "" where none could be made."""
    MOVED_AWAY = "moved_away"
    """Something else had the name of one of the library's files. name; aside: what it is called now."""


@dataclass(frozen=True, slots=True)
class Notice:
    """One thing to tell. values: the parameters of its code."""

    code: NoticeCode
    values: dict[str, str | int] = field(default_factory=dict)

    def text(self, name: str) -> str:
        """A parameter as a text; empty where it is missing."""
        return str(self.values.get(name, ""))

    def number(self, name: str) -> int:
        """A parameter as a number; 0 where it is missing."""
        value = self.values.get(name, 0)
        return value if isinstance(value, int) else 0


class Notices:
    """The pending notices of the library in `root`. May be used from any thread."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self._path = root / NOTICES
        self._lock = threading.Lock()
        self._unsaved: list[Notice] = []

    def clear_way(self, path: Path) -> None:
        """Rename what is in the way of a file of the library, and say so; see `files.clear_way`. Raises OSError."""
        clear_way(path, lambda target: self.add(NoticeCode.MOVED_AWAY, name=path.name, aside=target.name))

    def add(self, code: NoticeCode, **values: str | int) -> None:
        """Keep a notice until it is told; once, however often it is added.

        On a full disk, or one that cannot be written, it is known to this object alone.
        """
        notice = Notice(code, values)
        with self._lock:
            if notice in self._read():
                return
            try:
                clear_way(self._path)
                append_lines(self._path, [_encoded(notice)])
            except OSError:
                _LOG.warning("notice not kept: %s", code, exc_info=True)
                self._unsaved.append(notice)

    def pending(self) -> list[Notice]:
        """What has not been told, oldest first."""
        with self._lock:
            return self._read()

    def tell(self, notices: Iterable[Notice]) -> None:
        """Forget notices that the user has been told."""
        told = list(notices)
        with self._lock, suppress(OSError):
            self._unsaved = [notice for notice in self._unsaved if notice not in told]
            left = [notice for notice in self._stored() if notice not in told]
            if left:
                write_whole(self._path, "".join(f"{_encoded(notice)}\n" for notice in left).encode())
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
    """None for a line that makes no sense, such as one that a kill cut off."""
    try:
        row = json.loads(line)
        code = NoticeCode(row.pop("code"))
        values = {str(name): value for name, value in row.items() if isinstance(value, str | int)}
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return None
    return Notice(code, values)
