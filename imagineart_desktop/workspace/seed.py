"""The seed of a request: what was typed, and how it changes from one request to the next."""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass, replace
from enum import StrEnum

from imagineart_desktop.models import MAX_SEED
from imagineart_desktop.support import parse_int

SEED_RANGE = f"between 1 and {MAX_SEED:,}"


def draw_seed() -> int:
    """Return a random seed between 1 and `MAX_SEED`."""
    return 1 + secrets.randbelow(MAX_SEED)


class SeedMode(StrEnum):
    """How the seed changes from one request to the next."""

    RANDOM = "random"
    LOCKED = "locked"
    INCREMENT = "next"


@dataclass(frozen=True, slots=True)
class SeedChoice:
    """The seed as typed; empty means random. A number out of range can be typed, but is never the value.

    is_rejected: whether characters that can't be part of a seed were typed or pasted.
    """

    text: str = ""
    mode: SeedMode = SeedMode.RANDOM
    is_rejected: bool = False

    @classmethod
    def of(cls, seed: int | None, mode: SeedMode | None = None) -> SeedChoice:
        """Return the choice of a seed, locked by default. None is random, and so is one outside 1 to `MAX_SEED`."""
        if seed is None or not 1 <= seed <= MAX_SEED:
            return cls()
        return cls(str(seed), mode or SeedMode.LOCKED)

    @property
    def value(self) -> int | None:
        """The seed, or None for random. It's never outside 1 to `MAX_SEED`."""
        return self._number if self.mode is not SeedMode.RANDOM else None

    @property
    def problem(self) -> str:
        """What's wrong with the typed or pasted text; empty if it's valid."""
        if self.is_rejected or (self.text.strip() and self._number is None):
            return f"A seed is a whole number {SEED_RANGE}. Leave it empty for a random one."
        return ""

    @property
    def _number(self) -> int | None:
        return parse_int(re.sub(r"\s", "", self.text), 1, MAX_SEED)

    @property
    def _kept_mode(self) -> SeedMode:
        return self.mode if self.mode is SeedMode.INCREMENT else SeedMode.LOCKED

    def typed(self, text: str) -> SeedChoice:
        """Return the choice once the text was edited."""
        return SeedChoice(text, self._kept_mode if text.strip() else SeedMode.RANDOM)

    def rejected(self) -> SeedChoice:
        """Return the choice once characters were rejected."""
        return replace(self, is_rejected=True)

    def drawn(self) -> SeedChoice:
        """Return the choice of a new random seed that stays."""
        return SeedChoice.of(draw_seed(), self._kept_mode)

    def toggled(self, mode: SeedMode) -> SeedChoice:
        """Return the choice once this mode's button was pressed. mode: locked, or increment."""
        if mode is self.mode:
            return SeedChoice() if mode is SeedMode.LOCKED else self._with_mode(SeedMode.LOCKED)
        return self._with_mode(mode)

    def _with_mode(self, mode: SeedMode) -> SeedChoice:
        return SeedChoice.of(self.value or draw_seed(), mode)

    def take(self, count: int) -> tuple[list[int], SeedChoice]:
        """Return the seeds of `count` images, and the choice for the next request.

        Random seeds are drawn here, so that they're known.
        """
        start = self.value
        if start is None:
            return [draw_seed() for _ in range(count)], self
        seeds = [(start + offset - 1) % MAX_SEED + 1 for offset in range(count)]
        if self.mode is SeedMode.INCREMENT:
            return seeds, SeedChoice.of(seeds[-1] % MAX_SEED + 1, self.mode)
        return seeds, self
