"""What is said of jobs that were cut off."""

from __future__ import annotations

from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs.job import STOPPED, Failure
from imagineart_desktop.jobs.unconfirmed import LOOK_YOURSELF


def stopped_fetching() -> Failure:
    """Return what to say of a job that the user did not want to wait for any longer."""
    return Failure(STOPPED, "Download canceled.", "It is paid for: fetch it again.", Charged.YES)


def interrupted_submit() -> Failure:
    """Return what to say of a request that may or may not have been accepted."""
    return Failure(
        "unconfirmed",
        "The program ended while this was being sent.",
        f"It may have been accepted and charged. {LOOK_YOURSELF}",
        Charged.MAYBE,
    )
