"""fal's OpenAPI document of an endpoint: the endpoint's id, the properties of its input, and those of its output."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from imagineart_desktop.models.model_spec import is_endpoint
from imagineart_desktop.models.openapi.bounded import parse_document, quoted
from imagineart_desktop.models.openapi.errors import OpenApiError
from imagineart_desktop.models.openapi.property import Property, properties_of
from imagineart_desktop.models.openapi.references import References
from imagineart_desktop.support.json_types import JsonObject, JsonValue

_RESULT = "/requests/{request_id}"
_JSON = "application/json"


@dataclass(frozen=True, slots=True)
class EndpointDocument:
    """What a document says about its endpoint. inputs: in the order in which they are shown; outputs: of the result."""

    endpoint: str
    inputs: tuple[Property, ...]
    outputs: tuple[Property, ...]


def read_document(data: bytes) -> EndpointDocument:
    """Read a document. Raises OpenApiError."""
    document = parse_document(data)
    references = References(document)
    paths = document.get("paths")
    if not isinstance(paths, dict):
        raise OpenApiError("The document has no “paths”: it isn’t the OpenAPI document of an endpoint.")
    posts = list(_posts(paths))
    if len(posts) != 1:
        many = "no endpoint" if not posts else f"{len(posts)} endpoints"
        raise OpenApiError(f"The document describes {many}; it must be one that takes requests.")
    path, body = posts[0]
    endpoint = path.strip("/")
    if not is_endpoint(endpoint):
        raise OpenApiError(f"The document’s endpoint has an id that can’t be used: {quoted(endpoint)}.")
    schema = _json_schema(body, references, "The input")
    return EndpointDocument(endpoint, properties_of(schema, references, "The input"), _outputs(paths, references))


def _posts(paths: JsonObject) -> Iterator[tuple[str, JsonValue]]:
    """Yield (path, request body) of each endpoint."""
    for path, entry in paths.items():
        post = entry.get("post") if isinstance(entry, dict) else None
        if isinstance(post, dict) and "requestBody" in post:
            yield path, post["requestBody"]


def _json_schema(holder: JsonValue, references: References, where: str) -> JsonObject:
    """Return the schema of a request's or a response's JSON."""
    found = references.resolve(holder, where)
    for name in ("content", _JSON, "schema"):
        found = references.resolve(found.get(name), where)
    return found


def _outputs(paths: JsonObject, references: References) -> tuple[Property, ...]:
    """Return the properties of the result."""
    results = [entry for path, entry in paths.items() if path.endswith(_RESULT) and isinstance(entry, dict)]
    get = results[0].get("get") if results else None
    responses = get.get("responses") if isinstance(get, dict) else None
    good = responses.get("200") if isinstance(responses, dict) else None
    if good is None:
        raise OpenApiError("The document doesn’t say what the endpoint returns.")
    return properties_of(_json_schema(good, references, "The output"), references, "The output")
