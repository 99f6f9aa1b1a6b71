"""Fault definitions: which call fails, when, and how. Has no side effects; `mischief` carries the faults out.

As text a fault is `call:trouble` followed by options, e.g. `submit:cut_before:nth=1`,
`any:status:code=503:retry_after=1:share=0.1`, `file:stall:seconds=20:times=2`.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from imagineart_desktop.demo.endpoints import Endpoint


class FaultKind(StrEnum):
    """The kinds of faults."""

    AWAY = "away"
    """Stops listening for `seconds`: new connections are refused, open ones are dropped."""
    REFUSE = "refuse"
    """Drops the connection before doing anything."""
    CUT_BEFORE = "cut_before"
    """Does the work, then drops the connection before the response."""
    CUT_INSIDE = "cut_inside"
    """Drops the connection in the middle of the response."""
    CUT_AFTER = "cut_after"
    """Drops the connection after the response."""
    DELAY = "delay"
    """Waits `seconds`, then does the work."""
    LATE = "late"
    """Does the work, then waits `seconds` before the response."""
    STALL = "stall"
    """Sends half of the response, then nothing for `seconds`."""
    STATUS = "status"
    """Does nothing and responds with `code`, and with `retry_after` if given."""
    MALFORMED = "malformed"
    """Does the work and responds with something that isn't JSON."""
    TRUNCATED = "truncated"
    """Does the work and sends half of the response as if it were complete."""
    WRONG_TYPE = "wrong_type"
    """Does the work and responds with a web page."""
    FAIL = "fail"
    """The runner fails: COMPLETED with an error of `kind`. For `work`."""
    EXPIRED = "expired"
    """This URL returns 404 from now on."""
    HUGE = "huge"
    """Sends far more data than any real response has."""
    REDIRECT = "redirect"
    """Redirects to the URL `to`."""
    PRIVATE = "private"
    """The result's images are at the URL `to`. For `result`."""
    OTHER_SIZE = "other_size"
    """An inpainting result is returned at three quarters of its size. This and the following are for `work`."""
    OTHER_RATIO = "other_ratio"
    """The result is stretched to a square, or to 4:3 if it was one."""
    SHIFTED = "shifted"
    """The result is shifted by `pixels` to the right and down."""
    RECOLOURED = "recoloured"
    """The whole result has a color shift and has been compressed as JPEG."""
    RECOLOURED_INSIDE = "recoloured_inside"
    """Only the painted area has a color shift."""
    UNCHANGED = "unchanged"
    """Nothing was painted."""
    INVERTED = "inverted"
    """Everything except the painted area was repainted."""
    HOSTILE = "hostile"
    """File names, types and log lines that try to do harm. For `result`, `status` and `stream`."""


DEGRADATIONS = frozenset(
    {
        FaultKind.OTHER_SIZE,
        FaultKind.OTHER_RATIO,
        FaultKind.SHIFTED,
        FaultKind.RECOLOURED,
        FaultKind.RECOLOURED_INSIDE,
        FaultKind.UNCHANGED,
        FaultKind.INVERTED,
    }
)
"""Faults of an inpainting result that otherwise arrives normally."""

_ONLY_FOR: dict[FaultKind, frozenset[Endpoint]] = {
    FaultKind.FAIL: frozenset({Endpoint.WORK}),
    **dict.fromkeys(DEGRADATIONS, frozenset({Endpoint.WORK})),
    FaultKind.PRIVATE: frozenset({Endpoint.RESULT}),
    FaultKind.HOSTILE: frozenset({Endpoint.RESULT, Endpoint.STATUS, Endpoint.STREAM}),
}


_REQUESTS = frozenset(Endpoint) - {Endpoint.ANY, Endpoint.WORK, Endpoint.OTHER}
"""The calls that `any` stands for."""


class FaultSyntaxError(ValueError):
    """The text of a fault couldn't be parsed."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault.

    nth: affects only that call of its kind, counted from one; share: the fraction of such calls, at random; times:
    maximum number of occurrences, 0 for unlimited. Without nth and share, every such call is affected.
    """

    call: Endpoint
    trouble: FaultKind
    nth: int = 0
    share: float = 1.0
    times: int = 0
    seconds: float = 1.0
    code: int = 500
    retry_after: float = -1.0
    pixels: int = 3
    to: str = ""
    kind: str = "internal_server_error"

    @classmethod
    def parse(cls, words: str) -> Fault:
        """Parse the text of a fault. Raises FaultError, which says what's wrong."""
        head, _, rest = words.strip().partition(":")
        second, _, said = rest.partition(":")
        try:
            call = Endpoint(head)
        except ValueError:
            raise FaultSyntaxError(f"“{head}” is no call; there are {', '.join(Endpoint)}.") from None
        try:
            trouble = FaultKind(second)
        except ValueError:
            raise FaultSyntaxError(f"“{second}” is no trouble; there are {', '.join(FaultKind)}.") from None
        if call not in _ONLY_FOR.get(trouble, {call}):
            raise FaultSyntaxError(f"“{trouble}” goes with {', '.join(sorted(_ONLY_FOR[trouble]))} only.")
        kinds = {field.name: type(getattr(cls(call, trouble), field.name)) for field in fields(cls)[2:]}
        values: dict[str, object] = {}
        while said:
            # A URL contains colons itself, so it comes last.
            name, _, value = said.partition("=")
            text, _, said = (value, "", "") if name == "to" else value.partition(":")
            if name not in kinds:
                raise FaultSyntaxError(f"“{name}” cannot be said of a fault; there are {', '.join(kinds)}.")
            try:
                values[name] = kinds[name](text)
            except ValueError:
                raise FaultSyntaxError(f"“{text}” is no value for {name}.") from None
        return cls(call, trouble, **values)  # type: ignore[arg-type]

    def words(self) -> str:
        """Return the fault in the format that `parse` reads."""
        said = [str(self.call), str(self.trouble)]
        for field in fields(self)[2:]:
            value = getattr(self, field.name)
            if value != field.default and field.name != "to":
                said.append(f"{field.name}={value}")
        return ":".join([*said, f"to={self.to}"] if self.to else said)


class ActiveFaults:
    """The active faults. seed: for the random choice by `share`; the same seed affects the same calls."""

    def __init__(self, count: Callable[..., None], seed: int = 0) -> None:
        self._count = count
        self._seed = seed
        self._faults: list[Fault] = []
        self._calls: Counter[Endpoint] = Counter()
        self._done: Counter[int] = Counter()

    @property
    def active(self) -> tuple[Fault, ...]:
        """Return the faults set by the last call to `order`."""
        return tuple(self._faults)

    def order(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Replace the active faults, and restart the call counts."""
        self._faults = list(faults)
        self._seed = self._seed if seed is None else seed
        self._calls.clear()
        self._done.clear()

    def next_fault(self, call: Endpoint) -> Fault | None:
        """Return the fault for this call, or None. Counts the call, so report each one only once."""
        self._calls[call] += 1
        number = self._calls[call]
        for place, fault in enumerate(self._faults):
            if fault.call is not call and not (fault.call is Endpoint.ANY and call in _REQUESTS):
                continue
            if (fault.times and self._done[place] >= fault.times) or (fault.nth and fault.nth != number):
                continue
            if fault.share < 1 and self._chance(call, number, place) >= fault.share:
                continue
            self._done[place] += 1
            self._count("faults", f"faults:{call}:{fault.trouble}")
            return fault
        return None

    def _chance(self, call: Endpoint, number: int, place: int) -> float:
        return float(np.random.default_rng([self._seed, zlib.crc32(call.encode()), number, place]).random())
