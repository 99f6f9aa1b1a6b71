"""Failure messages for interrupted jobs."""

from __future__ import annotations

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import STOPPED, Failure
from imagineart_desktop.support.messages import Message


def stopped_fetching() -> Failure:
    """Return the failure for a job that the user stopped waiting for."""
    return Failure(STOPPED, Message("job.download_canceled"), Message("job.advice.fetch_paid"), Charged.YES)


def interrupted_submit() -> Failure:
    """Return the failure for a request that may or may not have been accepted."""
    return Failure(
        "unconfirmed",
        Message("job.submit_interrupted"),
        Message("fal.advice.check_dashboard"),
        Charged.MAYBE,
    )
