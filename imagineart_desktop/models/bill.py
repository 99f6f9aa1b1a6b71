"""What the service really charged, in dollars: the units that it billed, times the price of a unit."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from imagineart_desktop.models.price import format_dollars, parse_units


@dataclass(frozen=True, slots=True)
class Bill:
    """The bill of an image or of a request. estimate: US dollars; 0 if the price was unknown."""

    units: Decimal
    unit_price: Decimal
    estimate: Decimal

    @property
    def amount(self) -> Decimal:
        """US dollars."""
        return self.units * self.unit_price

    @property
    def sentence(self) -> str:
        """Return “$0.06 (2 units × $0.03), $0.01 more than estimated: fal.ai counted 2 units”."""
        units = f"{self.units.normalize():f} {'unit' if self.units == 1 else 'units'}"
        told = f"{format_dollars(self.amount)} ({units} × {format_dollars(self.unit_price)})"
        difference = self.amount - self.estimate
        if not self.estimate:
            return told
        if not difference:
            return f"{told}, as estimated"
        size = "more" if difference > 0 else "less"
        why = "a unit has another price" if self.units == 1 else f"fal.ai counted {units}"
        return f"{told}, {format_dollars(abs(difference))} {size} than estimated: {why}"


def bill_of(billed_units: str | None, unit_price: Decimal | None, estimate: Decimal) -> Bill | None:
    """Return the bill; None if the service reported no units, or the price of a unit isn't known."""
    units = parse_units(billed_units)
    return None if units is None or unit_price is None else Bill(units, unit_price, estimate)
