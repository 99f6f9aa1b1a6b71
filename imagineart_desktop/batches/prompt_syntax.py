"""The syntax of a prompt with alternatives and wildcards, as `docs/wildcards.md` documents it.

Only a batch reads prompts in this way: the prompt of a single request is sent as it's written.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass

from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import ellipsize, pluralize

MAX_TEXT = 100_000
"""Maximum length of a text that is read, in characters."""
MAX_DEPTH = 50
"""Maximum number of alternatives and wildcards inside each other."""
MAX_CHOSEN = 20
"""Maximum number of alternatives chosen at once."""
MAX_WEIGHT = 1_000_000

_SPECIAL = "\\{}|_:$#"
_PLAIN = re.compile(r"[^\\{}|_]+")
_WILDCARD = re.compile(r"__((?:[^\W_]|[-/]|_(?!_)){1,100})__")
_COUNT = re.compile(r"(\d{1,6})\$\$")
_SEPARATOR = re.compile(r"((?:[^{}|$\\]|\$(?!\$)|\\.)*)\$\$", re.DOTALL)
_WEIGHT = re.compile(r"\s*(\d{1,7}(?:\.\d{1,6})?)::")
_ESCAPED = re.compile(rf"\\([{re.escape(_SPECIAL)}])")
_TO_ESCAPE = re.compile(r"[\\{}|]|_(?=_)|:(?=:)|\$(?=\$)|\A#")
_QUOTED = 24


class PromptError(UserError):
    """A prompt can't be read. position: of the part that is to blame, in characters from the start of the prompt."""

    def __init__(self, sentence: str, position: int) -> None:
        super().__init__(sentence)
        self.position = position


@dataclass(frozen=True, slots=True)
class Wildcard:
    """A name between double underscores. start, end: where it is in the text."""

    name: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Option:
    """One of several alternatives, or a line of a wildcard's file. weight: how often it's drawn, next to the others."""

    parts: tuple[Part, ...]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """Alternatives in braces. chosen: how many of them are used, joined by the separator. start, end: in the text."""

    options: tuple[Option, ...]
    chosen: int
    separator: str
    start: int
    end: int


Part = str | Wildcard | Choice


def parse_prompt(text: str) -> tuple[Part, ...]:
    """Return the parts of a prompt, in order. One that is a JSON object is text. Raises PromptError."""
    _check_length(text)
    return (text,) if _is_json_object(text) else _Parser(text).prompt()


def parse_entry(line: str) -> Option:
    """Return the alternative that a line of a wildcard's file is. Raises PromptError."""
    _check_length(line)
    return _Parser(line).entry()


def escape(text: str) -> str:
    """Return the prompt that stands for a text as it is."""
    return _TO_ESCAPE.sub(r"\\\g<0>", text)


def _check_length(text: str) -> None:
    if len(text) > MAX_TEXT:
        raise PromptError(f"This is {len(text):,} characters long; the limit is {MAX_TEXT:,}.", MAX_TEXT)


def _is_json_object(text: str) -> bool:
    """Return whether a text is a JSON object, as a model takes a prompt together with a negative prompt."""
    if not text.lstrip().startswith("{"):
        return False
    try:
        return isinstance(json.loads(text), dict)
    except (ValueError, RecursionError):
        return False


