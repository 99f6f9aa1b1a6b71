"""What completes the text before the cursor: an image's name, a wildcard, or words of earlier prompts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.library import Library, LibraryError

MAX_LOOKED_AT = 200
"""Characters before the cursor that are looked at."""

_MIN_PHRASE = 3
_MAX_ENTRIES = 8
_IMAGE = re.compile(r"(?:^|[\s(,])(@\d{0,2})$")
_WILDCARD = re.compile(r"(?:^|[^\w])(__[\w/-]{0,60})$")
_PHRASE = re.compile(r"[^,.;:!?\n\u2028\u2029]+$")
_NAMED = re.compile(r"@(\d{1,2})\b|\bimage (\d{1,2})\b", re.IGNORECASE)


class Kind(Enum):
    """What is completed."""

    IMAGE = "image"
    WILDCARD = "wildcard"
    PHRASE = "phrase"

    @property
    def is_asked_for(self) -> bool:
        """Whether a sign was typed to get the list, so that its first entry is chosen already."""
        return self is not Kind.PHRASE


@dataclass(frozen=True, slots=True)
class Token:
    """The text before the cursor that is replaced by a completion."""

    kind: Kind
    text: str


def token_before(text: str, after: str) -> Token | None:
    """Return what could be completed. text: before the cursor; after: the character behind it."""
    if after and (after.isalnum() or after == "_"):
        return None
    if found := _IMAGE.search(text):
        return Token(Kind.IMAGE, found[1])
    if found := _WILDCARD.search(text):
        return Token(Kind.WILDCARD, found[1])
    if found := _PHRASE.search(text):
        phrase = found[0].lstrip()
        if len(phrase) >= _MIN_PHRASE and not phrase[-1].isspace():
            return Token(Kind.PHRASE, phrase)
    return None


def image_names(token: Token, count: int) -> list[str]:
    """Return the words for the images that a token may mean. count: how many there are."""
    digits = token.text.removeprefix("@")
    return [f"image {number}" for number in range(1, count + 1) if str(number).startswith(digits)]


def named_image(text: str, at: int) -> int:
    """Return the number of the image that is named at a place of the text; 0 if none is."""
    for found in _NAMED.finditer(text):
        if found.start() <= at <= found.end():
            return int(found[1] or found[2])
    return 0


async def completions(library: Library, token: Token) -> Sequence[str]:
    """Return wildcards or phrases that complete a token; none if they can't be read."""
    try:
        if token.kind is Kind.WILDCARD:
            typed = token.text.removeprefix("__").casefold()
            names = await library.run_in_thread(Wildcards(library.files.root).names)
            return [f"__{name}__" for name in names if name.casefold().startswith(typed)][:_MAX_ENTRIES]
        if token.kind is Kind.PHRASE:
            return (await library.prompts.phrases(token.text))[:_MAX_ENTRIES]
    except LibraryError:
        # Completion is an offer; what can't be read is said where it's asked for.
        pass
    return []
