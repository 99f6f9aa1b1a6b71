"""How far a long command is, said on standard error: after two seconds, then more and more rarely."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from imagineart_desktop.support import say

_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 30.0
"""Between two lines: a log of a long command stays short."""


class Count:
    """How many of how many files are done."""

    def __init__(self) -> None:
        self.text = ""

    def tell(self, done: int, total: int) -> None:
        """Take both numbers."""
        self.text = f"{done:,} of {total:,}"


@asynccontextmanager
async def followed(words: str, how_far: Callable[[], str]) -> AsyncIterator[None]:
    """Say how far the block is while it takes long. words: what it does, as “Checking the library”."""
    following = asyncio.create_task(_follow(words, how_far))
    try:
        yield
    finally:
        following.cancel()
        with suppress(asyncio.CancelledError):
            await following


async def _follow(words: str, how_far: Callable[[], str]) -> None:
    pause = _FIRST_SECONDS
    while True:
        await asyncio.sleep(pause)
        say(f"{words}… {how_far()}".rstrip())
        pause = min(2 * pause, _LONGEST_SECONDS)
