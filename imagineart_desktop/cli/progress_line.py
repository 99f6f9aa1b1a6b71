"""Progress of a long command, printed to stderr: after two seconds, then less and less often."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress

from imagineart_desktop.support import print_notice

_FIRST_SECONDS = 2.0
_LONGEST_SECONDS = 30.0
"""Maximum time between two lines. They become rare so that the log of a long command stays short."""


class FileCount:
    """The number of files done, out of a total."""

    def __init__(self) -> None:
        self.text = ""

    def tell(self, done: int, total: int) -> None:
        """Update both numbers."""
        self.text = f"{done:,} of {total:,}"


@asynccontextmanager
async def progress_shown(words: str, how_far: Callable[[], str]) -> AsyncIterator[None]:
    """Print progress while the block runs for long. words: what it does, as in “Checking the library”."""
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
        print_notice(f"{words}… {how_far()}".rstrip())
        pause = min(2 * pause, _LONGEST_SECONDS)
