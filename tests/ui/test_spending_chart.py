"""Distances in the spending chart are proportional to time."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest

from imagineart_desktop.library.store.spending import SpendingTotal
from imagineart_desktop.workspace.spending_buckets import make_buckets


def spent(*days: date) -> list[SpendingTotal]:
    return [SpendingTotal(day.isoformat(), Decimal("0.05"), 1, Decimal(0), 0) for day in days]


def test_days_without_spending_have_their_place() -> None:
    found = make_buckets(spent(date(2026, 11, 2), date(2026, 11, 20)), date(2026, 11, 1), date(2026, 11, 30))
    assert len(found) == 30
    assert [one.first.day for one in found if one.cost] == [2, 20]
    assert found[0].words() == "Nov 1"


@pytest.mark.parametrize(("length", "longest", "words"), [(365, 7, " to "), (1400, 31, " 2023")])
def test_a_long_span_is_cut_into_weeks_or_months(length: int, longest: int, words: str) -> None:
    last = date(2026, 11, 30)
    first = last - timedelta(days=length)
    found = make_buckets(spent(first, last), first, last)
    assert found[0].first <= first
    assert found[-1].last >= last
    lengths = {(one.last - one.first).days + 1 for one in found}
    assert max(lengths) == longest
    assert all(after.first - before.last == timedelta(days=1) for before, after in pairwise(found))
    assert sum(one.pictures for one in found) == 2
    assert words in found[5].words()
