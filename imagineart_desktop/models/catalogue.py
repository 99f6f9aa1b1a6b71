"""All models that can be asked. Adding one here is all that the rest of the program needs."""

from __future__ import annotations

from imagineart_desktop.models.ideogram import IDEOGRAM_V2_EDIT
from imagineart_desktop.models.imagineart import IMAGINEART_15_PRO, IMAGINEART_20, IMAGINEART_20_EDIT
from imagineart_desktop.models.model import Model, Task

CATALOGUE: tuple[Model, ...] = (IMAGINEART_20, IMAGINEART_15_PRO, IMAGINEART_20_EDIT, IDEOGRAM_V2_EDIT)

_BY_ENDPOINT = {model.endpoint: model for model in CATALOGUE}


def model_for(endpoint: str) -> Model:
    """The model of an endpoint id. Raises KeyError for one that is not in the catalogue."""
    return _BY_ENDPOINT[endpoint]


def find_model(endpoint: str) -> Model | None:
    """The model of an endpoint id, or None: a library may hold pictures of models that are gone."""
    return _BY_ENDPOINT.get(endpoint)


def models_for(task: Task) -> tuple[Model, ...]:
    """The models of a tab, the preferred one first."""
    return tuple(model for model in CATALOGUE if model.task is task)
