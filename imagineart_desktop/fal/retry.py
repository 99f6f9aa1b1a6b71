"""Rules for retrying calls. They're defined here and nowhere else.

| call                                    | retried after                                    | how often           |
|-----------------------------------------|--------------------------------------------------|---------------------|
| submit                                  | errors with fate NOT_ARRIVED, nothing else       | forever             |
| status, cancel, result                  | every repeatable error                           | forever             |
| status, cancel of an accepted request   | 401, 403 and refusals, because it's paid for     | forever             |
| status, result of an accepted request   | 404: the service may be lagging                  | `not_found_retries` |
| result that the service reports failed  | nothing: its error is reported                   | once                |
| download                                | every repeatable error                           | six times, `LIMITED` |
| download after another one failed so    | nothing: the server is in trouble                | once                |
| result that yielded no image            | any error, after fetching the result again       | `result_refetches`  |
| upload                                  | every repeatable error                           | forever             |
| public page                             | every repeatable error, OfflineError as well     | once, `BRIEF`       |
| any of the others                       | OfflineError: a state, not an error              | forever             |

Waits double from half a second to half a minute, with full jitter; Retry-After sets a minimum.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, TypeVar

from imagineart_desktop.fal.errors import DeliveryStatus, FalError, OfflineError

if TYPE_CHECKING:
    from tenacity import RetryCallState

T = TypeVar("T")

_MAX_RETRY_AFTER = 300.0
"""Maximum wait, in seconds; if a service asks for more, it's called again after this."""


class CallSafety(Enum):
    """The kind of call being retried. The value says whether repeating it is free."""

    SUBMIT = False
    SAFE = True


class RetryLimit(Enum):
    """Maximum number of attempts for a safe call."""

    UNLIMITED = None
    LIMITED = 6
    BRIEF = 2
    """The user waits for the answer, so it's given up offline as well."""

    ONCE = 1


@dataclass(frozen=True, slots=True)
class RetryRules:
    """Seconds between attempts, and how long to wait for a response. Tests make them short.

    answer: seconds without a byte of a response; a submit and a download get twice as long, an upload four times.
    doubts and fresh_results: see the table above.
    """

    first_wait: float = 0.5
    max_wait: float = 30.0
    answer: float = 30.0
    not_found_retries: int = 6
    result_refetches: int = 2

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        call: CallSafety = CallSafety.SAFE,
        patience: RetryLimit = RetryLimit.UNLIMITED,
        on_wait: Callable[[FalError], None] | None = None,
    ) -> T:
        """Run `attempt` until it succeeds, retrying as the table says. on_wait: called with each error before the wait.

        A call that couldn't leave the machine is retried forever, except for a `BRIEF` one: being offline is a state,
        not an error.
        """
        import tenacity

        jitter = tenacity.wait_random_exponential(multiplier=self.first_wait, max=self.max_wait)

        def wait(state: RetryCallState) -> float:
            error = _error_of(state)
            asked = min(error.retry_after or 0.0, _MAX_RETRY_AFTER) if error else 0.0
            return asked + jitter(state)

        def stop(state: RetryCallState) -> bool:
            waits_offline = patience is not RetryLimit.BRIEF and isinstance(_error_of(state), OfflineError)
            if patience.value is None or waits_offline:
                return tenacity.stop_never(state)
            return tenacity.stop_after_attempt(patience.value)(state)

        def tell(state: RetryCallState) -> None:
            error = _error_of(state)
            if error is not None and on_wait is not None:
                on_wait(error)

        again = _is_retryable if call is CallSafety.SAFE else _is_safe_to_resubmit
        async for chance in tenacity.AsyncRetrying(
            retry=tenacity.retry_if_exception(again), wait=wait, stop=stop, before_sleep=tell, reraise=True
        ):
            with chance:
                return await attempt()
        raise AssertionError("a retry loop ends with an answer or an error")


def _is_retryable(error: BaseException) -> bool:
    return isinstance(error, FalError) and error.repeatable


def _is_safe_to_resubmit(error: BaseException) -> bool:
    return isinstance(error, FalError) and error.repeatable and error.fate is DeliveryStatus.NOT_ARRIVED


def _error_of(state: RetryCallState) -> FalError | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, FalError) else None
