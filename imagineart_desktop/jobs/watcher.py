"""Watches accepted requests with as few calls as possible.

Some jobs get fal's status stream: a single request, and completion is known at once. All others are polled adaptively:
often when a job is about to complete according to past durations of its model, rarely while it's far back in the queue.
(One stream per job would cost httpx a full core if there are many jobs.)
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from statistics import median

from imagineart_desktop.fal import FalClient, FalError, InvalidKeyError, LogEntry, NotFoundError, RetryRules, Status
from imagineart_desktop.fal.responses import MAX_LOG_LINES
from imagineart_desktop.models import ModelSpec, UnavailableModel

OnStatus = Callable[[Status], Awaitable[None]]

_MAX_CONCURRENT_POLLS = 4
_MAX_SAMPLES = 20

_SHORT = 4.0
"""Seconds; jobs expected to be shorter than this are polled often from the start."""


class Watcher:
    """Watches the requests of one service.

    rules: for calls that fail; on_trouble: receives errors that are waited out.
    """

    def __init__(self, client: FalClient, rules: RetryRules, on_trouble: Callable[[FalError], None]) -> None:
        self._client = client
        self._rules = rules
        self._on_trouble = on_trouble
        # A proxy may hold a stream back until its end.
        self._free_streams = client.max_streams if client.service.proxy is None else 0
        self._poll_slots = asyncio.Semaphore(_MAX_CONCURRENT_POLLS)
        self._durations: dict[str, deque[float]] = {}

    async def completed(self, status_url: str, model: ModelSpec | UnavailableModel, on_status: OnStatus) -> Status:
        """Wait until the request is COMPLETED, reporting every change. Raises FalError if the request is unknown."""
        started = time.monotonic()
        if self._free_streams:
            self._free_streams -= 1
            try:
                last = await self._follow_stream(status_url, on_status)
            finally:
                self._free_streams += 1
            if last is not None and last.status == "COMPLETED":
                self._learn(model, time.monotonic() - started)
                return last
        return await self._ask(status_url, model, on_status, started)

    async def _follow_stream(self, status_url: str, on_status: OnStatus) -> Status | None:
        """Return the stream's last status with all log lines; if the stream breaks, the request is polled instead.

        An event carries only the lines added since the previous one.
        """
        last: Status | None = None
        lines: tuple[LogEntry, ...] = ()
        try:
            async with aclosing(self._client.stream_status(status_url)) as statuses:
                async for status in statuses:
                    lines = _joined(lines, status.logs)
                    last = status.model_copy(update={"logs": lines})
                    await on_status(last)
        except (NotFoundError, InvalidKeyError):
            raise
        except FalError as error:
            self._on_trouble(error)
        return last

    async def _ask(
        self, status_url: str, model: ModelSpec | UnavailableModel, on_status: OnStatus, started: float
    ) -> Status:
        while True:
            async with self._poll_slots:
                status = await self._rules.run(lambda: self._client.status(status_url), on_wait=self._on_trouble)
            await on_status(status)
            elapsed = time.monotonic() - started
            if status.status == "COMPLETED":
                self._learn(model, elapsed)
                return status
            await asyncio.sleep(poll_interval(status, elapsed, self._expected(model)))

    def _learn(self, model: ModelSpec | UnavailableModel, seconds: float) -> None:
        self._durations.setdefault(model.endpoint, deque(maxlen=_MAX_SAMPLES)).append(seconds)

    def _expected(self, model: ModelSpec | UnavailableModel) -> float:
        known = self._durations.get(model.endpoint)
        return median(known) if known else model.typical_seconds


def _joined(lines: tuple[LogEntry, ...], new: tuple[LogEntry, ...]) -> tuple[LogEntry, ...]:
    """Return the log with the new lines appended; a service that repeats the whole log replaces it."""
    return new if new[: len(lines)] == lines else (lines + new)[-MAX_LOG_LINES:]


def poll_interval(status: Status, elapsed: float, expected: float) -> float:
    """Return the seconds until the next poll.

    elapsed: since watching began; expected: typical seconds of such a job.
    """
    if status.status == "IN_QUEUE" and status.queue_position:
        return min(10.0, 1.0 + status.queue_position)
    if expected < _SHORT or 0.75 * expected < elapsed < 1.5 * expected:
        return 0.5
    return 1.0 if elapsed < 3 * expected else 2.0
