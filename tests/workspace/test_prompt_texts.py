"""Templates keep their text, and what is inserted stays apart from the words around it."""

from __future__ import annotations

import pytest

from imagineart_desktop.workspace.prompts.insertion import utf16_length, with_gaps
from imagineart_desktop.workspace.prompts.length import PromptLength, Room
from imagineart_desktop.workspace.prompts.template_text import fields_of, fill


@pytest.mark.parametrize(
    ("text", "fields"),
    [
        ("{{product}} on {{ surface }}, {{product}}", ["product", "surface"]),
        ("{red|blue} {{}} {{a{b}}} {{two\nlines}}", []),
        ("{{light of day}}", ["light of day"]),
    ],
)
def test_fields_are_names_in_double_braces(text: str, fields: list[str]) -> None:
    assert fields_of(text) == fields


def test_one_types_on_at_the_first_field_that_is_empty_or_else_at_the_end() -> None:
    text = "{{product}} on {{surface}}, soft light"
    assert fill(text, {"product": "a kettle", "surface": "slate"}) == ("a kettle on slate, soft light", 29)
    assert fill(text, {"product": "a kettle"}) == ("a kettle on , soft light", 12)
    assert fill(text, {"product": "{{surface}}", "surface": "x"})[0] == "{{surface}} on x, soft light"


@pytest.mark.parametrize(
    ("before", "after", "inserted"),
    [
        ("", "", "fog"),
        ("e", "\u2029", ", fog"),
        (",", " ", " fog"),
        (" ", "a", "fog, "),
        ("(", ")", "fog"),
        ("e", ".", ", fog"),
    ],
)
def test_inserted_text_stays_apart(before: str, after: str, inserted: str) -> None:
    assert with_gaps(before, "fog", after) == inserted


def test_places_are_counted_like_qt_counts_them() -> None:
    assert utf16_length("a 🫖 é") == 6


def test_the_length_warns_near_the_limit() -> None:
    lengths = [PromptLength.of("word " * words, 100) for words in (0, 1, 18, 19, 20, 21)]
    assert [one.room for one in lengths[1:]] == [Room.PLENTY, Room.PLENTY, Room.LITTLE, Room.LITTLE, Room.NONE]
    assert [one.texts[-1] for one in lengths] == ["", "1 word", "18 words", "5 left", "0 left", "5 over"]
