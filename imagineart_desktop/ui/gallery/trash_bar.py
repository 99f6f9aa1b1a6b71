"""The bar above the images of the trash, with the button that empties it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import Progress, spawn
from imagineart_desktop.support.wording import format_size
from imagineart_desktop.ui.gallery.empty_texts import TRASH_HINT
from imagineart_desktop.ui.widgets import InlineMessage, PendingWork, button, plain_label
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.library_texts import emptied_text, images


class TrashBar(QWidget):
    """The bar of the trash. message: asks before emptying, and shows errors; waiting: shows progress."""

    emptied = Signal(str)
    """A sentence about what was deleted."""

    def __init__(self, library: Library, message: InlineMessage, waiting: PendingWork) -> None:
        super().__init__()
        self._library = library
        self._message = message
        self._waiting = waiting
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 12, 6)
        self._hint = plain_label(TRASH_HINT, "muted")
        self.empty = button("Empty the trash…", self._ask)
        row.addWidget(self._hint)
        row.addStretch(1)
        row.addWidget(self.empty)
        self.hide()

    def show_count(self, count: int) -> None:
        """Show whether there is anything to delete. If there isn't, the middle of the page says so."""
        self.empty.setEnabled(count > 0)
        self._hint.setVisible(count > 0)

    def _ask(self) -> None:
        spawn_owned(self, self._ask_with_size())

    async def _ask_with_size(self) -> None:
        try:
            count, size = await self._library.trash.size()
        except LibraryError as error:
            self._message.say(str(error))
            return
        if not count:
            self._message.say("The trash is empty.", "info")
            return
        goes, them, leaves = ("goes", "it", "It is") if count == 1 else ("go", "them", "They are")
        self._message.say(
            f"{images(count)}, {format_size(size)}, {goes} to the system’s trash. {leaves} removed from the library.",
            "caution",
            {"Empty the trash": lambda: spawn(self._empty_trash()), f"Keep {them}": self._message.clear},
        )

    async def _empty_trash(self) -> None:
        words, progress = "Emptying the trash", Progress()

        async def work(show: Callable[[Progress], object]) -> tuple[int, int]:
            show(progress)
            gone = await self._library.trash.empty(progress)
            return gone, (await self._library.trash.size())[0]

        try:
            with self._library.operations.during(lambda: self._waiting.words or f"{words}…", progress.cancel):
                emptied = await self._waiting.on(words, work, ends=True)
        except (LibraryError, OSError) as error:
            self._message.say(str(error))
            return
        if emptied is not None:
            self.emptied.emit(emptied_text(*emptied))
