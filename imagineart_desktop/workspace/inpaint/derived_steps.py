"""Steps made of results that replace the whole image, such as a larger one or a cut-out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from imagineart_desktop.jobs import Job
from imagineart_desktop.library import Library
from imagineart_desktop.models import FieldKind, ModelRegistry, ModelSpec
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.workspace.inpaint.captions import recipe_tooltip
from imagineart_desktop.workspace.inpaint.history import HistoryStep, SessionHistory
from imagineart_desktop.workspace.inpaint.region_groups import ResultArrival

_LABEL_LENGTH = 32


def step_of_job(steps: SessionHistory, job: Job) -> HistoryStep | None:
    """Return the newest step whose image a job changes, or that has it among its results."""
    sources = [parent for parent in job.made_from() if parent.role == FieldKind.PICTURE]
    numbers = {parent.picture_id for parent in sources if parent.picture_id is not None}
    hashes = {parent.sha256 for parent in sources}
    visible = steps.visible()
    own = [step for step in visible if step.picture_id in numbers or step.sha256 in hashes]
    among = [step for step in visible if numbers.intersection(step.results)]
    return next(reversed(own or among), None)


def resumed_jobs(steps: SessionHistory, jobs: Iterable[Job]) -> Iterator[tuple[Job, HistoryStep]]:
    """Yield those of the resumed jobs that a command sent to change an image of the session, with its step.

    The program may have been closed before it noted the step of a job that was just sent.
    """
    for job in jobs:
        model = job.model if isinstance(job.model, ModelSpec) else None
        if job.plan is None and model is not None and model.command_task is not None:
            step = step_of_job(steps, job)
            if step is not None:
                yield job, step


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
