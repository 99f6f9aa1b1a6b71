"""Faults to order: which call goes wrong, when, and how. Pure; `mischief` carries them out.

In words: `call:trouble`, then what is to be said of it, e.g. `submit:cut_before:nth=1`,
`any:status:code=503:retry_after=1:share=0.1`, `file:stall:seconds=20:times=2`.
"""

from __future__ import annotations

import zlib
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields
from enum import StrEnum

import numpy as np

from imagineart_desktop.demo.endpoints import Call


class Trouble(StrEnum):
    """What can go wrong."""

    AWAY = "away"
    """Nobody listens for `seconds`: new connections are refused, open ones are cut."""
    REFUSE = "refuse"
    """Hangs up before anything is done."""
    CUT_BEFORE = "cut_before"
    """Does the work, hangs up before the answer."""
    CUT_INSIDE = "cut_inside"
    """Hangs up in the middle of the answer."""
    CUT_AFTER = "cut_after"
    """Hangs up after the answer."""
    DELAY = "delay"
    """Waits `seconds`, then does the work."""
    LATE = "late"
    """Does the work, then waits `seconds` before the answer."""
    STALL = "stall"
    """Sends half of the answer, then nothing for `seconds`."""
    STATUS = "status"
    """Does nothing and answers with `code`, and `retry_after` if it is given."""
    MALFORMED = "malformed"
    """Does the work and answers with something that is not JSON."""
    TRUNCATED = "truncated"
    """Does the work and answers with half of it, as if it were whole."""
    WRONG_TYPE = "wrong_type"
    """Does the work and answers with a web page."""
    FAIL = "fail"
    """The runner fails: COMPLETED with an error of `kind`. For `work`."""
    EXPIRED = "expired"
    """This address answers 404 from now on."""
    HUGE = "huge"
    """Answers with far more than any answer has."""
    REDIRECT = "redirect"
    """Answers with a redirect to the address `to`."""
    PRIVATE = "private"
    """The result's pictures lie at the address `to`. For `result`."""
    OTHER_SIZE = "other_size"
    """An inpainted picture comes back three quarters as large. This and the next ones are for `work`."""
    OTHER_RATIO = "other_ratio"
    """It comes back as a square, stretched, or as 4:3 where it was one."""
    SHIFTED = "shifted"
    """It is off by `pixels` to the right and below."""
    RECOLOURED = "recoloured"
    """All of it has other colours, and has been a JPEG."""
    RECOLOURED_INSIDE = "recoloured_inside"
    """What was painted has other colours, and nothing else."""
    UNCHANGED = "unchanged"
    """Nothing was painted."""
    INVERTED = "inverted"
    """Everything but the painted area was."""
    HOSTILE = "hostile"
    """File names, types and log lines that try to do harm. For `result`, `status` and `stream`."""


MISHAPS = frozenset(
    {
        Trouble.OTHER_SIZE,
        Trouble.OTHER_RATIO,
        Trouble.SHIFTED,
        Trouble.RECOLOURED,
        Trouble.RECOLOURED_INSIDE,
        Trouble.UNCHANGED,
        Trouble.INVERTED,
    }
)
"""What can be odd about an inpainted picture that arrives as it should."""

_ONLY_FOR: dict[Trouble, frozenset[Call]] = {
    Trouble.FAIL: frozenset({Call.WORK}),
    **dict.fromkeys(MISHAPS, frozenset({Call.WORK})),
    Trouble.PRIVATE: frozenset({Call.RESULT}),
    Trouble.HOSTILE: frozenset({Call.RESULT, Call.STATUS, Call.STREAM}),
}


_REQUESTS = frozenset(Call) - {Call.ANY, Call.WORK, Call.OTHER}
"""What `any` stands for."""


class FaultError(ValueError):
    """A fault in words that could not be understood."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault. nth: only that call of its kind, counted from one; share: of all such calls, by chance.

    times: how often at the most, 0 for always. Without nth and share every such call is met.
    """

    call: Call
    trouble: Trouble
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
        """From words. Raises FaultError, which names what is wrong."""
        head, _, rest = words.strip().partition(":")
        second, _, said = rest.partition(":")
        try:
            call = Call(head)
        except ValueError:
            raise FaultError(f"“{head}” is no call; there are {', '.join(Call)}.") from None
        try:
            trouble = Trouble(second)
        except ValueError:
            raise FaultError(f"“{second}” is no trouble; there are {', '.join(Trouble)}.") from None
        if call not in _ONLY_FOR.get(trouble, {call}):
            raise FaultError(f"“{trouble}” goes with {', '.join(sorted(_ONLY_FOR[trouble]))} only.")
        kinds = {field.name: type(getattr(cls(call, trouble), field.name)) for field in fields(cls)[2:]}
        values: dict[str, object] = {}
        while said:
            # An address holds colons of its own, so it comes last.
            name, _, value = said.partition("=")
            text, _, said = (value, "", "") if name == "to" else value.partition(":")
            if name not in kinds:
                raise FaultError(f"“{name}” cannot be said of a fault; there are {', '.join(kinds)}.")
            try:
                values[name] = kinds[name](text)
            except ValueError:
                raise FaultError(f"“{text}” is no value for {name}.") from None
        return cls(call, trouble, **values)  # type: ignore[arg-type]

    def words(self) -> str:
        """As `parse` takes it."""
        said = [str(self.call), str(self.trouble)]
        for field in fields(self)[2:]:
            value = getattr(self, field.name)
            if value != field.default and field.name != "to":
                said.append(f"{field.name}={value}")
        return ":".join([*said, f"to={self.to}"] if self.to else said)


class Faults:
    """The faults in force. seed: of the chance by which `share` chooses, the same for the same calls."""

    def __init__(self, count: Callable[..., None], seed: int = 0) -> None:
        self._count = count
        self._seed = seed
        self._faults: list[Fault] = []
        self._calls: Counter[Call] = Counter()
        self._done: Counter[int] = Counter()

    @property
    def in_force(self) -> tuple[Fault, ...]:
        """Those that were ordered last."""
        return tuple(self._faults)

    def order(self, faults: Iterable[Fault], seed: int | None = None) -> None:
        """Takes these in place of those before, and counts calls from one again."""
        self._faults = list(faults)
        self._seed = self._seed if seed is None else seed
        self._calls.clear()
        self._done.clear()

    def meet(self, call: Call) -> Fault | None:
        """The fault that this call meets, if any. Each call is told once."""
        self._calls[call] += 1
        number = self._calls[call]
        for place, fault in enumerate(self._faults):
            if fault.call is not call and not (fault.call is Call.ANY and call in _REQUESTS):
                continue
            if (fault.times and self._done[place] >= fault.times) or (fault.nth and fault.nth != number):
                continue
            if fault.share < 1 and self._chance(call, number, place) >= fault.share:
                continue
            self._done[place] += 1
            self._count("faults", f"faults:{call}:{fault.trouble}")
            return fault
        return None

    def _chance(self, call: Call, number: int, place: int) -> float:
        return float(np.random.default_rng([self._seed, zlib.crc32(call.encode()), number, place]).random())
