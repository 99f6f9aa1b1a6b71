"""How much of a result has arrived, shown on its job while it is fetched."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from imagineart_desktop.jobs.job import Download
from imagineart_desktop.jobs.job_registry import JobRegistry
from imagineart_desktop.jobs.states import JobState

_SECONDS_BETWEEN = 0.25
"""Time between two changes of what is shown; the end is shown immediately."""


class DownloadProgress:
    """Shows the download of one job. Made when the download begins."""

    def __init__(self, desk: JobRegistry, job_id: str) -> None:
        self._desk = desk
        self._job_id = job_id
        self._download = Download(datetime.now(UTC))
        self._later: asyncio.TimerHandle | None = None
        self._show()

    def of_image(self, position: int, count: int) -> Callable[[int, int | None], None]:
        """Return what notes (bytes received, bytes in total if known) of one of so many images."""
        before = self._download.received if position else 0

        def note(received: int, total: int | None) -> None:
            share = None if total is None else (position + min(1.0, received / total)) / count
            self._download = replace(self._download, received=before + received, share=share)
            if share == 1.0:
                self._show()
            elif self._later is None:
                self._later = asyncio.get_running_loop().call_later(_SECONDS_BETWEEN, self._show)

        return note

    def _show(self) -> None:
        if self._later is not None:
            self._later.cancel()
            self._later = None
        job = self._desk.jobs.get(self._job_id)
        if job is not None and job.state is JobState.FETCHING:
            self._desk.show(replace(job, download=self._download))
