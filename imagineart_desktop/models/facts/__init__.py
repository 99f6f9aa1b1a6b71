"""What the service publishes about models: prices, fields and status, and what of that differs from the program's."""

from imagineart_desktop.models.facts.changes import field_changes
from imagineart_desktop.models.facts.known import (
    FactsError,
    ModelFacts,
    NewerFactsError,
    facts_file,
    facts_from_json,
    facts_to_json,
    read_facts,
)
from imagineart_desktop.models.facts.page import MAX_PAGE_BYTES, ModelPage, PageError, PageField, read_page
from imagineart_desktop.models.facts.price_text import read_price, unit_price_rule

__all__ = [
    "MAX_PAGE_BYTES",
    "FactsError",
    "ModelFacts",
    "ModelPage",
    "NewerFactsError",
    "PageError",
    "PageField",
    "facts_file",
    "facts_from_json",
    "facts_to_json",
    "field_changes",
    "read_facts",
    "read_page",
    "read_price",
    "unit_price_rule",
]
