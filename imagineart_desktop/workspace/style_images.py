"""Adds images that give a style to the library, and finds them again."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, replace

from PySide6.QtGui import QImage

from imagineart_desktop.imaging import make_thumbnail, normalize_for_upload
from imagineart_desktop.library import Library, StoredInput
from imagineart_desktop.models import input_reference, referenced_sha256
from imagineart_desktop.workspace.image_source import LoadedImage, load_image
from imagineart_desktop.workspace.mime import ImageSource

_THUMBNAIL = 160


@dataclass(frozen=True, slots=True)
class StyleImage:
    """An image that the library stores for requests. length: of its file, in bytes; image: a thumbnail."""

    reference: str
    length: int
    image: QImage


class StyleImages:
    """Stores style images in the library."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def read(self, source: ImageSource) -> LoadedImage:
        """Return an image as it's sent. Raises PictureError, LibraryError."""
        loaded = await load_image(source, self._library)
        data = await asyncio.to_thread(normalize_for_upload, loaded.data, name=loaded.name)
        return replace(loaded, data=data)

    async def store(self, data: bytes) -> StyleImage:
        """Store an image. Raises PictureError, LibraryError."""
        return await self._image_of(await self._library.inputs.keep(data))

    async def find(self, reference: str) -> StyleImage | None:
        """Return the stored image, or None if the library no longer has it. Raises PictureError, LibraryError."""
        kept = await self._library.inputs.find(referenced_sha256(reference))
        return None if kept is None else await self._image_of(kept)

    async def _image_of(self, kept: StoredInput) -> StyleImage:
        def read() -> tuple[int, bytes]:
            return kept.path.stat().st_size, make_thumbnail(kept.path, _THUMBNAIL)

        length, thumbnail = await asyncio.to_thread(read)
        return StyleImage(input_reference(kept.sha256), length, QImage.fromData(thumbnail))
