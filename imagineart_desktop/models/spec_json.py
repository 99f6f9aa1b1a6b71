"""Model definitions as JSON: written without loss, and read strictly, since a file may come from anywhere."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import ValidationError

from imagineart_desktop.models.model_spec import ModelSpec
from imagineart_desktop.models.spec_checks import spec_problem
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.json_types import JsonObject, JsonValue

FORMAT = 1
"""Version of the documents. A newer program increases it when an older one would misread what it writes."""

MAX_SPEC_BYTES = 1_000_000
"""Maximum size of a document."""

_MAX_DEPTH = 8
_MAX_TEXT = 20_000
_MAX_ITEMS = 2_000
_MAX_NUMBER = 10**12

_UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")

_TYPES = {
    "string_type": "must be a text",
    "int_type": "must be a whole number",
    "int_from_float": "must be a whole number",
    "float_type": "must be a number",
    "finite_number": "must be a number",
    "decimal_type": "must be an amount",
    "decimal_parsing": "must be an amount",
    "bool_type": "must be true or false",
    "tuple_type": "must be a list",
    "dict_type": "must be an object",
    "model_type": "must be an object",
    "model_attributes_type": "must be an object",
    "missing": "is missing",
    "extra_forbidden": "isn’t known to this version of the program",
    "union_tag_not_found": "has no “kind”",
}
"""Pydantic's error type → what is wrong."""


class InvalidSpecError(UserError, ValueError):
    """A document is no model definition. The message says what is wrong, and where."""


class NewerSpecError(InvalidSpecError):
    """A document was written by a newer version of the program."""


def spec_to_json(spec: ModelSpec) -> str:
    """Return the definition as JSON; the same text for equal definitions.

    Raises InvalidSpecError for one that `spec_from_json` wouldn't read.
    """
    document = spec.model_dump(mode="json")
    _check_bounds(document)
    _check(spec)
    return json.dumps({"format": FORMAT, **document}, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def spec_from_json(document: str | bytes) -> ModelSpec:
    """Read a definition that `spec_to_json` wrote. Nothing is trusted. Raises InvalidSpecError, NewerSpecError."""
    found = _parse(document)
    version = found.pop("format", None)
    if type(version) is not int or version < 1:
        raise InvalidSpecError("The model definition doesn’t say its “format”, a whole number.")
    if version > FORMAT:
        raise NewerSpecError(
            f"The model definition was written by a newer version of the program (format {version}; this version reads"
            f" up to {FORMAT}). Update the program to use it; nothing is lost."
        )
    _check_bounds(found)
    try:
        spec = ModelSpec.model_validate_json(json.dumps(found), strict=True)
    except ValidationError as error:
        raise InvalidSpecError(_sentence(error, found)) from None
    _check(spec)
    return spec


def _parse(document: str | bytes) -> JsonObject:
    """Return the object in a document. Raises InvalidSpecError."""
    try:
        data = document.encode() if isinstance(document, str) else document
        if len(data) > MAX_SPEC_BYTES:
            raise InvalidSpecError(f"The model definition is larger than {MAX_SPEC_BYTES // 1000:,} kB.")
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_object, parse_constant=_refuse_constant)
    except InvalidSpecError:
        raise
    except UnicodeError:
        raise InvalidSpecError("The model definition isn’t text in UTF-8.") from None
    except json.JSONDecodeError as error:
        raise InvalidSpecError(
            f"The model definition isn’t valid JSON: line {error.lineno}, column {error.colno}."
        ) from None
    except RecursionError:
        raise InvalidSpecError("The model definition is nested too deeply.") from None
    except ValueError:
        raise InvalidSpecError("The model definition holds a number that is too long.") from None
    if not isinstance(found, dict):
        raise InvalidSpecError("The model definition must be a JSON object.")
    return found


def _object(pairs: Sequence[tuple[str, JsonValue]]) -> JsonObject:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in found if names.count(name) > 1)
        raise InvalidSpecError(f"The model definition has “{_short(twice)}” twice in one object.")
    return found


def _refuse_constant(constant: str) -> JsonValue:
    raise InvalidSpecError(f"The model definition holds {constant}, which is no number.")


def _check_bounds(document: JsonObject) -> None:
    """Raise InvalidSpecError for what no definition of this program has, whatever its place."""
    for where, problem in _excesses(document, ""):
        raise InvalidSpecError(_told(where, problem))


def _excesses(value: JsonValue, where: str, depth: int = 1) -> Iterator[tuple[str, str]]:
    """Yield (place, what is wrong) for each value that is too long, too large or too deep."""
    if depth > _MAX_DEPTH:
        yield where, "is nested too deeply"
    elif isinstance(value, str):
        if len(value) > _MAX_TEXT:
            yield where, f"is {len(value):,} characters long; the limit is {_MAX_TEXT:,}"
        elif odd := _UNPRINTABLE.search(value):
            yield where, f"holds an invisible character (U+{ord(odd.group()):04X})"
    elif isinstance(value, int | float):
        if not -_MAX_NUMBER <= value <= _MAX_NUMBER:
            yield where, "is too large a number"
    elif isinstance(value, list | dict):
        if len(value) > _MAX_ITEMS:
            yield where, f"has {len(value):,} entries; the limit is {_MAX_ITEMS:,}"
            return
        if isinstance(value, dict):
            for name in value:
                yield from _excesses(name, f"{where}, a name", depth)
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        for part, held in parts:
            yield from _excesses(held, _join(where, part), depth + 1)


def _check(spec: ModelSpec) -> None:
    """Raise InvalidSpecError for a definition whose parts don't fit together."""
    if found := spec_problem(spec):
        raise InvalidSpecError(_told(*found))


def _sentence(error: ValidationError, document: JsonObject) -> str:
    """Return what pydantic found first, and where."""
    finding, *others = error.errors(include_url=False, include_input=False)
    where = _place(finding["loc"], document)
    if any(_place(other["loc"], document) == where for other in others):
        # One for each type that the value might have had.
        return _told(where, "has the wrong type")
    context = finding.get("ctx", {})
    kind = finding["type"]
    if kind in _TYPES:
        return _told(where, _TYPES[kind])
    match kind:
        case "enum" | "literal_error":
            return _told(where, f"must be one of {context['expected']}")
        case "union_tag_invalid":
            return _told(_join(where, "kind"), f"must be one of {context['expected_tags']}")
        case "greater_than_equal":
            return _told(where, f"must be {context['ge']} or more")
        case "less_than":
            return _told(where, f"must be less than {context['lt']}")
        case _:
            return _told(where, f"is invalid: {finding['msg']}")


def _place(loc: Sequence[Any], document: JsonValue) -> str:
    """Return the place of an error, without the names that pydantic adds for the members of a union."""
    where, value = "", document
    for step, part in enumerate(loc):
        is_last = step == len(loc) - 1
        if isinstance(value, dict) and (part in value or (is_last and isinstance(part, str))):
            value = value.get(str(part))
        elif isinstance(value, list) and isinstance(part, int) and part < len(value):
            value = value[part]
        else:
            continue
        where = _join(where, part)
    return where


def _join(where: str, part: int | str) -> str:
    if isinstance(part, int):
        return f"{where}[{part}]"
    return f"{where}.{_short(part)}" if where else _short(part)


def _told(where: str, problem: str) -> str:
    return f"The model definition is not usable: “{where}” {problem}."


def _short(name: str) -> str:
    return _UNPRINTABLE.sub("�", name if len(name) <= 60 else f"{name[:60]}…")
