"""The catalog of all supported models. To add a model, add it here; the rest of the program needs no change."""

from __future__ import annotations

from imagineart_desktop.models.ideogram import IDEOGRAM_V2_EDIT
from imagineart_desktop.models.imagineart import IMAGINEART_15_PRO, IMAGINEART_20, IMAGINEART_20_EDIT
from imagineart_desktop.models.model_spec import ModelSpec, Task

CATALOGUE: tuple[ModelSpec, ...] = (IMAGINEART_20, IMAGINEART_15_PRO, IMAGINEART_20_EDIT, IDEOGRAM_V2_EDIT)

_BY_ENDPOINT = {model.endpoint: model for model in CATALOGUE}


def get_model(endpoint: str) -> ModelSpec:
    """Return the model with this endpoint id. Raises KeyError if it isn't in the catalog."""
    return _BY_ENDPOINT[endpoint]


def find_model(endpoint: str) -> ModelSpec | None:
    """Return the model with this endpoint id, or None: a library may contain images of models that no longer exist."""
    return _BY_ENDPOINT.get(endpoint)


def models_for(task: Task) -> tuple[ModelSpec, ...]:
    """Return the models of a tab, the preferred one first."""
    return tuple(model for model in CATALOGUE if model.task is task)
