"""Durable jobs: their states, and the worker that drives them from request to result."""

from imagineart_desktop.jobs.composed_cache import LastComposed
from imagineart_desktop.jobs.connection import DEMO_WAITS, Account
from imagineart_desktop.jobs.inpainting import (
    Composition,
    MissingError,
    Prepared,
    gather_pictures,
    keep_composed,
    prepare,
    recomposite,
    remember_source,
)
from imagineart_desktop.jobs.job import Download, Failure, Ingredient, Job
from imagineart_desktop.jobs.job_registry import JobEvent
from imagineart_desktop.jobs.request_lookup import Looked
from imagineart_desktop.jobs.states import ENDED, State
from imagineart_desktop.jobs.unconfirmed import NOT_LISTED, NOT_LOOKED
from imagineart_desktop.jobs.waiting import OWN_PROBLEMS, UPLOAD_STALLED
from imagineart_desktop.jobs.worker import Worker

__all__ = [
    "DEMO_WAITS",
    "ENDED",
    "NOT_LISTED",
    "NOT_LOOKED",
    "OWN_PROBLEMS",
    "UPLOAD_STALLED",
    "Account",
    "Composition",
    "Download",
    "Failure",
    "Ingredient",
    "Job",
    "JobEvent",
    "LastComposed",
    "Looked",
    "MissingError",
    "Prepared",
    "State",
    "Worker",
    "gather_pictures",
    "keep_composed",
    "prepare",
    "recomposite",
    "remember_source",
]
