"""Reads the bytes of a dropped, pasted or chosen image, safely and outside the GUI thread."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote_to_bytes

from PySide6.QtGui import QImage

from imagineart_desktop import fal
from imagineart_desktop.fal import FalError
from imagineart_desktop.imaging import PictureError, encode_png, read_file
from imagineart_desktop.library import Library
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.library_texts import NO_LONGER_THERE
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.qimage import from_qimage

_MAX_SCHEME = 20
"""Maximum length of a scheme in an error message."""

_MAX_NAMED = 3
"""Maximum number of images that a message names."""


@dataclass(frozen=True, slots=True)
class LoadedImage:
    """An image's bytes, unchanged. name: for messages and labels; picture_id: if it's from the library."""

    data: bytes
    name: str
    picture_id: int | None = None


def not_opened(sources: Sequence[ImageSource]) -> str:
    """Return a sentence that names the images that weren't opened."""
    names = [f"“{name}”" for source in sources[:_MAX_NAMED] if (name := _name_of(source))]
    if others := len(sources) - len(names):
        names.append(f"{others} other{'s' if others > 1 else ''}" if names else pluralize(others, "image"))
    listed = names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
    return f"{listed} {'wasn’t' if len(sources) == 1 else 'weren’t'} opened."


def _name_of(source: ImageSource) -> str:
    if source.path is not None:
        return source.path.name
    return fal.name_from_url(source.url) if source.url and not source.url.startswith("data:") else ""


async def library_file(picture_id: int, library: Library) -> Path:
    """Return the file of an image of the library. Raises PictureError, LibraryError."""
    found = await library.summaries([picture_id])
    if not found:
        raise PictureError(NO_LONGER_THERE)
    return found[0].path


async def load_image(taken: ImageSource, library: Library) -> LoadedImage:
    """Read a dropped, pasted or chosen image. Raises PictureError."""
    if taken.picture_id is not None:
        path = await library_file(taken.picture_id, library)
        return LoadedImage(await asyncio.to_thread(read_file, path), path.name, taken.picture_id)
    if taken.path is not None:
        return LoadedImage(await asyncio.to_thread(read_file, taken.path), taken.path.name)
    if taken.image is not None:
        return LoadedImage(await asyncio.to_thread(_encode, taken.image), "Pasted image")
    return await _fetch(taken.url or "")


async def _fetch(url: str) -> LoadedImage:
    scheme = url.partition(":")[0].lower()
    if scheme == "data":
        return LoadedImage(await asyncio.to_thread(_decode_data_url, url), "Pasted image")
    name = fal.name_from_url(url)
    if scheme not in ("http", "https"):
        raise PictureError(
            f"“{name}” can’t be opened from {scheme[:_MAX_SCHEME]}: addresses."
            " Copy the file to this computer and drop it again."
        )
    try:
        return LoadedImage(await fal.fetch_public_image(url), name)
    except FalError as error:
        raise PictureError(f"“{name}” could not be fetched. {error.message}") from error


def _decode_data_url(url: str) -> bytes:
    """Decode a data: URL. Raises PictureError."""
    head, comma, body = url.partition(",")
    try:
        decoded = unquote_to_bytes(body)
        if head.lower().rstrip().endswith(";base64"):
            # Like browsers, ignore line breaks and missing padding.
            digits = b"".join(decoded.split()).rstrip(b"=")
            decoded = base64.b64decode(digits + b"=" * (-len(digits) % 4), validate=True)
    except ValueError:
        decoded = b""
    if not comma or not decoded:
        raise PictureError("The pasted address contains no image. Copy the image itself and paste it again.")
    return decoded


def _encode(image: QImage) -> bytes:
    return encode_png(from_qimage(image))
