"""The command palette: a field and a list above the window that find everything that can be run or opened by name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from itertools import groupby

from PySide6.QtCore import QEvent, QModelIndex, QObject, Qt, QTimer
from PySide6.QtGui import QImage, QKeyEvent, QPixmap, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QVBoxLayout, QWidget

from imagineart_desktop.library import Library, LibraryError, PictureSummary, Query
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.command_search.delegate import EntryDelegate
from imagineart_desktop.ui.command_search.entries import GROUPS, Entry, image_entry
from imagineart_desktop.ui.widgets import plain_label
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import SMALL_EDGE

_WIDTH, _HEIGHT = 560, 440
_MIN_LETTERS, _MAX_IMAGES = 2, 8
_PAUSE = 120
"""Milliseconds without typing before the library is searched."""


class CommandPalette(QFrame):
    """The command palette. show_image: opens an image from the library."""

    def __init__(self, window: QWidget, library: Library, show_image: Callable[[int], object]) -> None:
        super().__init__(window, Qt.WindowType.Popup)
        self.setObjectName("card")
        self.setFixedSize(_WIDTH, _HEIGHT)
        self._window = window
        self._library = library
        self._show_image = show_image
        self._entries: Sequence[Entry] = ()
        self._images: list[Entry] = []
        self._rows: list[Entry | None] = []
        """The entries of the list's rows; None for a heading."""
        self._asked = 0
        column = QVBoxLayout(self)
        column.setContentsMargins(10, 10, 10, 10)
        column.setSpacing(8)
        self.field = QLineEdit()
        self.field.setPlaceholderText("Search commands, models, settings and images")
        self.field.setAccessibleName("Search commands, models, settings and images")
        self.field.installEventFilter(self)
        self._model = QStandardItemModel(self)
        self.list = QListView()
        self.list.setObjectName("commands")
        self.list.setAccessibleName("Results")
        self.list.setModel(self._model)
        self.list.setItemDelegate(EntryDelegate(self._entry_of, self.list))
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.nothing = plain_label("No results. Try another word.", "muted")
        self.nothing.setContentsMargins(10, 7, 10, 7)
        column.addWidget(self.field)
        column.addWidget(self.nothing)
        column.addWidget(self.list, 1)
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE)
        self._pause.timeout.connect(self._search_images)
        self.field.textChanged.connect(self._filter)
        self.field.returnPressed.connect(self._run_current)
        self.list.clicked.connect(self._run)

    def open(self, entries: Sequence[Entry]) -> None:
        """Open the palette with these entries."""
        order = list(GROUPS)
        self._entries = sorted(entries, key=lambda entry: order.index(entry.group))
        self.field.clear()
        self._filter("")
        corner = self._window.mapToGlobal(self._window.rect().topLeft())
        self.move(corner.x() + (self._window.width() - _WIDTH) // 2, corner.y() + 90)
        self.show()
        self.field.setFocus()

    def found(self) -> list[Entry]:
        """Return the listed entries, from top to bottom."""
        return [entry for entry in self._rows if entry is not None]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Move through the list with the arrow keys while the field has the focus."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            step = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1}.get(Qt.Key(event.key()))
            if step is not None:
                self._step(step)
                return True
        return super().eventFilter(watched, event)

    def _step(self, step: int) -> None:
        """Select the next entry, skipping headings."""
        row = self.list.currentIndex().row() + step
        while 0 <= row < len(self._rows):
            if self._rows[row] is not None:
                self.list.setCurrentIndex(self._model.index(row, 0))
                # Keep the heading of the first group visible.
                self.list.scrollTo(self._model.index(0 if row == 1 else row, 0))
                return
            row += step

    def _filter(self, text: str) -> None:
        self._asked += 1
        self._images = []
        wanted = text.strip()
        if len(wanted) >= _MIN_LETTERS:
            self._pause.start()
        else:
            self._pause.stop()
        self._show()
        self.list.setCurrentIndex(self._model.index(1, 0))

    def _show(self) -> None:
        terms = self.field.text().casefold().split()
        found = [entry for entry in self._entries if (entry.matches(terms) if terms else entry.always_listed)]
        self._model.clear()
        self._rows = []
        for group, entries in groupby([*found, *self._images], key=lambda entry: entry.group):
            heading = QStandardItem(GROUPS[group])
            heading.setFlags(Qt.ItemFlag.NoItemFlags)
            self._model.appendRow(heading)
            self._rows.append(None)
            for entry in entries:
                item = QStandardItem(entry.words)
                item.setAccessibleText(f"{entry.words}, {entry.keys}" if entry.keys else entry.words)
                self._model.appendRow(item)
                self._rows.append(entry)
        self.nothing.setVisible(not self._model.rowCount() and not self._pause.isActive())

    def _search_images(self) -> None:
        spawn_owned(self, self._find_images(self.field.text().strip(), self._asked))

    async def _find_images(self, text: str, asked: int) -> None:
        try:
            found = await self._library.find(Query(text=text), _MAX_IMAGES)
            pictures = await self._library.summaries(found.numbers)
            icons = await asyncio.gather(*map(self._thumbnail, pictures))
        except LibraryError:
            pictures, icons = [], []
        if asked != self._asked or not self.isVisible():
            return
        self._images = [image_entry(*pair, self._show_image) for pair in zip(pictures, icons, strict=True)]
        row = self.list.currentIndex().row()
        self._show()
        self.list.setCurrentIndex(self._model.index(max(row, 1), 0))

    async def _thumbnail(self, picture: PictureSummary) -> QPixmap:
        try:
            data = await self._library.thumbnail(picture, SMALL_EDGE)
        except UserError:
            return QPixmap()
        return QPixmap.fromImage(await asyncio.to_thread(QImage.fromData, data))

    def _entry_of(self, row: int) -> Entry | None:
        return self._rows[row] if 0 <= row < len(self._rows) else None

    def _run_current(self) -> None:
        self._run(self.list.currentIndex())

    def _run(self, index: QModelIndex) -> None:
        entry = self._entry_of(index.row())
        if entry is not None:
            self.close()
            entry.run()
