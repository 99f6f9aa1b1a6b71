"""The middle of Generate and Edit: a bar, and below it the picture, or tiles that hold the place of what is coming."""

from __future__ import annotations

import asyncio
import math
from functools import partial
from pathlib import Path

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QDrag, QImage, QPixmap
from PySide6.QtWidgets import QGridLayout, QScrollArea, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import PictureError, load_picture
from imagineart_desktop.jobs import Job, JobEvent, State, Worker
from imagineart_desktop.library import Library, LibraryError, PictureDetails, PictureSummary
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.canvas.pyramid import Pyramid
from imagineart_desktop.ui.gallery.model import mime_of
from imagineart_desktop.ui.gallery.thumbnails import THUMBNAIL_EDGE
from imagineart_desktop.ui.results.job_tile import JobTile
from imagineart_desktop.ui.viewer.picture_view import PictureView
from imagineart_desktop.ui.widgets import EmptyState, InlineMessage, button, gap, rule, wrapping_bar

FORM_WIDTH = 328
_COMMANDS = {"edit": "→ Edit", "inpaint": "→ Inpaint", "favourite": "★", "copy": "Copy", "export": "Export…"}


class ResultArea(QWidget):
    """commands: which buttons stand at the right of the bar, name → words."""

    command = Signal(str, list)
    menu_wanted = Signal(list, QPoint)
    picture_shown = Signal(object)
    """`PictureSummary` or None."""

    def __init__(
        self, library: Library, worker: Worker, empty: EmptyState, commands: dict[str, str] | None = None
    ) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library = library
        self._worker = worker
        self._tiles: dict[str, JobTile] = {}
        self._asked = 0
        self.current: PictureSummary | None = None
        self.view = PictureView()
        self.message = InlineMessage()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._bar(commands or _COMMANDS))
        column.addWidget(rule())
        column.addWidget(self.message)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        tiles = QWidget()
        self._tile_page = QScrollArea()
        self._tile_page.setWidgetResizable(True)
        self._tile_page.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self._tile_page.setWidget(tiles)
        self._grid = QGridLayout(tiles)
        self._grid.setContentsMargins(24, 24, 24, 24)
        self._grid.setSpacing(12)
        for page in (empty, self.view, self._tile_page):
            self._stack.addWidget(page)
        column.addWidget(holder, 1)
        worker.subscribe(self._job_event)
        self.view.menu_wanted.connect(self._ask_menu)
        self.view.drag_out.connect(self._drag_out)
        self.view.left.connect(self.show_batch)
        self.view.stepped.connect(self._step)
        self._show_bar()

    # Pictures

    def open(self, number: int) -> None:
        """Shows a picture of the library."""
        spawn(self._open(number))

    def show_file(self, path: Path) -> None:
        """Show a file from outside the library, such as a reference."""
        spawn(self._show_file(path))

    async def _show_file(self, path: Path) -> None:
        turn = self._begin()
        try:
            pyramid = await asyncio.to_thread(lambda: Pyramid.of(load_picture(path).pixels))
        except PictureError as error:
            self.message.say(str(error))
            return
        if turn == self._asked:
            self.current = None
            self.view.show_picture(pyramid)
            self._stack.setCurrentWidget(self.view)
            self._show_bar()
            self.picture_shown.emit(None)

    @property
    def shown(self) -> PictureSummary | None:
        """The library image on screen; None while the grid or something else is shown."""
        return self.current if self._stack.currentWidget() is self.view else None

    def refit(self) -> None:
        """All of the picture."""
        self.view.fit()

    def _begin(self) -> int:
        """Forget what was asked for before, and what went wrong with it. Returns the turn of the new request."""
        self._asked += 1
        self.message.clear()
        return self._asked

    async def _open(self, number: int) -> None:
        turn = self._begin()
        try:
            details = await self._library.details(number)
            if details is None:
                return
            after = await asyncio.to_thread(lambda: Pyramid.of(load_picture(details.summary.path).pixels))
            before = await _before(details)
        except (LibraryError, PictureError) as error:
            if turn == self._asked:
                self.current = None
                self.view.show_picture(None)
                self._stack.setCurrentIndex(0)
                self._show_bar()
                self.message.say(str(error))
            return
        if turn == self._asked:
            self.current = details.summary
            self.view.show_picture(after, before)
            self._stack.setCurrentWidget(self.view)
            self._show_bar()
            self.picture_shown.emit(details.summary)

    def show_batch(self) -> None:
        """Go back from one image to the grid of its batch, if there is one."""
        if self._tiles:
            self._show_tiles()
            self._tile_page.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _open_tile(self, number: int) -> None:
        """Open an image over its batch. It gets the keys: arrows and Esc must not go to the form."""
        await self._open(number)
        if self.view.isVisible():
            self.view.setFocus(Qt.FocusReason.MouseFocusReason)

    def _step(self, step: int) -> None:
        """Open the previous or next finished image of the batch."""
        numbers = [tile.picture_id for tile in self._tiles.values() if tile.picture_id is not None]
        if self.current is not None and self.current.id in numbers:
            place = numbers.index(self.current.id) + step
            if 0 <= place < len(numbers):
                self.open(numbers[place])

    # Places that are held

    def expect(self, jobs: list[Job]) -> None:
        """Holds a place for each of these jobs."""
        self._clear_tiles()
        columns = math.ceil(math.sqrt(len(jobs)))
        for index, job in enumerate(jobs):
            tile = JobTile(job)
            tile.opened.connect(lambda number: spawn(self._open_tile(number)))
            self._tiles[job.id] = tile
            self._grid.addWidget(tile, index // columns, index % columns)
        self._show_tiles()

    def _show_tiles(self) -> None:
        self._stack.setCurrentWidget(self._tile_page)
        self._show_bar()
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
                self._stack.setCurrentIndex(1 if self.view.has_picture else 0)
            self._show_bar()
        elif event.pictures:
            if len(self._tiles) == 1 and self._stack.currentWidget() is self._tile_page:
                self._clear_tiles()
                self.open(event.pictures[0])
            else:
                spawn(self._fill(tile, event.pictures[0]))

    async def _fill(self, tile: JobTile, number: int) -> None:
        try:
            (picture,) = await self._library.summaries([number])
            data = await self._library.thumbnail(picture, THUMBNAIL_EDGE)
        except (LibraryError, PictureError, ValueError):
            return
        image = await asyncio.to_thread(QImage.fromData, data)
        if tile in self._tiles.values():
            tile.show_picture(number, QPixmap.fromImage(image))
            self._show_bar()

    def _clear_tiles(self) -> None:
        for tile in self._tiles.values():
            self._grid.removeWidget(tile)
            tile.deleteLater()
        self._tiles = {}

    # The bar

    def _bar(self, commands: dict[str, str]) -> QWidget:
        self._fit = button("Fit", self.view.fit, tip="All of the picture (Ctrl+0)")
        self._actual = button("100 %", lambda: self.view.zoom_to(1.0), tip="One pixel for one (Ctrl+1)")
        self.compare = button("Compare", tip="Before and after, with a slider (\\)")
        self.compare.setCheckable(True)
        self.compare.toggled.connect(self.view.set_comparing)
        self._batch = button("", self.show_batch, tip="Back to all results of this request (Esc)")
        self._batch.hide()
        self._commands = {}
        for name, words in commands.items():
            made = button(words, partial(self._run, name))
            if name == "favourite":
                made.setAccessibleName("Favourite")
                made.setToolTip("Favourite")
            self._commands[name] = made
        left = (self._fit, self._actual, self.compare, self._batch)
        return wrapping_bar(*left, gap(), *self._commands.values())

    def _show_bar(self) -> None:
        shown = self._stack.currentWidget() is self.view
        for made in (self._fit, self._actual):
            made.setEnabled(shown)
        for made in self._commands.values():
            made.setEnabled(shown and self.current is not None)
        self.compare.setEnabled(shown and self.view.has_before)
        done = sum(tile.picture_id is not None for tile in self._tiles.values())
        self._batch.setText(f"‹ Results · {done} of {len(self._tiles)}")
        self._batch.setVisible(shown and bool(self._tiles))

    def _run(self, name: str) -> None:
        if self.current is not None:
            self.command.emit(name, [self.current.id])

    def _ask_menu(self, at: QPoint) -> None:
        if self.current is not None:
            self.menu_wanted.emit([self.current.id], at)

    def _drag_out(self) -> None:
        if self.current is not None:
            drag = QDrag(self)
            drag.setMimeData(mime_of([self.current]))
            drag.exec(Qt.DropAction.CopyAction)


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


async def _before(details: PictureDetails) -> Pyramid | None:
    """The first picture that this one was made from, if it is still there."""
    path = next((parent.path for parent in details.parents if parent.role != "mask"), None)
    if path is None:
        return None
    try:
        return await asyncio.to_thread(lambda: Pyramid.of(load_picture(path).pixels))
    except PictureError:
        return None
