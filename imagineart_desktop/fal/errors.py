"""What can go wrong with the service, as a tree: what happened, whether asking again helps, what the user can do.

FalError
├── OfflineError            the service could not be reached; nothing was sent
├── NoAnswerError           something was sent and no usable answer came: it may have been accepted
├── BusyError               429, or 503 with Retry-After: refused for now
├── WrongKeyError           401
├── ForbiddenError          403, also an exhausted balance
├── NotFoundError           404
├── InvalidInputError       422 and other refusals of the input
│   └── ContentPolicyError
├── ServiceFailedError      5xx, and requests that failed inside the service
├── TooManyRequestsListedError  the key's list of requests is too long to be read to its end
├── UnsafeAddressError      a result lies where we do not go
└── BadDownloadError        what came is not what was announced
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum


class Fate(StrEnum):
    """What became of the request that met the error."""

    NOT_ARRIVED = "not_arrived"
    REFUSED = "refused"
    UNKNOWN = "unknown"


class Charged(StrEnum):
    """Whether the request was paid for, as far as is certain."""

    NO = "no"
    MAYBE = "maybe"
    YES = "yes"


@dataclass(frozen=True, slots=True)
class InputProblem:
    """One finding of the service about the input. field: name on the wire, or empty; message: untrusted plain text."""

    field: str
    message: str
    type: str


class FalError(Exception):
    """Base of all. Its text is a sentence for the user; `advice` is the one thing to do."""

    fate = Fate.REFUSED
    repeatable = False
    charged = Charged.NO
    advice = "Try again later."

    def __init__(
        self,
        sentence: str,
        *,
        error_type: str = "",
        status: int | None = None,
        retry_after: float | None = None,
        advice: str | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.error_type = error_type
        self.status = status
        self.retry_after = retry_after
        if advice is not None:
            self.advice = advice


class OfflineError(FalError):
    """The service could not be reached: name look-up, connection, TLS or pool. Nothing was sent."""

    fate = Fate.NOT_ARRIVED
    repeatable = True
    advice = "Check your connection."


class NoAnswerError(FalError):
    """Something went out and no usable answer came back: time-out, cut connection, broken answer."""

    fate = Fate.UNKNOWN
    repeatable = True
    charged = Charged.MAYBE
    advice = "It may have been accepted and charged. Check your fal.ai dashboard before sending it again."


class BusyError(FalError):
    """Refused for now. retry_after: seconds the service asks to wait, when it says so."""

    fate = Fate.NOT_ARRIVED
    repeatable = True
    advice = "Wait a moment and try again."


class WrongKeyError(FalError):
    """401: the key is not known to the service."""

    advice = "Check the key in Settings → Account."


class ForbiddenError(FalError):
    """403: no permission, or the account is locked."""

    advice = "Check the account on fal.ai."


class NotFoundError(FalError):
    """404: the endpoint or the request is not known (any more)."""

    advice = "Send it again."


class InvalidInputError(FalError):
    """The model refused the input. problems: one entry a finding."""

    advice = "Change the form and send it again."

    def __init__(
        self,
        sentence: str,
        problems: Sequence[InputProblem] = (),
        *,
        error_type: str = "",
        status: int | None = None,
    ) -> None:
        super().__init__(sentence, error_type=error_type, status=status)
        self.problems = tuple(problems)


class ContentPolicyError(InvalidInputError):
    """The prompt or the picture was rejected by the model's content policy."""

    advice = "Change the prompt or the image."


class ServiceFailedError(FalError):
    """The service failed: 5xx on a safe call, or a request that ended in an error inside the service."""

    repeatable = True
    advice = "Send it again."


class TooManyRequestsListedError(FalError):
    """The key's list of requests is longer than is read: what is not in it may still have been accepted."""

    repeatable = True


class UnsafeAddressError(FalError):
    """A result lies at an address that is not fetched: not https, or inside a private network."""

    charged = Charged.YES
    advice = "Report this to fal.ai; the request id is in the details."


class BadDownloadError(FalError):
    """A download was too large, too short or cut."""

    repeatable = True
    charged = Charged.YES
    advice = "Fetch it again."
