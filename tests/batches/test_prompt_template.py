"""Prompts with alternatives and wildcards, as docs/wildcards.md documents them."""

from __future__ import annotations

import itertools
import os
import re
from collections import Counter
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from imagineart_desktop.batches.prompt_syntax import Choice, PromptError, Wildcard, escape, parse_prompt
from imagineart_desktop.batches.prompt_template import MANY, PromptTemplate
from imagineart_desktop.batches.wildcards import Wildcards

DOCUMENT = Path(__file__).parents[2] / "docs" / "wildcards.md"
PIECES = [
    "{",
    "}",
    "|",
    "\\",
    "_",
    "__",
    "__a__",
    "__b/c__",
    "2$$",
    "$$",
    "0.5::",
    "3::",
    "x",
    " ",
    "word",
    "#",
    "\n",
    "é",
]


@pytest.fixture
def wildcards(tmp_path: Path) -> Wildcards:
    return Wildcards(tmp_path)


def write(wildcards: Wildcards, name: str, *lines: str) -> None:
    path = wildcards.folder / f"{name}.txt"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(lines), "utf-8")


def texts(prompt: str, wildcards: Wildcards) -> list[str]:
    return [expansion.text for expansion in PromptTemplate(prompt, wildcards).expansions()]


def read(prompt: str, wildcards: Wildcards) -> tuple[PromptTemplate | None, PromptError | None]:
    try:
        return PromptTemplate(prompt, wildcards), None
    except PromptError as error:
        return None, error


@pytest.mark.parametrize(
    ("prompt", "found"),
    [
        ("a cup", ["a cup"]),
        ("", [""]),
        ("a {red|blue} cup", ["a red cup", "a blue cup"]),
        ("{a|b} {1|2}", ["a 1", "a 2", "b 1", "b 2"]),
        ("{ red | dark {blue|green} }", ["red", "dark blue", "dark green"]),
        ("a {very |}old cup", ["a veryold cup", "a old cup"]),
        ("{2$$a|b|c}", ["a, b", "a, c", "b, c"]),
        ("{2$$ and $$a|b|c}", ["a and b", "a and c", "b and c"]),
        ("{1$$a}", ["a"]),
        ("{2$$a|{b|c}}", ["a, b", "a, c"]),
        ("{3::red|blue}", ["red", "blue"]),
        ("{2:: red|0.5::blue}", ["red", "blue"]),
        (r"\{a\|b\} {a\|b|c\}}", ["{a|b} a|b", "{a|b} c}"]),
        (r"{2\::1|1\::2}", ["2::1", "1::2"]),
        (r"{2\$$a|b}", ["2$$a", "b"]),
        (r"\__a__ \\ \n", [r"__a__ \ \n"]),
        ("a|b", ["a|b"]),
        ("{}", ["{}"]),
        ("{{product}} on { stone }", ["{{product}} on { stone }"]),
        ("{2::a} {x{1|2}}", ["{2::a} {x1}", "{2::a} {x2}"]),
        ("__ ____ _a_ __a b__ __/__", ["__ ____ _a_ __a b__ __/__"]),
        ('{"positive_prompt": "a {red|blue} cup", "negative_prompt": "x|y"}', None),
    ],
)
def test_a_prompt_stands_for_these(prompt: str, found: list[str] | None, wildcards: Wildcards) -> None:
    assert texts(prompt, wildcards) == (found or [prompt])


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_or_a_folder_in_the_place_of_a_wildcard_is_told(wildcards: Wildcards) -> None:
    wildcards.folder.mkdir()
    os.mkfifo(wildcards.folder / "pipe.txt")
    (wildcards.folder / "folder.txt").mkdir()
    for name in ("pipe", "folder"):
        assert "it isn’t a file" in str(read(f"__{name}__", wildcards)[1])


