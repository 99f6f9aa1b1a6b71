"""Download progress of a result, published with its job."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

from imagineart_desktop.jobs.job import Download
from imagineart_desktop.jobs.job_registry import JobRegistry
from imagineart_desktop.jobs.states import JobState

_SECONDS_BETWEEN = 0.25
"""Minimum time between two updates; the end is published immediately."""


class DownloadProgress:
    """Publishes the download of one job, from its creation on."""

    def __init__(self, desk: JobRegistry, job_id: str) -> None:
        self._desk = desk
        self._job_id = job_id
        self._download = Download(datetime.now(UTC))
        self._later: asyncio.TimerHandle | None = None
        self._show()

    def of_image(self, position: int, count: int) -> Callable[[int, int | None], None]:
        """Return a callback for (bytes received, total bytes or None) of one image. count: images of the result."""
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
