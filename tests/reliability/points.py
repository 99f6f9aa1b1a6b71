"""The points at which the program is killed: before and after the row of every transition of a job, and in between."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from imagineart_desktop.jobs import JobState
from imagineart_desktop.models import (
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IMAGINEART_15_PRO,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
    MaskPolarity,
    ModelSpec,
    Task,
)
from imagineart_desktop.models.openapi import propose, read_document


class Moment(Enum):
    """BEFORE and AFTER refer to a row; DURING is some time after a call began."""

    BEFORE = "before"
    AFTER = "after"
    DURING = "during"


@dataclass(frozen=True, slots=True)
class KillPoint:
    """what: a state whose row is written, or the name of a call. faults: what the server does meanwhile.

    cancels: whether the user cancels the job while it runs. nth: which time it's reached; more than once only by a
    request with several images.
    """

    name: str
    what: str
    moment: Moment
    faults: tuple[str, ...] = ()
    cancels: bool = False
    needs_pictures: bool = False
    nth: int = 1


def _around(state: JobState, *, cancels: bool = False) -> tuple[KillPoint, KillPoint]:
    faults = ("work:delay:seconds=1.5",) if cancels else ()
    return (
        KillPoint(f"before “{state}” is written", state.value, Moment.BEFORE, faults, cancels),
        KillPoint(f"after “{state}” was written", state.value, Moment.AFTER, faults, cancels),
    )


POINTS: tuple[KillPoint, ...] = (
    *_around(JobState.WAITING),
    *_around(JobState.UPLOADING),
    KillPoint("while a picture is uploaded", "upload", Moment.DURING, ("upload:delay:seconds=1",), needs_pictures=True),
    *_around(JobState.SUBMITTING),
    KillPoint("while the submit is on its way", "submit", Moment.DURING, ("submit:delay:seconds=1",)),
    KillPoint("while the answer to the submit is awaited", "submit", Moment.DURING, ("submit:late:seconds=1",)),
    KillPoint("inside the answer to the submit", "submit", Moment.DURING, ("submit:stall:seconds=1",)),
    *_around(JobState.QUEUED),
    *_around(JobState.RUNNING),
    KillPoint("while the result is asked for", "result", Moment.DURING, ("result:late:seconds=1",)),
    *_around(JobState.FETCHING),
    KillPoint("in the middle of the download", "download", Moment.DURING, ("file:stall:seconds=1",)),
    KillPoint("before the picture's file gets its name", "file", Moment.BEFORE),
    KillPoint("before the picture's row is written", "picture", Moment.BEFORE),
    KillPoint("after the picture's row was written", "picture", Moment.AFTER),
    KillPoint("before the third picture's file gets its name", "file", Moment.BEFORE, nth=3),
    KillPoint("before the second picture's row is written", "picture", Moment.BEFORE, nth=2),
    KillPoint("after the third picture's row was written", "picture", Moment.AFTER, nth=3),
    *_around(JobState.DONE),
    *_around(JobState.CANCELLING, cancels=True),
    KillPoint(
        "while the cancel is on its way",
        "cancel",
        Moment.DURING,
        ("cancel:late:seconds=1", "work:delay:seconds=1.5"),
        cancels=True,
    ),
    *_around(JobState.CANCELLED, cancels=True),
)

_DOCUMENT = Path(__file__).parents[1] / "models" / "openapi" / "documents" / "flux_fill.json"
ADDED = propose(read_document(_DOCUMENT.read_bytes())).spec(mask_polarity=MaskPolarity.PAINTED_WHITE)
"""A model that the user added, whose price is unknown."""

MODELS: tuple[ModelSpec, ...] = (
    IMAGINEART_20,
    IMAGINEART_15_PRO,
    IMAGINEART_20_EDIT,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    ADDED,
)

SEVERAL = 4
"""How many images a request makes if its model can make several."""


def every_case() -> list[tuple[KillPoint, ModelSpec]]:
    """Return each point with each model that reaches it."""
    return [
        (point, model)
        for point in POINTS
        for model in MODELS
        if not (point.needs_pictures and Task.GENERATE in model.tasks) and point.nth <= model.max_results
    ]
