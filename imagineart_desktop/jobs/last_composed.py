"""The last result that was composed, so that it is shown without decoding the file that was just made of it."""

from __future__ import annotations

import asyncio

from imagineart_desktop.imaging import Homecoming

_SECONDS = 30.0
"""For which it is held where nobody shows it."""

_MAX_BYTES = 160 * 2**20

_Key = tuple[str, int]
"""Id of a job, and which of its images."""


class LastComposed:
    """One result at a time, for whoever asks first."""

    def __init__(self) -> None:
        self._held: tuple[_Key, Homecoming] | None = None
        self._expiry: asyncio.TimerHandle | None = None

    def put(self, job_id: str, position: int, home: Homecoming) -> None:
        """Hold a result for a while, unless it is huge, or its file shows other pixels: those of 8-bit sRGB."""
        self._let_go()
        if home.picture.is_shown_as_it_is and home.picture.samples.nbytes <= _MAX_BYTES:
            self._held = (job_id, position), home
            self._expiry = asyncio.get_running_loop().call_later(_SECONDS, self._let_go)

    def take(self, job_id: str, position: int) -> Homecoming | None:
        """Return the result if it is held, and hold it no longer."""
        if self._held is None or self._held[0] != (job_id, position):
            return None
        home = self._held[1]
        self._let_go()
        return home

    def _let_go(self) -> None:
        self._held = None
        if self._expiry is not None:
            self._expiry.cancel()
            self._expiry = None
