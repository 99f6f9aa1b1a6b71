"""Text about jobs for the user."""

from __future__ import annotations

from collections.abc import Sequence

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs import LOOKUP_FAILED, NOT_LISTED, Download, Job, JobState
from imagineart_desktop.library import OLDER_COPY
from imagineart_desktop.models import UnavailableModel
from imagineart_desktop.support.wording import format_size

_STATES = {
    JobState.WAITING: "Waiting",
    JobState.UPLOADING: "Uploading…",
    JobState.SUBMITTING: "Sending…",
    JobState.UNCONFIRMED: "Unconfirmed",
    JobState.QUEUED: "Queued",
    JobState.RUNNING: "Generating…",
    JobState.FETCHING: "Downloading…",
    JobState.DONE: "Done",
    JobState.FAILED: "Failed",
    JobState.CANCELLING: "Canceling…",
    JobState.CANCELLED: "Canceled",
}
_COUNTED = {
    JobState.WAITING: "waiting",
    JobState.FAILED: "failed",
    JobState.UNCONFIRMED: "unconfirmed",
    JobState.CANCELLED: "canceled",
}
"""States that are counted on their own, with their words; a job in any other one is running."""

_CHARGED = {Charged.NO: "not charged", Charged.MAYBE: "may have been charged", Charged.YES: "charged"}


def shown_state(job: Job) -> JobState:
    """Return the state as the user sees it: a download that was canceled has not failed."""
    return JobState.CANCELLED if job.is_download_canceled else job.state


def state_name(stored: str) -> str:
    """Return the name of a state as it's stored; unknown ones as they are."""
    return next((words for state, words in _STATES.items() if state.value == stored), stored)


def state_text(job: Job) -> str:
    """Return the state of a job, such as “Queue position 3” or “Downloading… 40%”."""
    if job.state is JobState.QUEUED:
        return f"Queue position {job.queue_position}" if job.queue_position else "Next in queue"
    if job.download is not None and job.download.received:
        return _download_words(job.download)
    return _STATES[shown_state(job)]


def _download_words(download: Download) -> str:
    """Return how much has arrived; once that is everything, it is still verified and stored."""
    if download.share is None:
        return f"Downloading… {format_size(download.received)}"
    return f"Downloading… {int(download.share * 100)}%" if download.share < 1 else "Saving…"


def summary_words(states: Sequence[JobState]) -> str:
    """Return how many jobs run, and how many are in each of the other states; empty for none."""
    others = {state: states.count(state) for state in _COUNTED}
    counts = (
        (len(states) - sum(others.values()), "running"),
        *((others[state], _COUNTED[state]) for state in _COUNTED),
    )
    return " · ".join(f"{count:,} {word}" for count, word in counts if count)


def unavailable_words(job: Job) -> str:
    """Return why this version can't send the job's request, and what to do; empty if it can."""
    if not isinstance(job.model, UnavailableModel):
        return ""
    if job.model.is_offered:
        return "This version can’t read this request. Update the program to continue; nothing is lost."
    if job.model.problem:
        return f"This model isn’t available in this version. {job.model.problem}"
    return "This model isn’t available in this version. Update the program to continue; nothing is lost."


def progress_words(job: Job) -> str:
    """Return the job's model, how many images it makes, its state, and the time that it takes if it goes on."""
    count = job.requested_images or 1
    model = job.model.short_label if count == 1 else f"{job.model.short_label} × {count}"
    parts = [model, state_text(job)]
    return " · ".join([*parts, elapsed_words(job)] if job.can_proceed else parts)


def elapsed_words(job: Job) -> str:
    """Return how long the job has taken so far: 0:14."""
    return minutes_text(int(job.elapsed_seconds()))


def minutes_text(seconds: int) -> str:
    """Return minutes and seconds: 0:14."""
    return f"{seconds // 60}:{seconds % 60:02}"


def unconfirmed_words(job: Job) -> str:
    """Return text about a possibly charged job, or the result of checking it, short enough for the job's card."""
    kind = "" if job.failure is None else job.failure.error_type
    if job.failure is not None and kind in (NOT_LISTED, LOOKUP_FAILED):
        return str(job.failure.message)
    return "From an older library. May have been sent." if kind == OLDER_COPY else "May have been accepted and charged"


def failure_words(job: Job) -> str:
    """Return what went wrong and whether it was charged; empty if nothing went wrong."""
    failure = job.failure
    if failure is None:
        return ""
    message = str(failure.message).rstrip(".")
    if job.service.value == "demo" and failure.charged is not Charged.MAYBE:
        return message
    return f"{message} · {_CHARGED[failure.charged]}"
