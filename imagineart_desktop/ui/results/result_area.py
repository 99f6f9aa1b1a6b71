"""The middle of Generate and Edit: tiles that hold the place of what is coming, and the loupe over them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSplitter, QStackedLayout, QWidget

from imagineart_desktop.imaging import PictureError
from imagineart_desktop.jobs import Job, JobEvent, State, Worker
from imagineart_desktop.library import Library, LibraryError, PictureSummary
from imagineart_desktop.models import Task
from imagineart_desktop.ui.background import spawn_for
from imagineart_desktop.ui.gallery.thumbnails import THUMBNAIL_EDGE
from imagineart_desktop.ui.loupe.loupe import Loupe
from imagineart_desktop.ui.results.job_tile import JobTile
from imagineart_desktop.ui.widgets import EmptyState

FORM_WIDTH = 328
_COMMANDS = {"edit": "→ Edit", "inpaint": "→ Inpaint", "favourite": "★", "copy": "Copy", "export": "Export…"}


class ResultArea(QWidget):
    """commands: which buttons stand at the right of the loupe's bar, name → words."""

    command = Signal(str, list)
    menu_wanted = Signal(list, QPoint)
    log_wanted = Signal(object)
    """The job whose log is asked for."""
    picture_shown = Signal(object)
    """`PictureSummary` or None."""
    closed = Signal()
    """The user left the loupe, and there is no batch to go back to."""

    def __init__(
        self, library: Library, worker: Worker, empty: EmptyState, commands: Mapping[str, str] = _COMMANDS
    ) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library = library
        self._worker = worker
        self._tiles: dict[str, JobTile] = {}
        self._in_batch = False
        """Whether the loupe walks through the batch's results."""
        self.loupe = Loupe(library, commands)
        self.view = self.loupe.view
        self.message = self.loupe.message
        self._stack = QStackedLayout(self)
        self._empty = empty
        tiles = QWidget()
        self._tile_page = QScrollArea()
        self._tile_page.setWidgetResizable(True)
        self._tile_page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._tile_page.setWidget(tiles)
        self._grid = QGridLayout(tiles)
        self._grid.setContentsMargins(24, 24, 24, 24)
        self._grid.setSpacing(12)
        for page in (empty, self.loupe, self._tile_page):
            self._stack.addWidget(page)
        worker.subscribe(self._job_event)
        self.loupe.command.connect(self.command)
        self.loupe.menu_wanted.connect(self.menu_wanted)
        self.loupe.image_shown.connect(self.picture_shown)
        self.loupe.left.connect(self.close_loupe)
        self._show_back()

    # Pictures

    @property
    def current(self) -> PictureSummary | None:
        """The library image in the loupe, also while the grid is shown."""
        return self.loupe.current

    @property
    def shown(self) -> PictureSummary | None:
        """The library image on screen; None while the grid or something else is shown."""
        return self.current if self._stack.currentWidget() is self.loupe else None

    def open(self, number: int, among: Sequence[int] | None = None) -> None:
        """Show an image of the library. among: the list that it stands in; without one, its batch or itself."""
        batch = self._finished()
        self._in_batch = among is None and number in batch
        self._show_back()
        self._stack.setCurrentWidget(self.loupe)
        self.loupe.open(among or (batch if self._in_batch else [number]), number)

    def show_file(self, path: Path) -> None:
        """Show a file from outside the library, such as a reference."""
        self._stack.setCurrentWidget(self.loupe)
        self.loupe.open_file(path)

    def close_loupe(self) -> None:
        """Go back to the grid of the batch; where there is none, to the empty page."""
        self._stack.setCurrentWidget(self._tile_page if self._tiles else self._empty)
        self.loupe.close_image()
        self.picture_shown.emit(None)
        if self._tiles:
            self._tile_page.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.closed.emit()

    def _open_tile(self, number: int) -> None:
        """Open an image over its batch. It gets the keys: arrows and Esc must not go to the form."""
        self.open(number)
        self.loupe.take_keys()

    def _finished(self) -> list[int]:
        return [tile.picture_id for tile in self._tiles.values() if tile.picture_id is not None]

    # Places that are held

    def expect(self, jobs: list[Job]) -> None:
        """Holds a place for each of these jobs."""
        self._clear_tiles()
        columns = math.ceil(math.sqrt(len(jobs)))
        for index, job in enumerate(jobs):
            tile = JobTile(job)
            tile.opened.connect(self._open_tile)
            tile.log_wanted.connect(self.log_wanted)
            self._tiles[job.id] = tile
            self._grid.addWidget(tile, index // columns, index % columns)
        self._show_tiles()

    def resume(self, task: Task) -> None:
        """Hold places for the jobs of a task that an earlier session left under way."""
        ended = (State.FAILED, State.UNCONFIRMED)
        jobs = [job for job in self._worker.jobs() if job.model.task is task and job.state not in ended]
        if jobs:
            self.expect(jobs)

    def _show_tiles(self) -> None:
        self._stack.setCurrentWidget(self._tile_page)
        self.loupe.close_image()
        self._show_back()
        self.picture_shown.emit(None)

    def tick(self) -> None:
        """A second has passed: elapsed times go on."""
        for tile in self._tiles.values():
            if tile.isVisible():
                tile.update()

    def _job_event(self, event: JobEvent) -> None:
        tile = self._tiles.get(event.job.id)
        if tile is None:
            return
        tile.show_job(event.job)
        if event.job.state is State.CANCELLED:
            self._tiles.pop(event.job.id)
            self._grid.removeWidget(tile)
            tile.deleteLater()
            if not self._tiles and self._stack.currentWidget() is self._tile_page:
                self._stack.setCurrentWidget(self._empty)
            self._show_back()
        elif event.pictures:
            spawn_for(self, self._fill(tile, event.pictures[0]))

    async def _fill(self, tile: JobTile, number: int) -> None:
        """Show a result in its place; the only one of a request is opened, unless the user looks at something else."""
        try:
            (picture,) = await self._library.summaries([number])
            data = await self._library.thumbnail(picture, THUMBNAIL_EDGE)
        except (LibraryError, PictureError, ValueError):
            return
        image = await asyncio.to_thread(QImage.fromData, data)
        if tile in self._tiles.values():
            tile.show_picture(number, QPixmap.fromImage(image))
            self._show_back()
            if self._in_batch and self.shown is not None:
                self.loupe.images.extend(self._finished())
            if len(self._tiles) == 1 and self._stack.currentWidget() is self._tile_page:
                self.open(number)

    def _clear_tiles(self) -> None:
        for tile in self._tiles.values():
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}

    def _show_back(self) -> None:
        done = len(self._finished())
        self.loupe.bar.set_back(f"Results · {done} of {len(self._tiles)}" if self._tiles else "Back")


def beside(form: QWidget, results: QWidget) -> QSplitter:
    """The form at the left, what comes of it at the right; the border between them can be moved."""
    splitter = QSplitter()
    splitter.addWidget(form)
    splitter.addWidget(results)
    splitter.setSizes([FORM_WIDTH, 840])
    splitter.setStretchFactor(1, 1)
    splitter.setChildrenCollapsible(False)
    form.setMinimumWidth(300)
    return splitter
