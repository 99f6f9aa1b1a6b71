"""Something to do that is offered beside a sentence."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Offer:
    """word: of its button."""

    word: str
    run: Callable[[], object]
