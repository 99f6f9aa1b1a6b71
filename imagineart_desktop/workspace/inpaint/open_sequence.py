"""Opening several images one after another, with one report at the end."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence

from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.image_source import not_opened
from imagineart_desktop.workspace.mime import ImageSource


class OpenSequence:
    """Opens images until canceled, or until others are opened.

    open_one: returns whether the image is another one than before, None if canceled; raises UserError. on_same: called
    after an image that was already open.
    """

    def __init__(
        self, open_one: Callable[[ImageSource], Coroutine[object, None, bool | None]], on_same: Callable[[], object]
    ) -> None:
        self._open_one = open_one
        self._on_same = on_same
        self._running = 0
        self._problems: list[str] = []

    async def run(self, sources: Sequence[ImageSource]) -> str:
        """Open the images. Return a message about those that can't be used or weren't opened anymore.

        It's empty while others are being opened, which then return it: an image put on the canvas clears the message.
        """
        self._running += 1
        try:
            await self._open(sources)
        finally:
            self._running -= 1
        if self._running:
            return ""
        problems, self._problems = self._problems, []
        return " ".join(problems)

    async def _open(self, sources: Sequence[ImageSource]) -> None:
        for position, one in enumerate(sources, start=1):
            try:
                is_other = await self._open_one(one)
            except UserError as error:
                self._problems.append(str(error))
                continue
            if is_other is None:
                if position < len(sources):
                    self._problems.append(not_opened(sources[position:]))
                return
            if not is_other:
                self._on_same()
