"""The page about a model that fal.ai publishes as text (`llms.txt`): its price in words, and its input's fields.

Nothing in it is trusted. What has another form than expected is left out, as the page is meant for reading.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.plain_text import single_line

MAX_PAGE_BYTES = 500_000
MAX_PAGE_FIELDS = 200
_LONGEST_LINE = 4_000
_MAX_OPTIONS = 500
_LONGEST_PRICE = 600

_MODEL_ID = re.compile(r"- \*\*Model ID\*\*: `([^`\s]{1,200})`")
_FIELD = re.compile(r"- \*\*`(\w{1,100})`\*\* \(`[^`]{1,200}`, _(required|optional)_\)", re.ASCII)
_DEFAULT = re.compile(r"  - Default: `(.{0,2000})`")
_RANGE = re.compile(r"  - Range: `(-?[\d.e+-]{1,30})` to `(-?[\d.e+-]{1,30})`", re.ASCII)
_OPTIONS = re.compile(r"  - Options: (.+)")
_QUOTED = re.compile(r'`"([^"`]{1,200})"`')
_HEADING = re.compile(r"#{2,3} (.+)")


class PageError(UserError, ValueError):
    """A page isn't that of the model. The message is a sentence for the user."""


@dataclass(frozen=True, slots=True)
class PageField:
    """A field of a model's input. default: as in JSON; options: empty if it isn't a choice; limits: None if unknown."""

    name: str
    is_required: bool
    default: JsonValue = None
    options: tuple[str, ...] = ()
    limits: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class ModelPage:
    """What a page says. price: in words, empty if the page has none; fields: empty if it lists none."""

    price: str
    fields: tuple[PageField, ...]


def read_page(data: bytes, endpoint: str) -> ModelPage:
    """Read the page of an endpoint. Raises PageError."""
    sections = _sections(data[:MAX_PAGE_BYTES].decode("utf-8", "replace"))
    overview = "\n".join(sections.get("Overview", []))
    named = _MODEL_ID.search(overview)
    if named is None or named[1] != endpoint:
        raise PageError(f"fal.ai sent no page about {endpoint}.")
    price = single_line(" ".join(_price_lines(sections.get("Pricing", []))).replace("*", ""))[:_LONGEST_PRICE]
    return ModelPage(price, tuple(_fields(sections.get("Input Schema", []))))


def _sections(text: str) -> dict[str, list[str]]:
    """Return heading → the lines below it. Of two equal headings the first one counts."""
    found: dict[str, list[str]] = {}
    below: list[str] = []
    for line in text.splitlines():
        if heading := _HEADING.fullmatch(line[:_LONGEST_LINE].rstrip()):
            below = []
            found.setdefault(heading[1], below)
        else:
            below.append(line[:_LONGEST_LINE])
    return found


def _price_lines(lines: list[str]) -> Iterator[str]:
    for line in lines:
        if line.strip() and not line.startswith("For more details"):
            yield line.strip().removeprefix("- **Price**:")


def _fields(lines: list[str]) -> Iterator[PageField]:
    field: PageField | None = None
    count = 0
    for line in lines:
        if begun := _FIELD.match(line):
            if field is not None:
                yield field
            count += 1
            if count > MAX_PAGE_FIELDS:
                return
            field = PageField(begun[1], begun[2] == "required")
        elif field is not None:
            if line.startswith("**"):
                break
            field = _with_line(field, line)
    if field is not None:
        yield field


def _with_line(field: PageField, line: str) -> PageField:
    """Return the field with what a line below its name adds."""
    if found := _DEFAULT.fullmatch(line):
        return replace(field, default=_json(found[1]))
    if found := _OPTIONS.fullmatch(line):
        return replace(field, options=tuple(_QUOTED.findall(found[1])[:_MAX_OPTIONS]))
    if found := _RANGE.fullmatch(line):
        try:
            return replace(field, limits=(float(found[1]), float(found[2])))
        except ValueError:
            return field
    return field


def _json(text: str) -> JsonValue:
    try:
        value: JsonValue = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return value
