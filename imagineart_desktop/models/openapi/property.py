"""The properties of a JSON schema, reduced to what a field of a request can express."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from imagineart_desktop.models.field_spec import MAX_PROMPT
from imagineart_desktop.models.openapi.bounded import quoted
from imagineart_desktop.models.openapi.errors import OpenApiError
from imagineart_desktop.models.openapi.references import References
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import ellipsize_words

MAX_FIELDS = 200
MAX_OPTIONS = 500
_MAX_OPTION = 200
_MAX_TITLE = 60
_MAX_DESCRIPTION = 300
_MAX_VARIANTS = 20
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,63}\Z")
_VARIANTS = ("anyOf", "oneOf", "allOf")


class Shape(StrEnum):
    """What a property holds. OTHER: an object, or any mixture."""

    TEXT = "text"
    CHOICE = "choice"
    BOOLEAN = "boolean"
    INTEGER = "integer"
    NUMBER = "number"
    LIST = "list"
    OTHER = "other"


_SHAPES = {
    "string": Shape.TEXT,
    "boolean": Shape.BOOLEAN,
    "integer": Shape.INTEGER,
    "number": Shape.NUMBER,
    "array": Shape.LIST,
}


@dataclass(frozen=True, slots=True)
class Property:
    """One property of an object.

    options: of a choice. minimum, maximum: of a number, inclusive; None without a limit. step: a number is a multiple
    of it. max_length: of a text; max_items: of a list; item: the shape of its elements. default: None without one.
    """

    name: str
    shape: Shape
    title: str = ""
    description: str = ""
    required: bool = False
    default: JsonValue = None
    options: tuple[str, ...] = ()
    minimum: int | float | None = None
    maximum: int | float | None = None
    step: int | float | None = None
    max_length: int | None = None
    max_items: int | None = None
    item: Shape | None = None
    members: frozenset[str] = frozenset()
    """Names of the properties of an object, or of a list's objects."""


def properties_of(schema: JsonObject, references: References, where: str) -> tuple[Property, ...]:
    """Return the properties of an object's schema, in the order in which they are shown. Raises OpenApiError.

    where: names the object in sentences.
    """
    found = schema.get("properties", {})
    if not isinstance(found, dict):
        raise OpenApiError(f"{where}’s “properties” aren’t an object.")
    if len(found) > MAX_FIELDS:
        raise OpenApiError(f"{where} has {len(found):,} fields; at most {MAX_FIELDS} are supported.")
    required = set(_texts(schema.get("required", []), f"{where}’s “required”"))
    names = _ordered(schema, found, where)
    return tuple(_property(name, found[name], references, name in required) for name in names)


def _ordered(schema: JsonObject, properties: Mapping[str, JsonValue], where: str) -> list[str]:
    """Return the names in fal's order, those that it leaves out at the end."""
    order = _texts(schema.get("x-fal-order-properties", []), f"{where}’s “x-fal-order-properties”")
    return list(dict.fromkeys(name for name in (*order, *properties) if name in properties))


def _texts(value: JsonValue, named: str) -> list[str]:
    if not isinstance(value, list):
        raise OpenApiError(f"{named} isn’t a list.")
    return [entry for entry in value if isinstance(entry, str)]


def _property(name: str, schema: JsonValue, references: References, required: bool) -> Property:
    if not _NAME.match(name):
        raise OpenApiError(f"A field has a name that can’t be used: {quoted(name)}.")
    where = quoted(name)
    outer = references.resolve(schema, where)
    found = _shape_of(name, outer, references)
    return replace(
        found,
        title=_line(outer.get("title"), _MAX_TITLE),
        description=_line(outer.get("description"), _MAX_DESCRIPTION),
        required=required,
        default=outer.get("default", found.default),
    )


def _shape_of(name: str, schema: JsonObject, references: References) -> Property:
    """Return shape and limits of a schema; of several variants, those of the one that a control can show."""
    where = quoted(name)
    variants = [_plain(name, variant, references) for variant in _variants(schema, references, where)]
    shapes = {variant.shape for variant in variants}
    choices = [variant for variant in variants if variant.shape is Shape.CHOICE]
    if len(variants) == 1:
        return variants[0]
    if len(choices) == 1 and shapes <= {Shape.CHOICE, Shape.OTHER}:
        # A preset or an object, such as an image size: the presets are enough.
        return choices[0]
    if shapes == {Shape.INTEGER, Shape.NUMBER}:
        return next(variant for variant in variants if variant.shape is Shape.NUMBER)
    return Property(name, Shape.OTHER)


