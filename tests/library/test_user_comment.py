"""EXIF's user comment is read in the encodings that programs write, whichever they say."""

from __future__ import annotations

import pytest

from imagineart_desktop.library.metadata.user_comment import decode_user_comment

LATIN = "a cup, café 杯\nSteps: 20, Seed: 42, Model: m"
CHINESE = "一只红色的杯子，桌子上" * 30 + "\nSteps: 20, Seed: 42, Model: m"


@pytest.mark.parametrize("text", [LATIN, CHINESE])
@pytest.mark.parametrize("name", [b"UNICODE\0", b"Unicode\0"])
@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be", "utf-16", "utf-8"])
def test_unicode_in_every_byte_order(text: str, name: bytes, encoding: str) -> None:
    assert decode_user_comment(name + text.encode(encoding), 10_000) == text


@pytest.mark.parametrize("name", [b"ASCII\0\0\0", b"\0" * 8, b""])
@pytest.mark.parametrize("encoding", ["utf-8", "latin-1"])
def test_other_texts(name: bytes, encoding: str) -> None:
    assert decode_user_comment(name + "a café at night".encode(encoding), 10_000) == "a café at night"


def test_japanese() -> None:
    assert decode_user_comment(b"JIS\0\0\0\0\0" + "赤いカップ".encode("iso2022_jp"), 10_000) == "赤いカップ"
