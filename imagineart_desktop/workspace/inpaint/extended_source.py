"""The current image as it's placed in a larger one, for comparing it with a result that extends it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from imagineart_desktop.imaging import Margins, PictureError, Pixels
from imagineart_desktop.support.pixel_libraries import cv2, np
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController


@dataclass(frozen=True, slots=True)
class ExtendedImage:
    """An image with margins, whose area is empty. pixels: height × width × 3 or 4, uint8."""

    margins: Margins
    pixels: Pixels
    pyramid: ImagePyramid


class ExtendedSource:
    """Extends the current image of a session, and keeps the latest extension."""

    def __init__(self, history: HistoryController) -> None:
        self._history = history
        self._kept: ExtendedImage | None = None

    def forget(self) -> None:
        """Release what is kept: another image is current."""
        self._kept = None

    async def extended(self, margins: Margins) -> ExtendedImage:
        """Return the image with margins. Raises PictureError if there is no image."""
        picture = self._history.picture
        if picture is None:
            raise PictureError("There is no image on the canvas.")
        if not any(margins):
            return ExtendedImage(margins, picture.pixels, picture.pyramid)
        if self._kept is not None and self._kept.margins == margins:
            return self._kept
        image = await asyncio.to_thread(_extended, picture.pixels, margins)
        if picture is self._history.picture:
            self._kept = image
        return image


def _extended(pixels: Pixels, margins: Margins) -> ExtendedImage:
    if pixels.shape[2] == 3:
        pixels = np.dstack([pixels, np.full(pixels.shape[:2], 255, np.uint8)])
    left, top, right, bottom = margins
    pixels = np.asarray(cv2.copyMakeBorder(pixels, top, bottom, left, right, cv2.BORDER_CONSTANT), np.uint8)
    return ExtendedImage(margins, pixels, ImagePyramid.of(pixels))
