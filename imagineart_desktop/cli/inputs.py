"""The reference images of a command."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

from imagineart_desktop.batches.input_reading import read_input
from imagineart_desktop.cli.arguments import InvalidArgumentError
from imagineart_desktop.imaging import normalize_for_upload
from imagineart_desktop.jobs import InputImage
from imagineart_desktop.models import FieldKind, ModelSpec
from imagineart_desktop.models.file_limits import total_problem


async def read_references(sources: Sequence[Path | str], model: ModelSpec) -> list[InputImage]:
    """Read reference images, as they are sent. Raises PictureError, InvalidArgumentError."""
    read = [await read_input(source) for source in sources]
    files = [await asyncio.to_thread(normalize_for_upload, image.data, name=image.name) for image in read]
    field = model.field_of(FieldKind.PICTURES)
    if field is not None and (too_large := total_problem(sum(map(len, files)), field)):
        raise InvalidArgumentError(too_large)
    return [InputImage(data) for data in files]
