"""The price of a request and how it's calculated. An estimate: the service's bill is authoritative."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
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
    """An estimate in US dollars. explanation: the calculation, e.g. “$0.05 + 2 × $0.007”.

    is_known: whether there is an estimate; the amount is 0 otherwise.
    """

    amount: Decimal
    explanation: str
    read_on: date = PRICES_READ_ON
    is_known: bool = True

    def times(self, count: int) -> Price:
        """Return the price of `count` equal requests."""
        if count == 1 or not self.is_known:
            return self
        each = f"({self.explanation})" if "+" in self.explanation else self.explanation
        return Price(self.amount * count, f"{count} × {each}", self.read_on)

    @property
    def sentence(self) -> str:
        """Return “$0.05 + 2 × $0.007 = $0.064”, or just the amount if there's nothing to calculate."""
        if not self.is_known:
            return self.explanation
        total = format_dollars(self.amount)
        return total if self.explanation == total else f"{self.explanation} = {total}"

    @property
    def about(self) -> str:
        """Return “about $0.05 + 2 × $0.007 = $0.064”, or “an unknown amount”."""
        return f"about {self.sentence}" if self.is_known else self.sentence


UNKNOWN_PRICE = Price(Decimal(0), "an unknown amount", is_known=False)
"""The price of a request to a model whose price nobody has declared."""


def fixed_price(amount: Decimal) -> Price:
    """Return a price that needs no calculation. amount: in US dollars."""
    return Price(amount, format_dollars(amount))


def sum_of(prices: Sequence[Price], each: int) -> Price:
    """Return the price of several requests together, `each` times each; unknown if that of one is."""
    if not all(price.is_known for price in prices):
        return UNKNOWN_PRICE
    groups = [price.times(times * each) for price, times in Counter(prices).items()]
    amount = sum((group.amount for group in groups), Decimal(0))
    explanation = " + ".join(group.explanation for group in groups)
    return Price(amount, explanation, min(price.read_on for price in prices))
