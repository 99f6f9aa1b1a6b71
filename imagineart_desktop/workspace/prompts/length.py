"""How long a prompt is, compared with what the model takes."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from imagineart_desktop.support.wording import pluralize

_NEAR = 0.9
"""Fraction of the limit from which on the length is a caution."""


class Room(Enum):
    """How much more the model takes."""

    PLENTY = "plenty"
    LITTLE = "little"
    NONE = "none"
    """The prompt is too long."""


@dataclass(frozen=True, slots=True)
class PromptLength:
    """Words and characters of a prompt. limit: the most characters that the model takes."""

    words: int
    characters: int
    limit: int

    @classmethod
    def of(cls, text: str, limit: int) -> PromptLength:
        """Measure a prompt."""
        return cls(len(text.split()), len(text), limit)

    @property
    def room(self) -> Room:
        """How much more the model takes."""
        if self.characters > self.limit:
            return Room.NONE
        return Room.LITTLE if self.characters > self.limit * _NEAR else Room.PLENTY

    @property
    def texts(self) -> tuple[str, ...]:
        """The length as a text, and shorter ones for less space; empty for no prompt."""
        if not self.characters:
            return ("",)
        if self.room is Room.NONE:
            return (
                f"{self.characters - self.limit:,} over {self.limit:,} characters",
                f"{self.characters - self.limit:,} over",
            )
        if self.room is Room.LITTLE:
            return f"{self.characters:,} of {self.limit:,} characters", f"{self.limit - self.characters:,} left"
        words = pluralize(self.words, "word")
        return f"{words}, {pluralize(self.characters, 'character')}", words
