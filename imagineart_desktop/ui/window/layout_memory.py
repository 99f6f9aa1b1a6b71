"""Saves the window's geometry, tab and layout on every change, since the program may end without being closed."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QMainWindow, QSplitter

from imagineart_desktop.workspace.coalesced import Debouncer
from imagineart_desktop.workspace.preferences import Preferences


class LayoutSaver(QObject):
    """Saves and restores the layout.

    usual: lays out a splitter that was never moved; remember_more: sets further options to what they are now.
    """

    def __init__(
        self,
        window: QMainWindow,
        preferences: Preferences,
        usual: Callable[[QSplitter], None],
        remember_more: Callable[[], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._preferences = preferences
        self._splitters: dict[str, QSplitter] = {}
        self._usual = usual
        self._remember_more = remember_more
        self._laid_out: set[str] = set()
        self._ready = False
        self._saver = Debouncer(self, self._keep)

    def watch(self, name: str, splitter: QSplitter) -> None:
        """Save a splitter's state under a name."""
        self._splitters[name] = splitter
        splitter.splitterMoved.connect(self.soon)

    def restore_geometry(self) -> None:
        """Restore the window's last geometry."""
        if (geometry := self._preferences.layout("window")) is not None:
            self._window.restoreGeometry(geometry)

    def begin(self) -> None:
        """Start saving. Until the last session is restored, what it saved must not be overwritten."""
        self._ready = True

    def restore_splitters(self) -> None:
        """Restore the sizes of visible splitters; a splitter accepts them only once it has its final geometry."""
        for name, splitter in self._splitters.items():
            if splitter.isVisible() and name not in self._laid_out:
                self._laid_out.add(name)
                if (state := self._preferences.layout(name)) is not None:
                    splitter.restoreState(state)
                else:
                    self._usual(splitter)

    def soon(self) -> None:
        """Register a change."""
        if self._ready:
            self._saver.touch()

    def remember(self) -> None:
        """Set the current layout in the preferences, without writing them to disk."""
        for name in self._laid_out:
            self._preferences.set_layout(name, self._splitters[name].saveState())
        self._preferences.set_layout("window", self._window.saveGeometry())
        self._remember_more()

    async def _keep(self) -> None:
        self.remember()
        self._preferences.save()
