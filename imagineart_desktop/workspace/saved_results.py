"""The results that were on screen when the last session ended."""

from __future__ import annotations

from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, OnErrorOmit

from imagineart_desktop.jobs import Job, JobState, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import Task
from imagineart_desktop.workspace.saved_state import SavedId, SavedState

_NO_TILE_STATES = JobState.DONE, JobState.FAILED, JobState.UNCONFIRMED, JobState.CANCELLED
"""States of jobs that hold no place unless their image exists."""


def _ids_of_places(found: object) -> object:
    """Return the ids of the jobs. Earlier versions wrote a mapping from them to images."""
    return list(found) if isinstance(found, dict) else found


class SavedResults(SavedState):
    """What a results area showed, as saved between sessions.

    jobs: ids of the jobs that had a place, in order; opened: the id of the image open in the loupe.
    """

    jobs: Annotated[tuple[OnErrorOmit[str], ...], BeforeValidator(_ids_of_places)] = Field(default=(), alias="places")
    opened: SavedId | None = None

    async def find(self, library: Library, worker: Worker, task: Task) -> RestoredResults:
        """Find what was shown, and the jobs of the task that were submitted after it. Raises LibraryError."""
        found = [job for job_id in self.jobs if (job := await worker.find(job_id)) is not None]
        # Images are read after the jobs, so that a job found to be done has its image.
        images = await library.results_of(self.jobs)
        opened = self.opened
        if opened is not None and not (await library.find(Query(among=(opened,)))).numbers:
            opened = None
        last = max((job.created_at for job in found), default=None)
        kept = [job for job in found if job.id in images or job.state not in _NO_TILE_STATES]
        newer = [job for job in unfinished_jobs(worker, task) if last is None or job.created_at > last]
        return RestoredResults([*kept, *(job for job in newer if job.id not in self.jobs)], images, opened)


class RestoredResults(NamedTuple):
    """What can be restored.

    jobs: those to hold places for; images: job id → image id; opened: the image to show in the loupe.
    """

    jobs: list[Job]
    images: dict[str, int]
    opened: int | None


def unfinished_jobs(worker: Worker, task: Task) -> list[Job]:
    """Return the jobs of a task whose image is still to come, oldest first."""
    return [job for job in worker.unfinished() if job.task is task]
