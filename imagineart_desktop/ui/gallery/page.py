"""The Gallery tab: filters at the left, the grid in the middle, details at the right."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QButtonGroup,
    QComboBox,
    QHBoxLayout,
    QPushButton,
    QSlider,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.library import Counts, Library, LibraryChange, LibraryError, Order, Query
from imagineart_desktop.models import CATALOGUE
from imagineart_desktop.ui.gallery.details import DetailsPanel
from imagineart_desktop.ui.gallery.grid import PictureGrid
from imagineart_desktop.ui.gallery.library_panel import SearchField, local_midnight
from imagineart_desktop.ui.gallery.model import PictureModel
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.widgets import EmptyState, SectionLabel, plain_label

_SMALLEST, _LARGEST, _USUAL = 90, 320, 142


class GalleryPage(QWidget):
    """All that was made."""

    command = Signal(str, list)

    def __init__(self, library: Library) -> None:
        super().__init__()
        self._library = library
        self.model = PictureModel(library, self)
        self.grid = PictureGrid(self.model, wanted=_USUAL, shape=0.82)
        self.details = DetailsPanel(library)
        self.search = SearchField("Search…", self._ask)
        self._filters = QButtonGroup(self)
        self._numbers: dict[str, QPushButton] = {}
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        splitter = QSplitter()
        splitter.addWidget(self._side())
        splitter.addWidget(self._middle())
        splitter.addWidget(self.details)
        self.details.setMinimumWidth(300)
        splitter.setSizes([206, 920, 314])
        splitter.setStretchFactor(1, 1)
        splitter.setChildrenCollapsible(False)
        layout.addWidget(splitter)
        self.grid.chosen_changed.connect(self._chosen)
        self.grid.opened.connect(lambda number: self.command.emit("open", [number]))
        self.details.command.connect(self.command)
        self.details.walk.connect(self.show_picture)
        self.model.loaded.connect(self._show_state)
        library.subscribe(self._library_changed)
        self.model.refresh()
        spawn(self._count())

    def show_picture(self, number: int) -> None:
        """Chooses a picture, in all pictures if the filters hide it."""
        if not self.model.index_of(number).isValid():
            self._filters.buttons()[0].setChecked(True)
            self.search.clear()
            self.details.show_picture(number)
            self._ask()
            return
        self.grid.choose(number)

    def _side(self) -> QWidget:
        side = QWidget()
        side.setObjectName("panel")
        side.setMinimumWidth(180)
        column = QVBoxLayout(side)
        column.setContentsMargins(14, 16, 14, 16)
        column.setSpacing(2)
        column.addWidget(self.search)
        column.addSpacing(12)
        column.addWidget(SectionLabel("Library"))
        column.addSpacing(4)
        for key, word in (
            ("all", "All images"),
            ("favourites", "★ Favourites"),
            ("today", "Today"),
            ("trash", "Trash"),
        ):
            column.addWidget(self._filter(key, word))
        column.addSpacing(12)
        column.addWidget(SectionLabel("Models"))
        column.addSpacing(4)
        for model in CATALOGUE:
            column.addWidget(self._filter(model.endpoint, model.label.removesuffix(" Preview")))
        column.addStretch(1)
        self._filters.buttons()[0].setChecked(True)
        self._filters.buttonClicked.connect(self._ask)
        return side

    def _filter(self, key: str, word: str) -> QPushButton:
        made = QPushButton(word)
        made.setProperty("kind", "side")
        made.setProperty("filter", key)
        made.setCheckable(True)
        row = QHBoxLayout(made)
        row.setContentsMargins(0, 0, 10, 0)
        count = plain_label("", "faint")
        count.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        row.addStretch(1)
        row.addWidget(count)
        made.setProperty("count", count)
        self._filters.addButton(made)
        self._numbers[key] = made
        return made

    def _middle(self) -> QWidget:
        middle = QWidget()
        middle.setObjectName("ground")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        bar = QWidget()
        bar.setObjectName("bar")
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 6, 12, 6)
        self._order = QComboBox()
        self._order.addItem("Newest", Order.NEWEST)
        self._order.addItem("Oldest", Order.OLDEST)
        self._order.currentIndexChanged.connect(self._ask)
        self._found = plain_label("", "faint")
        self._size = QSlider(Qt.Orientation.Horizontal)
        self._size.setRange(_SMALLEST, _LARGEST)
        self._size.setValue(_USUAL)
        self._size.setFixedWidth(96)
        self._size.setAccessibleName("Size of the pictures")
        self._size.valueChanged.connect(self.grid.set_wanted)
        row.addWidget(self._order)
        row.addWidget(self._found)
        row.addStretch(1)
        row.addWidget(plain_label("Size", "muted"))
        row.addWidget(self._size)
        column.addWidget(bar)
        holder = QWidget()
        inset = QVBoxLayout(holder)
        inset.setContentsMargins(12, 12, 2, 0)
        self._stack = QStackedLayout()
        inset.addLayout(self._stack)
        self._empty = EmptyState("images", "Nothing here yet", "Everything you make is kept here.")
        self._empty.add_action("Generate a picture", lambda: self.command.emit("generate", []))
        self._stack.addWidget(self.grid)
        self._stack.addWidget(self._empty)
        column.addWidget(holder, 1)
        return middle

    def _ask(self) -> None:
        chosen = self._chosen_filter()
        named = ("all", "favourites", "today", "trash")
        self.model.set_query(
            Query(
                text=self.search.text(),
                endpoint=None if chosen in named else chosen,
                favourite=chosen == "favourites",
                trash=chosen == "trash",
                since=local_midnight() if chosen == "today" else None,
                order=Order(self._order.currentData()),
            )
        )

    def _chosen_filter(self) -> str:
        chosen = self._filters.checkedButton()
        return str(chosen.property("filter")) if chosen is not None else "all"

    def _show_state(self) -> None:
        count = self.model.rowCount()
        self._found.setText(f"{count:,} picture{'s' if count != 1 else ''}".replace(",", " ") if count else "")
        self._stack.setCurrentIndex(0 if count else 1)
        if self.model.query == Query():
            self._empty.set_words("Nothing here yet", "Everything you make is kept here.")
        elif self.model.query.trash:
            self._empty.set_words("The trash is empty", "What you delete waits here and can be restored.")
        else:
            self._empty.set_words("Nothing found", "No picture matches. Try another word or another filter.")

    def _chosen(self, numbers: list[int]) -> None:
        self.details.show_picture(numbers[-1] if numbers else None)

    def _library_changed(self, change: LibraryChange) -> None:
        spawn(self._count())
        chosen = self.grid.chosen()
        if chosen and chosen[-1] in change.pictures:
            self.details.show_picture(chosen[-1])

    async def _count(self) -> None:
        try:
            counts: Counts = await self._library.counts()
        except LibraryError:
            return
        for key, value in (("all", counts.all), ("favourites", counts.favourites), ("trash", counts.trash)):
            label = self._numbers[key].property("count")
            label.setText(f"{value:,}".replace(",", " ") if value else "")
