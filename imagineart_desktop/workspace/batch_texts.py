"""Text about batches for the user."""

from __future__ import annotations

from imagineart_desktop.jobs import Batch, BatchState
from imagineart_desktop.models import format_dollars


def batch_progress(batch: Batch) -> str:
    """Return how far a batch is: “412 of 640 · 9 min left”, “412 of 640 · paused”."""
    summary = batch.summary
    parts = [f"{summary.done:,} of {summary.total:,}"]
    if batch.state is BatchState.PAUSED:
        parts.append("paused")
    elif summary.seconds_left is not None:
        parts.append(f"{time_left(summary.seconds_left)} left")
    return " · ".join(parts)


def time_left(seconds: float) -> str:
    """Return an estimate, no more exact than it is: “under 1 min”, “9 min”, “2 h 5 min”."""
    minutes = round(seconds / 60)
    hours, rest = divmod(minutes, 60)
    if hours:
        return f"{hours:,} h {rest} min" if rest else f"{hours:,} h"
    return f"{minutes} min" if minutes else "under 1 min"


def batch_counts(batch: Batch) -> str:
    """Return “4 running, 224 waiting”; empty if nothing is left."""
    summary = batch.summary
    counts = ((summary.running, "running"), (summary.waiting, "waiting"))
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def batch_problems(batch: Batch) -> str:
    """Return “3 failed, 1 unconfirmed”; empty if nothing went wrong."""
    summary = batch.summary
    counts = ((summary.failed, "failed"), (summary.unconfirmed, "unconfirmed"))
    return ", ".join(f"{count:,} {word}" for count, word in counts if count)


def batch_cost(batch: Batch) -> str:
    """Return what is spent so far of the estimate: “$18.40 of $28.80”."""
    summary = batch.summary
    if summary.is_free:
        return "Free (demo)"
    return f"{format_dollars(summary.spent)} of {format_dollars(summary.estimate)}"
