"""Cache of decoded sources, so that variations and other seams of the same source skip decoding."""

from __future__ import annotations

from pathlib import Path
from weakref import WeakValueDictionary

from imagineart_desktop.imaging import FullImage, load_full_image

_MAX_CACHED_BYTES = 160 * 2**20
"""Maximum size in bytes of a decoded source to keep in memory: 24 megapixels at 16 bits per channel."""


class _SourceCache:
    """Cache of decoded sources: the last one, and those still referenced elsewhere, such as by the canvas.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._held: FullImage | None = None
        self._known: WeakValueDictionary[str, FullImage] = WeakValueDictionary()

    def put(self, sha256: str, picture: FullImage) -> None:
        self._held = picture if picture.samples.nbytes <= _MAX_CACHED_BYTES else None
        self._known[sha256] = picture

    def get(self, sha256: str) -> FullImage | None:
        return self._known.get(sha256)


_RECENT = _SourceCache()


def cache_source(sha256: str, picture: FullImage) -> None:
    """Cache the decoded image of the file with this hash: it isn't decoded again as long as the caller holds it."""
    _RECENT.put(sha256, picture)


def read_source(sha256: str, source: Path | bytes, name: str | None = None) -> FullImage:
    """Return the image of the file with this hash, decoding it if it isn't cached. Raises PictureError."""
    picture = _RECENT.get(sha256)
    if picture is None:
        picture = load_full_image(source, name=name)
        _RECENT.put(sha256, picture)
    return picture
