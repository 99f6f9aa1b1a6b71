"""The results that were on screen when the last session ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import Job, State, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import Task

_WITHOUT_PLACE = State.FAILED, State.UNCONFIRMED, State.CANCELLED


@dataclass(frozen=True)
class LastShown:
    """places: job id → the id of its image, None while there is none. opened: the image that was shown large."""

    places: dict[str, int | None] = field(default_factory=dict)
    opened: int | None = None

    @classmethod
    def of(cls, state: object) -> LastShown:
        """Read what `state` gave. What makes no sense is left out."""
        if not isinstance(state, Mapping):
            return cls()
        places, opened = state.get("places"), state.get("opened")
        rows = places.items() if isinstance(places, Mapping) else ()
        return cls(
            {str(job_id): number for job_id, number in rows if number is None or isinstance(number, int)},
            opened if isinstance(opened, int) else None,
        )

    def state(self) -> dict[str, object]:
        """Return it as JSON."""
        return {"places": self.places, "opened": self.opened}

    def with_image(self, job_id: str, number: int) -> LastShown:
        """Return it with the image of a job that has ended since."""
        return replace(self, places=self.places | {job_id: number}) if job_id in self.places else self

    async def there(self, library: Library) -> set[int]:
        """Return the images that are neither deleted nor in the trash. Raises LibraryError."""
        numbers = [number for number in (*self.places.values(), self.opened) if number is not None]
        return set((await library.find(Query(among=tuple(numbers)))).numbers) if numbers else set()

    async def jobs(self, worker: Worker, task: Task, there: set[int]) -> list[Job]:
        """Return the jobs whose image is there or still comes, and those of the task that were sent after them.

        there: see `there`. Raises LibraryError.
        """
        found = [job for job_id in self.places if (job := await worker.find(job_id)) is not None]
        last = max((job.created_at for job in found), default=None)
        kept = [
            job
            for job in found
            if (number := self.places[job.id]) in there or (number is None and job.state not in _WITHOUT_PLACE)
        ]
        newer = [job for job in under_way(worker, task) if last is None or job.created_at > last]
        return kept + [job for job in newer if job.id not in self.places]


def under_way(worker: Worker, task: Task) -> list[Job]:
    """Return the jobs of a task whose image still comes, oldest first."""
    return [job for job in worker.unfinished() if job.model.task is task]


class BlankPage(QWidget):
    """Holds the place of results that are not read before the window has been painted."""

    painted = Signal()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Note that the place is on screen."""
        super().paintEvent(event)
        self.painted.emit()
