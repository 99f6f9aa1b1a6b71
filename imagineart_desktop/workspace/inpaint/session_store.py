"""The image being inpainted: opening it, sending it with its mask, and restoring it after a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from PySide6.QtGui import QImage

from imagineart_desktop.imaging import (
    FullImage,
    InpaintPlan,
    InpaintSettings,
    Mask,
    MaskError,
    OnRows,
    PictureError,
    Pixels,
    Size,
    added_since,
    describe_losses,
    encode_grey_png,
    enlarge_mask,
    load_full_image,
    load_picture,
    new_mask,
    read_file,
    read_mask,
)
from imagineart_desktop.jobs import InpaintRequest, InputImage, cache_source, prepare
from imagineart_desktop.library import Library, LibraryError, StoredInput, write_atomic
from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.support import ReportProgress, UserError
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.image_source import LoadedImage, library_file

_IN_FULL, _SHOWN = 0.6, 0.9
"""Of opening a picture, when it is read in full, and when it is read as it is shown; then it is reduced and kept."""

MASK_DRAFT_PREFIX = "inpaint-mask"
"""File name prefix of masks being painted; the image's SHA-256 follows."""


@dataclass(frozen=True, slots=True)
class OpenImage:
    """An image on the canvas. pixels: height × width × 3 or 4, uint8. kept: its original file, in the library.

    losses: what the file loses outside the mask, in sentences. deep: the full image, if it has the same pixels:
    compositing then decodes nothing.
    """

    pixels: Pixels
    pyramid: ImagePyramid
    kept: StoredInput
    picture_id: int | None
    losses: tuple[str, ...] = ()
    deep: FullImage | None = None

    @property
    def bytes_held(self) -> int:
        """Return the approximate memory in bytes: the half-size copies add a third."""
        return self.pixels.nbytes * 4 // 3


class DecodedImage(NamedTuple):
    """A decoded image.

    pixels: 8-bit sRGB; deep: the full image, if it has the same pixels; losses: see `OpenImage`.
    """

    pixels: Pixels
    deep: FullImage | None
    losses: tuple[str, ...]


async def open_image(loaded: LoadedImage, library: Library, reach: ReportProgress, show_rows: OnRows) -> OpenImage:
    """Decode an image and store its bytes, so that it is available after a restart.

    reach, show_rows: see `load_full_image`; called in another thread. Raises PictureError, WorkCanceledError.
    """

    def read() -> tuple[DecodedImage, ImagePyramid]:
        found = decode_image(loaded.data, loaded.name, reach, show_rows)
        return found, ImagePyramid.of(found.pixels)

    (found, pyramid), kept = await library.inputs.keep_during(loaded.data, lambda: asyncio.to_thread(read))
    return _opened(found, pyramid, kept, loaded.picture_id)


async def open_decoded(
    pixels: Pixels, pyramid: ImagePyramid, deep: FullImage | None, picture_id: int, library: Library
) -> OpenImage:
    """Open a library picture that is already decoded. Raises PictureError, LibraryError."""
    path = await library_file(picture_id, library)
    kept, losses = await library.inputs.keep_file(path), await asyncio.to_thread(describe_losses, path)
    return _opened(DecodedImage(pixels, deep, losses), pyramid, kept, picture_id)


async def reopen(
    kept: StoredInput, picture_id: int | None, reach: ReportProgress | None = None, show_rows: OnRows | None = None
) -> OpenImage:
    """Open an image of an earlier session or step. reach, show_rows: as above.

    Raises PictureError, WorkCanceledError.
    """

    def read() -> tuple[DecodedImage, ImagePyramid]:
        # Read into memory, so that it is decoded in large pieces.
        found = decode_image(read_file(kept.path), kept.path.name, reach, show_rows)
        return found, ImagePyramid.of(found.pixels)

    return _opened(*await asyncio.to_thread(read), kept, picture_id)


class RestoredSession(NamedTuple):
    """An image of the last session with the mask being painted on it. problem: why there is no mask."""

    picture: OpenImage
    mask: Mask | None
    problem: str = ""


async def restore_session(
    kept: StoredInput, picture_id: int | None, library: Library, reach: ReportProgress, show_rows: OnRows
) -> RestoredSession:
    """Open an image of the last session. reach, show_rows: as above. Raises PictureError, WorkCanceledError."""
    picture = await reopen(kept, picture_id, reach, show_rows)
    try:
        return RestoredSession(picture, await load_mask_draft(picture, library))
    except UserError as error:
        return RestoredSession(picture, None, str(error))


