"""Offers a result to be viewed as soon as it is composed, while its file is still being written."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from imagineart_desktop.imaging import CompositeResult
from imagineart_desktop.jobs import CompositeCache, Job
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.inpaint.result_versions import ResultVersions


class EarlyLook(QObject):
    """Early display of one result, until it's in the strip.

    Meanwhile the source counts as the viewed image, so that nothing applies or exports an image that the library
    doesn't have yet. may_look: whether the result of a job may be shown now.
    """

    shown = Signal(object)
    """The `ImagePyramid` to show in place of the source."""
    lost = Signal()
    """What was shown doesn't come into the library after all: show the source again."""

    def __init__(
        self,
        parent: QObject,
        composed: CompositeCache | None,
        versions: ResultVersions,
        may_look: Callable[[Job], bool],
    ) -> None:
        super().__init__(parent)
        self._versions = versions
        self._may_look = may_look
        self._job_id: str | None = None
        if composed is not None:
            composed.on_composed = self._composed
            composed.on_lost = self._lost

    def leave(self) -> None:
        """Stop the early display: another image is on the canvas."""
        self._job_id = None
        self._versions.drop_begun()

    def arrived(self, job_id: str) -> None:
        """Hand the display over: the result of a job is in the library."""
        if self._job_id == job_id:
            self._job_id = None

    def _composed(self, job: Job, position: int, home: CompositeResult) -> asyncio.Task[object] | None:
        if not (isValid(self) and self._job_id is None and position == 0 and self._may_look(job)):
            return None
        self._job_id = job.id
        return spawn_owned(self, self._show(job, home))

    async def _show(self, job: Job, home: CompositeResult) -> None:
        pyramid = await self._versions.begin(job.id, home)
        if self._job_id == job.id and self._may_look(job):
            self.shown.emit(pyramid)

    def _lost(self, job_id: str, position: int) -> None:
        if isValid(self) and position == 0 and self._job_id == job_id:
            self._job_id = None
            self._versions.drop_begun()
            self.lost.emit()
