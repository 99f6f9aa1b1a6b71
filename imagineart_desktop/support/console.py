"""Output to stdout and stderr, which may be closed, full, broken or stuck. Writing never raises.

A separate thread writes notices to stderr, because a pipe that nobody reads, or a paused terminal, must not stop work
that's paid for. Only the final report, on stdout, waits for its reader. Descriptors are written to directly: a thread
stuck while holding the lock of a Python stream would abort the interpreter at exit.
"""

from __future__ import annotations

import os
import select
import sys
import threading
from contextlib import suppress
from queue import SimpleQueue
from typing import TextIO

_SECONDS_TO_FLUSH = 2.0
_STANDARD = (0, 1, 2)

_notices: SimpleQueue[str | threading.Event] = SimpleQueue()
_starting = threading.Lock()
_thread: threading.Thread | None = None


def ensure_standard_streams() -> None:
    """Open the null device in place of closed standard descriptors.

    Otherwise the next opened file would get that descriptor, and output of C libraries would end up in the file.
    """
    for descriptor in _STANDARD:
        try:
            os.fstat(descriptor)
        except OSError:
            with suppress(OSError):
                os.open(os.devnull, os.O_RDWR)


def print_notice(text: str, end: str = "\n") -> None:
    """Queue a line for standard error. Never raises, never waits."""
    global _thread
    with _starting:
        if _thread is None or not _thread.is_alive():
            _thread = threading.Thread(target=_write_notices, name="notices", daemon=True)
            _thread.start()
    _notices.put(f"{text}{end}")


def flush_notices() -> None:
    """Wait until all notices are written, for up to two seconds."""
    if _thread is not None and _thread.is_alive():
        written = threading.Event()
        _notices.put(written)
        written.wait(_SECONDS_TO_FLUSH)


def write_stdout(text: str) -> str | None:
    """Write text to stdout. Returns None, or why it couldn't be written. Waits while a pipe is full."""
    return _write(sys.stdout, sys.__stdout__, text)


def _write_notices() -> None:
    while True:
        notice = _notices.get()
        if isinstance(notice, threading.Event):
            notice.set()
        else:
            _write(sys.stderr, sys.__stderr__, notice)


def _write(stream: TextIO | None, own: TextIO | None, text: str) -> str | None:
    """Write text to a stream. own: the process's original stream, which may have been replaced."""
    if stream is None:
        return "it is closed"
    try:
        encoding = stream.encoding or "utf-8"
        data = text.encode(encoding, "backslashreplace")
        if stream is own and os.name == "posix":
            stream.flush()
            _write_all(stream.fileno(), data)
        else:
            stream.write(data.decode(encoding))
            stream.flush()
    except OSError as error:
        return error.strerror or type(error).__name__
    except ValueError:
        return "it is closed"
    return None


def _write_all(descriptor: int, data: bytes) -> None:
    """Write all of `data`, even if another program made the descriptor non-blocking. Raises OSError."""
    rest = memoryview(data)
    while rest:
        try:
            rest = rest[os.write(descriptor, rest) :]
        except BlockingIOError:
            select.select([], [descriptor], [])
