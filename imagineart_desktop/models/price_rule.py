"""How the price of a request follows from its values, as data."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from pydantic import Field

from imagineart_desktop.models.field_spec import option_text
from imagineart_desktop.models.price import UNKNOWN_PRICE, Price, fixed_price, format_dollars
from imagineart_desktop.models.rule import Rule, Values

Dollars = Annotated[Decimal, Field(ge=0, lt=10_000)]


class FixedPrice(Rule):
    """Every request costs the same. amount: in US dollars."""

    kind: Literal["fixed"] = "fixed"
    amount: Dollars

    def is_replaced_by(self, other: Rule) -> bool:
        """Return whether another rule can be the new price of the same model."""
        return isinstance(other, FixedPrice)

    def price(self, _values: Values) -> Price:
        """Return the price of a request."""
        return fixed_price(self.amount)

    @property
    def range(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest price."""
        return self.amount, self.amount

    @property
    def text(self) -> str:
        """The price in words."""
        return format_dollars(self.amount)


class OptionPrice(Rule):
    """The price depends on one choice. field: its name; amounts: option → US dollars."""

    kind: Literal["option"] = "option"
    field: str
    amounts: dict[str, Dollars]

    def is_replaced_by(self, other: Rule) -> bool:
        """Return whether another rule can be the new price of the same model: it has the same options."""
        return (
            isinstance(other, OptionPrice) and other.field == self.field and other.amounts.keys() == self.amounts.keys()
        )

    def price(self, values: Values) -> Price:
        """Return the price of a request."""
        return fixed_price(self.amounts[values[self.field]])

    @property
    def range(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest price."""
        return min(self.amounts.values()), max(self.amounts.values())

    @property
    def text(self) -> str:
        """The price in words: of each option."""
        return ", ".join(f"{format_dollars(amount)} {option_text(option)}" for option, amount in self.amounts.items())


class ImagesPrice(Rule):
    """The price depends on how many images are sent. field: holds them, `most` at most; first, further: US dollars."""

    kind: Literal["images"] = "images"
    field: str
    most: int
    first: Dollars
    further: Dollars

    def is_replaced_by(self, other: Rule) -> bool:
        """Return whether another rule can be the new price of the same model: it counts the same images."""
        return isinstance(other, ImagesPrice) and (other.field, other.most) == (self.field, self.most)

    def price(self, values: Values) -> Price:
        """Return the price of a request."""
        more = max(0, len(values[self.field]) - 1)
        if not more:
            return fixed_price(self.first)
        return Price(
            self.first + more * self.further, f"{format_dollars(self.first)} + {more} × {format_dollars(self.further)}"
        )

    @property
    def range(self) -> tuple[Decimal, Decimal]:
        """The lowest and the highest price."""
        return self.first, self.first + (self.most - 1) * self.further

    @property
    def text(self) -> str:
        """The price in words: with one image, and for each further one."""
        return f"{format_dollars(self.first)} + {format_dollars(self.further)} for each further image"


class UnknownPrice(Rule):
    """Only the service knows the price. The user is asked before anything is sent."""

    kind: Literal["unknown"] = "unknown"

    def is_replaced_by(self, other: Rule) -> bool:
        """Return whether another rule can be the price of the same model."""
        return isinstance(other, FixedPrice)

    def price(self, _values: Values) -> Price:
        """Return the price of a request."""
        return UNKNOWN_PRICE

    @property
    def range(self) -> None:
        """None: there is neither a lowest nor a highest price."""
        return None

    @property
    def text(self) -> str:
        """The price in words."""
        return "unknown"


PriceRule = Annotated[FixedPrice | OptionPrice | ImagesPrice | UnknownPrice, Field(discriminator="kind")]
