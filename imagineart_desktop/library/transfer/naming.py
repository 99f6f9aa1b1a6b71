"""File names for exports from a pattern such as `{date}_{model}_{seed}_{n}`: safe on Windows, macOS and Linux."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from imagineart_desktop.imaging import Size

PLACEHOLDERS = {
    "date": "the day it was made",
    "time": "the time it was made",
    "model": "the model",
    "seed": "the seed",
    "n": "its position in the export",
    "prompt": "the beginning of the prompt",
    "width": "pixels across",
    "height": "pixels down",
    "id": "its number in the library",
    "name": "the name of its file",
}
"""Placeholder → what it stands for."""

DEFAULT_PATTERN = "{date}_{model}_{seed}_{n}"

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")
_FORBIDDEN = re.compile(r'[<>:"/\\|?*\s]+')
_FORBIDDEN_IN_OWN = re.compile(r'(?:[<>:"/\\|?*]|[^\S ])+')
_RESERVED = re.compile(r"(con|prn|aux|nul|conin\$|conout\$|(com|lpt)[0-9¹²³])(\..*)?", re.IGNORECASE)
_PROMPT = 60
"""Characters of the prompt used in a name."""

_LONGEST = 180
"""Bytes in UTF-8: with number, extension and a temporary name below the 255 that all file systems allow."""


@dataclass(frozen=True, slots=True)
class NameValues:
    """The values of the placeholders for one picture. size: as exported; place: from 1; count: pictures in the export.

    own: name of the imported file without its extension; empty for images made here.
    """

    created_at: datetime
    model: str
    seed: int | None
    prompt: str
    size: Size
    number: int
    stem: str
    place: int = 1
    count: int = 1
    own: str = ""


def validate_pattern(pattern: str) -> str | None:
    """Return what is wrong with a pattern, as a sentence, or None."""
    unknown = [name for name in _PLACEHOLDER.findall(pattern) if name not in PLACEHOLDERS]
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        return f"“{{{unknown[0]}}}” isn’t a placeholder. Use {known}."
    if re.search(r"[{}]", _PLACEHOLDER.sub("", pattern)):
        return "A brace isn’t closed. Write placeholders like {date}."
    return None if pattern.strip() else "Write a name, such as {date}_{n}."


def file_stem(pattern: str, facts: NameValues) -> str:
    """Return the file name without its extension. The pattern must be valid.

    With the default pattern, imported files keep their own name.
    """
    if pattern == DEFAULT_PATTERN and facts.own:
        return _safe(_cleaned(facts.own, _FORBIDDEN_IN_OWN))
    made = facts.created_at.astimezone()
    values = {
        "date": f"{made:%Y-%m-%d}",
        "time": f"{made:%H%M%S}",
        "model": facts.model,
        "seed": "noseed" if facts.seed is None else str(facts.seed),
        "n": str(facts.place).zfill(len(str(facts.count))),
        "prompt": facts.prompt[:_PROMPT],
        "width": str(facts.size[0]),
        "height": str(facts.size[1]),
        "id": str(facts.number),
        "name": facts.stem,
    }
    return safe_stem(_PLACEHOLDER.sub(lambda found: _part(values[found.group(1)]), pattern))


def safe_stem(text: str) -> str:
    """Return a file name valid on every system: no reserved names, no special or control characters, not too long."""
    return _safe(_part(text))


def _safe(text: str) -> str:
    plain = text.lstrip(".").rstrip(". ")
    while len(plain.encode()) > _LONGEST:
        plain = plain[:-1]
    plain = plain.rstrip("-. ") or "picture"
    return f"{plain}_" if _RESERVED.fullmatch(plain) else plain


def _part(text: str) -> str:
    return _cleaned(text, _FORBIDDEN)


def _cleaned(text: str, forbidden: re.Pattern[str]) -> str:
    normal = unicodedata.normalize("NFC", text)
    seen = "".join(sign if sign.isspace() else "" if unicodedata.category(sign)[0] == "C" else sign for sign in normal)
    return forbidden.sub("-", seen).strip("-")


def numbered(stem: str, time: int) -> str:
    """Return the name to try at this attempt to find a free one, counted from 1."""
    return stem if time == 1 else f"{stem}_{time}"


class UsedNames:
    """Names used in one export: each only once, ignoring case."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._given: set[str] = set()

    def contains(self, name: str) -> bool:
        """Return whether an image of this export has the name."""
        return name.casefold() in self._given

    def give(self, name: str) -> Path:
        """Mark the name as used and return its path."""
        self._given.add(name.casefold())
        return self._folder / name