class _Parser:
    """A recursive-descent parser of one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._at = 0
        self._depth = 0

    def prompt(self) -> tuple[Part, ...]:
        return self._sequence(in_braces=False)

    def entry(self) -> Option:
        _, weight = self._weight()
        return Option(self._sequence(in_braces=False), weight)

    def _sequence(self, *, in_braces: bool) -> tuple[Part, ...]:
        """Return the parts up to the end of the text, or of an alternative."""
        parts: list[Part] = []
        text = self._text
        while self._at < len(text):
            at = self._at
            if plain := _PLAIN.match(text, at) or _ESCAPED.match(text, at):
                self._at = plain.end()
                parts.append(plain[plain.lastindex or 0])
            elif text[at] == "{":
                parts += self._braces()
            elif in_braces and text[at] in "|}":
                break
            elif text[at] == "}":
                raise PromptError(f"The }} at character {at + 1} has no {{. Write \\}} for the sign itself.", at)
            elif (name := _WILDCARD.match(text, at)) and all(name[1].split("/")):
                self._at = name.end()
                parts.append(Wildcard(name[1], at, name.end()))
            else:
                self._at += 1
                parts.append(text[at])
        return _joined(parts)

    def _braces(self) -> list[Part]:
        """Return the alternatives in braces. Braces with no | and no count are text, with what is in them."""
        start = self._at
        self._depth += 1
        if self._depth > MAX_DEPTH:
            raise PromptError(
                f"At character {start + 1}, braces are nested too deeply; the limit is {MAX_DEPTH}.", start
            )
        self._at += 1
        chosen, separator = self._count()
        head, options = "", []
        while True:
            head, weight = self._weight()
            options.append(Option(self._sequence(in_braces=True), weight))
            if self._at >= len(self._text):
                quoted = ellipsize(self._text[start:], _QUOTED)
                message = f"“{quoted}” at character {start + 1} has no }}. Close it, or write \\{{ for the sign itself."
                raise PromptError(message, start)
            self._at += 1
            if self._text[self._at - 1] == "}":
                break
        self._depth -= 1
        if chosen is None and len(options) == 1:
            return ["{" + head, *options[0].parts, "}"]
        self._check(chosen, options, start)
        trimmed = tuple(Option(_trimmed(option.parts), option.weight) for option in options)
        return [Choice(trimmed, 1 if chosen is None else chosen, separator, start, self._at)]

    def _count(self) -> tuple[int | None, str]:
        """Read `2$$` or `2$$ and $$`. Return (how many are chosen, what joins them)."""
        number = _COUNT.match(self._text, self._at)
        if number is None:
            return None, ""
        self._at = number.end()
        separator = _SEPARATOR.match(self._text, self._at)
        if separator is None:
            return int(number[1]), ", "
        self._at = separator.end()
        return int(number[1]), _ESCAPED.sub(r"\1", separator[1])

    def _weight(self) -> tuple[str, float]:
        """Read `2::`. Return (what was read, the weight)."""
        found = _WEIGHT.match(self._text, self._at)
        if found is None:
            return "", 1.0
        weight = float(found[1])
        if not 0 < weight <= MAX_WEIGHT:
            sentence = f"The weight {found[1]} at character {self._at + 1} must be above 0 and at most {MAX_WEIGHT:,}."
            raise PromptError(sentence, self._at)
        self._at = found.end()
        return found[0], weight

    def _check(self, chosen: int | None, options: list[Option], start: int) -> None:
        """Raise PromptError if as many alternatives can't be chosen. start: where the braces begin."""
        if chosen is None or 1 <= chosen <= min(MAX_CHOSEN, len(options)):
            return
        offered = pluralize(len(options), "alternative")
        limit = min(MAX_CHOSEN, len(options))
        raise PromptError(
            f"“{ellipsize(self._text[start : self._at], _QUOTED)}” at character {start + 1} chooses {chosen:,} of"
            f" {offered}. Choose {'1' if limit == 1 else f'1 to {limit}'}.",
            start,
        )


def _joined(parts: list[Part]) -> tuple[Part, ...]:
    """Return the parts with texts beside each other as one."""
    found: list[Part] = []
    texts: list[str] = []
    for part in parts:
        if isinstance(part, str):
            texts.append(part)
            continue
        if texts:
            found.append("".join(texts))
            texts = []
        found.append(part)
    if texts:
        found.append("".join(texts))
    return tuple(found)


def _trimmed(parts: tuple[Part, ...]) -> tuple[Part, ...]:
    """Return the parts of an alternative without space at both ends."""
    found = list(parts)
    if found and isinstance(found[0], str):
        found[0] = found[0].lstrip()
    if found and isinstance(found[-1], str):
        found[-1] = found[-1].rstrip()
    return tuple(part for part in found if part != "")