def decode_image(
    source: Path | bytes, name: str | None = None, reach: ReportProgress | None = None, show_rows: OnRows | None = None
) -> DecodedImage:
    """Decode an image, at full depth and as shown; reads the file twice if these differ. See `load_full_image`."""
    deep = load_full_image(source, name=name, reach=_part(reach, 0, _IN_FULL), show_rows=show_rows)
    if deep.is_srgb8:
        return DecodedImage(deep.shown(), deep, deep.losses)
    losses = deep.losses
    del deep
    return DecodedImage(load_picture(source, name=name, reach=_part(reach, _IN_FULL, _SHOWN)).pixels, None, losses)


def _part(reach: ReportProgress | None, start: float, end: float) -> ReportProgress | None:
    return None if reach is None else lambda share: reach(start + (end - start) * share)


def _opened(found: DecodedImage, pyramid: ImagePyramid, kept: StoredInput, picture_id: int | None) -> OpenImage:
    if found.deep is not None:
        cache_source(kept.sha256, found.deep)
    return OpenImage(found.pixels, pyramid, kept, picture_id, found.losses, found.deep)


async def load_step_thumbnail(sha256: str, picture_id: int | None, library: Library) -> QImage | None:
    """Return a thumbnail of a step's image, or None if the library no longer has it."""
    with suppress(PictureError, LibraryError, ValueError):
        if picture_id is not None:
            (summary,) = await library.summaries([picture_id])
            return await asyncio.to_thread(QImage.fromData, await library.thumbnail(summary, THUMBNAIL_EDGE))
        kept = await library.inputs.find(sha256)
        if kept is not None:
            return await asyncio.to_thread(lambda: ImagePyramid.of(load_picture(kept.path).pixels).small)
    return None


async def prepare_requests(
    picture: OpenImage, mask: Mask, settings: InpaintSettings, model: ModelSpec, references: Sequence[InputImage]
) -> list[InpaintRequest]:
    """Return what is sent, one item per request. Raises PictureError, MaskError."""
    return await prepare(picture.kept.path, mask, settings, model, picture_id=picture.picture_id, references=references)


async def load_stored_mask(sha256: str | None, size: Size, library: Library) -> Mask:
    """Return a stored mask, or an unpainted one if it is missing or has another size."""
    kept = await library.inputs.find(sha256) if sha256 is not None else None
    if kept is None or kept.size != size:
        return new_mask(size)
    return (await asyncio.to_thread(read_mask, kept.path, size)).mask


async def mask_painted_since(plan: InpaintPlan, mask: Mask, library: Library) -> Mask | None:
    """Return what was painted since a request was prepared, on that request's canvas with its margins.

    None if nothing was, or if the library no longer has the request's mask.
    """
    kept = await library.inputs.find(plan.mask)
    if kept is None or kept.size != plan.settings.margins.around((mask.shape[1], mask.shape[0])):
        return None

    def compare() -> Mask | None:
        now = enlarge_mask(mask, plan.settings.margins, plan.settings.overlap)
        return added_since(now, read_mask(kept.path, kept.size).mask)

    with suppress(PictureError, MaskError):
        return await asyncio.to_thread(compare)
    return None


async def save_mask_draft(mask: Mask, picture: OpenImage, library: Library) -> None:
    """Save the painted mask for a restart, keeping the previous image's too: a crash may come in between.

    Raises LibraryError.
    """
    path = _mask_draft(picture.kept.sha256, library)

    def write() -> None:
        write_atomic(path, encode_grey_png(mask))
        others = sorted(path.parent.glob(f"{MASK_DRAFT_PREFIX}-*.png"), key=lambda other: other.stat().st_mtime)
        for old in others[:-2]:
            old.unlink(missing_ok=True)

    try:
        await asyncio.to_thread(write)
    except OSError as error:
        raise disk_error(error, "Couldn’t save the mask") from error


async def store_mask_draft(sha256: str, library: Library) -> str | None:
    """Store the mask being painted on an image as an input. Return its hash, or None if there is no mask.

    Raises PictureError, LibraryError.
    """
    path = _mask_draft(sha256, library)
    return (await library.inputs.keep_file(path)).sha256 if path.is_file() else None


async def load_mask_draft(picture: OpenImage, library: Library) -> Mask | None:
    """Return the mask that was being painted on this image, or None if there is none."""
    path = _mask_draft(picture.kept.sha256, library)
    if not path.is_file():
        return None
    size = picture.pixels.shape[1], picture.pixels.shape[0]

    def read() -> Mask | None:
        mask = read_mask(path, size).mask
        return np.array(mask) if mask.any() else None

    return await asyncio.to_thread(read)


def _mask_draft(sha256: str, library: Library) -> Path:
    return library.files.root / f"{MASK_DRAFT_PREFIX}-{sha256[:16]}.png"
