"""The results that were on screen when the last session ended."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, NamedTuple

from pydantic import BeforeValidator, Field, OnErrorOmit

from imagineart_desktop.jobs import Job, JobState, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import Task
from imagineart_desktop.workspace.saved_state import SavedId, SavedState

Place = tuple[str, int]
"""The place of an image: the id of its job, and its index among the images of the job."""

_NO_TILE_STATES = JobState.DONE, JobState.FAILED, JobState.UNCONFIRMED, JobState.CANCELLED
"""States of jobs that hold no places but those of images that exist."""


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
        newer = [job for job in unfinished_jobs(worker, task) if last is None or job.created_at > last]
        jobs = [*found, *(job for job in newer if job.id not in self.jobs)]
        return RestoredResults([place for job in jobs for place in _places_with(job, images)], images, opened)


class RestoredResults(NamedTuple):
    """What can be restored.

    places: those to hold, each with its job; images: place → image id; opened: the image to show in the loupe.
    """

    places: list[tuple[Job, int]]
    images: dict[Place, int]
    opened: int | None


def places_of(job: Job) -> list[tuple[Job, int]]:
    """Return a place for each image that a job is to make."""
    return [(job, index) for index in range(job.requested_images or 1)]


def _places_with(job: Job, images: Mapping[Place, int]) -> list[tuple[Job, int]]:
    indexes = {index for job_id, index in images if job_id == job.id}
    if job.state not in _NO_TILE_STATES:
        indexes |= {index for _, index in places_of(job)}
    return [(job, index) for index in sorted(indexes)]


def unfinished_jobs(worker: Worker, task: Task) -> list[Job]:
    """Return the single jobs of a task whose image is still to come, oldest first."""
    return [job for job in worker.unfinished() if job.batch is None and job.task is task]
