"""Counts, sizes and truncated texts, and the vocabulary of every text that the program shows."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

import imagineart_desktop
from imagineart_desktop.support.wording import ellipsize, ellipsize_words, format_size, pluralize

_PACKAGE = Path(imagineart_desktop.__file__).parent
_OTHER_WORDS = re.compile(
    r"\b(pictures?|(re)?colou(r|rs|red)|favourites?|centred?|grey|licences?|per cent)\b|\d %", re.I
)
"""British spelling, and “picture”: what a model makes or takes is called an image."""
_SQL = re.compile(
    r"\b(SELECT|FROM|UPDATE|INSERT|DELETE|CREATE|ALTER|JOIN|UNION|pictures\.)\b|^pictures $|\bfavourite = 1|^id, file, "
)
_COMMAND = re.compile(r"[a-z]+\.[a-z ]+")
"""The name of a command, such as “mask.tint colour”, which isn't displayed."""


@pytest.mark.parametrize(
    ("count", "noun", "words"),
    [(0, "image", "0 images"), (1, "image", "1 image"), (1200, "image file", "1,200 image files")],
)
def test_counts_have_a_plural_and_thousands(count: int, noun: str, words: str) -> None:
    assert pluralize(count, noun) == words


@pytest.mark.parametrize(
    ("length", "words"), [(0, "1 KB"), (12 * 1024, "12 KB"), (2**20, "1 MB"), (1500 * 2**20, "1,500 MB")]
)
def test_sizes(length: int, words: str) -> None:
    assert format_size(length) == words


@pytest.mark.parametrize(
    ("text", "words"),
    [("abcde", "abcde"), ("abcdef", "abcd…"), ("abc def", "abc…"), (" a\n b ", "a b"), ("", "")],
)
def test_a_cut_text_is_never_longer_than_asked(text: str, words: str) -> None:
    assert ellipsize(text, 5) == words


@pytest.mark.parametrize(
    ("line", "words"), [("a red barn", "a red barn"), ("a red barns", "a red…"), ("incomprehensible", "incomprehe…")]
)
def test_a_line_is_cut_at_the_end_of_a_word_if_it_has_one(line: str, words: str) -> None:
    assert ellipsize_words(line, 10) == words


def test_no_text_of_the_program_has_another_spelling() -> None:
    found = [
        f"{path.relative_to(_PACKAGE)}:{line}: {text}"
        for path in sorted(_PACKAGE.rglob("*.py"))
        if path.name != "__init__.py"
        for line, text in _texts(path.read_text(encoding="utf-8"))
        if _OTHER_WORDS.search(text) and _is_shown(text)
    ]
    assert found == []


def _is_shown(text: str) -> bool:
    words = " " in text.strip() or text[:1].isupper()
    return words and not _SQL.search(text) and not _COMMAND.fullmatch(text)


def _texts(source: str) -> Iterator[tuple[int, str]]:
    """Yield (line, text) of all strings except docstrings; none for a file without any of the words."""
    if not _OTHER_WORDS.search(source):
        return
    tree = ast.parse(source)
    documentation = {
        id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and id(node) not in documentation:
            yield node.lineno, node.value
