"""A prompt with alternatives and wildcards, and the prompts that it stands for."""

from __future__ import annotations

import random
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Protocol

from imagineart_desktop.batches.prompt_syntax import (
    MAX_DEPTH,
    MAX_TEXT,
    Choice,
    Option,
    Part,
    PromptError,
    Wildcard,
    parse_entry,
    parse_prompt,
)
from imagineart_desktop.batches.wildcards import WildcardError, Wildcards

MANY = 10**15
"""Counts stop here; more combinations are as many as these."""

_MAX_WORK = 50_000
"""Maximum number of parts that one prompt is made of."""
_DRAWS_PER_PROMPT = 20


@dataclass(frozen=True, slots=True)
class Expansion:
    """A prompt without alternatives. varying: (start, end) of each part that another prompt may have differently."""

    text: str
    varying: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class _Sequence:
    """Parts one after the other. count: of combinations; height: of alternatives inside each other."""

    parts: tuple[str | _Alternatives, ...]
    count: int
    height: int


@dataclass(frozen=True, slots=True)
class _Alternatives:
    """Alternatives, and how many of them are chosen.

    ways: how many combinations take `n` of the alternatives from the one with this index on: index → n → number.
    ends: of each alternative's combinations if one is chosen, counted from the first.
    """

    options: tuple[_Sequence, ...]
    weights: tuple[float, ...]
    summed_weights: tuple[float, ...]
    chosen: int
    separator: str
    ways: Sequence[Sequence[int]]
    ends: Sequence[int]
    count: int
    height: int


class PromptTemplate:
    """A prompt whose wildcards are read. Raises PromptError if it can't be.

    It may read files, and take long for thousands of entries: make it outside the GUI thread.
    """

    def __init__(self, text: str, wildcards: Wildcards) -> None:
        self._root = _Compiler(wildcards).sequence(parse_prompt(text))
        if self._root.height > MAX_DEPTH:
            raise PromptError(f"Wildcards are nested too deeply; the limit is {MAX_DEPTH}.", 0)

    @property
    def count(self) -> int:
        """How many combinations there are; `MANY` for that many or more."""
        return self._root.count

    @property
    def factors(self) -> tuple[int, ...]:
        """How many combinations each part that varies has: their product is the count."""
        return tuple(part.count for part in self._root.parts if not isinstance(part, str))

    def expansion(self, index: int) -> Expansion:
        """Return one of the combinations, in the order as written: the last part varies first.

        index: from 0, less than a count that is less than `MANY`. Raises PromptError.
        """
        return _expand(self._root, _Ranked(index))

    def expansions(self) -> Iterator[Expansion]:
        """Yield all combinations, if there are less than `MANY`. Raises PromptError."""
        return map(self.expansion, range(self.count))

    def sample(self, size: int, seed: int) -> list[Expansion]:
        """Return different prompts drawn at random; the same seed draws the same. Raises PromptError.

        Weights say how often an alternative is drawn. If all combinations are no more than the size, return them all.
        """
        if self.count <= size:
            return list(self.expansions())
        draw = _Drawn(random.Random(seed))  # noqa: S311 - a choice, not a secret
        found: dict[str, Expansion] = {}
        for _ in range(size * _DRAWS_PER_PROMPT):
            if len(found) >= size:
                break
            expansion = _expand(self._root, draw)
            found.setdefault(expansion.text, expansion)
        # Alternatives that are hardly ever drawn may be needed for as many different ones.
        for index in range(min(self.count, size * _DRAWS_PER_PROMPT) if self.count < MANY else 0):
            if len(found) >= size:
                break
            expansion = self.expansion(index)
            found.setdefault(expansion.text, expansion)
        return list(found.values())


class _EntryError(PromptError):
    """An entry of a wildcard can't be read; the sentence names it."""


@dataclass(slots=True)
class _Compiler:
    """Replaces wildcards by their entries. open: names of those being read, in order."""

    wildcards: Wildcards
    open: list[str] = field(default_factory=list)
    known: dict[str, _Alternatives] = field(default_factory=dict)
    depth: int = 0

    def sequence(self, parts: Sequence[Part]) -> _Sequence:
        made = tuple(part if isinstance(part, str) else self._alternatives(part) for part in parts)
        inner = [part for part in made if not isinstance(part, str)]
        count = 1
        for part in inner:
            count = min(MANY, count * part.count)
        return _Sequence(made, count, max((part.height for part in inner), default=0))

    def _alternatives(self, part: Choice | Wildcard) -> _Alternatives:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            sentence = f"At character {part.start + 1}, wildcards are nested too deeply; the limit is {MAX_DEPTH}."
            raise PromptError(sentence, part.start)
        made = self._wildcard(part) if isinstance(part, Wildcard) else self._choice(part)
        self.depth -= 1
        return made

    def _choice(self, part: Choice) -> _Alternatives:
        options = tuple(self.sequence(option.parts) for option in part.options)
        return _alternatives(options, part.options, part.chosen, part.separator)

    def _wildcard(self, part: Wildcard) -> _Alternatives:
        if part.name in self.known:
            return self.known[part.name]
        if part.name in self.open:
            way = " → ".join(f"__{name}__" for name in (*self.open[self.open.index(part.name) :], part.name))
            raise PromptError(f"The wildcard “{part.name}” contains itself: {way}. Remove one of them.", part.start)
        self.open.append(part.name)
        try:
            entries = self.wildcards.entries(part.name)
        except WildcardError as error:
            raise PromptError(str(error), part.start) from None
        read, options = [], []
        for line, entry in entries:
            try:
                read.append(parse_entry(entry))
                options.append(self.sequence(read[-1].parts))
            except _EntryError as error:
                raise _EntryError(str(error), part.start) from None
            except PromptError as error:
                raise _EntryError(f"Wildcard “{part.name}”, line {line}: {error}", part.start) from None
        self.open.pop()
        self.known[part.name] = _alternatives(tuple(options), read, 1, "")
        return self.known[part.name]


