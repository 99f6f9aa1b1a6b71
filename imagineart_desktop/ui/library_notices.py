"""What happened to the library without the user, in the window's banner until the user has seen it."""

from __future__ import annotations

import asyncio

from imagineart_desktop.library import Library
from imagineart_desktop.library.notices import Notice
from imagineart_desktop.library.startup_notices import sentences_of
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.widgets import InlineMessage


class LibraryNotices:
    """The library's notices, shown. They are forgotten when the banner is closed, or by `forget`.

    A program that is killed before that shows them again.
    """

    def __init__(self, library: Library, banner: InlineMessage) -> None:
        self._library = library
        self._banner = banner
        self._shown: list[Notice] = []
        banner.cleared.connect(lambda: spawn(self.forget()))

    async def show(self, further: str = "") -> bool:
        """Show what is not shown yet, below it a further sentence. Returns whether anything was to be said."""
        new: list[Notice] = []
        if not self._library.read_only:
            # Else the program that works in the library shows them.
            pending = await asyncio.to_thread(self._library.notices.pending)
            new = [notice for notice in pending if notice not in self._shown]
        if not (new or further):
            return False
        self._shown += new
        self._banner.say(" ".join([*sentences_of(self._shown), *([further] if further else [])]), "caution")
        return True

    async def forget(self) -> None:
        """The user has seen what is shown, or ends the program."""
        seen, self._shown = self._shown, []
        if seen:
            await asyncio.to_thread(self._library.notices.tell, seen)
