"""The cost and destination of requests, shown before anything is sent, and the user's consent."""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Mapping, Sequence
from decimal import Decimal

from imagineart_desktop.models import ModelSpec, Price, Task, format_dollars, placeholder_images
from imagineart_desktop.support import UserError, flush_notices, print_notice, run_detached
from imagineart_desktop.support.wording import pluralize

_CONFIRM_ABOVE = 64
"""Number of requests per command above which a typo is likely."""

_LONGEST_ANSWER = 1024
_YES = (b"y", b"yes")


class CostLimitError(UserError):
    """The requests cost more than `--max-cost`. The message is a sentence for the user."""


def check_max_cost(price: Price, most: Decimal | None) -> None:
    """Raise CostLimitError if all requests together may cost more than `--max-cost`."""
    if most is None or (price.is_known and price.amount <= most):
        return
    limit = f"--max-cost {format_dollars(most)}"
    if price.is_known:
        raise CostLimitError(f"Nothing was sent: this costs {price.about}, more than {limit}.")
    raise CostLimitError(f"Nothing was sent: the price is unknown, so it can’t be kept below {limit}.")


def price_of(
    model: ModelSpec, task: Task, fields: Mapping[str, object], seeds: Sequence[int | None], images: int
) -> Price:
    """Return the price of one request, and validate its fields. images: how many it takes besides a mask.

    Raises InvalidRequestError.
    """
    filled = {**fields, **placeholder_images(model, task, images)}
    for seed in (seeds[0], seeds[-1]):
        if seed is not None:
            model.parse({**filled, "seed": seed})
    return model.price(model.parse(filled))


async def confirm_cost(live: bool, price: Price, requests: int, agreed: bool) -> bool:
    """Print where the requests go and what they cost. Returns whether they may be sent.

    agreed: whether `--yes` was given. Without it, the user is asked if there is a terminal.
    """
    many = pluralize(requests, "request")
    if live:
        estimate = f"about {format_dollars(price.amount)} (estimate: {price.explanation})"
        print_notice(f"{many} to fal.ai, {estimate if price.is_known else 'for an unknown price'}.")
        return agreed or await _ask_user("Nothing was sent. Add --yes to agree to the price.")
    print_notice(f"Demo: nothing is sent to fal.ai and nothing is charged. Live, it would cost {price.about}.")
    if requests > _CONFIRM_ABOVE and not agreed:
        print_notice(f"That makes {many} for {price.about}.")
        return await _ask_user(f"Nothing was sent. Add --yes to send more than {_CONFIRM_ABOVE}.")
    return True


def can_confirm(agreed: bool) -> bool:
    """Return whether anything can be sent to fal.ai: the user has agreed or can be asked.

    agreed: whether `--yes` was given.
    """
    return agreed or (_is_terminal(0) and _is_terminal(2))


async def _ask_user(refused: str) -> bool:
    """Ask the user in the terminal. refused: what to print if there's no terminal or the answer is no."""
    if can_confirm(False):
        print_notice("Continue? [y/N] ", end="")
        await asyncio.to_thread(flush_notices)
        # Detached, so that a signal can end the command while the question is open.
        if (await run_detached(_read_line, "answer")).strip().lower() in _YES:
            return True
    print_notice(refused)
    return False


def _is_terminal(descriptor: int) -> bool:
    try:
        return os.isatty(descriptor)
    except OSError:
        return False


def _read_line() -> bytes:
    """Read a line from the terminal; empty at end of file."""
    try:
        return os.read(sys.__stdin__.fileno() if sys.__stdin__ else 0, _LONGEST_ANSWER)
    except (OSError, ValueError):
        return b""
