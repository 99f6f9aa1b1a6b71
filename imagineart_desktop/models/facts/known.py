"""What is known of the models from the service, and since when: one file beside the folder of the added models."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, Field

from imagineart_desktop.models.kept_file import NewerFileError, read_bounded, set_aside, versioned_json
from imagineart_desktop.models.model_spec import MAX_ENDPOINT
from imagineart_desktop.models.price_rule import Dollars, PriceRule
from imagineart_desktop.support.errors import UserError

_VERSION = 1
_MAX_BYTES = 2_000_000
_MAX_MODELS = 1_000
_MAX_PRICES = 100
"""Maximum number of prices kept per model; the oldest are dropped."""

_Endpoint = Annotated[str, Field(max_length=MAX_ENDPOINT)]
_Text = Annotated[str, Field(max_length=600)]


class FactsError(UserError):
    """The facts can't be read. The message is a sentence for the user."""


class NewerFactsError(FactsError):
    """The facts were saved by a newer version of the program."""


class _Stored(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DatedPrice(_Stored):
    """A price, and the day on which it was first read. rule: of one image."""

    since: date
    rule: PriceRule


class DatedUnitPrice(_Stored):
    """What a billed unit costs, and the day on which that was first read. amount: in US dollars."""

    since: date
    amount: Dollars


class ModelFacts(_Stored):
    """What is known of one model.

    checked_on, price_read_on: the last time. price_words: the price on its page, as it's written there. prices,
    unit_prices: oldest first; the last one is in effect. is_deprecated: whether the service will drop the model.
    """

    checked_on: date | None = None
    price_read_on: date | None = None
    price_words: _Text = ""
    prices: tuple[DatedPrice, ...] = Field((), max_length=_MAX_PRICES)
    unit_prices: tuple[DatedUnitPrice, ...] = Field((), max_length=_MAX_PRICES)
    is_deprecated: bool = False
    updated_at: _Text = ""

    @property
    def price_rule(self) -> PriceRule | None:
        """The last price that was read; None if none was."""
        return self.prices[-1].rule if self.prices else None

    def unit_price(self, day: date) -> Decimal | None:
        """Return the price of a unit on a day, or else the first that is known; None if none is."""
        known = [price for price in self.unit_prices if price.since <= day] or self.unit_prices[:1]
        return known[-1].amount if known else None

    def with_price(self, rule: PriceRule, day: date) -> Self:
        """Return the facts with the price that was read on a day."""
        prices = self.prices
        if rule != self.price_rule:
            prices = (*prices, DatedPrice(since=day, rule=rule))[-_MAX_PRICES:]
        return self.model_copy(update={"prices": prices, "price_read_on": day})

    def with_unit_price(self, amount: Decimal, day: date) -> Self:
        """Return the facts with the price of a unit that was read on a day."""
        prices = self.unit_prices
        if not prices or prices[-1].amount != amount:
            prices = (*prices, DatedUnitPrice(since=day, amount=amount))[-_MAX_PRICES:]
        return self.model_copy(update={"unit_prices": prices})


class _File(_Stored):
    models: Mapping[_Endpoint, ModelFacts] = Field({}, max_length=_MAX_MODELS)


def facts_to_json(facts: Mapping[str, ModelFacts]) -> str:
    """Return the facts as JSON. facts: endpoint → what is known."""
    stored = _File(models=dict(sorted(facts.items())[:_MAX_MODELS])).model_dump(mode="json")
    return json.dumps({"version": _VERSION, **stored}, ensure_ascii=False, indent=1)


def facts_from_json(data: bytes) -> Mapping[str, ModelFacts]:
    """Read facts. Raises FactsError, NewerFactsError."""
    try:
        stored = versioned_json(data, version=_VERSION, max_bytes=_MAX_BYTES)
        return _File.model_validate_json(stored, strict=True).models
    except NewerFileError:
        raise NewerFactsError(
            "The prices of the models were saved by a newer version of the program. Update it to use and change them;"
            " until then, the built-in prices are used."
        ) from None
    except ValueError:
        raise FactsError("The saved prices of the models couldn’t be read.") from None


def facts_file(folder: Path) -> Path:
    """Return where the facts are stored. folder: of the models that the user added."""
    return folder.parent / f"{folder.name}-facts.json"


def read_facts(folder: Path) -> Mapping[str, ModelFacts]:
    """Read the facts; none if there is no file. folder: of the added models.

    A damaged file is renamed. Raises FactsError, NewerFactsError.
    """
    file = facts_file(folder)
    try:
        data = read_bounded(file, _MAX_BYTES)
    except OSError as error:
        raise FactsError(f"The saved prices of the models can’t be read: {error.strerror}.") from None
    try:
        return {} if data is None else facts_from_json(data)
    except NewerFactsError:
        raise
    except FactsError as error:
        raise FactsError(f"{error} {set_aside(file, 'The built-in prices are used')}") from None
