"""Input images, from a file or a public URL."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from imagineart_desktop import jobs
from imagineart_desktop.cli.arguments import InvalidArgumentError
from imagineart_desktop.fal import FalError, fetch_public_image, name_from_url
from imagineart_desktop.imaging import PictureError, normalize_for_upload, read_file
from imagineart_desktop.models import FieldKind, ModelSpec
from imagineart_desktop.models.file_limits import total_problem


@dataclass(frozen=True, slots=True)
class InputImage:
    """The unmodified bytes of an image. name: for error messages."""

    data: bytes
    name: str


async def read_input(source: Path | str) -> InputImage:
    """Read an image. source: a file, or an http(s) URL. Raises PictureError."""
    if isinstance(source, Path):
        return InputImage(await asyncio.to_thread(read_file, source), source.name)
    name = name_from_url(source)
    try:
        return InputImage(await fetch_public_image(source), name)
    except FalError as error:
        raise PictureError(f"“{name}” could not be fetched. {error.message}") from error
    except OSError as error:
        raise PictureError(f"“{name}” could not be stored: {error.strerror}.") from error


async def read_references(sources: Sequence[Path | str], model: ModelSpec) -> list[jobs.InputImage]:
    """Read reference images, as they are sent. Raises PictureError, InvalidArgumentError."""
    read = [await read_input(source) for source in sources]
    files = [await asyncio.to_thread(normalize_for_upload, image.data, name=image.name) for image in read]
    field = model.field_of(FieldKind.PICTURES)
    if field is not None and (too_large := total_problem(sum(map(len, files)), field)):
        raise InvalidArgumentError(too_large)
    return [jobs.InputImage(data) for data in files]
