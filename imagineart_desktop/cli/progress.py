"""Progress of jobs while a command waits: prints each change once, and stops waiting if a problem lasts too long."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from dataclasses import dataclass, field

from imagineart_desktop.jobs import FINAL_STATES, LOCAL_ERRORS, UPLOAD_STALLED, Failure, Job, JobEvent, JobState, Worker
from imagineart_desktop.support import print_notice
from imagineart_desktop.support.wording import format_duration, pluralize

_SILENT_SECONDS = 60.0
"""Time without news after which the command prints that it's still waiting."""

_SAME_SECONDS = 120.0
"""A problem that recurs within this time counts as the same problem."""

_MOVING_SECONDS = 10.0
"""The same for a stalled upload, which may seem to progress: a connection buffers some bytes that nobody reads."""

_SUBMIT_SECONDS = 20.0
"""Extra time for a request being submitted to get its response once patience has run out."""

_ACCEPTED_STATES = (JobState.QUEUED, JobState.RUNNING)


@dataclass(slots=True)
class _FollowedJob:
    """A job being followed.

    hindered_since, hindered_until: when a problem was first and last seen, in monotonic seconds.
    same_seconds: a problem that recurs within this time counts as the same.
    """

    event: JobEvent
    seen: set[JobState] = field(default_factory=set)
    hindered_since: float | None = None
    hindered_until: float = 0.0
    same_seconds: float = _SAME_SECONDS

    @property
    def job(self) -> Job:
        return self.event.job

    def problem_seconds(self, now: float) -> float:
        """Return how long a problem has lasted, in seconds; 0 without one."""
        if self.hindered_since is None:
            return 0.0
        if self.job.failure is None and now - self.hindered_until > self.same_seconds:
            return 0.0
        return now - self.hindered_since


class JobFollower:
    """Follows jobs until they end. patience: seconds for which a problem may block all remaining jobs."""

    def __init__(self, worker: Worker, patience: float) -> None:
        self._patience = patience
        self._jobs: dict[str, _FollowedJob] = {}
        self._said: set[Failure] = set()
        self._changed = asyncio.Event()
        self._moved = self._news = time.monotonic()
        self._offline_since: float | None = None
        worker.subscribe(self._note)
        worker.on_offline(self._note_offline)

    async def wait_for(self, jobs: Sequence[Job]) -> tuple[list[JobEvent], list[Job]]:
        """Return (the last events of the jobs that ended, the jobs that didn't end in time), each in order."""
        followed = [self._jobs.setdefault(job.id, _FollowedJob(JobEvent(job))) for job in jobs]
        while left := [one for one in followed if one.job.state not in FINAL_STATES]:
            wait = self._seconds_to_look(left)
            if wait <= 0:
                break
            self._changed.clear()
            try:
                async with asyncio.timeout(wait):
                    await self._changed.wait()
            except TimeoutError:
                self._print_waiting(left)
        return self.current(jobs)

    def current(self, jobs: Sequence[Job]) -> tuple[list[JobEvent], list[Job]]:
        """Return the current result of `wait_for` without waiting. The jobs must have been followed."""
        followed = [self._jobs[job.id] for job in jobs]
        left = [one.job for one in followed if one.job.state not in FINAL_STATES]
        return [one.event for one in followed if one.job.state in FINAL_STATES], left

    def _note(self, event: JobEvent) -> None:
        now, job = time.monotonic(), event.job
        followed = self._jobs.setdefault(job.id, _FollowedJob(event))
        goes_on, had_problem = followed.problem_seconds(now) > 0, followed.job.failure is not None
        followed.event = event
        if job.state not in followed.seen:
            # A retried request moves back and forth between states, which isn't progress.
            followed.seen.add(job.state)
            followed.hindered_since, goes_on = None, False
            self._moved = self._news = now
            print_notice(f"{job.model.label}: {job.state.value}")
        if job.state not in FINAL_STATES:
            self._note_problem(followed, goes_on, had_problem, now)
        self._changed.set()

    def _note_problem(self, followed: _FollowedJob, goes_on: bool, had_problem: bool, now: float) -> None:
        failure = followed.job.failure
        if failure is not None and not goes_on:
            followed.hindered_since = now
        if failure is not None or had_problem:
            followed.hindered_until = now
        if failure is not None:
            followed.same_seconds = _MOVING_SECONDS if failure.error_type == UPLOAD_STALLED else _SAME_SECONDS
        if failure is not None and failure not in self._said:
            # A problem shared by many requests is printed once.
            self._said.add(failure)
            self._news = now
            print_notice(f"{followed.job.model.label}: {failure}")
            print_notice(f"Waiting up to {format_duration(self._patience)}; nothing is lost.")

    def _note_offline(self, offline: bool) -> None:
        self._offline_since = time.monotonic() if offline else None
        if offline:
            self._news = time.monotonic()
            print_notice(
                f"The service cannot be reached. Waiting up to {format_duration(self._patience)}; nothing is lost."
            )
        self._changed.set()

    def _seconds_to_look(self, left: Sequence[_FollowedJob]) -> float:
        """Return the seconds until there's something to print; 0 or less if patience has run out."""
        now = time.monotonic()
        until_news = max(0.05, self._news + _SILENT_SECONDS - now)
        offline = now - self._offline_since if self._offline_since is not None else 0.0
        problems = [max(one.problem_seconds(now), offline) for one in left]
        at_work = any(
            not problem and one.job.state in _ACCEPTED_STATES for problem, one in zip(problems, left, strict=True)
        )
        # While nothing can be saved here, progress at the service doesn't help.
        own = any(one.job.failure is not None and one.job.failure.error_type in LOCAL_ERRORS for one in left)
        if (at_work and not own) or not any(problems):
            return until_news
        # If a request is stopped while being submitted, there's no telling whether it arrived and was paid for.
        on_its_way = any(one.job.state is JobState.SUBMITTING and one.job.failure is None for one in left)
        patience = self._patience + (_SUBMIT_SECONDS if on_its_way else 0.0)
        return min(until_news, patience - min(max(problems), now - self._moved))

    def _print_waiting(self, left: Sequence[_FollowedJob]) -> None:
        now = time.monotonic()
        if now - self._news < _SILENT_SECONDS:
            return
        self._news = now
        states = ", ".join(sorted({one.job.state.value for one in left}))
        print_notice(
            f"Still waiting for {pluralize(len(left), 'request')} ({states}). Ctrl+C stops waiting; “resume” continues."
        )
