"""A price in the words of a model's page, or as the price of a unit, as a rule. Nothing is guessed.

A price that can be understood in two ways, or only in part, isn't read: the program then keeps the one that it has.
"""

from __future__ import annotations

import re
from decimal import Decimal

from imagineart_desktop.models.price_rule import FixedPrice, ImagesPrice, OptionPrice, PriceRule, UnknownPrice

_AMOUNT = re.compile(r"\$(\d{1,4}(?:\.\d{1,6})?)(?![\d.]*\d)", re.ASCII)
_FURTHER = re.compile(r"\b(additional|extra|further)\b", re.IGNORECASE)
_PER_IMAGE = re.compile(
    r"(\s+(per|for (each|one|every)|an?)\s+((output|generated) )?(image|generation|request|edit)s?)?\s*[.]?\s*",
    re.IGNORECASE,
)
"""What follows the amount of a price that is the same for each image."""

_IMAGE_UNITS = ("image", "images", "generation", "generations", "request", "requests")


def read_price(rule: PriceRule, words: str) -> PriceRule | None:
    """Return the price that a page states, in the form that the model's price has; None if it can't be read.

    rule: the model's price, as the program knows it.
    """
    amounts = [Decimal(amount) for amount in _AMOUNT.findall(words)]
    if not all(amounts):
        # No image is free, and a budget couldn't count it.
        return None
    before, *clauses = re.split(_AMOUNT, words)[::2]
    match rule:
        case FixedPrice() | UnknownPrice():
            if len(amounts) == 1 and _PER_IMAGE.fullmatch(clauses[0]):
                return FixedPrice(amount=amounts[0])
        case OptionPrice():
            named = _options_of(clauses, rule) or _options_of([before, *clauses[:-1]], rule)
            if named is not None and len(amounts) == len(named):
                return rule.model_copy(update={"amounts": dict(zip(named, amounts, strict=True))})
        case ImagesPrice():
            if len(amounts) == 2 and not _FURTHER.search(before) and _FURTHER.search(clauses[1]):
                return rule.model_copy(update={"first": amounts[0], "further": amounts[1]})
    return None


def unit_price_rule(rule: PriceRule, amount: Decimal, unit: str) -> PriceRule | None:
    """Return the price of an image that follows from the price of a unit; None if it depends on more than that."""
    is_simple = amount > 0 and isinstance(rule, FixedPrice | UnknownPrice) and unit.lower() in _IMAGE_UNITS
    return FixedPrice(amount=amount) if is_simple else None


def _options_of(clauses: list[str], rule: OptionPrice) -> list[str] | None:
    """Return the one option that each clause names; None unless each option is named by exactly one clause."""
    found = [_options_in(clause, rule) for clause in clauses]
    if any(len(options) != 1 for options in found):
        return None
    named = [options[0] for options in found]
    return named if sorted(named) == sorted(rule.amounts) else None


def _options_in(clause: str, rule: OptionPrice) -> list[str]:
    """Return the options that a clause names, the longest first: “very low” isn't “low”."""
    found = []
    rest = clause.lower().replace("_", " ")
    for option in sorted(rule.amounts, key=len, reverse=True):
        words = re.escape(option.lower().replace("_", " "))
        rest, times = re.subn(rf"(?<!\w){words}(?!\w)", "", rest)
        found += [option] * bool(times)
    return found
