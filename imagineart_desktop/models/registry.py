"""The models that the program offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from imagineart_desktop.models.ideogram import (
    IDEOGRAM_45,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_V3_REMIX,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
)
from imagineart_desktop.models.ideogram_tools import (
    IDEOGRAM_OBJECT_REMOVAL,
    IDEOGRAM_REMOVE_BACKGROUND,
    IDEOGRAM_UPSCALE,
)
from imagineart_desktop.models.imagineart import IMAGINEART_15, IMAGINEART_15_PRO, IMAGINEART_20, IMAGINEART_20_EDIT
from imagineart_desktop.models.model_spec import ModelSpec, Task

BUILT_IN: tuple[ModelSpec, ...] = (
    IMAGINEART_20,
    IMAGINEART_15_PRO,
    IMAGINEART_15,
    IDEOGRAM_45,
    IDEOGRAM_V3,
    IMAGINEART_20_EDIT,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3_EDIT,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V3_REMIX,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_REMOVE_BACKGROUND,
    IDEOGRAM_UPSCALE,
    IDEOGRAM_OBJECT_REMOVAL,
)
"""The models that come with the program, in the order in which their tabs list them."""


class ModelRegistry:
    """A set of models, in order. models: with different endpoints; added: further ones, which the user added.

    problems: why other models that the user added can't be used, one sentence each.
    """

    def __init__(
        self,
        models: Iterable[ModelSpec] = BUILT_IN,
        *,
        added: Iterable[ModelSpec] = (),
        problems: Iterable[str] = (),
    ) -> None:
        self._by_endpoint = {model.endpoint: model for model in models}
        own = {model.endpoint: model for model in added if model.endpoint not in self._by_endpoint}
        self._added = frozenset(own)
        self._by_endpoint |= own
        self.problems = tuple(problems)

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self._by_endpoint.values())

    def get(self, endpoint: str) -> ModelSpec:
        """Return the model with this endpoint id. Raises KeyError."""
        return self._by_endpoint[endpoint]

    def is_added(self, endpoint: str) -> bool:
        """Return whether the user added the model with this endpoint id."""
        return endpoint in self._added

    def find(self, endpoint: str) -> ModelSpec | None:
        """Return the model with this endpoint id, or None: a library may have images of models that are gone."""
        return self._by_endpoint.get(endpoint)

    def label(self, endpoint: str) -> str:
        """Return the label of the model with this endpoint id, or the id itself."""
        model = self.find(endpoint)
        return endpoint if model is None else model.label

    def for_task(self, task: Task) -> tuple[ModelSpec, ...]:
        """Return the models of a tab, the preferred one first."""
        return tuple(model for model in self if task in model.tasks)
