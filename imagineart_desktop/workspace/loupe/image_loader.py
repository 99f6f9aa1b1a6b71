"""Image loading for the loupe, off the UI thread: the current image, and its neighbors ahead of time."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.library import FileState, Library, PictureSummary
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.image_pyramid import ImagePyramid

_AT_ONCE = 2
_MAX_AHEAD = 40_000_000
"""Pixel count above which an image isn't decoded before it's shown."""

_ASPECT_TOLERANCE = 0.02
"""Tolerance within which two aspect ratios count as equal, since sizes are rounded to whole pixels."""


@dataclass(frozen=True, slots=True)
class _Task:
    """An image to decode. edge: sufficient length of the longer edge in pixels; None for the full image."""

    summary: PictureSummary
    edge: int | None


class ImageLoader(QObject):
    """Decodes images, and keeps only those that `want` names, the neighbors only as large as they're shown."""

    ready = Signal(int)
    """Id of an image that can be shown in more detail than before."""
    failed = Signal(int, str)

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._tasks: list[_Task] = []
        self._kept: dict[int, ImagePyramid] = {}
        self._busy: set[tuple[int, int | None]] = set()
        self._errors: dict[int, str] = {}
        self._files: dict[int, tuple[str, FileState]] = {}
        """Stamp and state of the files of the kept images."""
        self._forgotten: Counter[int] = Counter()
        self._cleared = 0
        self._current: int | None = None
        self._loaders = 0

    def want(self, current: PictureSummary, around: Sequence[PictureSummary], view: QSizeF, *, full: bool) -> None:
        """Load these images, most urgent first, and release all others.

        view: size to fill, in device pixels; full: whether every pixel of the current image is needed.
        """
        edges = {one.id: _edge(one.size, view) for one in (current, *around)}
        ahead = [one for one in around if one.size[0] * one.size[1] <= _MAX_AHEAD]
        self._tasks = [_Task(current, None if full else edges[current.id])]
        self._tasks += [_Task(one, edges[one.id]) for one in ahead]
        self._forget_changed_files([one for one in (current, *around) if one.id != self._current])
        self._current = current.id
        self._kept = {
            number: pyramid if number == current.id else pyramid.limited_to(edges[number])
            for number, pyramid in self._kept.items()
            if number in edges
        }
        self._errors = {number: error for number, error in self._errors.items() if number in edges}
        if current.id not in self._kept:
            spawn_owned(self, self._preview(current))
        self._start()

    def get(self, number: int) -> ImagePyramid | None:
        """Return the best version of an image that is available now."""
        return self._kept.get(number)

    def error_of(self, number: int) -> str | None:
        """Return why an image can't be shown; None if it can."""
        return self._errors.get(number)

    def forget(self, number: int) -> None:
        """Drop an image whose file has changed."""
        self._forgotten[number] += 1
        self._kept.pop(number, None)
        self._errors.pop(number, None)

    def clear(self) -> None:
        """Release everything."""
        self._cleared += 1
        self._tasks, self._kept, self._errors, self._files, self._current = [], {}, {}, {}, None

    def _forget_changed_files(self, wanted: Sequence[PictureSummary]) -> None:
        """Drop images whose file has changed or is missing, so that they're decoded again.

        The image on screen stays.
        """
        files = {one.id: (one.stamp, one.state) for one in wanted}
        for number, file in files.items():
            if self._files.get(number, file) != file:
                self.forget(number)
        self._files = files | {number: file for number, file in self._files.items() if number == self._current}

    def _start(self) -> None:
        due = sum(self._is_pending(task) for task in self._tasks)
        for _ in range(min(due, _AT_ONCE) - self._loaders):
            self._loaders += 1
            spawn_owned(self, self._load())

    def _next(self) -> _Task | None:
        return next((task for task in self._tasks if self._is_pending(task)), None)

    def _is_pending(self, task: _Task) -> bool:
        number, kept = task.summary.id, self._kept.get(task.summary.id)
        if (number, task.edge) in self._busy or number in self._errors:
            return False
        if kept is None or task.edge is None:
            return kept is None or not kept.is_full
        return not kept.is_full and kept.max_sharp_zoom * max(task.summary.size) < task.edge - 1

    async def _load(self) -> None:
        try:
            while (task := self._next()) is not None:
                await self._run_task(task)
        finally:
            self._loaders -= 1

    async def _run_task(self, task: _Task) -> None:
        number, key = task.summary.id, (task.summary.id, task.edge)
        stamp = self._version(number)
        self._busy.add(key)
        try:
            pyramid = await asyncio.to_thread(_decode, task.summary.path, task.summary.size, task.edge)
        except PictureError as error:
            if self._is_wanted(number, stamp):
                self._errors[number] = str(error)
                self._kept.pop(number, None)
                self.failed.emit(number, str(error))
        else:
            if self._is_wanted(number, stamp):
                self._keep(number, pyramid)
        finally:
            self._busy.discard(key)

    async def _preview(self, summary: PictureSummary) -> None:
        """Show the thumbnail until the image is decoded."""
        stamp = self._version(summary.id)
        try:
            data = await self._library.thumbnail(summary, THUMBNAIL_EDGE)
            image = await asyncio.to_thread(QImage.fromData, data)
        except UserError:
            return
        current = self._tasks[0].summary.id if self._tasks else None
        is_current = summary.id == current and stamp == self._version(summary.id)
        if is_current and summary.id not in self._kept and not image.isNull():
            self._keep(summary.id, ImagePyramid([image], QSize(*summary.size)))

    def _keep(self, number: int, pyramid: ImagePyramid) -> None:
        kept = self._kept.get(number)
        if kept is None or kept.max_sharp_zoom < pyramid.max_sharp_zoom:
            self._kept[number] = pyramid
            self.ready.emit(number)

    def _version(self, number: int) -> tuple[int, int]:
        """Return a stamp that changes with the image's file, to detect that work begun earlier is stale."""
        return self._cleared, self._forgotten[number]

    def _is_wanted(self, number: int, stamp: tuple[int, int]) -> bool:
        return stamp == self._version(number) and any(task.summary.id == number for task in self._tasks)


def _edge(size: tuple[int, int], view: QSizeF) -> int:
    """Return the pixels of an image's longer edge when it's fitted into a view."""
    fitted = QSizeF(*size).scaled(view, Qt.AspectRatioMode.KeepAspectRatio)
    return max(1, round(min(max(fitted.width(), fitted.height()), max(size))))


def _decode(path: Path, size: tuple[int, int], edge: int | None) -> ImagePyramid:
    pixels = load_picture(path, at_least=edge).pixels
    height, width = pixels.shape[:2]
    reduced = edge is not None and width < size[0]
    if reduced and abs(width * size[1] / (height * size[0]) - 1) <= _ASPECT_TOLERANCE:
        return ImagePyramid.of(pixels, QSize(*size))
    return ImagePyramid.of(pixels)
