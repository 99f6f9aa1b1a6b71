"""Keeps an image in the grid after its marks changed, until the user moves on."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication

from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.workspace.gallery.model import PictureModel
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

if TYPE_CHECKING:
    from imagineart_desktop.ui.loupe.loupe import Loupe


class HeldImages(QObject):
    """Holds the selected images that the user marks, as another one would otherwise get the next mark.

    loupe: shows an image over the grid, which is held, too.
    """

    def __init__(
        self, marking: GalleryCommands, model: PictureModel, grid: PictureGrid, loupe: Lazy[Loupe] | None = None
    ) -> None:
        super().__init__(grid)
        self._model = model
        self._grid = grid
        self._loupe = loupe
        # The cells must not move between the clicks of a double click.
        self._moved_on = QTimer(self)
        self._moved_on.setSingleShot(True)
        self._moved_on.setInterval(QGuiApplication.styleHints().mouseDoubleClickInterval())
        self._moved_on.timeout.connect(self._release)
        grid.selection_changed.connect(self._selection_changed)
        marking.marks_changing.connect(self._hold)

    def _current(self) -> set[int]:
        loupe = self._loupe.built if self._loupe is not None else None
        viewed = loupe.images.current if loupe is not None else None
        return {*self._grid.chosen(), *([] if viewed is None else [viewed])}

    def _hold(self, marked: list[int]) -> None:
        self._model.hold(self._model.held | self._current().intersection(marked))

    def _selection_changed(self) -> None:
        if self._model.held:
            self._moved_on.start()

    def _release(self) -> None:
        if QGuiApplication.mouseButtons():
            self._moved_on.start()
        else:
            self._model.hold(self._model.held & self._current())
