"""The images of `--style-image`: read and checked before anything is sent, stored in the library before it is."""

from __future__ import annotations

import argparse
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass

from imagineart_desktop.batches.input_reading import read_input
from imagineart_desktop.cli.arguments import InvalidArgumentError
from imagineart_desktop.imaging import normalize_for_upload
from imagineart_desktop.library import Library
from imagineart_desktop.models import FieldKind, ModelSpec, input_reference
from imagineart_desktop.models.file_limits import total_problem
from imagineart_desktop.support.json_types import JsonValue


@dataclass(frozen=True, slots=True)
class StyleImages:
    """fields: the field that holds them, if there are any. files: their bytes."""

    fields: dict[str, JsonValue]
    files: Sequence[bytes] = ()

    async def store(self, library: Library) -> None:
        """Store the images, which the request refers to. Raises PictureError, LibraryError."""
        for data in self.files:
            await library.inputs.keep(data)


async def read_style_images(options: argparse.Namespace, model: ModelSpec) -> StyleImages:
    """Read the images. Raises PictureError, InvalidArgumentError."""
    sources = getattr(options, "style_image", [])
    if not sources:
        return StyleImages({})
    field = model.field_of(FieldKind.STYLE)
    if field is None:
        raise InvalidArgumentError(f"{model.label} does not take --style-image.")
    read = [await read_input(source) for source in sources]
    files = [normalize_for_upload(image.data, name=image.name) for image in read]
    if too_large := total_problem(sum(map(len, files)), field):
        raise InvalidArgumentError(too_large)
    references: list[JsonValue] = [input_reference(hashlib.sha256(data).hexdigest()) for data in files]
    return StyleImages({field.name: references}, files)
