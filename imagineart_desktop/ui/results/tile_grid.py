"""The tiles of a batch, each holding the place of an image; arrow keys move between them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QWidget

from imagineart_desktop.jobs import Job, JobState
from imagineart_desktop.ui.results.job_tile import JobTile
from imagineart_desktop.ui.results.tile_columns import best_columns
from imagineart_desktop.ui.theme import SCROLL_BAR
from imagineart_desktop.workspace.saved_results import Place

_NARROW = 480
"""Pixels across or down, below which the tiles need the room between them."""


class TileGrid(QScrollArea):
    """A grid of tiles.

    A tile whose image is in the trash is hidden: the others keep their places, and it can return.
    """

    opened = Signal(int)
    """The id of the image whose tile was opened."""
    log_wanted = Signal(object)
    """The job whose log is requested."""
    menu_wanted = Signal(list, QPoint)

    def __init__(self) -> None:
        super().__init__()
        self.tiles: dict[Place, JobTile] = {}
        """Place of an image → its tile, in display order."""
        area = QWidget()
        self.setWidgetResizable(True)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setWidget(area)
        self._grid = QGridLayout(area)
        self._columns = 1

    @property
    def shown(self) -> list[JobTile]:
        """The tiles whose images aren't in the trash, in order."""
        return [tile for tile in self.tiles.values() if not tile.trashed]

    @property
    def results(self) -> list[int]:
        """The ids of the images in the shown tiles."""
        return [tile.picture_id for tile in self.shown if tile.picture_id is not None]

    @property
    def current(self) -> int | None:
        """The id of the image whose tile has the keyboard focus, or will get it back from a menu or another window."""
        focused = self.window().focusWidget()
        return next((tile.picture_id for tile in self.shown if tile is focused), None)

    def of_job(self, job_id: str) -> dict[Place, JobTile]:
        """Return the places of a job's images."""
        return {place: tile for place, tile in self.tiles.items() if place[0] == job_id}

    def hold(self, places: Sequence[tuple[Job, int]]) -> None:
        """Hold these places, each of a job and an index, replacing the previous ones."""
        for place in list(self.tiles):
            self.remove(place)
        self.tiles = {(job.id, index): self._tile(job) for job, index in places}
        self._place_tiles()

    def fit(self, job: Job, images: Collection[Place]) -> None:
        """Hold a place for each of these images of a job, whose number was unknown before they came.

        Once the job is done, there are no other places of it.
        """
        mine = self.of_job(job.id)
        added = {place: self._tile(job) for place in images if place not in mine}
        if added:
            held = [*self.tiles.items()]
            after = 1 + max(number for number, (place, _) in enumerate(held) if place in mine)
            self.tiles = dict([*held[:after], *added.items(), *held[after:]])
            self._place_tiles()
        if job.state is JobState.DONE:
            for place in [place for place, tile in mine.items() if tile.picture_id is None and place not in images]:
                self.remove(place)

    def _tile(self, job: Job) -> JobTile:
        tile = JobTile(job)
        tile.opened.connect(self.opened)
        tile.log_wanted.connect(self.log_wanted)
        tile.menu_wanted.connect(self.menu_wanted)
        return tile

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Other columns may make the tiles larger."""
        # First, so that the area is resized once: Qt doesn't lay out what is resized again while it's being shown.
        self._place_tiles()
        super().resizeEvent(event)

    def _place_tiles(self) -> None:
        """Put the tiles in as many columns as suit the room, those of images in the trash too: they may come back."""
        tiles = list(self.tiles.values())
        if not tiles:
            return
        is_narrow = min(self.width(), self.height()) < _NARROW
        margin, spacing = (8, 6) if is_narrow else (24, 12)
        # Not of the viewport: a scroll bar that comes and goes would change the columns.
        room = self.size() - QSize(2 * margin + SCROLL_BAR, 2 * margin)
        columns = best_columns(len(tiles), room, spacing, tiles[0].shape)
        self._grid.setContentsMargins(margin, margin, margin, margin)
        self._grid.setSpacing(spacing)
        if columns != self._columns or self._grid.count() != len(tiles):
            self._columns = columns
            for index, tile in enumerate(tiles):
                self._grid.removeWidget(tile)
                self._grid.addWidget(tile, index // columns, index % columns)

    def remove(self, place: Place) -> None:
        """Remove a tile for good."""
        tile = self.tiles.pop(place)
        self._grid.removeWidget(tile)
        # Until it's deleted it remains a child, which would be visible and get keys.
        tile.hide()
        tile.deleteLater()

    def keep(self, present: Collection[int], among: Collection[int]) -> list[int]:
        """Show tiles of present images and hide the tiles of the others among these.

        Return the images that came back.
        """
        came: list[int] = []
        for tile in self.tiles.values():
            if tile.picture_id is None or tile.picture_id not in among:
                continue
            if tile.trashed and tile.picture_id in present:
                came.append(tile.picture_id)
            tile.trashed = tile.picture_id not in present
            tile.setVisible(not tile.trashed)
        return came

    def take_keys(self, *numbers: int | None) -> None:
        """Give the keyboard focus to the tile of the first of these images that exists, else to the first tile."""
        tiles = {tile.picture_id: tile for tile in self.shown if tile.picture_id is not None}
        wanted = [tiles[number] for number in numbers if number is not None and number in tiles]
        target = next(iter([*wanted, *self.shown]), None)
        (target or self).setFocus(Qt.FocusReason.OtherFocusReason)
        if target is not None:
            self.ensureWidgetVisible(target, 0, 0)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move between tiles."""
        shown = self.shown
        current = next((place for place, tile in enumerate(shown) if tile.hasFocus()), None)
        if current is None or not (target := self._neighbor(shown, current, Qt.Key(event.key()))):
            super().keyPressEvent(event)
            return
        target.setFocus(Qt.FocusReason.TabFocusReason)
        self.ensureWidgetVisible(target)

    @staticmethod
    def _neighbor(shown: list[JobTile], current: int, key: Qt.Key) -> JobTile | None:
        """Return the tile that a key leads to, the current one at the border; None if the grid doesn't use the key."""
        last = len(shown) - 1
        places = {
            Qt.Key.Key_Left: max(0, current - 1),
            Qt.Key.Key_Right: min(last, current + 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        if (place := places.get(key)) is not None:
            return shown[place]
        if key not in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            return None
        here = shown[current].geometry().center()
        beyond = [tile for tile in shown if _is_beyond(tile, shown[current], down=key == Qt.Key.Key_Down)]
        return min(
            beyond,
            key=lambda tile: (tile.geometry().center() - here).manhattanLength(),
            default=shown[current],
        )


def _is_beyond(tile: JobTile, current: JobTile, *, down: bool) -> bool:
    there, here = tile.geometry(), current.geometry()
    return there.top() > here.bottom() if down else there.bottom() < here.top()
