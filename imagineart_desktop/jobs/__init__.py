"""Durable jobs: their states, and the worker that drives them from request to result."""

from imagineart_desktop.jobs.batch import Batch, BatchRequest, BatchState, BatchSummary
from imagineart_desktop.jobs.batch_controller import BatchController
from imagineart_desktop.jobs.budget import Budget, BudgetExceededError, BudgetUse
from imagineart_desktop.jobs.budget_limits import BudgetLimits, BudgetPeriod, load_limits
from imagineart_desktop.jobs.composed_cache import CompositeCache
from imagineart_desktop.jobs.connection import DEMO_WAITS, ServiceConnection
from imagineart_desktop.jobs.inpainting import (
    InpaintRequest,
    InpaintResultSet,
    MissingError,
    load_result_set_of,
    prepare,
    recomposite,
    save_composite,
)
from imagineart_desktop.jobs.job import Download, Failure, InputImage, Job
from imagineart_desktop.jobs.job_registry import JobEvent
from imagineart_desktop.jobs.request_lookup import LookupResult
from imagineart_desktop.jobs.source_cache import cache_source
from imagineart_desktop.jobs.states import FINAL_STATES, JobState
from imagineart_desktop.jobs.unconfirmed import LOOKUP_FAILED, NOT_LISTED
from imagineart_desktop.jobs.waiting import LOCAL_ERRORS, UPLOAD_STALLED
from imagineart_desktop.jobs.worker import Worker

__all__ = [
    "DEMO_WAITS",
    "FINAL_STATES",
    "LOCAL_ERRORS",
    "LOOKUP_FAILED",
    "NOT_LISTED",
    "UPLOAD_STALLED",
    "Batch",
    "BatchController",
    "BatchRequest",
    "BatchState",
    "BatchSummary",
    "Budget",
    "BudgetExceededError",
    "BudgetLimits",
    "BudgetPeriod",
    "BudgetUse",
    "CompositeCache",
    "Download",
    "Failure",
    "InpaintRequest",
    "InpaintResultSet",
    "InputImage",
    "Job",
    "JobEvent",
    "JobState",
    "LookupResult",
    "MissingError",
    "ServiceConnection",
    "Worker",
    "cache_source",
    "load_limits",
    "load_result_set_of",
    "prepare",
    "recomposite",
    "save_composite",
]
