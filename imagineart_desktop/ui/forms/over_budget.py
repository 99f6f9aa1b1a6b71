"""The message that a budget refused requests, with the ways to go on."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from imagineart_desktop.jobs import BudgetExceededError
from imagineart_desktop.ui.widgets import InlineMessage


def show_over_budget(
    message: InlineMessage,
    error: BudgetExceededError,
    allow: Callable[[Decimal], object],
    change: Callable[[str], object],
) -> None:
    """Say that a budget refused requests. allow: sends them, for this amount; change: opens this section."""
    actions: dict[str, Callable[[], object]] = {}
    if (period := error.period) is not None:
        actions = {"Allow once": lambda: allow(error.amount), "Change budget…": lambda: change(period.value)}
    message.say(str(error), "caution", actions)
