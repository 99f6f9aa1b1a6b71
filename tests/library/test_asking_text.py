"""The text of the search field: parsed, formatted again, and documented in the manual."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from imagineart_desktop.library.search.query_parser import (
    field_value,
    format_terms,
    parse_query,
    parse_terms,
    set_field,
)
from imagineart_desktop.library.search.search_fields import FIELDS

MANUAL = Path(__file__).parents[2] / "docs" / "search.md"


@given(st.text(max_size=60))
def test_nothing_that_is_typed_is_an_error(text: str) -> None:
    for sql, values in parse_query(text).conditions:
        assert sql.count("?") == len(values)


@given(st.text(max_size=60))
def test_what_was_typed_is_read_the_same_again(text: str) -> None:
    terms = [replace(term, value=term.value.replace('"', "")) for term in parse_terms(text)]
    again = parse_terms(format_terms(terms))
    assert [(t.field, t.value, t.wanted) for t in again] == [(t.field, t.value, t.wanted) for t in terms]


def test_filters_and_text_are_one_thing() -> None:
    text = set_field("cup -tag:sketch", "rating", ">=3")
    assert text == "cup -tag:sketch rating:>=3"
    assert field_value(text, "rating") == ">=3"
    assert field_value(text, "tag") is None
    assert set_field(text, "rating", None) == "cup -tag:sketch"
    assert set_field("", "collection", "Spring campaign") == 'collection:"Spring campaign"'


def test_every_example_is_understood() -> None:
    for field in FIELDS.values():
        for example in field.examples:
            (term,) = parse_terms(example)
            assert term.field == field.name
            assert parse_query(example).problems == (), example


def test_the_manual_has_every_field() -> None:
    text = MANUAL.read_text("utf-8")
    for field in FIELDS.values():
        examples = ", ".join(f"`{example}`" for example in field.examples)
        assert f"| `{field.name}:` | {field.help} | {examples} |" in text, f"docs/search.md lacks {field.name}"
