"""Consecutive time intervals of equal length, so that distances in the chart are proportional to time."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from imagineart_desktop.library.store.spending import SpendingTotal
from imagineart_desktop.workspace.language import DateFormat, date_text

_MAX_DAYS, _MOST_WEEKS = 62, 110
"""Maximum number of daily bars, and of weekly bars, before the intervals become longer."""


@dataclass(frozen=True, slots=True)
class TimeBucket:
    """An interval from the first day to the last one, inclusive. cost: US dollars, estimated."""

    first: date
    last: date
    cost: Decimal
    pictures: int

    def words(self) -> str:
        """Return the name of the day, week or month."""
        if self.first == self.last:
            return day_words(self.first)
        if self.first.day == 1 and self.last.day > 7:
            return date_text(self.first, DateFormat.MONTH)
        return f"{day_words(self.first)} to {day_words(self.last)}"


def day_words(day: date) -> str:
    """Return a date as “Nov 3”."""
    return date_text(day, DateFormat.WITHOUT_YEAR)


def make_buckets(sums: Sequence[SpendingTotal], first: date, last: date) -> list[TimeBucket]:
    """Return buckets without gaps that cover `first` to `last`: days, weeks from Monday, or months.

    sums: the spending per day; the name of each sum is its ISO date.
    """
    days = {date.fromisoformat(one.name): one for one in sums}
    found = []
    start = _start(first, first, last)
    while start <= last:
        end = _next(start, first, last)
        held = [one for day, one in days.items() if start <= day < end]
        cost = sum((one.cost for one in held), Decimal(0))
        found.append(TimeBucket(start, end - timedelta(days=1), cost, sum(one.pictures for one in held)))
        start = end
    return found


def _start(day: date, first: date, last: date) -> date:
    length = (last - first).days
    if length < _MAX_DAYS:
        return day
    return day - timedelta(days=day.weekday()) if length < _MOST_WEEKS * 7 else day.replace(day=1)


def _next(day: date, first: date, last: date) -> date:
    length = (last - first).days
    if length < _MAX_DAYS:
        return day + timedelta(days=1)
    return day + timedelta(days=7) if length < _MOST_WEEKS * 7 else (day + timedelta(days=31)).replace(day=1)
