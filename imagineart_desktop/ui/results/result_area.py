"""The results area of Generate and Edit: tiles for pending and finished images, and the loupe over them."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QImage, QPixmap
from PySide6.QtWidgets import QSplitter, QStackedLayout, QWidget

from imagineart_desktop.jobs import Job, JobEvent, JobState, Worker
from imagineart_desktop.library import Library, LibraryChange, LibraryError, PictureSummary, Query, SearchResult
from imagineart_desktop.models import Task
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.results.job_tile import JobTile
from imagineart_desktop.ui.results.placeholder_page import PlaceholderPage
from imagineart_desktop.ui.results.tile_grid import TileGrid
from imagineart_desktop.ui.viewer.image_view import ImageViewer
from imagineart_desktop.ui.widgets import EmptyState
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.image_commands import RESULTS_BAR
from imagineart_desktop.workspace.gallery.changes import ChangeBatcher
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.saved_results import SavedResults, places_of, unfinished_jobs

if TYPE_CHECKING:
    from imagineart_desktop.ui.loupe.loupe import Loupe

FORM_WIDTH = 328


class ResultArea(QWidget):
    """The results of a tab: a grid of tiles, with the loupe over it.

    commands: ids of the buttons on the right of the loupe's bar.
    """

    command = Signal(str, list)
    menu_wanted = Signal(list, QPoint)
    log_wanted = Signal(object)
    """The job whose log is requested."""
    picture_shown = Signal(object)
    """`PictureSummary` or None."""
    changed = Signal()
    """What is shown has changed and should be saved for the next session."""
    replaced = Signal()
    """The grid, an image, or the empty page is shown in place of another one of them."""
    arrived = Signal(QWidget)
    """The first result of a request is there. Carries what may take the focus unless the user is typing.

    That is the image if it was opened as the only one, or the first place of a batch.
    """
    closed = Signal(object)
    """The user closed an image that wasn't opened from the batch, so the keyboard focus belongs elsewhere.

    Carries the id of the last viewed image if it isn't the one that was opened, or None.
    """

    def __init__(
        self, library: Library, worker: Worker, empty: EmptyState, commands: Sequence[str] = RESULTS_BAR
    ) -> None:
        super().__init__()
        self.setObjectName("ground")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._library = library
        self._worker = worker
        self._in_batch = False
        """Whether the loupe walks through the batch's results."""
        self._opened: int | None = None
        """The image that the loupe was opened with."""
        self._changes = ChangeBatcher(library, lambda changed: Query(among=tuple(changed)), self._take_changed, self)
        self.deferred_loupe = Lazy(lambda: self._build_loupe(commands))
        self._stack = QStackedLayout(self)
        self._empty = empty
        self._grid = TileGrid()
        self._last: SavedResults | None = None
        """What the last session showed, until it's restored."""
        self._blank = PlaceholderPage()
        for page in (empty, self._grid, self._blank):
            self._stack.addWidget(page)
        self._stack.currentChanged.connect(self.replaced)
        unsubscribe = worker.subscribe(self._job_event)
        self.destroyed.connect(lambda: unsubscribe())
        library.subscribe(self._library_changed)
        self._grid.opened.connect(self._open_tile)
        self._grid.log_wanted.connect(self.log_wanted)
        self._grid.menu_wanted.connect(self.menu_wanted)

    # The loupe

    @property
    def loupe(self) -> Loupe:
        """The loupe, which shows one result large over the grid."""
        return self.deferred_loupe()

    @property
    def view(self) -> ImageViewer:
        """The view of the image in the loupe."""
        return self.loupe.view

    def _build_loupe(self, commands: Sequence[str]) -> Loupe:
        from imagineart_desktop.ui.loupe.loupe import Loupe

        loupe = Loupe(self._library, commands)
        self._stack.addWidget(loupe)
        loupe.command.connect(self.command)
        loupe.menu_wanted.connect(self.menu_wanted)
        loupe.image_shown.connect(self.picture_shown)
        loupe.image_shown.connect(self.changed)
        loupe.left.connect(self.close_loupe)
        self._set_back_label(loupe)
        return loupe

    @property
    def _is_loupe_open(self) -> bool:
        return self._stack.currentWidget() is self.deferred_loupe.built

    # Images

    @property
    def current(self) -> PictureSummary | None:
        """The library image in the loupe, also while the grid is shown."""
        loupe = self.deferred_loupe.built
        return loupe.current if loupe is not None else None

    @property
    def shown(self) -> PictureSummary | None:
        """The library image on screen; None while the grid or something else is shown."""
        return self.current if self._is_loupe_open else None

    def open(self, number: int, among: Sequence[int] | None = None) -> None:
        """Show an image of the library. among: the list it belongs to; by default its batch, or only itself."""
        batch = self._grid.results
        self._in_batch = among is None and number in batch
        self._opened = number
        self._update_back_label()
        self._stack.setCurrentWidget(self.loupe)
        self.loupe.open(among or (batch if self._in_batch else [number]), number)

    def show_file(self, path: Path) -> None:
        """Show a file from outside the library, such as a reference."""
        self._in_batch, self._opened = False, None
        self._stack.setCurrentWidget(self.loupe)
        self.loupe.open_file(path)

    def close_loupe(self) -> None:
        """Return to the last viewed image in the batch's grid, or to the empty page if there's no batch."""
        seen = self.loupe.images.current
        self._show_grid_or_empty()
        self.loupe.close_image()
        self.picture_shown.emit(None)
        self.changed.emit()
        if self._grid.shown:
            self._grid.take_keys(seen, self._opened)
        if not (self._in_batch and self._grid.shown):
            self.closed.emit(seen if seen != self._opened else None)

    def _show_grid_or_empty(self) -> None:
        """Show the batch, or the empty page if there is none."""
        ground = self._blank if self._last is not None else self._empty
        self._stack.setCurrentWidget(self._grid if self._grid.shown else ground)

    def _open_tile(self, number: int) -> None:
        """Open an image over its batch, with the keyboard focus: arrows and Esc must not go to the form."""
        self.open(number)
        self.loupe.take_keys()

    def focused_ids(self) -> list[int]:
        """Return the id of the image whose tile has the keyboard focus, or an empty list."""
        number = self._grid.current if self._stack.currentWidget() is self._grid else None
        return [] if number is None else [number]

    def use_actions(self, actions: Sequence[QAction]) -> None:
        """Make the shortcuts of these actions work in the tiles."""
        self._grid.addActions(actions)

    # Placeholders

    def expect(self, jobs: list[Job]) -> None:
        """Hold a place for each image of these jobs."""
        self._last = None
        self._grid.hold([place for job in jobs for place in places_of(job)])
        self._stack.setCurrentWidget(self._grid)
        if (loupe := self.deferred_loupe.built) is not None:
            loupe.close_image()
        self._update_back_label()
        self.picture_shown.emit(None)
        self.changed.emit()

    # The last session

    def state(self) -> SavedResults:
        """Return what is shown, for `restore`."""
        loupe = self.deferred_loupe.built
        opened = loupe.images.current if loupe is not None and self._is_loupe_open else None
        if self._last is not None:
            return SavedResults(jobs=self._last.jobs, opened=opened or self._last.opened)
        return SavedResults(jobs=tuple(dict.fromkeys(tile.job.id for tile in self._grid.shown)), opened=opened)

    def restore(self, last: SavedResults, task: Task) -> None:
        """Hold places for the unfinished jobs of a task, and restore what was shown with them.

        Images are read once the area has been painted; reading them earlier would delay the window's first frame.
        """
        jobs = unfinished_jobs(self._worker, task)
        if last.opened is not None or not {job.id for job in jobs}.issuperset(last.jobs):
            self._last = last
            self._stack.setCurrentWidget(self._blank)
            self._restore_when_painted(task)
        elif jobs:
            self.expect(jobs)

    def _start_bringing_back(self, task: Task) -> None:
        spawn_owned(self, self._bring_back(task))

    def _restore_when_painted(self, task: Task) -> None:
        self._blank.painted.connect(partial(self._start_bringing_back, task), Qt.ConnectionType.SingleShotConnection)

    async def _bring_back(self, task: Task) -> None:
        if (last := self._last) is None:
            return
        # Collects events of a job between reading its row and holding its place.
        events: list[JobEvent] = []
        unsubscribe = self._worker.subscribe(events.append)
        try:
            found = await last.find(self._library, self._worker, task)
        except LibraryError:
            # Keep the saved state and try again when the blank page is next shown.
            if self._stack.currentWidget() is self._blank:
                self._stack.setCurrentWidget(self._empty)
            self._restore_when_painted(task)
            return
        finally:
            unsubscribe()
        if self._last is None:
            # A request was submitted meanwhile.
            return
        self._last = None
        if found.places:
            self._grid.hold(found.places)
        tiles = self._grid.tiles
        for place in tiles.keys() & found.images.keys():
            tiles[place].picture_id = found.images[place]
        if found.opened is not None and self._stack.currentWidget() is self._blank:
            self.open(found.opened)
        for event in events:
            self._job_event(event)
        shown = [self._show_result(tile, tile.picture_id) for tile in tiles.values() if tile.picture_id is not None]
        await asyncio.gather(*shown)
        if self._stack.currentWidget() is self._blank:
            self._show_grid_or_empty()

    def tick(self) -> None:
        """Update elapsed times, once per second."""
        for tile in self._grid.shown:
            if tile.isVisible():
                tile.update()

    def _job_event(self, event: JobEvent) -> None:
        tiles = self._grid.of_job(event.job.id)
        for tile in tiles.values():
            tile.show_job(event.job)
        if tiles and event.job.state is JobState.CANCELLED:
            for place in tiles:
                self._grid.remove(place)
            self._tiles_changed()
        elif tiles and (event.pictures or event.job.state is JobState.DONE):
            # A job that is done has no pictures if the user has deleted them already.
            spawn_owned(self, self._fill(event.job))

    async def _fill(self, job: Job) -> None:
        """Show the results of a job in their places."""
        try:
            images = await self._library.results_of([job.id])
        except LibraryError:
            return
        if not self._grid.of_job(job.id):
            # Meanwhile the places were given to another request.
            return
        self._grid.fit(job, images)
        if not self._grid.tiles:
            self._tiles_changed()
        for place, number in images.items():
            tile = self._grid.tiles.get(place)
            if tile is not None and tile.picture_id is None:
                await self._fill_tile(tile, number)

    async def _fill_tile(self, tile: JobTile, number: int) -> None:
        """Show a result in its place; the only one of a request is opened, unless the user views something else."""
        if await self._show_result(tile, number):
            self._update_back_label()
            self.changed.emit()
            if self._in_batch and self.shown is not None:
                self.loupe.images.extend(self._grid.results)
            if self._stack.currentWidget() is not self._grid:
                return
            if len(self._grid.tiles) > 1:
                if self._grid.results == [number]:
                    self.arrived.emit(self._grid.shown[0])
            elif tile.hasFocus():
                self._open_tile(number)
            else:
                self.open(number)
                self.arrived.emit(self.view)

    async def _show_result(self, tile: JobTile, number: int) -> bool:
        """Show a result in its place. Return whether it's there."""
        try:
            (picture,) = await self._library.summaries([number])
            data = await self._library.thumbnail(picture, THUMBNAIL_EDGE)
        except (UserError, ValueError):
            return False
        image = await asyncio.to_thread(QImage.fromData, data)
        if tile not in self._grid.tiles.values():
            return False
        tile.show_picture(number, QPixmap.fromImage(image))
        tile.show_marks(picture)
        return True

    def _tiles_changed(self) -> None:
        """Update after tiles were added or removed."""
        if not self._is_loupe_open:
            self._show_grid_or_empty()
        self._update_back_label()
        self.changed.emit()

    def _update_back_label(self) -> None:
        if (loupe := self.deferred_loupe.built) is not None:
            self._set_back_label(loupe)

    def _set_back_label(self, loupe: Loupe) -> None:
        loupe.bar.set_back("Results" if self._grid.shown else "Back")

    # Results moved to the trash and back

    def _library_changed(self, change: LibraryChange) -> None:
        mine = {tile.picture_id for tile in self._grid.tiles.values() if tile.picture_id is not None}
        if change.reset and mine:
            for place, tile in list(self._grid.tiles.items()):
                if tile.picture_id is not None:
                    self._grid.remove(place)
            self._tiles_changed()
        elif change.reordered and (changed := mine.intersection(change.pictures)):
            self._changes.add(changed)

    async def _show_marks(self, numbers: Sequence[int]) -> None:
        try:
            found = {picture.id: picture for picture in await self._library.summaries(numbers)}
        except LibraryError:
            return
        for tile in self._grid.tiles.values():
            if (picture := found.get(tile.picture_id or 0)) is not None:
                tile.show_marks(picture)

    def _take_changed(self, changed: set[int], found: SearchResult) -> None:
        """Remove the places of results that are in the trash now; restore the others, with their current marks."""
        had_keys = any(tile.hasFocus() for tile in self._grid.shown)
        came = self._grid.keep(found.numbers, changed)
        if found.numbers:
            spawn_owned(self, self._show_marks(found.numbers))
        self._tiles_changed()
        if came and self._in_batch and self.shown is not None:
            self.loupe.images.extend(self._grid.results)
        elif had_keys and not any(tile.hasFocus() for tile in self._grid.shown) and self._grid.isVisible():
            self._grid.take_keys()


def form_and_results_splitter(form: QWidget, results: QWidget) -> QSplitter:
    """Return a splitter with the form on the left and its results on the right."""
    splitter = QSplitter()
    splitter.addWidget(form)
    splitter.addWidget(results)
    splitter.setSizes([FORM_WIDTH, 840])
    splitter.setStretchFactor(1, 1)
    splitter.setChildrenCollapsible(False)
    form.setMinimumWidth(300)
    return splitter
