"""What a command will cost and where it goes, said before anything is sent, and whether that is agreed to."""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from typing import Any

from imagineart_desktop.models import FieldKind, Model, Price, dollars, input_reference
from imagineart_desktop.support import flush_notices, run_detached, say

_MANY = 64
"""Requests of one command, above which a slip is likelier than the intention."""

_LONGEST_ANSWER = 1024
_YES = (b"y", b"yes")


def add_consent_argument(parser: argparse.ArgumentParser) -> None:
    """The one option that agrees to a price."""
    parser.add_argument("--yes", action="store_true", help="spend what it costs; without it nothing is sent to fal.ai")


def price_of(model: Model, fields: Mapping[str, Any], seeds: Sequence[int | None], images: Mapping[str, int]) -> Price:
    """The price of one request, checked for every seed. images: field → how many images it names.

    Raises InvalidRequestError.
    """
    kinds = {name: shown.kind for name, shown in model.request_type.shown_fields().items()}
    placeholder = input_reference("0" * 64)
    filled = dict(fields)
    for name, kind in kinds.items():
        if kind in (FieldKind.PICTURE, FieldKind.MASK):
            filled[name] = placeholder
        elif kind is FieldKind.PICTURES:
            filled[name] = (placeholder,) * images.get(name, 0)
    for seed in (seeds[0], seeds[-1]):
        if seed is not None:
            model.parse({**filled, "seed": seed})
    return model.price(model.parse(filled))


async def may_spend(live: bool, price: Price, requests: int, agreed: bool) -> bool:
    """Say how many requests go where and what they cost. Returns whether they may be sent.

    agreed: `--yes` was given. Without it a person at a terminal is asked; nobody else is.
    """
    many = "1 request" if requests == 1 else f"{requests} requests"
    if live:
        say(f"{many} to fal.ai, about {dollars(price.amount)} (estimate: {price.explanation}).")
        return agreed or await _asked("Nothing was sent. Add --yes to spend it.")
    say(f"Demo: nothing is sent to fal.ai and nothing is charged. Live it would cost about {price.sentence}.")
    if requests > _MANY and not agreed:
        say(f"That makes {many} for about {price.sentence}.")
        return await _asked(f"Nothing was sent. Add --yes where more than {_MANY} are meant.")
    return True


async def _asked(refused: str) -> bool:
    """refused: what to say when nobody is there to ask, or the answer is no."""
    if _is_terminal(0) and _is_terminal(2):
        say("Continue? [y/N] ", end="")
        await asyncio.to_thread(flush_notices)
        # Detached: a signal ends the command although nobody answered.
        if (await run_detached(_answer, "answer")).strip().lower() in _YES:
            return True
    say(refused)
    return False


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _answer() -> bytes:
    """Read a line from the terminal; empty at its end."""
    try:
        return os.read(sys.__stdin__.fileno() if sys.__stdin__ else 0, _LONGEST_ANSWER)
    except (OSError, ValueError):
        return b""
