"""The library's notices in the window's banner."""

from __future__ import annotations

import asyncio

from imagineart_desktop.library import Library
from imagineart_desktop.library.recovery.startup_notices import sentences_of
from imagineart_desktop.library.store.notices import Notice
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.widgets import InlineMessage


class LibraryNotices:
    """Shows notices until the banner is closed or the window ends.

    After a crash they're shown again on the next start.
    """

    def __init__(self, library: Library, banner: InlineMessage) -> None:
        self._library = library
        self._banner = banner
        self._shown: list[Notice] = []
        banner.cleared.connect(lambda: spawn(self.forget()))

    async def show(self, further: str = "") -> bool:
        """Show new notices and one additional sentence. Return whether there was anything to show."""
        new: list[Notice] = []
        if not self._library.read_only:
            # Otherwise the program that has the library open shows them.
            pending = await asyncio.to_thread(self._library.notices.pending)
            new = [notice for notice in pending if notice not in self._shown]
        if not (new or further):
            return False
        self._shown += new
        self._banner.say(" ".join([*sentences_of(self._shown), *([further] if further else [])]), "caution")
        return True

    async def forget(self) -> None:
        """Remove the displayed notices from the library: the user has seen them, or the window is closing."""
        seen, self._shown = self._shown, []
        if seen:
            await asyncio.to_thread(self._library.notices.mark_shown, seen)
