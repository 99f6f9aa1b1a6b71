"""When a call is made again. The one place for these rules.

| call                                     | again after                                    | how often           |
|------------------------------------------|------------------------------------------------|---------------------|
| submit                                   | errors whose fate is NOT_ARRIVED, nothing else | for ever            |
| status, cancel, result                   | every error that is repeatable                 | for ever            |
| status, cancel of an accepted request    | 401, 403 and refusals: it is paid for          | for ever            |
| status, result of an accepted request    | 404: it may only be late in being known        | `doubts`            |
| result that the service says has failed  | nothing: its error is told                     | once                |
| download                                 | every error that is repeatable                 | six times, `SOME`   |
| result that led to no picture            | whatever it was, asked for anew                | `fresh_results`     |
| upload                                   | every error that is repeatable                 | for ever            |
| any of these                             | OfflineError: a state, not an error            | for ever            |

Waits double from half a second to half a minute, with full jitter; Retry-After counts as a least wait.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import Enum
from typing import TypeVar

from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt, stop_never
from tenacity.wait import wait_random_exponential

from imagineart_desktop.fal.errors import FalError, Fate, OfflineError

T = TypeVar("T")

_LONGEST_RETRY_AFTER = 300.0
"""Seconds; a service that asks for more is asked again after this."""


class Call(Enum):
    """What is being repeated. The value says whether it costs nothing to make it twice."""

    SUBMIT = False
    SAFE = True


class Patience(Enum):
    """How often a safe call is made at the most."""

    FOR_EVER = None
    SOME = 6
    ONCE = 1


@dataclass(frozen=True, slots=True)
class RetryRules:
    """Seconds between attempts, and for how long an answer is waited for. Tests make them short.

    answer: seconds without a byte of an answer; a submit and a download get twice as long, an upload four times.
    doubts and fresh_results: see the table above.
    """

    first_wait: float = 0.5
    longest_wait: float = 30.0
    answer: float = 30.0
    doubts: int = 6
    fresh_results: int = 2

    async def run(
        self,
        attempt: Callable[[], Awaitable[T]],
        *,
        call: Call = Call.SAFE,
        patience: Patience = Patience.FOR_EVER,
        on_wait: Callable[[FalError], None] | None = None,
    ) -> T:
        """The attempt's answer, made again as the table says. on_wait: told of each error that is waited out.

        A call that could not leave the machine is repeated for ever: being offline is a state, not an error.
        """
        jitter = wait_random_exponential(multiplier=self.first_wait, max=self.longest_wait)

        def wait(state: RetryCallState) -> float:
            error = _error_of(state)
            asked = min(error.retry_after or 0.0, _LONGEST_RETRY_AFTER) if error else 0.0
            return asked + jitter(state)

        def stop(state: RetryCallState) -> bool:
            if patience.value is None or isinstance(_error_of(state), OfflineError):
                return stop_never(state)
            return stop_after_attempt(patience.value)(state)

        def tell(state: RetryCallState) -> None:
            error = _error_of(state)
            if error is not None and on_wait is not None:
                on_wait(error)

        again = _may_repeat if call is Call.SAFE else _surely_not_arrived
        async for chance in AsyncRetrying(
            retry=retry_if_exception(again), wait=wait, stop=stop, before_sleep=tell, reraise=True
        ):
            with chance:
                return await attempt()
        raise AssertionError("a retry loop ends with an answer or an error")


def _may_repeat(error: BaseException) -> bool:
    return isinstance(error, FalError) and error.repeatable


def _surely_not_arrived(error: BaseException) -> bool:
    return isinstance(error, FalError) and error.repeatable and error.fate is Fate.NOT_ARRIVED


def _error_of(state: RetryCallState) -> FalError | None:
    error = state.outcome.exception() if state.outcome is not None else None
    return error if isinstance(error, FalError) else None
