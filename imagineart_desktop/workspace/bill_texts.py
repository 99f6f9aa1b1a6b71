"""What the spending report says about bills: what fal.ai charged, beside the estimate of the same payments."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from imagineart_desktop.library.store.spending import SpendingLine, SpendingTotal
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support.wording import pluralize


def billed_text(lines: Sequence[SpendingLine]) -> str:
    """Return “billed: $0.12 for 2, estimated $0.10”, or the units if their price isn't known."""
    bills = [(line.bill, line.cost) for line in lines if line.bill is not None]
    if bills:
        bill = sum((bill for bill, _ in bills), Decimal(0))
        estimate = sum((cost for _, cost in bills), Decimal(0))
        difference = "as estimated" if bill == estimate else f"estimated {format_dollars(estimate)}"
        return f"billed: {format_dollars(bill)} for {len(bills)}, {difference}"
    told = [line.billed for line in lines if line.billed is not None]
    units = sum(told, Decimal(0)).normalize()
    return f"billed: {units:f} units for {len(told)}" if told else "no bill reported"


def known_bills_text(total: SpendingTotal) -> str:
    """Return how many bills of a group are known; empty if all are."""
    if total.bills >= total.pictures:
        return ""
    return f"The bill covers {total.bills} of {pluralize(total.pictures, 'image')}."
