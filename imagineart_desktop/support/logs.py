"""The log: one JSON object per line, in a few files that only their owner can read. No prompts, images or secrets."""

from __future__ import annotations

import json
import logging
import os
import traceback
from copy import copy
from datetime import UTC, datetime
from io import TextIOWrapper
from logging.handlers import QueueHandler, QueueListener, RotatingFileHandler
from pathlib import Path
from queue import SimpleQueue
from typing import Any

from imagineart_desktop.support.redaction import redact

NAME = "log.jsonl"
_BYTES, _FILES = 1_000_000, 5
_MAX_MESSAGE = 2_000
"""Maximum length of a message, in characters."""

_FIELDS = ("error", "job", "state", "model", "request", "call", "place", "status", "seconds", "bytes")
"""Fields that a record may carry besides its message, as `extra`."""

_PACKAGE_LOGGER = "imagineart_desktop"
_NULL_HANDLER = logging.NullHandler()


class _JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        """Format a record as one line."""
        entry: dict[str, Any] = {
            "time": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "where": record.name.removeprefix(f"{_PACKAGE_LOGGER}."),
            "message": record.getMessage(),
        }
        entry |= {name: value for name in _FIELDS if (value := getattr(record, name, None)) is not None}
        return json.dumps(_clean(entry), ensure_ascii=False)


def _clean(value: Any) -> Any:
    """Remove secrets before anything is truncated or escaped: half a key is still a secret."""
    if isinstance(value, dict):
        return {name: _clean(part) for name, part in value.items()}
    if isinstance(value, list):
        return [_clean(part) for part in value]
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value)).encode("utf-8", "replace").decode()[:_MAX_MESSAGE]


class _BackgroundHandler(QueueHandler):
    """A handler that writes in another thread: the disk may be busy, and the window must not wait for it."""

    listener: QueueListener

    def prepare(self, record: logging.LogRecord) -> logging.LogRecord:
        """Format the message now, so that the record doesn't keep its arguments and tracebacks alive."""
        ready = copy(record)
        ready.msg, ready.args = record.getMessage(), None
        if record.exc_info and record.exc_info[1] is not None:
            ready.error = describe_error(record.exc_info[1])
        ready.exc_info = ready.exc_text = ready.stack_info = None
        return ready

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging names it
        """Ignore errors of the log, whose traceback would appear on the user's terminal."""


class _PrivateFile(RotatingFileHandler):
    def _open(self) -> TextIOWrapper:
        descriptor = os.open(self.baseFilename, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        return os.fdopen(descriptor, "a", encoding="utf-8")

    def handleError(self, record: logging.LogRecord) -> None:  # noqa: N802 - logging names it
        """Ignore errors such as a full disk, whose traceback would appear on the user's terminal."""


def describe_error(error: BaseException) -> dict[str, Any]:
    """Describe an error and where it happened, without the values of variables: those may be the user's text."""
    frames = [
        f"{Path(frame.filename).name}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(error.__traceback__)
    ]
    described: dict[str, Any] = {"type": type(error).__name__, "message": _first_line(error), "frames": frames[-30:]}
    cause = error.__cause__ or (None if error.__suppress_context__ else error.__context__)
    if cause is not None:
        described["because"] = {"type": type(cause).__name__, "message": _first_line(cause)}
    return described


def _first_line(error: BaseException) -> str:
    """Return the error's first line; empty for errors with a `sentence`, which may quote the service or the user."""
    return "" if hasattr(error, "sentence") else str(error).partition("\n")[0]


def start_logging(folder: Path) -> Path | None:
    """Start logging to files in this folder.

    Returns the file, or None if the folder can't be written to: the program then runs without a log.
    """
    stop_logging()
    logger = logging.getLogger()
    logging.getLogger(_PACKAGE_LOGGER).setLevel(logging.INFO)
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        file = _PrivateFile(folder / NAME, maxBytes=_BYTES, backupCount=_FILES, encoding="utf-8")
    except OSError:
        # Without any handler, Python would print warnings and tracebacks to stderr.
        logger.addHandler(_NULL_HANDLER)
        return None
    file.setFormatter(_JsonLines())
    later = _BackgroundHandler(SimpleQueue())
    later.listener = QueueListener(later.queue, file)
    later.listener.start()
    logger.addHandler(later)
    return folder / NAME


def stop_logging() -> None:
    """Write the pending records and close the log."""
    logger = logging.getLogger()
    logger.removeHandler(_NULL_HANDLER)
    for later in [handler for handler in logger.handlers if isinstance(handler, _BackgroundHandler)]:
        logger.removeHandler(later)
        later.listener.stop()
        for file in later.listener.handlers:
            file.close()
        later.close()
