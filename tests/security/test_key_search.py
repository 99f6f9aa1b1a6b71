"""The search for keys in files written by tests finds them wherever they are."""

from __future__ import annotations

import random
import secrets

import pytest

from tests import key_search
from tests.key_search import KEY_LENGTH, holds_key

KEYS = frozenset(secrets.token_urlsafe(24).encode() for _ in range(20))
KEY = min(KEYS)


@pytest.mark.parametrize("few", [KEY_LENGTH, 2**14])
@pytest.mark.parametrize("beside", [b"", b"\0", b"x", b'"', b"-" * 100])
def test_a_key_is_found_at_every_place(monkeypatch: pytest.MonkeyPatch, beside: bytes, few: int) -> None:
    """In a large file, which is sampled, and in a small one."""
    monkeypatch.setattr(key_search, "_FEW", few)
    assert len(KEY) == KEY_LENGTH
    chance = random.Random(5)  # noqa: S311 - repeatable, not secret
    for before in range(40):
        for after in (0, 1, 7, 8, 30):
            data = chance.randbytes(before) + beside + KEY + beside + chance.randbytes(after)
            assert holds_key(data, KEYS), (before, after)
            assert not holds_key(data.replace(KEY, KEY[:-1] + b" "), KEYS), (before, after)
            assert not holds_key(data.replace(KEY, KEY[:20] + b" " + KEY[20:]), KEYS), (before, after)


def test_a_key_of_another_length_is_found() -> None:
    assert holds_key(b"a short-key of the user", KEYS | {b"short-key"})
    assert not holds_key(b"a short key", KEYS | {b"short-key"})


def test_what_is_shorter_than_a_key_holds_none() -> None:
    for length in range(KEY_LENGTH):
        assert not holds_key(KEY[:length], KEYS)
