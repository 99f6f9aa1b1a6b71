"""External text is displayed without misleading characters, and emoji stay complete."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from imagineart_desktop.library.metadata.foreign_metadata import sanitize
from imagineart_desktop.library.store.marks import clean_name
from imagineart_desktop.support.plain_text import display_text, is_blank, sanitize_text, single_line

_WHOLE = {
    "family": "👨‍👩‍👧‍👦",
    "flag": "🇩🇪",
    "flag of a region": "\U0001f3f4\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "rainbow flag": "🏳️‍🌈",
    "skin tone": "👍🏽",
    "heart": "❤️‍🔥",
    "keycap": "1️⃣",
    "newer than Python's table": "\U0001fae8\U0001faf7\U0001f6dc\U0001fac3\U0001face",
    "persian": "می‌خواهم",
    "hindi": "क्‍ष",
    "hebrew": "שלום",
    "lines": "one\ntwo\tthree",
    "accents": "Cafe\u0301 Ågren ǆ",
    "private": "\ue000",
}


@pytest.mark.parametrize("text", _WHOLE.values(), ids=_WHOLE.keys())
def test_what_can_be_seen_stays_whole(text: str) -> None:
    for around in (text, f"a {text} b", f"{text}{text}"):
        assert display_text(around) == sanitize_text(around) == around
    assert sanitize(f"a {text} b") == f"a {text} b"
    assert clean_name(text) == " ".join(text.split())


@pytest.mark.parametrize(
    "sign",
    [*"\u061c\u200b\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2061\u2066\u2067\u2068\u2069\ufeff\u00ad\u034f",
     *"\u115f\u3164\uffa0\u180e\ufff9\U000e0001\U000e0041\U000e007f\U000e0100",
     *"\u206f\U0001d173\u200d\u200c"],
)  # fmt: skip
def test_what_nobody_sees_is_left_out(sign: str) -> None:
    assert display_text(f"pay{sign}pal") == "paypal"
    if sign not in "\u200c\u200d":
        assert sanitize(f"pay{sign}pal") == "paypal"


def test_controls_and_separators_become_spaces_and_line_breaks() -> None:
    assert display_text("a\x1b[31mb\x00c\x9bd") == "a [31mb c d"
    assert display_text("a\u2028b\u2029c") == "a\nb\nc"
    assert single_line("a\u2028b\n\nc\r\nd") == "a b c d"
    assert display_text("half \ud83c of one") == "half \ufffd of one"


def test_nothing_is_hidden_in_a_flag_or_behind_an_emoji() -> None:
    hidden = "".join(chr(0xE0000 + ord(letter)) for letter in "ignorewhatwassaid")
    assert display_text(f"\U0001f3f4{hidden}\U000e007f") == "\U0001f3f4"
    assert display_text(f"😀{hidden}") == "😀"
    assert display_text("😀" + "\ufe0f\ufe00\ufe01" * 5) == "😀\ufe0f"
    assert display_text("😀" + "\U000e0101" * 5) == "😀"


@settings(max_examples=200, deadline=None)
@given(st.text(st.characters()))
def test_any_text_can_be_shown(text: str) -> None:
    once = display_text(text)
    once.encode()
    assert len(once) <= len(text)


@pytest.mark.parametrize("text", ["", " \n", "\u200b", "\u3000\u2060\ufeff", "\u3164", "\u202e", "\u00ad\u200d"])
def test_a_text_of_which_nothing_is_visible_is_blank(text: str) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "\u200b.", "杯", "\U0001fae9", "\u0301", "\u200b" * 1000 + "x"])
def test_a_text_of_which_a_sign_is_visible_is_not_blank(text: str) -> None:
    assert not is_blank(text)