def test_wildcards_are_lines_of_files_in_the_library(wildcards: Wildcards) -> None:
    write(wildcards, "materials", "﻿# Solid ones", "oak", "", "  {wet|dry} slate ", "\\# one", "__light/warm__ glass")
    write(wildcards, "light/warm", "amber", "3::golden")
    assert texts("on __materials__", wildcards) == [
        "on oak",
        "on wet slate",
        "on dry slate",
        "on # one",
        "on amber glass",
        "on golden glass",
    ]
    assert texts("{2$$__light/warm__|x}", wildcards) == ["amber, x", "golden, x"]
    assert PromptTemplate("{a|b} __materials__", wildcards).factors == (2, 6)
    assert wildcards.names() == ["materials", "light/warm"]


def test_what_varies_is_marked(wildcards: Wildcards) -> None:
    (first, _) = PromptTemplate("A {red|{blue}} cup", wildcards).expansions()
    assert [first.text[start:end] for start, end in first.varying] == ["red"]
    (choice,) = [part for part in parse_prompt("A {red|blue} cup") if isinstance(part, Choice)]
    assert (choice.start, choice.end) == (2, 12)
    (wildcard,) = [part for part in parse_prompt("on __a__") if isinstance(part, Wildcard)]
    assert (wildcard.start, wildcard.end) == (3, 8)


@pytest.mark.parametrize(
    ("prompt", "position", "words"),
    [
        ("a {red|blue", 2, "has no }"),
        ("{a|{b|c}", 0, "has no }"),
        ("red} cup", 3, "has no {"),
        ("{3$$a|b}", 0, "chooses 3 of 2 alternatives. Choose 1 to 2."),
        ("{0$$a}", 0, "chooses 0 of 1 alternative. Choose 1."),
        ("{21$$" + "|".join("abcdefghijklmnopqrstuvwxyz") + "}", 0, "Choose 1 to 20."),
        ("x {a|0::b}", 5, "weight 0 at character 6"),
        ("{" * 60, 50, "nested too deeply"),
        ("x" * 100_001, 100_000, "the limit is 100,000"),
        ("on __stone__", 3, "There is no wildcard “stone”. Add wildcards/stone.txt"),
        ("x __loop__", 2, "“loop” contains itself: __loop__ → __other__ → __loop__"),
        ("__odd__", 0, "Wildcard “odd”, line 2: “{a|b” at character 1 has no }"),
        ("__outer__", 0, "Wildcard “odd”, line 2: “{a|b” at character 1 has no }"),
        ("__empty__", 0, "has no entries"),
        ("__latin__", 0, "isn’t UTF-8"),
        ("__huge__", 0, "larger than 1 MB"),
        ("__many__", 0, "the limit is 10,000"),
        ("__folder__", 0, "can’t be read"),
        ("__deep0__", 0, "wildcards are nested too deeply"),
    ],
)
def test_what_cannot_be_read_is_told_with_its_place(
    prompt: str, position: int, words: str, wildcards: Wildcards
) -> None:
    write(wildcards, "loop", "a __other__")
    write(wildcards, "other", "__loop__")
    write(wildcards, "odd", "fine", "{a|b")
    write(wildcards, "outer", "x", "__odd__")
    write(wildcards, "empty", "# nothing")
    (wildcards.folder / "latin.txt").write_bytes("blå".encode("latin-1"))
    (wildcards.folder / "huge.txt").write_bytes(b"x" * (2**20 + 1))
    write(wildcards, "many", *map(str, range(10_001)))
    (wildcards.folder / "folder.txt").mkdir()
    for depth in range(60):
        write(wildcards, f"deep{depth}", f"x __deep{depth + 1}__")
    with pytest.raises(PromptError) as told:
        PromptTemplate(prompt, wildcards)
    assert words in str(told.value)
    assert told.value.position == position


def test_a_name_cannot_leave_the_folder(wildcards: Wildcards) -> None:
    (wildcards.folder.parent / "secret.txt").write_text("key")
    for name in ("__../secret__", "__/secret__", "__a//b__", "__..__"):
        assert texts(name, wildcards) == [name]


