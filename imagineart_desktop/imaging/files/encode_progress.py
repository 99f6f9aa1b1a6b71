"""Progress for encoders that report none: a sample gives an estimate, and canceling abandons the encoder."""

from __future__ import annotations

import io
import os
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future, wait
from functools import partial
from typing import TYPE_CHECKING, Any, BinaryIO

from imagineart_desktop.support import ReportProgress

if TYPE_CHECKING:
    from PIL import Image

_SAMPLE = 32
"""Divisor of the rows that are encoded as a sample to estimate the time for all."""

_MIN_PIXELS = 4_000_000
"""Number of pixels below which encoding finishes before progress matters."""

_PAUSE = 0.1
"""Seconds between two reports."""

_MAX_SHARE = 0.97
"""Maximum share reported if encoding takes longer than expected."""


_encoder_lock = threading.Lock()
"""Held while such an encoder runs. A canceled one keeps its image until it ends, so the next one waits for it."""


def encode_with_progress(
    image: Image.Image, kind: str, options: Mapping[str, Any], reach: ReportProgress | None
) -> bytes:
    """Encode with Pillow. kind: its name of the format; options: for its `save`.

    reach: called with the estimated share done; may raise to stop waiting. The encoder itself can't be aborted: its
    thread continues, and its output is discarded.
    """
    if reach is None or image.width * image.height < _MIN_PIXELS:
        return _encode(image, kind, options)
    while not _encoder_lock.acquire(timeout=_PAUSE):
        reach(0)
    try:
        expected = _expected(image, kind, options)
        reach(1 / _SAMPLE)
        outcome = _started("encoder", partial(_encode, image, kind, options))
    except BaseException:
        _encoder_lock.release()
        raise
    outcome.add_done_callback(lambda ended: _encoder_lock.release())
    start = time.monotonic()
    while not wait((outcome,), _PAUSE).done:
        reach(min(_MAX_SHARE, 1 / _SAMPLE + (time.monotonic() - start) / expected))
    return outcome.result()


def _expected(image: Image.Image, kind: str, options: Mapping[str, Any]) -> float:
    """Encode a part of the rows. Return the estimated seconds for all."""
    start = time.monotonic()
    rows = max(1, image.height // _SAMPLE)
    _encode(image.crop((0, image.height // 2, image.width, image.height // 2 + rows)), kind, options)
    return max(_PAUSE, (time.monotonic() - start) * image.height / rows)


def _encode(image: Image.Image, kind: str, options: Mapping[str, Any]) -> bytes:
    if kind != "JPEG":
        held = io.BytesIO()
        image.save(held, kind, **options)
        return held.getvalue()
    # Write into a pipe: only with a file descriptor does Pillow's JPEG encoder release the GIL for other threads, such
    # as the UI thread. A temporary file would need space on a different disk than the chosen one.
    output, entrance = os.pipe()
    source = os.fdopen(output, "rb")
    with os.fdopen(entrance, "wb", buffering=0) as target:
        received = _started("encoded bytes", partial(_read_out, source))
        image.save(target, kind, **options)
    return received.result()


def _read_out(source: BinaryIO) -> bytes:
    # Close it even if memory runs out, or the encoder would wait forever.
    with source:
        return source.read()


def _started(name: str, work: Callable[[], bytes]) -> Future[bytes]:
    """Start work in a daemon thread, which doesn't keep the program from exiting."""
    outcome: Future[bytes] = Future()

    def run() -> None:
        try:
            outcome.set_result(work())
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return outcome