def _variants(schema: JsonObject, references: References, where: str) -> Iterator[JsonObject]:
    """Yield the schema, or its variants except for null."""
    given = [(key, schema[key]) for key in _VARIANTS if key in schema]
    if not given:
        yield schema
        return
    for key, entries in given:
        if not isinstance(entries, list) or not entries or len(entries) > _MAX_VARIANTS:
            raise OpenApiError(f"{where}: its “{key}” isn’t a list of 1 to {_MAX_VARIANTS} schemas.")
        for entry in entries:
            resolved = references.resolve(entry, where)
            if resolved.get("type") != "null":
                yield resolved


def _plain(name: str, schema: JsonObject, references: References) -> Property:
    """Return shape and limits of a schema without variants."""
    where = quoted(name)
    kind = schema.get("type")
    if isinstance(kind, list):
        named = [entry for entry in kind if entry != "null"]
        kind = named[0] if len(named) == 1 else None
    if kind is not None and not isinstance(kind, str):
        raise OpenApiError(f"{where}: its type isn’t a word.")
    if "enum" in schema or "const" in schema:
        return _choice(name, schema, where)
    shape = _SHAPES.get(kind or "", Shape.OTHER)
    if shape in (Shape.INTEGER, Shape.NUMBER):
        return _number(name, shape, schema, where)
    if shape is Shape.TEXT:
        return Property(name, shape, default=schema.get("default"), max_length=_length(schema, "maxLength", where))
    if shape is Shape.LIST:
        return _list(name, schema, references, where)
    return Property(name, shape, default=schema.get("default"), members=_members(schema))


def _choice(name: str, schema: JsonObject, where: str) -> Property:
    options = schema.get("enum", [schema.get("const")])
    if not isinstance(options, list) or not options:
        raise OpenApiError(f"{where} has no options.")
    if len(options) > MAX_OPTIONS:
        raise OpenApiError(f"{where} has {len(options):,} options; at most {MAX_OPTIONS} are supported.")
    texts = [option for option in options if isinstance(option, str)]
    if len(texts) < len(options):
        # Numbers as options: nothing but JSON can say them.
        return Property(name, Shape.OTHER, default=schema.get("default"))
    for option in texts:
        if not option or len(option) > _MAX_OPTION or not option.isprintable():
            raise OpenApiError(f"{where} has an option that can’t be shown: {quoted(option)}.")
    return Property(name, Shape.CHOICE, options=tuple(dict.fromkeys(texts)), default=schema.get("default"))


def _number(name: str, shape: Shape, schema: JsonObject, where: str) -> Property:
    step = _limit(schema, "multipleOf", where)
    if step is not None and step <= 0:
        raise OpenApiError(f"{where}: its “multipleOf” must be above 0.")
    apart = step or (1 if shape is Shape.INTEGER else 0.01)
    minimum, above = _limit(schema, "minimum", where), _limit(schema, "exclusiveMinimum", where)
    maximum, below = _limit(schema, "maximum", where), _limit(schema, "exclusiveMaximum", where)
    lows = [limit for limit in (minimum, None if above is None else above + apart) if limit is not None]
    highs = [limit for limit in (maximum, None if below is None else below - apart) if limit is not None]
    low, high = max(lows, default=None), min(highs, default=None)
    if low is not None and high is not None and low > high:
        raise OpenApiError(f"{where}: its minimum is above its maximum.")
    return Property(name, shape, minimum=low, maximum=high, step=step, default=schema.get("default"))


def _list(name: str, schema: JsonObject, references: References, where: str) -> Property:
    items = references.resolve(schema.get("items", {}), where)
    kind = items.get("type")
    return Property(
        name,
        Shape.LIST,
        default=schema.get("default"),
        max_items=_length(schema, "maxItems", where),
        # Elements aren't followed any further, so a list of itself does no harm.
        item=_SHAPES.get(kind, Shape.OTHER) if isinstance(kind, str) and "enum" not in items else Shape.OTHER,
        members=_members(items),
    )


def _members(schema: JsonObject) -> frozenset[str]:
    found = schema.get("properties")
    return frozenset(found) if isinstance(found, dict) else frozenset()


def _limit(schema: JsonObject, key: str, where: str) -> int | float | None:
    value = schema.get(key)
    if value is None or (isinstance(value, bool) and key.startswith("exclusive")):
        # Draft 4 has exclusive limits as flags; the limit itself is safe within a step.
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise OpenApiError(f"{where}: its “{key}” isn’t a number.")
    return value


def _length(schema: JsonObject, key: str, where: str) -> int | None:
    value = schema.get(key)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise OpenApiError(f"{where}: its “{key}” isn’t a whole number above 0.")
    return min(value, MAX_PROMPT)


def _line(value: JsonValue, letters: int) -> str:
    """Return untrusted text as one line, cut at the end of a word."""
    if not isinstance(value, str):
        return ""
    return ellipsize_words(single_line(value[: 10 * letters]).replace("\ufffd", ""), letters)
