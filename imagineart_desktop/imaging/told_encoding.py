"""Encoders that tell nothing while they work: a sample says how long one takes, and cancelling leaves it behind."""

from __future__ import annotations

import io
import tempfile
import threading
import time
from collections.abc import Mapping
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any

from imagineart_desktop.support import Reach

if TYPE_CHECKING:
    from PIL import Image

_SAMPLE = 32
"""The part of the rows that is encoded to learn how long all of them take."""

_MIN_PIXELS = 4_000_000
"""Pixels below which an image is encoded before anyone asks how far it is."""

_PAUSE = 0.1
"""Seconds between two reports."""

_MAX_SHARE = 0.97
"""The share that is reported where encoding takes longer than expected."""


def encode_told(image: Image.Image, kind: str, options: Mapping[str, Any], reach: Reach | None) -> bytes:
    """Encode with Pillow. kind: its name of the format; options: of its `save`.

    reach: called with the share that is done, as far as it can be estimated; may raise to end the wait. The encoder
    itself cannot be ended: its thread goes on, and what it makes is dropped.
    """
    if reach is None or image.width * image.height < _MIN_PIXELS:
        return _encode(image, kind, options)
    start = time.monotonic()
    rows = max(1, image.height // _SAMPLE)
    _encode(image.crop((0, image.height // 2, image.width, image.height // 2 + rows)), kind, options)
    expected = max(_PAUSE, (time.monotonic() - start) * image.height / rows)
    reach(1 / _SAMPLE)
    outcome: Future[bytes] = Future()

    def run() -> None:
        try:
            outcome.set_result(_encode(image, kind, options))
        except BaseException as error:
            outcome.set_exception(error)

    threading.Thread(target=run, name="encoder", daemon=True).start()
    start = time.monotonic()
    while True:
        try:
            return outcome.result(_PAUSE)
        except TimeoutError:
            reach(min(_MAX_SHARE, 1 / _SAMPLE + (time.monotonic() - start) / expected))


def _encode(image: Image.Image, kind: str, options: Mapping[str, Any]) -> bytes:
    if kind != "JPEG":
        held = io.BytesIO()
        image.save(held, kind, **options)
        return held.getvalue()
    # Into a file, for only then does Pillow's JPEG encoder let other threads run, such as the window's.
    with tempfile.TemporaryFile() as file:
        image.save(file, kind, **options)
        file.seek(0)
        return file.read()