def _alternatives(
    options: tuple[_Sequence, ...], declared: Sequence[Option], chosen: int, separator: str
) -> _Alternatives:
    counts = [option.count for option in options]
    ways, ends = ([], [*accumulate(counts)]) if chosen == 1 else (_ways(counts, chosen), [])
    count = min(MANY, ends[-1] if ends else ways[0][chosen])
    weights = tuple(option.weight for option in declared)
    height = 1 + max(option.height for option in options)
    return _Alternatives(options, weights, tuple(accumulate(weights)), chosen, separator, ways, ends, count, height)


def _ways(counts: Sequence[int], chosen: int) -> list[list[int]]:
    """Return `_Alternatives.ways` of alternatives with these counts."""
    ways = [[1, *[0] * chosen]]
    for count in reversed(counts):
        rest = ways[-1]
        ways.append([1, *(min(MANY, rest[taken] + count * rest[taken - 1]) for taken in range(1, chosen + 1))])
    return ways[::-1]


class _Decider(Protocol):
    """Decides which alternatives are used."""

    def enter(self, sequence: _Sequence) -> Sequence[_Decider]:
        """Return what decides about each part that varies."""

    def choose(self, part: _Alternatives) -> Sequence[tuple[_Sequence, _Decider]]:
        """Return the alternatives that are used, each with what decides about it."""


class _Ranked:
    """Decides by the index of a combination. rank: the index, less what is decided already."""

    def __init__(self, rank: int) -> None:
        self._rank = rank

    def enter(self, sequence: _Sequence) -> list[_Ranked]:
        """Return what decides about each part that varies."""
        rank, found = self._rank, []
        for part in reversed([part for part in sequence.parts if not isinstance(part, str)]):
            rank, of_part = divmod(rank, part.count)
            found.append(_Ranked(of_part))
        return found[::-1]

    def choose(self, part: _Alternatives) -> list[tuple[_Sequence, _Ranked]]:
        """Return the alternatives that are used, each with what decides about it."""
        if part.chosen == 1:
            index = bisect_right(part.ends, self._rank)
            return [(part.options[index], _Ranked(self._rank - (part.ends[index - 1] if index else 0)))]
        rank, left, found = self._rank, part.chosen, []
        for index, option in enumerate(part.options):
            if not left:
                break
            with_it = part.ways[index + 1][left - 1]
            if rank < option.count * with_it:
                inner, rank = divmod(rank, with_it)
                found.append((option, _Ranked(inner)))
                left -= 1
            else:
                rank -= option.count * with_it
        return found


class _Drawn:
    """Decides at random, by weights."""

    def __init__(self, source: random.Random) -> None:
        self._source = source

    def enter(self, sequence: _Sequence) -> list[_Drawn]:
        """Return what decides about each part that varies."""
        return [self for part in sequence.parts if not isinstance(part, str)]

    def choose(self, part: _Alternatives) -> list[tuple[_Sequence, _Drawn]]:
        """Return the alternatives that are used, each with what decides about it."""
        if part.chosen == 1:
            (option,) = self._source.choices(part.options, cum_weights=part.summed_weights)
            return [(option, self)]
        left = dict(enumerate(part.weights))
        for _ in range(part.chosen):
            (index,) = self._source.choices([*left], [*left.values()])
            del left[index]
        return [(option, self) for index, option in enumerate(part.options) if index not in left]


class _Text:
    """The prompt being made. It's limited, as a few wildcards inside each other can make endless ones."""

    def __init__(self) -> None:
        self.pieces: list[str] = []
        self.length = 0
        self._work = 0

    def add(self, piece: str) -> None:
        self.pieces.append(piece)
        self.length += len(piece)
        self.count_work()
        if self.length > MAX_TEXT:
            raise PromptError(f"With its alternatives the prompt is longer than {MAX_TEXT:,} characters.", 0)

    def count_work(self) -> None:
        self._work += 1
        if self._work > _MAX_WORK:
            raise PromptError(f"With its alternatives the prompt has more than {_MAX_WORK:,} parts.", 0)


def _expand(root: _Sequence, decider: _Decider) -> Expansion:
    text, varying = _Text(), []
    deciders = iter(decider.enter(root))
    for part in root.parts:
        if isinstance(part, str):
            text.add(part)
            continue
        start = text.length
        _write_alternatives(text, part, next(deciders))
        if text.length > start:
            varying.append((start, text.length))
    return Expansion("".join(text.pieces), tuple(varying))


def _write_alternatives(text: _Text, part: _Alternatives, decider: _Decider) -> None:
    text.count_work()
    for number, (option, inner) in enumerate(decider.choose(part)):
        if number:
            text.add(part.separator)
        deciders = iter(inner.enter(option))
        for piece in option.parts:
            if isinstance(piece, str):
                text.add(piece)
            else:
                _write_alternatives(text, piece, next(deciders))
