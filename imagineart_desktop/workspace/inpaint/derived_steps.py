"""Steps made of results that replace the whole image, such as a larger one or a cut-out."""

from __future__ import annotations

from collections.abc import Sequence

from imagineart_desktop.library import Library
from imagineart_desktop.models import ModelRegistry
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.workspace.inpaint.captions import recipe_tooltip
from imagineart_desktop.workspace.inpaint.history import HistoryStep, SessionHistory
from imagineart_desktop.workspace.inpaint.region_groups import ResultArrival

_LABEL_LENGTH = 32


async def grow_steps(library: Library, steps: SessionHistory, arrivals: Sequence[ResultArrival]) -> list[HistoryStep]:
    """Add a step for each result below the step that it was made from. Return the new ones.

    Raises PictureError, LibraryError.
    """
    grown = []
    for arrival in arrivals:
        details = await library.details(arrival.number)
        if details is None:
            continue
        kept = await library.inputs.keep_file(details.summary.path)
        if arrival.step not in steps or any(step.picture_id == arrival.number for step in steps):
            continue
        recipe = details.recipe
        label = _label_of(library.models, recipe.endpoint, recipe.prompt)
        step = steps.add_below(arrival.step, kept.sha256, arrival.number, label)
        step.seed, step.words = recipe.seed, recipe_tooltip(recipe)
        grown.append(step)
    return grown


def _label_of(models: ModelRegistry, endpoint: str, prompt: str) -> str:
    model = models.find(endpoint)
    return ellipsize(" ".join(prompt.split()), _LABEL_LENGTH) or (endpoint if model is None else model.short_label)
