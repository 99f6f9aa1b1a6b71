"""Reads input images from a file or a public address."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from imagineart_desktop.fal import FalError, fetch_public_image, name_from_url
from imagineart_desktop.imaging import PictureError, read_file


@dataclass(frozen=True, slots=True)
class ReadInput:
    """The unmodified bytes of an image. name: for error messages."""

    data: bytes
    name: str


async def read_input(source: Path | str) -> ReadInput:
    """Read an image. source: a file, or an http(s) URL. Raises PictureError."""
    if isinstance(source, Path):
        return ReadInput(await asyncio.to_thread(read_file, source), source.name)
    name = name_from_url(source)
    try:
        return ReadInput(await fetch_public_image(source), name)
    except FalError as error:
        raise PictureError(f"“{name}” could not be fetched. {error.message}") from error
    except OSError as error:
        raise PictureError(f"“{name}” could not be stored: {error.strerror}.") from error
