"""From something dropped, pasted or chosen to a picture's bytes, safely and off the window's thread."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from PySide6.QtGui import QImage

from imagineart_desktop.fal import FalError, fetch_public_image, name_of_address
from imagineart_desktop.imaging import PictureError, encode_png, read_file
from imagineart_desktop.library import Library
from imagineart_desktop.ui.intake import Taken
from imagineart_desktop.ui.pixels import to_pixels

_MAX_SCHEME = 20
"""Characters of an address's beginning that a sentence quotes."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """A picture's bytes as they came. name: to call it by; picture_id: when it is one of the library's own."""

    data: bytes
    name: str
    picture_id: int | None = None


async def load(taken: Taken, library: Library) -> Loaded:
    """Reads what was taken. Raises PictureError."""
    if taken.picture_id is not None:
        found = await library.summaries([taken.picture_id])
        if not found:
            raise PictureError("This picture is no longer in the library.")
        data = await asyncio.to_thread(read_file, found[0].path)
        return Loaded(data, found[0].path.name, taken.picture_id)
    if taken.path is not None:
        return Loaded(await asyncio.to_thread(read_file, taken.path), taken.path.name)
    if taken.image is not None:
        return Loaded(await asyncio.to_thread(_encode, taken.image), "Pasted picture")
    if taken.data is not None:
        return Loaded(taken.data, "Pasted picture")
    return await _fetch(taken.url or "")


async def _fetch(url: str) -> Loaded:
    name = name_of_address(url)
    scheme = url.partition(":")[0].lower()
    if scheme not in ("http", "https"):
        raise PictureError(
            f"“{name}” can’t be opened from {scheme[:_MAX_SCHEME]}: addresses."
            " Copy the file to this computer and drop it again."
        )
    try:
        return Loaded(await fetch_public_image(url), name)
    except FalError as error:
        raise PictureError(f"“{name}” could not be fetched. {error.sentence}") from error


def _encode(image: QImage) -> bytes:
    return encode_png(to_pixels(image))
