"""Reading of OpenAPI documents: good ones, and those that someone made to do harm."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from imagineart_desktop.models.openapi import OpenApiError, read_document
from imagineart_desktop.models.openapi.property import Property, Shape

DOCUMENTS = sorted((Path(__file__).parent / "documents").glob("*.json"))
GOOD = json.loads((Path(__file__).parent / "documents" / "flux_lora.json").read_text(encoding="utf-8"))
INPUT = "FluxLoraInput"


def fields_of(document: object) -> dict[str, Property]:
    data = document if isinstance(document, bytes) else json.dumps(document).encode()
    return {field.name: field for field in read_document(data).inputs}


def changed(change: Callable[[dict[str, Any], dict[str, Any]], object]) -> bytes:
    """Return a good document after a change to it. change: takes the document, and the schema of its input."""
    document = json.loads(json.dumps(GOOD))
    change(document, document["components"]["schemas"][INPUT])
    return json.dumps(document).encode()


def with_field(name: str, schema: object) -> bytes:
    return changed(lambda _document, given: given["properties"].update({name: schema}))


@pytest.mark.parametrize("file", DOCUMENTS, ids=lambda file: file.stem)
def test_the_fields_come_in_the_order_of_the_document(file: Path) -> None:
    document = json.loads(file.read_bytes())
    (given,) = [schema for name, schema in document["components"]["schemas"].items() if name.endswith("Input")]
    read = read_document(file.read_bytes())
    assert read.endpoint == document["info"]["x-fal-metadata"]["endpointId"]
    assert [field.name for field in read.inputs] == given["x-fal-order-properties"]
    assert {field.name for field in read.inputs if field.required} == set(given["required"])


def test_types_limits_and_defaults_are_read() -> None:
    fields = fields_of(GOOD)
    steps, size, loras = fields["num_inference_steps"], fields["image_size"], fields["loras"]
    assert (steps.shape, steps.minimum, steps.maximum, steps.default) == (Shape.INTEGER, 1, 50, 28)
    assert (size.shape, size.options[0], size.default) == (Shape.CHOICE, "square_hd", "landscape_4_3")
    assert (loras.shape, loras.item, loras.members) == (Shape.LIST, Shape.OTHER, frozenset({"path", "scale"}))
    assert fields["seed"].shape is Shape.INTEGER


def test_a_field_that_the_order_leaves_out_comes_last() -> None:
    assert list(fields_of(with_field("late", {"type": "boolean"})))[-1] == "late"


def test_limits_that_exclude_their_end_are_one_step_inside() -> None:
    field = fields_of(with_field("n", {"type": "integer", "exclusiveMinimum": 0, "exclusiveMaximum": 9}))["n"]
    assert (field.minimum, field.maximum) == (1, 8)


def _cycle(document: dict[str, Any], _given: dict[str, Any]) -> None:
    document["components"]["schemas"]["A"] = {"$ref": "#/components/schemas/B"}
    document["components"]["schemas"]["B"] = {"$ref": "#/components/schemas/A"}
    _given["properties"]["prompt"] = {"$ref": "#/components/schemas/A"}


REFUSED = {
    "huge": (b'{"a": "' + b"x" * 2**21 + b'"}', "The document is larger than 2 MB."),
    "deep": (b'{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}", "The document is nested more than 60 levels deep."),
    "many values": (b"[" + b"0," * 300_000 + b"0]", "The document has more than 200,000 values."),
    "no JSON": (b"<html>", "The document isn’t JSON."),
    "cut off": (json.dumps(GOOD).encode()[:-9], "The document isn’t JSON."),
    "no text": (b"\xff\xfe{\x00}\x00", "The document isn’t text in UTF-8."),
    "a list": (b"[]", "The document isn’t a JSON object."),
    "another document": (b'{"swagger": "2.0"}', "The document has no “paths”"),
    "NaN": (b'{"a": NaN}', "The document has the number NaN, which isn’t JSON."),
    "infinity": (b'{"a": -Infinity}', "The document has the number -Infinity, which isn’t JSON."),
    "a long number": (b'{"a": ' + b"9" * 5000 + b"}", "The document has a number of 5,000 digits."),
    "duplicate fields": (b'{"paths": {}, "paths": {}}', "The document has “paths” twice in one object."),
    "cyclic references": (changed(_cycle), "“prompt” refers to itself, through “#/components/schemas/A”."),
    "a remote reference": (
        with_field("x", {"$ref": "https://example.com/evil.json"}),
        "“x” refers to another document, “https://example.com/evil.json”, which isn’t followed.",
    ),
    "a file reference": (with_field("x", {"$ref": "../../etc/passwd"}), "“x” refers to another document"),
    "a reference to nothing": (with_field("x", {"$ref": "#/components/none"}), "which the document doesn’t have."),
    "a schema that is text": (with_field("x", "string"), "“x” has no schema."),
    "properties that are a list": (
        changed(lambda _document, given: given.update(properties=[])),
        "The input’s “properties” aren’t an object.",
    ),
    "required that is text": (
        changed(lambda _document, given: given.update(required="prompt")),
        "The input’s “required” isn’t a list.",
    ),
    "a limit that is text": (
        with_field("x", {"type": "number", "minimum": "0"}),
        "“x”: its “minimum” isn’t a number.",
    ),
    "a limit beyond all numbers": (
        with_field("x", {"type": "number", "maximum": 0}).replace(b'"maximum": 0}', b'"maximum": 1e999}'),
        "“x”: its “maximum” isn’t a number.",
    ),
    "limits that exclude all": (
        with_field("x", {"type": "integer", "minimum": 9, "maximum": 1}),
        "“x”: its minimum is above its maximum.",
    ),
    "a negative length": (with_field("x", {"type": "array", "maxItems": -1}), "isn’t a whole number above 0."),
    "no options": (with_field("x", {"type": "string", "enum": []}), "“x” has no options."),
    "10,000 options": (
        with_field("x", {"type": "string", "enum": [str(number) for number in range(10_000)]}),
        "“x” has 10,000 options; at most 500 are supported.",
    ),
    "an invisible option": (with_field("x", {"enum": ["a", "b\u202e"]}), "“x” has an option that can’t be shown: “b”."),
    "half of an emoji": (with_field("x", {"enum": ["\ud83d"]}), "“x” has an option that can’t be shown: “”."),
    "a control character in a name": (with_field("a\x07b", {}), "A field has a name that can’t be used: “a b”."),
    "a name that is a path": (with_field("../x", {}), "A field has a name that can’t be used: “../x”."),
    "1,000 fields": (
        changed(lambda _document, given: given["properties"].update({f"f{number}": {} for number in range(1000)})),
        "The input has 1,011 fields; at most 200 are supported.",
    ),
    "no variants": (with_field("x", {"anyOf": []}), "“x”: its “anyOf” isn’t a list of 1 to 20 schemas."),
    "two endpoints": (
        changed(lambda document, _given: document["paths"].update({"/a/b": document["paths"]["/fal-ai/flux-lora"]})),
        "The document describes 2 endpoints; it must be one that takes requests.",
    ),
    "an endpoint that is a path": (
        changed(
            lambda document, _given: document["paths"].update(
                {"/fal-ai/../../x": document["paths"].pop("/fal-ai/flux-lora")}
            )
        ),
        "The document’s endpoint has an id that can’t be used: “fal-ai/../../x”.",
    ),
    "an endpoint with too many parts": (
        changed(
            lambda document, _given: document["paths"].update(
                {"/a/b/c/d/e/f/g/h/i": document["paths"].pop("/fal-ai/flux-lora")}
            )
        ),
        "The document’s endpoint has an id that can’t be used: “a/b/c/d/e/f/g/h/i”.",
    ),
    "no result": (
        changed(lambda document, _given: document["paths"].pop("/fal-ai/flux-lora/requests/{request_id}")),
        "The document doesn’t say what the endpoint returns.",
    ),
}


@pytest.mark.parametrize(("data", "sentence"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_document_is_refused_in_words(data: bytes, sentence: str) -> None:
    with pytest.raises(OpenApiError) as refused:
        read_document(data)
    assert sentence in str(refused.value)
    assert str(refused.value).isprintable()
    assert len(str(refused.value)) < 200


def test_names_that_mean_something_to_a_program_are_names_like_others() -> None:
    names = ("__proto__", "constructor", "__class__", "self", "class")
    document = changed(
        lambda _document, given: given["properties"].update({name: {"type": "boolean"} for name in names})
    )
    assert {fields_of(document)[name].shape for name in names} == {Shape.BOOLEAN}


def test_texts_are_shown_in_one_short_line_without_invisible_characters() -> None:
    schema = {"type": "boolean", "title": "A\u202e\nB\ud800", "description": "long " * 10_000}
    field = fields_of(with_field("x", schema))["x"]
    assert field.title == "A B"
    assert len(field.description) <= 301


def test_a_list_of_itself_is_not_followed() -> None:
    def change(document: dict[str, Any], given: dict[str, Any]) -> None:
        document["components"]["schemas"]["L"] = {"type": "array", "items": {"$ref": "#/components/schemas/L"}}
        given["properties"]["x"] = {"$ref": "#/components/schemas/L"}

    assert fields_of(changed(change))["x"].item is Shape.LIST


def test_options_that_are_numbers_are_no_choice() -> None:
    assert fields_of(with_field("x", {"type": "integer", "enum": [2, 4]}))["x"].shape is Shape.OTHER
