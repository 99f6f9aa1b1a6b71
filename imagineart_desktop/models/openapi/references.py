"""References inside a document. Only local ones are followed, and none of them in a circle."""

from __future__ import annotations

from imagineart_desktop.models.openapi.bounded import quoted
from imagineart_desktop.models.openapi.errors import OpenApiError
from imagineart_desktop.support.json_types import JsonObject, JsonValue

_MAX_STEPS = 20


class References:
    """Resolves `$ref` within one document."""

    def __init__(self, document: JsonObject) -> None:
        self._document = document

    def resolve(self, schema: JsonValue, where: str) -> JsonObject:
        """Return the schema that a schema is or refers to. Members beside a `$ref` win over those of its target.

        where: names the place in sentences. Raises OpenApiError.
        """
        beside: JsonObject = {}
        seen: set[str] = set()
        while isinstance(schema, dict) and "$ref" in schema:
            target = schema["$ref"]
            beside = {**{name: value for name, value in schema.items() if name != "$ref"}, **beside}
            if not isinstance(target, str) or not target.startswith("#/"):
                raise OpenApiError(f"{where} refers to another document, {quoted(target)}, which isn’t followed.")
            if target in seen or len(seen) == _MAX_STEPS:
                raise OpenApiError(f"{where} refers to itself, through {quoted(target)}.")
            seen.add(target)
            schema = self._at(target, where)
        if not isinstance(schema, dict):
            raise OpenApiError(f"{where} has no schema.")
        return {**schema, **beside}

    def _at(self, target: str, where: str) -> JsonValue:
        found: JsonValue = self._document
        for part in target.removeprefix("#/").split("/"):
            name = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(found, dict) or name not in found:
                raise OpenApiError(f"{where} refers to {quoted(target)}, which the document doesn’t have.")
            found = found[name]
        return found
