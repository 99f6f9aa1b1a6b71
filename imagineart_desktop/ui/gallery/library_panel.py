"""A narrow view of the library, shown beside the other tabs."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from imagineart_desktop.library import Library, Query
from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.gallery.search_field import SearchField
from imagineart_desktop.ui.widgets import EmptyState, button
from imagineart_desktop.workspace.gallery.model import PictureModel

_MARGIN = 12


def local_midnight() -> datetime:
    """Return the start of today in local time."""
    return datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)


class LibraryPanel(QWidget):
    """A panel with a search field, three filters, and a grid that is two cells wide."""

    def __init__(self, library: Library) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.model = PictureModel(library, self)
        self.grid = PictureGrid(self.model, wanted=100, shape=1.0, margin=_MARGIN)
        self.search = SearchField("Search prompts and models…", self._ask, library.models)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 12, 2, 0)
        layout.setSpacing(8)
        top = QHBoxLayout()
        top.setContentsMargins(_MARGIN, 0, 10, 0)
        top.addWidget(self.search)
        layout.addLayout(top)
        chips = QHBoxLayout()
        chips.setContentsMargins(_MARGIN, 0, 0, 0)
        chips.setSpacing(6)
        self._filters = QButtonGroup(self)
        for key, word in (("all", "All"), ("favourites", "★ Favorites"), ("today", "Today")):
            chip = button(word)
            chip.setCheckable(True)
            chip.setProperty("filter", key)
            chip.setChecked(key == "all")
            self._filters.addButton(chip)
            chips.addWidget(chip)
        chips.addStretch(1)
        layout.addLayout(chips)
        self._empty = EmptyState("images", "Nothing here yet", "What you make appears here.")
        self._stack = QStackedLayout()
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._empty)
        layout.addLayout(self._stack, 1)
        self._filters.buttonClicked.connect(self._ask)
        self.model.loaded.connect(self._show_state)
        self.model.set_query(self.model.query)

    def _ask(self) -> None:
        chosen = self._chosen_filter()
        query = replace(
            Query(),
            text=self.search.text(),
            favourite=chosen == "favourites",
            since=local_midnight() if chosen == "today" else None,
        )
        self.model.set_query(query)

    def _chosen_filter(self) -> str:
        chosen = self._filters.checkedButton()
        return str(chosen.property("filter")) if chosen is not None else "all"

    def _show_state(self) -> None:
        found = self.model.rowCount() > 0
        self._stack.setCurrentIndex(0 if found else 1)
        if not found and self.model.query != Query():
            self._empty.set_words("Nothing found", "No image matches. Try another word or “All”.")
        else:
            self._empty.set_words("Nothing here yet", "What you make appears here.")
