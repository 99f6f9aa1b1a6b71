"""The requests of the rows that are sent, with their images stored in the library."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence

from imagineart_desktop.batches.input_reading import read_input
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.batches.row_images import RowImage
from imagineart_desktop.imaging import normalize_for_upload
from imagineart_desktop.jobs import BatchRequest, InputImage
from imagineart_desktop.library import Library
from imagineart_desktop.models import referenced_sha256
from imagineart_desktop.models.style_images import references_of

_AT_ONCE = 50
"""Number of rows made into requests without letting the window do anything else."""

SeedsOf = Callable[[int | None, int], Sequence[int]]
"""Returns as many seeds, from a first one on; from a random one for None."""


async def batch_requests(
    rows: Sequence[RequestRow],
    library: Library,
    picture_ids: Mapping[str, int],
    seeds_of: SeedsOf,
    reach: Callable[[float], None],
) -> list[BatchRequest]:
    """Return the requests of the rows that are sent, in order. Each image is read, and stored in the library, once.

    picture_ids: see `BatchPlan`. Raises PictureError, LibraryError, WorkCanceledError.
    """
    store = _ImageStore(library)
    sent, found = [row for row in rows if row.is_sent], []
    for place, row in enumerate(sent):
        if place % _AT_ONCE == 0:
            # Rows without images wait for nothing.
            await asyncio.sleep(0)
        if row.model is None:
            continue
        pictures = {name: [await store.keep(image) for image in held] for name, held in row.images.items()}
        has_seed = row.model.has_seed
        seeds = [*seeds_of(row.seed, row.count)] if has_seed else [None] * row.count
        found.append(BatchRequest(row.model, row.fields, pictures, seeds, _used(picture_ids, row)))
        reach(place / len(sent))
    return found


def _used(picture_ids: Mapping[str, int], row: RequestRow) -> dict[str, int]:
    """Return the ids of the images that the fields of a row refer to."""
    used = {referenced_sha256(item) for value in row.fields.values() for item in references_of(value)}
    return {sha256: picture_id for sha256, picture_id in picture_ids.items() if sha256 in used}


class _ImageStore:
    """Stores images as they are sent, so that thousands of them needn't be in memory together."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._kept: dict[RowImage, InputImage] = {}

    async def keep(self, image: RowImage) -> InputImage:
        """Return the stored image. Raises PictureError, LibraryError."""
        if image not in self._kept:
            read = await read_input(image.source)
            data = await asyncio.to_thread(normalize_for_upload, read.data, name=read.name)
            stored = await self._library.inputs.keep(data)
            self._kept[image] = InputImage(stored.path, image.picture_id)
        return self._kept[image]
