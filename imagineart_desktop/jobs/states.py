"""The states of a job and the transitions between them. Pure; the only place that defines them."""

from __future__ import annotations

from enum import StrEnum


class JobState(StrEnum):
    """State of a job. Committed before the call that it describes, and again after the answer."""

    WAITING = "waiting"
    UPLOADING = "uploading"
    SUBMITTING = "submitting"
    UNCONFIRMED = "unconfirmed"
    QUEUED = "queued"
    RUNNING = "running"
    FETCHING = "fetching"
    DONE = "done"
    FAILED = "failed"
    CANCELLING = "cancelling"
    CANCELLED = "cancelled"


S = JobState

TRANSITIONS: dict[JobState, frozenset[JobState]] = {
    S.WAITING: frozenset({S.UPLOADING, S.CANCELLED, S.FAILED}),
    S.UPLOADING: frozenset({S.SUBMITTING, S.WAITING, S.CANCELLED, S.FAILED}),
    # Return to waiting only if the request certainly didn't arrive.
    S.SUBMITTING: frozenset({S.QUEUED, S.UNCONFIRMED, S.WAITING, S.FAILED}),
    # Resend only on the user's request; watch it if the service turns out to have it.
    S.UNCONFIRMED: frozenset({S.WAITING, S.QUEUED}),
    S.QUEUED: frozenset({S.RUNNING, S.FETCHING, S.CANCELLING, S.FAILED}),
    S.RUNNING: frozenset({S.QUEUED, S.FETCHING, S.CANCELLING, S.FAILED}),
    S.FETCHING: frozenset({S.DONE, S.FAILED}),
    # A result that arrives despite a late cancel is fetched: what was billed is kept.
    S.CANCELLING: frozenset({S.FETCHING, S.CANCELLED, S.FAILED}),
    # A result that the service may have, already paid for, can be fetched again; without one it may still be running.
    S.FAILED: frozenset({S.FETCHING, S.QUEUED}),
    S.DONE: frozenset(),
    S.CANCELLED: frozenset(),
}

FINAL_STATES = frozenset({S.DONE, S.FAILED, S.CANCELLED, S.UNCONFIRMED})
"""States in which nothing happens without the user."""

UNSENT_STATES = frozenset({S.WAITING, S.UPLOADING})
"""States in which nothing was sent yet that may be paid for."""

ACCEPTED_STATES = frozenset({S.QUEUED, S.RUNNING, S.FETCHING, S.CANCELLING})
"""States in which the service has the request."""

RESUME_STATE: dict[JobState, JobState] = {state: state for state in JobState} | {
    S.UPLOADING: S.WAITING,
    S.SUBMITTING: S.UNCONFIRMED,
}
"""State to resume from after the program ended mid-job: uploads are free, submits aren't."""


class ImpossibleTransitionError(Exception):
    """A transition that the table doesn't allow."""


def check_transition(before: JobState, after: JobState) -> None:
    """Raise ImpossibleTransitionError unless `after` may follow `before`."""
    if after is not before and after not in TRANSITIONS[before]:
        raise ImpossibleTransitionError(f"{before} → {after}")
