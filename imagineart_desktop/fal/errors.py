"""Errors of the service, as a tree. Each says what happened, whether retrying helps, and what the user can do.

FalError
├── OfflineError            the service couldn't be reached; nothing was sent
├── NoAnswerError           something was sent but no usable response came: it may have been accepted
├── BusyError               429, or 503 with Retry-After: refused for now
├── WrongKeyError           401
├── ForbiddenError          403, including an exhausted balance
├── NotFoundError           404
├── InvalidInputError       422 and other rejections of the input
│   └── ContentPolicyError
├── ServiceFailedError      5xx, and requests that failed inside the service
├── TooManyRequestsListedError  the key's list of requests is too long to read to its end
├── UnsafeAddressError      the URL of a result must not be fetched
└── BadDownloadError        the download isn't what the service announced
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.messages import Message


class DeliveryStatus(StrEnum):
    """Whether the request that met the error reached the service."""

    NOT_ARRIVED = "not_arrived"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Charged(StrEnum):
    """Whether the request was billed, as far as is known for certain."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One problem that the service found in the input.

    field: its name in the API, or empty; message: untrusted plain text.
    """

    field: str
    message: str
    type: str


class FalError(UserError):
    """Base of all errors. Its message is for the user; `advice` says what to do."""

    fate = DeliveryStatus.REFUSED
    repeatable = False
    charged = Charged.NO
    advice = Message("fal.advice.try_later")

    def __init__(
        self,
        message: Message | str,
        *,
        error_type: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        advice: Message | str | None = None,
    ) -> None:
        super().__init__(message)
        self.error_type = error_type
        self.status = status
        self.retry_after = retry_after
        if advice is not None:
            self.advice = Message.of(advice)


class OfflineError(FalError):
    """The service couldn't be reached: DNS, connection, TLS or pool. Nothing was sent."""

    fate = DeliveryStatus.NOT_ARRIVED
    repeatable = True
    advice = Message("fal.advice.check_connection")


class NoResponseError(FalError):
    """Something was sent but no usable response came back: timeout, dropped connection, invalid response."""

    fate = DeliveryStatus.UNKNOWN
    repeatable = True
    charged = Charged.MAYBE
    advice = Message("fal.advice.check_dashboard")


class RateLimitedError(FalError):
    """Refused for now. retry_after: seconds to wait, if the service says so."""

    fate = DeliveryStatus.NOT_ARRIVED
    repeatable = True
    advice = Message("fal.advice.wait")


class InvalidKeyError(FalError):
    """401: the service doesn't know the key."""

    advice = Message("fal.advice.check_key")


class ForbiddenError(FalError):
    """403: no permission, or the account is locked."""

    advice = Message("fal.advice.check_account")


class NotFoundError(FalError):
    """404: the service doesn't know the endpoint or the request (any more)."""

    advice = Message("fal.advice.send_again")


class InvalidInputError(FalError):
    """The model rejected the input. problems: one entry per problem found."""

    advice = Message("fal.advice.change_form")

    def __init__(
        self,
        message: Message | str,
        problems: Sequence[InputProblem] = (),
        *,
        error_type: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(message, error_type=error_type, status=status)
        self.problems = tuple(problems)


class ContentPolicyError(InvalidInputError):
    """The model's content policy rejected the prompt or the image."""

    advice = Message("fal.advice.change_content")


class ServiceFailedError(FalError):
    """The service failed: 5xx on a safe call, or a request that ended in an error inside the service."""

    repeatable = True
    advice = Message("fal.advice.send_again")


class TooManyRequestsListedError(FalError):
    """The key's list of requests is too long to read in full: requests missing from it may still have been accepted."""

    repeatable = True


class UnsafeUrlError(FalError):
    """The URL of a result must not be fetched: it isn't https, or is inside a private network."""

    charged = Charged.YES
    advice = Message("fal.advice.report")


class BadDownloadError(FalError):
    """A download was too large, too short or truncated."""

    repeatable = True
    charged = Charged.YES
    advice = Message("fal.advice.fetch_again")
