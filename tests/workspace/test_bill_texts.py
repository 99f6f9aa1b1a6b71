"""What was billed is said beside the estimate of the same payments, or in units if their price isn’t known."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from imagineart_desktop.library.store.spending import SpendingLine, by_model
from imagineart_desktop.workspace.bill_texts import billed_text, known_bills_text


def line(bill: str | None, units: str | None = "1") -> SpendingLine:
    billed = None if units is None else Decimal(units)
    amount = None if bill is None else Decimal(bill)
    return SpendingLine(date(2026, 11, 1), "Model", Decimal("0.05"), billed, (), "a cup", "request", bill=amount)


@pytest.mark.parametrize(
    ("lines", "text"),
    [
        ([line("0.05"), line("0.05")], "billed: $0.10 for 2, as estimated"),
        ([line("0.05"), line("0.075"), line(None)], "billed: $0.125 for 2, estimated $0.10"),
        ([line(None, "1.5"), line(None, "1")], "billed: 2.5 units for 2"),
        ([line(None, None)], "no bill reported"),
    ],
)
def test_what_was_billed_is_beside_the_estimate_of_the_same_payments(lines: list[SpendingLine], text: str) -> None:
    assert billed_text(lines) == text


def test_a_sum_of_some_bills_says_so() -> None:
    (total,) = by_model([line("0.05"), line(None)])
    assert known_bills_text(total) == "The bill covers 1 of 2 images."
    assert known_bills_text(by_model([line("0.05")])[0]) == ""
