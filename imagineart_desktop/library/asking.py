"""The language in which pictures are asked for: `model:ideogram rating:>=3 after:2026-11-01 -tag:sketch cup`.

Whatever is typed is a question: what is not understood is said and left out, and never an error. Words are looked for
in prompt, model, tags, note, file name, seed and request id.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from imagineart_desktop.library.marks import Label
from imagineart_desktop.models import CATALOGUE, Task

_TOKEN = re.compile(r"""(?P<minus>-?)(?:(?P<field>[A-Za-z]+):)?(?:"(?P<quoted>[^"]*)"?|(?P<plain>[^\s"]+))""")
_COMPARED = re.compile(r"(?P<sign>>=|<=|>|<|=|)(?P<low>\d+(?:\.\d+)?)(?:\.\.(?P<high>\d+(?:\.\d+)?))?\Z")
_DATE = re.compile(r"(\d{4})(?:-(\d{1,2})(?:-(\d{1,2}))?)?\Z")
_RATIO = re.compile(r"(\d{1,5}):(\d{1,5})\Z")
_SIZE = re.compile(r"(\d{1,5})[x×](\d{1,5})\Z")
_ABOUT = 0.02
"""By which share two ratios may differ and count as the same: sizes are rounded to whole pixels."""

MOST_TERMS = 60
"""Parts of a question that are looked at."""

Condition = tuple[str, list[Any]]
"""SQL of the table `pictures`, and its values."""


@dataclass(frozen=True, slots=True)
class Field:
    """help: what it asks for; examples: as one would type it; reads: the condition of a value, None for nonsense."""

    name: str
    help: str
    examples: tuple[str, ...]
    reads: Callable[[str], Condition | None]


@dataclass(frozen=True, slots=True)
class Term:
    """One part of what was typed. field: empty for words; phrase: whether it stood in quotation marks."""

    field: str
    value: str
    wanted: bool = True
    phrase: bool = False

    def text(self) -> str:
        """As one would type it."""
        quoted = self.phrase or not self.value or bool(re.search(r"\s", self.value))
        value = f'"{self.value}"' if quoted else self.value
        return f"{'' if self.wanted else '-'}{self.field + ':' if self.field else ''}{value}"


@dataclass(frozen=True, slots=True)
class Asked:
    """conditions: all of them must hold; problems: sentences on what was left out."""

    conditions: tuple[Condition, ...]
    problems: tuple[str, ...] = ()


def terms_of(text: str) -> list[Term]:
    """What was typed, part by part."""
    found = []
    for match in _TOKEN.finditer(text):
        quoted = match["quoted"]
        value = match["plain"] if quoted is None else quoted
        field = (match["field"] or "").lower()
        if not field and value.endswith(":") and value[:-1].lower() in FIELDS and quoted is None:
            # The field is being typed; what it is to be is not there yet.
            continue
        if field and field not in FIELDS:
            # A colon may stand in any prompt: what no field is called is a word.
            field, value = "", f"{match['field']}:{value}"
        found.append(Term(field, value, not match["minus"], quoted is not None))
    return found


def text_of(terms: Sequence[Term]) -> str:
    """As one would type it; `terms_of` reads the same again."""
    return " ".join(term.text() for term in terms)


def with_field(text: str, field: str, value: str | None) -> str:
    """What was typed, asking of this field for this value alone; None: for nothing of it."""
    kept = [term for term in terms_of(text) if term.field != field]
    if value is not None:
        kept.append(Term(field, value))
    return text_of(kept)


def value_of(text: str, field: str) -> str | None:
    """What is asked of a field, where it is asked once and not excluded."""
    found = [term for term in terms_of(text) if term.field == field]
    return found[0].value if len(found) == 1 and found[0].wanted else None


def asked(text: str) -> Asked:
    """The conditions of what was typed."""
    conditions: list[Condition] = []
    problems = []
    terms = terms_of(text)
    if len(terms) > MOST_TERMS:
        problems.append(f"Only the first {MOST_TERMS} words are looked for.")
    for term in terms[:MOST_TERMS]:
        if term.field:
            field = FIELDS[term.field]
            condition = field.reads(term.value.strip())
            if condition is None:
                problems.append(f"“{term.text()}” is not understood. Write for example {field.examples[0]}.")
                continue
        else:
            condition = _words(term)
            if condition is None:
                continue
        sql, values = condition
        conditions.append((sql if term.wanted else f"NOT ({sql})", values))
    return Asked(tuple(conditions), tuple(problems))


def _words(term: Term) -> Condition | None:
    words = match_expression(term.value, whole=term.phrase)
    if words:
        return "id IN (SELECT rowid FROM picture_words WHERE picture_words MATCH ?)", [words]
    # Signs that are no words, such as a picture character, are looked for as they stand.
    signs = term.value.strip()
    return _like("prompt")(signs) if any(not sign.isascii() for sign in signs) else None


def match_expression(text: str, *, whole: bool = False) -> str:
    """Words for FTS5, each the beginning of one; its own operators mean nothing here. whole: as a phrase."""
    words = re.findall(r"\w+", text)
    if whole:
        return f'"{" ".join(words)}"' if words else ""
    return " ".join(f'"{word}"*' for word in words)


def _like(column: str) -> Callable[[str], Condition | None]:
    def read(value: str) -> Condition | None:
        if not value:
            return None
        plain = re.sub(r"([%_\\])", r"\\\1", value)
        return f"{column} LIKE ? ESCAPE '\\'", [f"%{plain}%"]

    return read


def _in_column(column: str) -> Callable[[str], Condition | None]:
    """Words of one column of the index: capitals and accents do not matter; the last may be a beginning."""

    def read(value: str) -> Condition | None:
        words = re.findall(r"\w+", value)
        if not words:
            return None
        match = f'{column} : "{" ".join(words)}" *'
        return "id IN (SELECT rowid FROM picture_words WHERE picture_words MATCH ?)", [match]

    return read


def _compared(expression: str) -> Callable[[str], Condition | None]:
    def read(value: str) -> Condition | None:
        match = _COMPARED.match(value.removeprefix("$").replace("$", ""))
        if match is None:
            return None
        low = float(match["low"])
        if match["high"] is not None:
            return None if match["sign"] else (f"{expression} BETWEEN ? AND ?", [low, float(match["high"])])
        return f"{expression} {match['sign'] or '='} ?", [low]

    return read


def _model(value: str) -> Condition | None:
    if not value:
        return None
    wanted = value.lower()
    known = [m.endpoint for m in CATALOGUE if wanted in m.label.lower() or wanted in m.endpoint.lower()]
    marks = ",".join("?" * len(known))
    return f"(endpoint IN ({marks}) OR instr(lower(model), ?) > 0)", [*known, wanted]


def _kind(value: str) -> Condition | None:
    if value.lower() == "import":
        return "imported = 1", []
    return ("task = ? AND imported = 0", [value.lower()]) if value.lower() in list(Task) else None


def _days(value: str) -> tuple[datetime, datetime] | None:
    """The first moment of a day, month or year, and the first after it, in local time."""
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
    return "ABS(width * 1.0 / height / ? - 1) <= ?", [ratio, _ABOUT]


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


def _choice(ways: dict[str, str]) -> Callable[[str], Condition | None]:
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
        Field("model", "the model’s name, or a part of it", ("model:ideogram", "model:1.5"), _model),
        Field("kind", "how it was made", ("kind:inpaint", "kind:generate", "kind:edit", "kind:import"), _kind),
        Field("after", "made on this day or later", ("after:2026-11-01", "after:2026", "after:week"), _after),
        Field("before", "made before this day", ("before:2026-11-01", "before:today"), _before),
        Field("on", "made on this day, in this month or year", ("on:yesterday", "on:2026-11", "on:today"), _on),
        Field("ratio", "its shape", ("ratio:16:9", "ratio:portrait", "ratio:square"), _ratio),
        Field("size", "exactly this width and height", ("size:1024x1024",), _size),
        Field("width", "pixels", ("width:>=2048", "width:1000..2000"), _compared("width")),
        Field("height", "pixels", ("height:>=2048",), _compared("height")),
        Field("megapixels", "millions of pixels", ("megapixels:>4",), _compared("(width * height / 1000000.0)")),
        Field("rating", "stars, 0 to 5", ("rating:>=3", "rating:5", "rating:1..2"), _compared("rating")),
        Field("label", "its colour label", ("label:red", "label:none"), _label),
        Field("tag", "has this tag", ("tag:cup", 'tag:"copper pot"', "tag:none"), _tag),
        Field("collection", "lies in it, or in one inside it", ('collection:"Spring campaign"',), _collection),
        Field("cost", "what it was estimated to cost, US dollars", ("cost:>0.05",), _compared("spent")),
        Field("seed", "its seed", ("seed:1234",), _compared("seed")),
        Field("is", "what it is", tuple(f"is:{word}" for word in _IS if word != "favorite"), _choice(_IS)),
        Field("has", "what it has", tuple(f"has:{word}" for word in _HAS), _choice(_HAS)),
        Field("note", "words of its note", ("note:client",), _in_column("note")),
        Field("file", "a part of its file’s name", ("file:20261121",), _like("file")),
        Field("request", "the service’s number of the request", ("request:764cabcf",), _like("request_id")),
        Field("prompt", "words of its prompt, in this order", ('prompt:"a blue cup"',), _in_column("prompt")),
    )
}
