"""The price of a request and how it's calculated. An estimate: the service's bill is authoritative."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation

PRICES_READ_ON = date(2026, 11, 1)
"""When the built-in prices were read from fal's model pages (to the month)."""

_MAX_UNITS_LENGTH = 40
_MAX_UNITS = 10**9
_UNIT_PLACES = 12
_SHARE_PLACES = 6
"""Decimal places of a share that doesn't come out even."""


def format_dollars(amount: Decimal) -> str:
    """Format US dollars with two decimal places, or as many more as needed: $0.08, $0.064, $1.20."""
    text = f"{amount.normalize():f}"
    whole, _, places = text.partition(".")
    return f"${whole}.{places:0<2}"


def parse_units(value: object) -> Decimal | None:
    """Parse billed units as reported by the service; None if the value can't be a number of units.

    Valid is a plain finite number of at most `_MAX_UNITS_LENGTH` characters, neither negative nor absurdly
    large or small.
    """
    text = str(value if value is not None else "").strip().strip('"')
    if not text.isascii() or len(text) > _MAX_UNITS_LENGTH or "_" in text:
        return None
    try:
        units = Decimal(text)
    except InvalidOperation:
        return None
    if not units.is_finite() or units.is_signed() or not 0 <= units < _MAX_UNITS:
        return None
    return units if not units or units.adjusted() >= -_UNIT_PLACES else None


def split_amount(amount: Decimal, count: int) -> tuple[Decimal, ...]:
    """Return `count` shares of an amount that differ at most in their last place and add up to it exactly."""
    if count == 1:
        return (amount,)
    exponent = amount.as_tuple().exponent
    places = max(_SHARE_PLACES, -exponent if isinstance(exponent, int) else 0)
    share, rest = divmod(int(amount.scaleb(places)), count)
    return tuple(_trimmed(Decimal(share + (index < rest)).scaleb(-places)) for index in range(count))


def _trimmed(amount: Decimal) -> Decimal:
    """Return the amount without zeros at the end of its decimal places."""
    return Decimal(f"{amount.normalize():f}")


@dataclass(frozen=True, slots=True)
class Price:
    """An estimate in US dollars. explanation: the calculation, e.g. “$0.05 + 2 × $0.007”."""

    amount: Decimal
    explanation: str
    read_on: date = PRICES_READ_ON

    def times(self, count: int) -> Price:
        """Return the price of `count` equal requests."""
        if count == 1:
            return self
        each = f"({self.explanation})" if "+" in self.explanation else self.explanation
        return Price(self.amount * count, f"{count} × {each}", self.read_on)

    @property
    def sentence(self) -> str:
        """Return “$0.05 + 2 × $0.007 = $0.064”, or just the amount if there's nothing to calculate."""
        total = format_dollars(self.amount)
        return total if self.explanation == total else f"{self.explanation} = {total}"


def fixed_price(amount: Decimal) -> Price:
    """Return a price that needs no calculation. amount: in US dollars."""
    return Price(amount, format_dollars(amount))
