"""The last composite, so that it's shown without waiting for its file or decoding it."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import TypeVar

from imagineart_desktop.imaging import CompositeResult
from imagineart_desktop.jobs.job import Job

_SECONDS = 30.0
"""How long a result is held if nobody shows it."""

_MAX_SHOW_WAIT = 0.5
"""Maximum time in seconds that storing a result waits until it's seen: encoding its file takes all processors."""

_MAX_BYTES = 160 * 2**20

T = TypeVar("T")

_Key = tuple[str, int]
"""Job id and index of the image within the job."""


class CompositeCache:
    """Cache of one composite, for the first caller of `take`.

    on_composed: called when one is held, before its file is written; may return the task that shows it. on_lost: called
    with job id and index of a result that was not kept after all.
    """

    def __init__(self) -> None:
        self._held: tuple[_Key, CompositeResult] | None = None
        self._expiry: asyncio.TimerHandle | None = None
        self.on_composed: Callable[[Job, int, CompositeResult], asyncio.Future[object] | None] = (
            lambda _job, _position, _home: None
        )
        self.on_lost: Callable[[str, int], object] = lambda _job_id, _position: None

    async def put(self, job: Job, position: int, home: CompositeResult) -> None:
        """Hold a result for a while, unless it's huge or isn't 8-bit sRGB, so its file would show different pixels.

        Return once it's seen, or after a short time.
        """
        self._let_go()
        if home.picture.is_srgb8 and home.picture.samples.nbytes <= _MAX_BYTES:
            self._held = (job.id, position), home
            self._expiry = asyncio.get_running_loop().call_later(_SECONDS, self._let_go)
            showing = _tell(lambda: self.on_composed(job, position, home))
            if showing is not None:
                await asyncio.wait((showing,), timeout=_MAX_SHOW_WAIT)

    def take(self, job_id: str, position: int) -> CompositeResult | None:
        """Return the result if it's held, and release it."""
        if self._held is None or self._held[0] != (job_id, position):
            return None
        home = self._held[1]
        self._let_go()
        return home

    def lose(self, job_id: str, position: int) -> None:
        """Release a result that could not be stored."""
        if self._held is not None and self._held[0] == (job_id, position):
            self._let_go()
        _tell(lambda: self.on_lost(job_id, position))

    def _let_go(self) -> None:
        self._held = None
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None


def _tell(listener: Callable[[], T]) -> T | None:
    try:
        return listener()
    except Exception as error:
        # Whoever looks on must not be able to stop what is paid for.
        context = {"message": "showing a composed result failed", "exception": error}
        asyncio.get_running_loop().call_exception_handler(context)
        return None
