"""Failure messages for interrupted jobs."""

from __future__ import annotations

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import STOPPED, Failure
from imagineart_desktop.jobs.unconfirmed import CHECK_DASHBOARD


def stopped_fetching() -> Failure:
    """Return the failure for a job that the user stopped waiting for."""
    return Failure(STOPPED, "Download canceled.", "It is paid for: fetch it again.", Charged.YES)


def interrupted_submit() -> Failure:
    """Return the failure for a request that may or may not have been accepted."""
    return Failure(
        "unconfirmed",
        "The program ended while this was being sent.",
        f"It may have been accepted and charged. {CHECK_DASHBOARD}",
        Charged.MAYBE,
    )
