"""The states of a job and which may follow which. Pure; the one place where this is said."""

from __future__ import annotations

from enum import StrEnum


class State(StrEnum):
    """Where a job stands. Each is committed before the call that it describes, and again after the answer."""

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


S = State

FOLLOWERS: dict[State, frozenset[State]] = {
    S.WAITING: frozenset({S.UPLOADING, S.CANCELLED, S.FAILED}),
    S.UPLOADING: frozenset({S.SUBMITTING, S.WAITING, S.CANCELLED, S.FAILED}),
    # Back to waiting only where the request surely did not arrive.
    S.SUBMITTING: frozenset({S.QUEUED, S.UNCONFIRMED, S.WAITING, S.FAILED}),
    # Sent again only when the user says so; watched where the service turns out to have it.
    S.UNCONFIRMED: frozenset({S.WAITING, S.QUEUED}),
    S.QUEUED: frozenset({S.RUNNING, S.FETCHING, S.CANCELLING, S.FAILED}),
    S.RUNNING: frozenset({S.QUEUED, S.FETCHING, S.CANCELLING, S.FAILED}),
    S.FETCHING: frozenset({S.DONE, S.FAILED}),
    # A cancel that comes too late is fetched: what was billed is kept.
    S.CANCELLING: frozenset({S.FETCHING, S.CANCELLED, S.FAILED}),
    # What may lie with the service, made and paid for, may be fetched again; one without a result may still run there.
    S.FAILED: frozenset({S.FETCHING, S.QUEUED}),
    S.DONE: frozenset(),
    S.CANCELLED: frozenset(),
}

ENDED = frozenset({S.DONE, S.FAILED, S.CANCELLED, S.UNCONFIRMED})
"""Nothing happens from here by itself."""

ACCEPTED = frozenset({S.QUEUED, S.RUNNING, S.FETCHING, S.CANCELLING})
"""The service has the request."""

AFTER_RESTART: dict[State, State] = {state: state for state in State} | {
    S.UPLOADING: S.WAITING,
    S.SUBMITTING: S.UNCONFIRMED,
}
"""Where a job goes on after the program ended in the middle: uploads are free, submits are not."""


class ImpossibleTransitionError(Exception):
    """A step that the table does not know."""


def check_step(before: State, after: State) -> None:
    """Raises ImpossibleTransitionError unless `after` may follow `before`."""
    if after is not before and after not in FOLLOWERS[before]:
        raise ImpossibleTransitionError(f"{before} → {after}")
