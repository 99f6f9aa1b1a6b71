"""Requests that this version can't send: their model isn't offered, or their settings can't be read.

Such a request may be paid for, so it's kept as it was stored. Watching it and downloading its result need no model.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

from imagineart_desktop.models.model_spec import app_of
from imagineart_desktop.models.registry import ModelRegistry
from imagineart_desktop.support.json_types import JsonObject

_REFERENCE = re.compile(r'"(input:[0-9a-f]{64})"')
"""An input reference as JSON. Inside a longer text its quotes are escaped, so this doesn't match there."""


@dataclass(frozen=True, slots=True)
class UnavailableModel:
    """What is known about the model of a request that can't be sent. label: the endpoint if it isn't offered.

    problem: a sentence if its definition was stored but can't be used; empty otherwise.
    """

    endpoint: str
    label: str
    short_label: str
    is_offered: bool
    typical_seconds: float = 30.0
    problem: str = ""

    @classmethod
    def at(cls, endpoint: str, models: ModelRegistry, problem: str = "") -> UnavailableModel:
        """Return what is known about the model at this endpoint."""
        model = models.find(endpoint)
        if model is None:
            return cls(endpoint, endpoint, endpoint, is_offered=False, problem=problem)
        return cls(endpoint, model.label, model.short_label, True, model.typical_seconds)

    @property
    def app(self) -> str:
        """Return owner and app without the sub-path, as used in fal's status, result and cancel URLs."""
        return app_of(self.endpoint)


@dataclass(frozen=True)
class StoredRequest:
    """A request as it was stored. text: its JSON, which is written back unchanged."""

    text: str

    @cached_property
    def _fields(self) -> JsonObject:
        try:
            found = json.loads(self.text)
        except (ValueError, RecursionError):
            return {}
        return found if isinstance(found, dict) else {}

    @property
    def prompt(self) -> str:
        """The prompt; empty if there is none."""
        found = self._fields.get("prompt")
        return found if isinstance(found, str) else ""

    @property
    def seed(self) -> int | None:
        """The requested seed."""
        found = self._fields.get("seed")
        return found if isinstance(found, int) else None

    def to_text(self) -> str:
        """Return the request as JSON."""
        return self.text

    def to_fields(self) -> JsonObject:
        """Return field → value as in JSON; empty if the stored text is damaged."""
        return dict(self._fields)

    def images(self) -> tuple[tuple[str, str], ...]:
        """Return (role, input reference) of each image, in order.

        Roles follow the names that fal's models use: a field with “mask” in its name is a mask, a list holds pictures.
        """
        found = []
        for name, value in self._fields.items():
            role = "mask" if "mask" in name else "pictures" if isinstance(value, list) else "picture"
            found += [(role, reference) for reference in _REFERENCE.findall(json.dumps(value))]
        return tuple(found)

    def input_references(self) -> tuple[str, ...]:
        """Return the ``input:<sha256>`` references of this request, in order, without duplicates."""
        return tuple(dict.fromkeys(reference for _, reference in self.images()))

    def to_wire(self, urls: Mapping[str, str]) -> JsonObject:
        """Return the JSON body of the POST, to recognize it among requests that were sent. urls: reference → URL.

        Raises KeyError for an image that wasn't uploaded.
        """
        return StoredRequest(_REFERENCE.sub(lambda found: json.dumps(urls[found[1]]), self.text)).to_fields()
