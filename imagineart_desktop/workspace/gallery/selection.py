"""The selected images of a list, which stay selected while the list changes."""

from __future__ import annotations

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex, QObject

from imagineart_desktop.workspace.gallery.model import PictureModel

_Flag = QItemSelectionModel.SelectionFlag


class PictureSelection(QObject):
    """The selection of a `PictureModel`, by image ids. Restores it after the model's rows have changed."""

    def __init__(self, model: PictureModel, selection: QItemSelectionModel, parent: QObject) -> None:
        super().__init__(parent)
        self._model = model
        self._selection = selection
        self._saved: list[int] = []
        self._saved_row = 0
        self._query = model.query
        model.rows_about_to_change.connect(self._save)
        model.loaded.connect(self._restore)

    def numbers(self) -> list[int]:
        """Return the ids of the selected images, from top to bottom."""
        ranges = self._selection.selection()
        parts = sorted((ranges.at(place).top(), ranges.at(place).bottom()) for place in range(ranges.count()))
        return [number for first, last in parts for number in self._model.numbers_between(first, last)]

    def separate_current_row(self) -> int:
        """Return the row with keyboard focus unless it's the only selected one; otherwise -1."""
        now, chosen = self._selection.currentIndex(), self._selection.selection()
        only = chosen.count() == 1 and chosen.at(0).top() == chosen.at(0).bottom() == now.row()
        return -1 if only or chosen.isEmpty() else now.row()

    def select_only(self, index: QModelIndex) -> None:
        """Select one image. A view's `setCurrentIndex` would extend the selection while Shift or Ctrl is held."""
        self._selection.setCurrentIndex(index, _Flag.ClearAndSelect)

    def select_rows(self, rows: range, *, add: bool) -> None:
        """Select a range of rows and make the first one current. add: keep what is selected already."""
        first = self._model.index(rows.start)
        self._selection.setCurrentIndex(first, _Flag.NoUpdate)
        group = QItemSelection(first, self._model.index(rows.stop - 1))
        self._selection.select(group, _Flag.Select if add else _Flag.ClearAndSelect)

    def _save(self) -> None:
        """Remember the selection: an image that changes its position is removed and inserted again."""
        if not self._saved and (kept := self.numbers()):
            self._saved, self._saved_row = kept, self._model.index_of(kept[0]).row()

    def _restore(self) -> None:
        kept, self._saved = self._saved, []
        asked, self._query = self._query, self._model.query
        if kept and kept != self.numbers():
            wanted = QItemSelection()
            for number in kept:
                index = self._model.index_of(number)
                if index.isValid():
                    wanted.select(index, index)
            if not wanted.isEmpty():
                self._selection.select(wanted, _Flag.ClearAndSelect)
            elif asked == self._model.query and (rows := self._model.rowCount()):
                # The selection was trashed or no longer matches: go to the next image, so that culling continues.
                self.select_only(self._model.index(min(self._saved_row, rows - 1)))
