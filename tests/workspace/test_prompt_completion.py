"""What is completed depends on the text before the cursor."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagineart_desktop.library import Library
from imagineart_desktop.workspace.prompts.completion import (
    Kind,
    Token,
    completions,
    image_names,
    named_image,
    token_before,
)


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("text", "after", "token"),
    [
        ("put @", "", Token(Kind.IMAGE, "@")),
        ("put @2", " ", Token(Kind.IMAGE, "@2")),
        ("me@2", "", Token(Kind.PHRASE, "me@2")),
        ("a kettle on __", "", Token(Kind.WILDCARD, "__")),
        ("on __mat/st", "\u2029", Token(Kind.WILDCARD, "__mat/st")),
        ("on __oak__ and soft st", "", Token(Kind.PHRASE, "on __oak__ and soft st")),
        ("a kettle, soft st", "", Token(Kind.PHRASE, "soft st")),
        ("a kettle, so", "", None),
        ("a kettle, soft ", "", None),
        ("a ket", "t", None),
        ("first line\u2029sec", "", Token(Kind.PHRASE, "sec")),
        ("", "", None),
    ],
)
def test_what_is_before_the_cursor_decides(text: str, after: str, token: Token | None) -> None:
    assert token_before(text, after) == token


def test_an_image_is_named_in_the_words_of_the_models() -> None:
    assert image_names(Token(Kind.IMAGE, "@"), 3) == ["image 1", "image 2", "image 3"]
    assert image_names(Token(Kind.IMAGE, "@1"), 10) == ["image 1", "image 10"]
    assert image_names(Token(Kind.IMAGE, "@4"), 3) == []
    text = "Place Image 2 beside @1"
    assert [named_image(text, at) for at in (5, 6, 13, 14, 21, 23)] == [0, 2, 2, 0, 1, 1]
    assert named_image("images 2 of image 2x", 18) == 0


async def test_phrases_come_from_late_prompts_the_most_frequent_first(library: Library) -> None:
    for text in (
        "a kettle, soft studio light, slate",
        "a cup, soft studio light",
        "a cup; Soft sun\nsoft",
        "100% soft_wool",
    ):
        await library.prompts.remember(text)
    assert await completions(library, Token(Kind.PHRASE, "soft s")) == ["soft studio light", "Soft sun"]
    assert await completions(library, Token(Kind.PHRASE, "a cu")) == ["a cup"]
    assert await completions(library, Token(Kind.PHRASE, "soft_x")) == []


async def test_wildcards_are_the_text_files_of_the_folder(library: Library, tmp_path: Path) -> None:
    assert await completions(library, Token(Kind.WILDCARD, "__")) == []
    for name in ("materials.txt", "mat/stone.txt", "notes.md", "Light.txt"):
        path = tmp_path / "wildcards" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("slate\noak\n", encoding="utf-8")
    listed = await completions(library, Token(Kind.WILDCARD, "__"))
    assert listed == ["__Light__", "__materials__", "__mat/stone__"]
    assert await completions(library, Token(Kind.WILDCARD, "__li")) == ["__Light__"]
