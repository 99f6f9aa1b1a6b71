"""The limits of what may be spent, as the settings file has them. Read without Qt, as commands need them too."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path

from imagineart_desktop.support import parse_dollars

_SECTION = "[General]"


class BudgetPeriod(StrEnum):
    """A calendar period in local time. value: the key of its budget in the settings, which never changes."""

    DAY = "daily_budget"
    MONTH = "monthly_budget"


@dataclass(frozen=True, slots=True)
class BudgetLimits:
    """US dollars that may be spent per day and per month; None for no limit."""

    day: Decimal | None = None
    month: Decimal | None = None

    def items(self) -> list[tuple[BudgetPeriod, Decimal]]:
        """Return the periods that have a limit."""
        both = ((BudgetPeriod.DAY, self.day), (BudgetPeriod.MONTH, self.month))
        return [(period, limit) for period, limit in both if limit is not None]


def load_limits(settings: Path) -> BudgetLimits:
    """Read the limits from a settings file. As for the window, one that can't be read has none."""
    try:
        lines = settings.read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return BudgetLimits()
    section, found = "", {}
    for line in lines:
        if line.startswith("["):
            section = line.strip()
        elif section == _SECTION:
            key, _, value = line.partition("=")
            found[key] = value.strip().strip('"')
    return BudgetLimits(*(parse_dollars(found.get(period.value, "")) for period in BudgetPeriod))
