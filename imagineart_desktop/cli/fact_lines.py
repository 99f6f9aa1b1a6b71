"""Everything known about an image, as lines of plain text."""

from __future__ import annotations

from collections.abc import Mapping

_LEFT_OUT = ("recipe",)


def describe_facts(facts: Mapping[str, object]) -> str:
    """Format the facts of `library show` as lines, without the recipe and without empty values."""
    cost = {"cost": "Free (demo)"} if facts["demo"] else {}
    others = {"size": _size(facts["size"]), "fields": _fields(facts["fields"])}
    lines = ((name, _plain(value)) for name, value in {**facts, **others, **cost}.items() if name not in _LEFT_OUT)
    return "\n".join(f"{name}: {text}" for name, text in lines if text)


def _size(value: object) -> str:
    return " × ".join(map(str, value)) if isinstance(value, list) else str(value)


def _fields(value: object) -> str:
    found = value if isinstance(value, list) else []
    return ", ".join(f"{field['label']}: {field['text']}" for field in found)


def _plain(value: object) -> str:
    """Format a value as plain words; empty for None and empty values."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, Mapping):
        return ", ".join(f"{name}: {text}" for name, one in value.items() if (text := _plain(one)))
    if isinstance(value, list):
        between = "; " if any(isinstance(one, Mapping) for one in value) else ", "
        return between.join(_plain(one) for one in value)
    return str(value)
