"""HTTP client for fal.ai. The only package that knows its URLs and headers.

Modules that need the HTTP libraries are imported on first use: the window and most commands don't need them before they
connect.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from imagineart_desktop.fal.errors import (
    BadDownloadError,
    BusyError,
    Charged,
    ContentPolicyError,
    FalError,
    Fate,
    ForbiddenError,
    InputProblem,
    InvalidInputError,
    NoAnswerError,
    NotFoundError,
    OfflineError,
    ServiceFailedError,
    TooManyRequestsListedError,
    UnsafeAddressError,
    WrongKeyError,
)
from imagineart_desktop.fal.responses import (
    MAX_IMAGES,
    KnownRequest,
    LogEntry,
    Output,
    OutputFile,
    Result,
    Status,
    Submitted,
)
from imagineart_desktop.fal.retry import Call, Patience, RetryRules
from imagineart_desktop.fal.service import (
    FAL_HOSTS,
    HOME_PAGE,
    KEYS_PAGE,
    MODELS_PAGE,
    Hosts,
    Service,
    ServiceKind,
    proxy_address,
)

if TYPE_CHECKING:
    from imagineart_desktop.fal.client import CancelOutcome, FalClient
    from imagineart_desktop.fal.download import Downloader, OnReceived
    from imagineart_desktop.fal.environment import Environment, unusable_variables
    from imagineart_desktop.fal.error_mapping import error_of_completed
    from imagineart_desktop.fal.http_client import prepare
    from imagineart_desktop.fal.public_image import fetch_public_image, name_of_address
    from imagineart_desktop.fal.storage import Storage

_LOADED_LATE = {
    "CancelOutcome": "client",
    "FalClient": "client",
    "prepare": "connecting",
    "Downloader": "download",
    "OnReceived": "download",
    "Environment": "environment",
    "unusable_variables": "environment",
    "fetch_public_image": "public_image",
    "name_of_address": "public_image",
    "error_of_completed": "reading",
    "Storage": "storage",
}

__all__ = [
    "FAL_HOSTS",
    "HOME_PAGE",
    "KEYS_PAGE",
    "MAX_IMAGES",
    "MODELS_PAGE",
    "BadDownloadError",
    "BusyError",
    "Call",
    "CancelOutcome",
    "Charged",
    "ContentPolicyError",
    "Downloader",
    "Environment",
    "FalClient",
    "FalError",
    "Fate",
    "ForbiddenError",
    "Hosts",
    "InputProblem",
    "InvalidInputError",
    "KnownRequest",
    "LogEntry",
    "NoAnswerError",
    "NotFoundError",
    "OfflineError",
    "OnReceived",
    "Output",
    "OutputFile",
    "Patience",
    "Result",
    "RetryRules",
    "Service",
    "ServiceFailedError",
    "ServiceKind",
    "Status",
    "Storage",
    "Submitted",
    "TooManyRequestsListedError",
    "UnsafeAddressError",
    "WrongKeyError",
    "error_of_completed",
    "fetch_public_image",
    "name_of_address",
    "prepare",
    "proxy_address",
    "unusable_variables",
]


def __getattr__(name: str) -> object:
    module = _LOADED_LATE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return found
