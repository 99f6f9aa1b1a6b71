"""HTTP client for fal.ai. The only package that knows its URLs and headers.

Modules that need the HTTP libraries are imported on first use: the window and most commands don't need them before they
connect.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from imagineart_desktop.fal.errors import (
    BadDownloadError,
    Charged,
    ContentPolicyError,
    DeliveryStatus,
    FalError,
    ForbiddenError,
    InputProblem,
    InvalidInputError,
    InvalidKeyError,
    NoResponseError,
    NotFoundError,
    OfflineError,
    RateLimitedError,
    ServiceFailedError,
    TooManyRequestsListedError,
    UnsafeUrlError,
)
from imagineart_desktop.fal.responses import (
    MAX_IMAGES,
    KnownRequest,
    ListedModel,
    LogEntry,
    Output,
    OutputFile,
    Result,
    Status,
    Submitted,
    UnitPrice,
)
from imagineart_desktop.fal.retry import CallSafety, RetryLimit, RetryRules
from imagineart_desktop.fal.service import (
    FAL_HOSTS,
    HOME_PAGE,
    KEYS_PAGE,
    MODELS_PAGE,
    Hosts,
    Service,
    ServiceKind,
    parse_proxy_url,
)

if TYPE_CHECKING:
    from imagineart_desktop.fal.client import CancelOutcome, FalClient
    from imagineart_desktop.fal.download import Downloader, OnReceived
    from imagineart_desktop.fal.environment import NetworkSettings, describe_unusable_variables
    from imagineart_desktop.fal.error_mapping import from_completed_status
    from imagineart_desktop.fal.http_client import prepare
    from imagineart_desktop.fal.model_document import PublicPages, fetch_model_document
    from imagineart_desktop.fal.public_image import fetch_public_image, name_from_url
    from imagineart_desktop.fal.storage import Uploader

_LOADED_LATE = {
    "CancelOutcome": "client",
    "FalClient": "client",
    "prepare": "http_client",
    "Downloader": "download",
    "OnReceived": "download",
    "NetworkSettings": "environment",
    "describe_unusable_variables": "environment",
    "PublicPages": "model_document",
    "fetch_model_document": "model_document",
    "fetch_public_image": "public_image",
    "name_from_url": "public_image",
    "from_completed_status": "error_mapping",
    "Uploader": "storage",
}

__all__ = [
    "FAL_HOSTS",
    "HOME_PAGE",
    "KEYS_PAGE",
    "MAX_IMAGES",
    "MODELS_PAGE",
    "BadDownloadError",
    "CallSafety",
    "CancelOutcome",
    "Charged",
    "ContentPolicyError",
    "DeliveryStatus",
    "Downloader",
    "FalClient",
    "FalError",
    "ForbiddenError",
    "Hosts",
    "InputProblem",
    "InvalidInputError",
    "InvalidKeyError",
    "KnownRequest",
    "ListedModel",
    "LogEntry",
    "NetworkSettings",
    "NoResponseError",
    "NotFoundError",
    "OfflineError",
    "OnReceived",
    "Output",
    "OutputFile",
    "PublicPages",
    "RateLimitedError",
    "Result",
    "RetryLimit",
    "RetryRules",
    "Service",
    "ServiceFailedError",
    "ServiceKind",
    "Status",
    "Submitted",
    "TooManyRequestsListedError",
    "UnitPrice",
    "UnsafeUrlError",
    "Uploader",
    "describe_unusable_variables",
    "fetch_model_document",
    "fetch_public_image",
    "from_completed_status",
    "name_from_url",
    "parse_proxy_url",
    "prepare",
]


def __getattr__(name: str) -> object:
    module = _LOADED_LATE.get(name)
    if module is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = globals()[name] = getattr(import_module(f"{__name__}.{module}"), name)
    return found
