"""An action offered beside a message."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MessageAction:
    """An action of a message. word: the text of its button."""

    word: str
    run: Callable[[], object]
