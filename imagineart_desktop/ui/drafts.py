"""Unfinished forms are saved while the user works, a moment after the last change."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.ui.loop import spawn

_PAUSE_MS = 700


class Draft(QObject):
    """Saves what `state` gives under a name whenever it was touched. on_trouble: told a sentence when it cannot."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        name: str,
        state: Callable[[], dict[str, object]],
        on_trouble: Callable[[str], None],
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._name = name
        self._state = state
        self._on_trouble = on_trouble
        self._pause = QTimer(self)
        self._pause.setSingleShot(True)
        self._pause.setInterval(_PAUSE_MS)
        self._pause.timeout.connect(lambda: spawn(self.save()))

    def touch(self) -> None:
        """Something changed."""
        self._pause.start()

    async def load(self) -> dict[str, object]:
        """What was saved last; empty when nothing was."""
        return await self._library.draft(self._name)

    async def save(self) -> None:
        """Saves now; nothing where the library is only looked at."""
        self._pause.stop()
        if self._library.read_only:
            return
        try:
            await self._library.save_draft(self._name, self._state())
        except LibraryError as error:
            self._on_trouble(str(error))
