"""How fal.ai is spoken to. The only place with its URLs and headers."""

from imagineart_desktop.fal.answers import KnownRequest, LogEntry, Output, OutputFile, Result, Status, Submitted
from imagineart_desktop.fal.client import CancelOutcome, FalClient
from imagineart_desktop.fal.download import Downloader
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
    UnsafeAddressError,
    WrongKeyError,
)
from imagineart_desktop.fal.public_image import fetch_public_image, name_of_address
from imagineart_desktop.fal.reading import error_of_completed
from imagineart_desktop.fal.retry import Call, Patience, RetryRules
from imagineart_desktop.fal.service import FAL_HOSTS, Hosts, Service, ServiceKind, proxy_address, tls
from imagineart_desktop.fal.storage import Storage

__all__ = [
    "FAL_HOSTS",
    "BadDownloadError",
    "BusyError",
    "Call",
    "CancelOutcome",
    "Charged",
    "ContentPolicyError",
    "Downloader",
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
    "UnsafeAddressError",
    "WrongKeyError",
    "error_of_completed",
    "fetch_public_image",
    "name_of_address",
    "proxy_address",
    "tls",
]
