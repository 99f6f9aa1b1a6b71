"""The window's place, tab and layout, remembered whenever they change: the program may end without being closed."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QSplitter

from imagineart_desktop.workspace.coalesced import Coalesced
from imagineart_desktop.workspace.preferences import Preferences


class LayoutMemory(QObject):
    """usual: lays out a splitter that was never moved; more: what else is to be remembered, by name."""

    def __init__(
        self,
        window: QMainWindow,
        preferences: Preferences,
        usual: Callable[[QSplitter], None],
        more: Callable[[], Mapping[str, object]],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._splitters: dict[str, QSplitter] = {}
        self._usual = usual
        self._more = more
        self._laid_out: set[str] = set()
        self._ready = False
        self._saver = Coalesced(self, self._keep)

    def watch(self, name: str, splitter: QSplitter) -> None:
        """Remember a splitter under a name."""
        self._splitters[name] = splitter
        splitter.splitterMoved.connect(self.soon)

    def place_window(self) -> None:
        """Where it was last time."""
        if (geometry := self._preferences.layout("window")) is not None:
            self._window.restoreGeometry(geometry)

    def begin(self) -> None:
        """The last session is back; until then that is what is to be remembered."""
        self._ready = True

    def lay_out(self) -> None:
        """Splitters in sight take the sizes of last time: a splitter takes them only once it has its place."""
        for name, splitter in self._splitters.items():
            if splitter.isVisible() and name not in self._laid_out:
                self._laid_out.add(name)
                if (state := self._preferences.layout(name)) is not None:
                    splitter.restoreState(state)
                else:
                    self._usual(splitter)

    def soon(self) -> None:
        """Something changed."""
        if self._ready:
            self._saver.touch()

    def remember(self) -> None:
        """As it is now."""
        for name in self._laid_out:
            self._preferences.set_layout(name, self._splitters[name].saveState())
        self._preferences.set_layout("window", self._window.saveGeometry())
        for name, value in self._more().items():
            self._preferences.set_value(name, value)

    async def _keep(self) -> None:
        self.remember()
        self._preferences.save()