def test_too_many_combinations_are_counted_not_made(wildcards: Wildcards) -> None:
    write(wildcards, "digit", *"0123456789")
    template = PromptTemplate("__digit__" * 9, wildcards)
    assert template.count == 10**9
    assert template.expansion(123_456_789).text == "123456789"
    endless = PromptTemplate("__digit__" * 400 + "{20$$" + "|".join(["__digit__"] * 40) + "}", wildcards)
    assert endless.count == MANY
    assert len(endless.sample(10, seed=1)) == 10
    write(wildcards, "x0", "x" * 1000)
    for level in range(1, 30):
        write(wildcards, f"x{level}", f"__x{level - 1}__" * 9)
    with pytest.raises(PromptError, match=r"longer than|more than"):
        PromptTemplate("__x29__", wildcards).sample(1, seed=1)


def test_a_sample_is_random_repeatable_and_without_duplicates(wildcards: Wildcards) -> None:
    template = PromptTemplate("{a|b|c|d} {1|2|3|4} {x|y}", wildcards)
    first = [one.text for one in template.sample(12, seed=7)]
    assert len(set(first)) == 12
    assert first == [one.text for one in template.sample(12, seed=7)]
    assert first != [one.text for one in template.sample(12, seed=8)]
    assert set(first) <= set(texts("{a|b|c|d} {1|2|3|4} {x|y}", wildcards))
    assert len(template.sample(100, seed=7)) == 32
    rare = PromptTemplate("{1000000::a|0.000001::b|0.000001::c}", wildcards)
    assert {one.text for one in rare.sample(2, seed=1)} > {"a"}


def test_weights_say_how_often_an_alternative_is_drawn(wildcards: Wildcards) -> None:
    numbers = "{" + "|".join(map(str, range(100))) + "}"
    drawn = Counter(one.text[0] for one in PromptTemplate(f"{{9::a|b}}{numbers}", wildcards).sample(60, seed=3))
    assert drawn["a"] > 3 * drawn["b"] > 0
    pairs = Counter(
        one.text[:4] for one in PromptTemplate(f"{{2$$9::a|9::b|c}}{numbers}", wildcards).sample(90, seed=3)
    )
    assert pairs["a, b"] > pairs["a, c"] + pairs["b, c"]


prompts = st.lists(st.sampled_from(PIECES), max_size=14).map("".join)


@given(st.one_of(prompts, st.text(max_size=40)))
def test_any_text_is_read_or_told_and_counted(tmp_path_factory: pytest.TempPathFactory, prompt: str) -> None:
    wildcards = Wildcards(tmp_path_factory.getbasetemp() / "fuzzed")
    if not wildcards.folder.exists():
        write(wildcards, "a", "one", "{two|three}", "__b/c__")
        write(wildcards, "b/c", "2::x", "y")
    template, problem = read(prompt, wildcards)
    if template is None:
        assert str(problem).endswith(".")
        assert problem is not None
        assert 0 <= problem.position <= len(prompt)
        return
    made = list(itertools.islice(template.expansions(), 300))
    assert len(made) == min(template.count, 300)
    assert {one.text for one in template.sample(5, seed=1)} <= {one.text for one in made} or template.count > 300
    for expansion in made:
        assert all(0 <= start < end <= len(expansion.text) for start, end in expansion.varying)


@given(st.one_of(prompts, st.text(max_size=60)))
def test_an_escaped_text_stands_for_itself(prompt: str) -> None:
    assert "".join(map(str, parse_prompt(escape(prompt)))) == prompt


def test_the_examples_of_the_document_are_true(wildcards: Wildcards) -> None:
    write(wildcards, "materials", "oak", "wet slate")
    rows = re.findall(r"^\| `(.+?)` \| (.+?) \|$", DOCUMENT.read_text("utf-8"), re.MULTILINE)
    assert len(rows) > 10
    for prompt, found in rows:
        # In a table of Markdown, a | is written as \|.
        listed = [one.replace(r"\|", "|") for one in re.findall(r"`(.+?)`", found)]
        assert texts(prompt.replace(r"\|", "|"), wildcards) == listed, prompt
