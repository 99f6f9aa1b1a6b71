"""The search fields, and the SQL condition on the table `pictures` for each of them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from imagineart_desktop.library.store.marks import Label
from imagineart_desktop.library.store.word_index import Condition, match_words, stored_seed
from imagineart_desktop.models import Task

_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|=|)(?P<low>\d+(?:\.\d+)?)\Z")
_RANGE = re.compile(r"(?P<low>\d+(?:\.\d+)?|)\.\.(?P<high>\d+(?:\.\d+)?|)\Z")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")
_RATIO = re.compile(r"(\d{1,5}):(\d{1,5})\Z")
_SIZE = re.compile(r"(\d{1,5})[x×](\d{1,5})\Z")
_MAX_SEED_DIGITS = 20
_RATIO_TOLERANCE = 0.02
"""Relative tolerance for equal aspect ratios: sizes are rounded to whole pixels."""


@dataclass(frozen=True, slots=True)
class Field:
    """A search field.

    help: what it matches; examples: in query syntax; parse: value → condition, None for an invalid value; exact: the
    same for a value in quotes, if that matters.
    """

    name: str
    help: str
    examples: tuple[str, ...]
    parse: Callable[[str], Condition | None]
    exact: Callable[[str], Condition | None] | None = None


def _like(column: str) -> Callable[[str], Condition | None]:
    def read(value: str) -> Condition | None:
        if not value:
            return None
        plain = re.sub(r"([%_\\])", r"\\\1", value)
        return f"{column} LIKE ? ESCAPE '\\'", [f"%{plain}%"]

    return read


def _in_column(column: str) -> Callable[[str], Condition | None]:
    """Match words of one column of the index, in this order."""
    return lambda value: match_words(value, phrase=True, column=column)


def _numeric_condition(expression: str) -> Callable[[str], Condition | None]:
    def read(value: str) -> Condition | None:
        plain = value.replace("$", "")
        match = _COMPARED.match(plain)
        if match is not None:
            return f"{expression} {match['sign'] or '='} ?", [float(match["low"])]
        match = _RANGE.match(plain)
        if match is None or plain == "..":
            return None
        ends = [(sign, float(end)) for sign, end in ((">=", match["low"]), ("<=", match["high"])) if end]
        return " AND ".join(f"{expression} {sign} ?" for sign, _ in ends), [end for _, end in ends]

    return read


def _seed(value: str) -> Condition | None:
    """Match exactly this seed: floating point would round large ones."""
    if value.isascii() and value.isdigit():
        seed = stored_seed(int(value[:_MAX_SEED_DIGITS]))
        return None if seed is None else ("seed = ?", [seed])
    return _numeric_condition("seed")(value)


def _model(value: str) -> Condition | None:
    if not value:
        return None
    wanted = value.lower()
    return "(instr(lower(endpoint), ?) > 0 OR instr(lower(model), ?) > 0)", [wanted, wanted]


def _exact_model(value: str) -> Condition | None:
    wanted = value.lower()
    return ("(lower(endpoint) = ? OR lower(model) = ?)", [wanted, wanted]) if wanted else None


def _kind(value: str) -> Condition | None:
    if value.lower() == "import":
        return "imported = 1", []
    tabs = [task.value for task in Task if task.has_tab]
    return ("task = ? AND imported = 0", [value.lower()]) if value.lower() in tabs else None


def _days(value: str) -> tuple[datetime, datetime] | None:
    """Return (start, end) of a day, month or year in local time; the end is exclusive."""
    today = datetime.now().astimezone().replace(hour=0, minute=0, second=0, microsecond=0)
    named = {
        "today": (today, today + timedelta(days=1)),
        "yesterday": (today - timedelta(days=1), today),
        "week": (today - timedelta(days=today.weekday()), today + timedelta(days=1)),
    }
    if value.lower() in named:
        return named[value.lower()]
    match = _DATE.match(value)
    if match is None:
        return None
    year, month, day = (int(part) if part else None for part in match.groups())
    try:
        start = datetime(year or 1, month or 1, day or 1)
        if day:
            end = start + timedelta(days=1)
        elif month:
            end = (start.replace(day=28) + timedelta(days=4)).replace(day=1)
        else:
            end = start.replace(year=start.year + 1)
        return start.astimezone(), end.astimezone()
    except (ValueError, OverflowError, OSError):
        return None


def _ms(moment: datetime) -> int:
    return round(moment.timestamp() * 1000)


def _after(value: str) -> Condition | None:
    days = _days(value)
    return ("created_ms >= ?", [_ms(days[0])]) if days else None


def _before(value: str) -> Condition | None:
    days = _days(value)
    return ("created_ms < ?", [_ms(days[0])]) if days else None


def _on(value: str) -> Condition | None:
    days = _days(value)
    return ("created_ms >= ? AND created_ms < ?", [_ms(days[0]), _ms(days[1])]) if days else None


def _ratio(value: str) -> Condition | None:
    shapes = {"landscape": "width > height", "portrait": "width < height", "square": "width = height"}
    if value.lower() in shapes:
        return shapes[value.lower()], []
    match = _RATIO.match(value)
    if match is None or not int(match[1]) or not int(match[2]):
        return None
    ratio = int(match[1]) / int(match[2])
    return "ABS(width * 1.0 / height / ? - 1) <= ?", [ratio, _RATIO_TOLERANCE]


def _size(value: str) -> Condition | None:
    match = _SIZE.match(value.lower())
    return ("width = ? AND height = ?", [int(match[1]), int(match[2])]) if match else None


def _label(value: str) -> Condition | None:
    wanted = "" if value.lower() == "none" else value.lower()
    return ("label = ?", [wanted]) if wanted in list(Label) else None


def _tag(value: str) -> Condition | None:
    if value.lower() == "none":
        return "id NOT IN (SELECT picture_id FROM picture_tags)", []
    inner = "SELECT picture_id FROM picture_tags JOIN tags ON tags.id = tag_id WHERE folded(name) = folded(?)"
    return (f"id IN ({inner})", [value]) if value else None


def _collection(value: str) -> Condition | None:
    inner = (
        "SELECT picture_id FROM collection_pictures JOIN collections AS held ON held.id = collection_id"
        " LEFT JOIN collections AS around ON around.id = held.parent_id"
        " WHERE folded(held.name) = folded(?) OR folded(around.name) = folded(?)"
    )
    return (f"id IN ({inner})", [value, value]) if value else None


def _batch(value: str) -> Condition | None:
    # The first part lets SQLite use the index of batches.
    inner = "SELECT batches.id FROM batches WHERE folded(batches.name) = folded(?)"
    return (f"(batch != '' AND batch IN ({inner}))", [value]) if value else None


def _keyword_condition(ways: dict[str, str]) -> Callable[[str], Condition | None]:
    def read(value: str) -> Condition | None:
        sql = ways.get(value.lower())
        return None if sql is None else (sql, [])

    return read


_IS = {
    "favourite": "favourite = 1",
    "favorite": "favourite = 1",
    "demo": "demo = 1",
    "live": "demo = 0",
    "rated": "rating > 0",
    "labelled": "label != ''",
    "missing": "file_state = 'missing'",
    "damaged": "file_state = 'damaged'",
    "changed": "file_state = 'changed'",
}
_HAS = {
    "mask": "id IN (SELECT picture_id FROM parents WHERE role = 'mask')",
    "parents": "id IN (SELECT picture_id FROM parents)",
    "children": "id IN (SELECT parent_id FROM parents WHERE parent_id IS NOT NULL)",
    "tags": "id IN (SELECT picture_id FROM picture_tags)",
    "note": "note != ''",
    "seed": "seed IS NOT NULL",
}

FIELDS: dict[str, Field] = {
    field.name: field
    for field in (
        Field(
            "model",
            "a part of the model’s name or id; in quotes the whole of it",
            ("model:ideogram", "model:1.5", 'model:"Ideogram V3"'),
            _model,
            _exact_model,
        ),
        Field("kind", "how it was made", ("kind:inpaint", "kind:generate", "kind:edit", "kind:import"), _kind),
        Field("after", "made on this day or later", ("after:2026-11-01", "after:2026", "after:week"), _after),
        Field("before", "made before this day", ("before:2026-11-01", "before:today"), _before),
        Field("on", "made on this day, in this month or year", ("on:yesterday", "on:2026-11", "on:today"), _on),
        Field("ratio", "its shape", ("ratio:16:9", "ratio:portrait", "ratio:square"), _ratio),
        Field("size", "exactly this width and height", ("size:1024x1024",), _size),
        Field("width", "pixels", ("width:>=2048", "width:1000..2000"), _numeric_condition("width")),
        Field("height", "pixels", ("height:>=2048",), _numeric_condition("height")),
        Field(
            "megapixels", "millions of pixels", ("megapixels:>4",), _numeric_condition("(width * height / 1000000.0)")
        ),
        Field(
            "rating",
            "stars, 0 to 5",
            ("rating:>=3", "rating:5", "rating:1..2", "rating:3.."),
            _numeric_condition("rating"),
        ),
        Field("label", "its color label", ("label:red", "label:none"), _label),
        Field("tag", "has this tag", ("tag:cup", 'tag:"copper pot"', "tag:none"), _tag),
        Field("collection", "is in it, or in a collection inside it", ('collection:"Spring campaign"',), _collection),
        Field("batch", "is a result of this batch", ('batch:"Kettle, autumn catalog"',), _batch),
        Field("cost", "what it was estimated to cost, US dollars", ("cost:>0.05",), _numeric_condition("spent")),
        Field("seed", "its seed", ("seed:1234",), _seed),
        Field("is", "what it is", tuple(f"is:{word}" for word in _IS if word != "favorite"), _keyword_condition(_IS)),
        Field("has", "what it has", tuple(f"has:{word}" for word in _HAS), _keyword_condition(_HAS)),
        Field("note", "words of its note", ("note:client",), _in_column("note")),
        Field("file", "a part of its file’s name", ("file:20261121",), _like("file")),
        Field("request", "the service’s number of the request", ("request:764cabcf",), _like("request_id")),
        Field("prompt", "words of its prompt, in this order", ('prompt:"a blue cup"',), _in_column("prompt")),
    )
}
