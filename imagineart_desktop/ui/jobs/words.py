"""A job in the user's words."""

from __future__ import annotations

from collections.abc import Sequence

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs import NOT_LISTED, NOT_LOOKED, Job, State
from imagineart_desktop.library import OLDER_COPY

_STATES = {
    State.WAITING: "Waiting",
    State.UPLOADING: "Uploading…",
    State.SUBMITTING: "Sending…",
    State.UNCONFIRMED: "Unconfirmed",
    State.RUNNING: "Generating…",
    State.FETCHING: "Downloading…",
    State.DONE: "Done",
    State.FAILED: "Failed",
    State.CANCELLING: "Canceling…",
    State.CANCELLED: "Canceled",
}
_CHARGED = {Charged.NO: "not charged", Charged.MAYBE: "may have been charged", Charged.YES: "charged"}


def state_words(job: Job) -> str:
    """Return the state of a job, such as “Queue position 3” or “Generating…”."""
    if job.state is State.QUEUED:
        return f"Queue position {job.queue_position}" if job.queue_position else "Next in queue"
    return _STATES[job.state]


def summary_words(states: Sequence[State]) -> str:
    """Return how many jobs run, wait, have failed, and may have been charged without an answer; empty for none."""
    waiting, failed, unsure = (states.count(state) for state in (State.WAITING, State.FAILED, State.UNCONFIRMED))
    running = len(states) - waiting - failed - unsure
    counts = ((running, "running"), (waiting, "waiting"), (failed, "failed"), (unsure, "unconfirmed"))
    return " · ".join(f"{count:,} {word}" for count, word in counts if count)


def elapsed_words(job: Job) -> str:
    """Minutes and seconds: 0:14."""
    seconds = int(job.elapsed_seconds())
    return f"{seconds // 60}:{seconds % 60:02}"


def unconfirmed_words(job: Job) -> str:
    """What to say of a job that may have been paid for, or of the look for it: short enough for its card."""
    kind = "" if job.failure is None else job.failure.error_type
    if job.failure is not None and kind in (NOT_LISTED, NOT_LOOKED):
        return job.failure.message
    return "From an older library. May have been sent." if kind == OLDER_COPY else "May have been accepted and charged"


def failure_words(job: Job) -> str:
    """What went wrong and whether it was paid for; empty when nothing did."""
    failure = job.failure
    if failure is None:
        return ""
    message = failure.message.rstrip(".")
    if job.service.value == "demo" and failure.charged is not Charged.MAYBE:
        return message
    return f"{message} · {_CHARGED[failure.charged]}"
