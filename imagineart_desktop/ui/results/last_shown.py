"""The results that were on screen when the last session ended."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

from PySide6.QtCore import Signal
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import Job, State, Worker
from imagineart_desktop.library import Library, Query
from imagineart_desktop.models import Task

_WITHOUT_PLACE = State.DONE, State.FAILED, State.UNCONFIRMED, State.CANCELLED
"""States of jobs that hold no place unless their image is there."""


@dataclass(frozen=True)
class LastShown:
    """jobs: ids of the jobs that had a place, in order. opened: the id of the image that was shown large."""

    jobs: tuple[str, ...] = ()
    opened: int | None = None

    @classmethod
    def of(cls, state: object) -> LastShown:
        """Read what `state` gave. What makes no sense is left out."""
        if not isinstance(state, Mapping):
            return cls()
        places, opened = state.get("places"), state.get("opened")
        return cls(
            # Earlier versions wrote a mapping from job ids to images.
            tuple(str(job_id) for job_id in places) if isinstance(places, list | dict) else (),
            opened if isinstance(opened, int) else None,
        )

    def state(self) -> dict[str, object]:
        """Return it as JSON."""
        return {"places": list(self.jobs), "opened": self.opened}

    async def find(self, library: Library, worker: Worker, task: Task) -> Restorable:
        """Find what was shown, and the jobs of the task that were sent after it. Raises LibraryError."""
        found = [job for job_id in self.jobs if (job := await worker.find(job_id)) is not None]
        # The images after the jobs: one that is done has its image.
        images = await library.results_of(self.jobs)
        opened = self.opened
        if opened is not None and not (await library.find(Query(among=(opened,)))).numbers:
            opened = None
        last = max((job.created_at for job in found), default=None)
        kept = [job for job in found if job.id in images or job.state not in _WITHOUT_PLACE]
        newer = [job for job in under_way(worker, task) if last is None or job.created_at > last]
        return Restorable([*kept, *(job for job in newer if job.id not in self.jobs)], images, opened)


class Restorable(NamedTuple):
    """jobs: those to hold places for. images: job id → the id of its image. opened: the image to show large."""

    jobs: list[Job]
    images: dict[str, int]
    opened: int | None


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
