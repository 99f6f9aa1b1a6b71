"""The models that the program offers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imagineart_desktop.models.arrangement import Arrangement
from imagineart_desktop.models.facts.known import ModelFacts
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


@dataclass(frozen=True, slots=True)
class _Offer:
    """What a registry holds at one time: endpoint → model, in order."""

    by_endpoint: Mapping[str, ModelSpec]
    added: frozenset[str]
    arrangement: Arrangement
    problems: tuple[str, ...]
    facts: Mapping[str, ModelFacts]


class ModelRegistry:
    """A set of models, in order. models: with different endpoints; added: further ones, which the user added.

    arrangement: the user's order and names. problems: why other models that the user added can't be used, one sentence
    each. facts: endpoint → what the service said of a model; its prices replace those of the models.

    It may be read from any thread, also while it changes.
    """

    def __init__(
        self,
        models: Iterable[ModelSpec] = BUILT_IN,
        *,
        added: Iterable[ModelSpec] = (),
        arrangement: Arrangement | None = None,
        problems: Iterable[str] = (),
        facts: Mapping[str, ModelFacts] = MappingProxyType({}),
    ) -> None:
        arranged = arrangement or Arrangement()
        base = {model.endpoint: model for model in models}
        own = {model.endpoint: model for model in added if model.endpoint not in base}
        priced = [_priced(model, facts.get(model.endpoint)) for model in (*base.values(), *own.values())]
        by_endpoint = {model.endpoint: model for model in arranged.arranged(priced)}
        self._offer = _Offer(by_endpoint, frozenset(own), arranged, tuple(problems), facts)
        self._recalled: dict[str, ModelSpec] = {}

    def become(self, other: ModelRegistry) -> None:
        """Offer what another registry offers: everything that refers to this one follows."""
        self._offer = other._offer

    def is_same(self, other: ModelRegistry) -> bool:
        """Return whether another registry offers the same models in the same way."""
        return self._offer == other._offer and list(self) == list(other)

    def __iter__(self) -> Iterator[ModelSpec]:
        return iter(self._offer.by_endpoint.values())

    @property
    def problems(self) -> tuple[str, ...]:
        """Why models that the user added can't be used, or how they are arranged isn't known: one sentence each."""
        return self._offer.problems

    @property
    def arrangement(self) -> Arrangement:
        """The user's order and names."""
        return self._offer.arrangement

    def get(self, endpoint: str) -> ModelSpec:
        """Return the model with this endpoint id. Raises KeyError."""
        return self._offer.by_endpoint[endpoint]

    def facts(self, endpoint: str) -> ModelFacts:
        """Return what the service said of a model."""
        return self._offer.facts.get(endpoint, ModelFacts())

    def is_added(self, endpoint: str) -> bool:
        """Return whether the user added the model with this endpoint id."""
        return endpoint in self._offer.added

    def is_hidden(self, endpoint: str) -> bool:
        """Return whether the user hid the model with this endpoint id."""
        return endpoint in self.arrangement.hidden

    def is_starred(self, endpoint: str) -> bool:
        """Return whether the user starred the model with this endpoint id."""
        return endpoint in self.arrangement.starred

    def find(self, endpoint: str) -> ModelSpec | None:
        """Return the model with this endpoint id, or None: a library may have images of models that are gone."""
        return self._offer.by_endpoint.get(endpoint)

    def label(self, endpoint: str) -> str:
        """Return the label of the model with this endpoint id, or the id itself."""
        model = self.find(endpoint)
        return endpoint if model is None else model.label

    def for_task(self, task: Task) -> tuple[ModelSpec, ...]:
        """Return the models of a tab, the preferred one first, hidden ones as well."""
        return tuple(model for model in self if task in model.tasks)

    def offered_for(self, task: Task) -> tuple[ModelSpec, ...]:
        """Return the models that a tab offers, the preferred one first; hidden ones only if there are no others."""
        able = self.for_task(task)
        return tuple(model for model in able if not self.is_hidden(model.endpoint)) or able

    def recall(self, model: object) -> None:
        """Remember the model of a request, which may be one that isn't offered; ignore one that can't be used."""
        if isinstance(model, ModelSpec):
            self._recalled[model.endpoint] = model

    def recalled(self, endpoint: str) -> ModelSpec | None:
        """Return the model that the last request to this endpoint was made with, or None."""
        return self._recalled.get(endpoint)


def _priced(model: ModelSpec, facts: ModelFacts | None) -> ModelSpec:
    """Return a model with the price that the service last named, if it's of the form that the model's price has."""
    rule = None if facts is None else facts.price_rule
    if facts is None or rule is None or facts.price_read_on is None or not model.price_rule.is_replaced_by(rule):
        return model
    return model.priced(rule, facts.price_read_on)
