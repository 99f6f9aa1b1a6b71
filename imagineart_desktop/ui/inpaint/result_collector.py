"""Collects results for the steps of the session, and reports areas whose results are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from decimal import Decimal

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from shiboken6 import isValid

from imagineart_desktop.jobs import Job, JobEvent, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.inpaint.early_look import EarlyLook
from imagineart_desktop.ui.inpaint.result_viewer import ResultViewer
from imagineart_desktop.ui.inpaint.results_strip import ResultsStrip
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.inpaint.captions import recipe_tooltip
from imagineart_desktop.workspace.inpaint.history import HistoryStep, SessionHistory
from imagineart_desktop.workspace.inpaint.region_groups import RegionGroup, RegionGroups, ResultArrival


class ResultCollector(QObject):
    """Assigns incoming results to steps.

    may_look: whether a new result may be shown now. say: shows an error message to the user.
    """

    changed = Signal()
    """The state to save for a restart changed."""
    arrived = Signal()
    """A new result was added to the strip."""
    elsewhere = Signal()
    """A new result arrived for a step that isn't shown."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        worker: Worker,
        canvas: MaskCanvas,
        strip: ResultsStrip,
        looking: ResultViewer,
        steps: Callable[[], SessionHistory],
        may_look: Callable[[], bool],
        say: Callable[[str], object],
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._worker = worker
        self._strip = strip
        self._steps = steps
        self._may_look = may_look
        self._say = say
        self._before_begin: list[JobEvent] | None = []
        self._looking = looking
        self._early_events = EarlyLook(self, worker.composed, canvas, strip, looking, self._may_look_early)
        self.region_groups = RegionGroups(library, lambda sha256: _step_of(steps(), sha256))
        self.missing = InlineMessage()
        worker.subscribe(self._job_event)

    def restore(self, state: object) -> None:
        """Restore what was pending in the last session."""
        self.region_groups.restore(state)

    def begin(self) -> None:
        """Handle the events since startup, then later ones as they come."""
        before, self._before_begin = self._before_begin or [], None
        for job in self._worker.jobs():
            spawn(self._follow(self.region_groups.moved(job)))
        for event in before:
            self._job_event(event)
        self._update_missing()

    def expect(self, jobs: list[Job], step: HistoryStep) -> None:
        """Note that these jobs were sent from a step."""
        self.region_groups.expect(jobs, step.id)
        self.changed.emit()

    def show_step(self, step: HistoryStep) -> None:
        """Show the results of the step now on the canvas."""
        self._early_events.leave()
        for number in step.results:
            spawn_owned(self, self._add(number, look=False))
        self._update_missing()

    def _job_event(self, event: JobEvent) -> None:
        if self._before_begin is not None:
            self._before_begin.append(event)
        elif event.pictures:
            self._early_events.arrived(event.job.id)
            spawn(self._follow(self.region_groups.arrived(event.job, event.pictures[0])))
        elif event.job.plan is not None and event.job.plan.together is not None:
            spawn(self._follow(self.region_groups.moved(event.job)))

    async def _follow(self, coming: Awaitable[ResultArrival | None]) -> None:
        """Composite and store a result, even if the window closes meanwhile: it has been paid for."""
        try:
            arrival = await coming
        except UserError as error:
            if isValid(self):
                self._say(str(error))
            return
        if not isValid(self):
            return
        if arrival is not None and arrival.step in self._steps():
            self._show(arrival)
        self._update_missing()
        self.changed.emit()

    def _show(self, arrival: ResultArrival) -> None:
        step = self._steps()[arrival.step]
        shown = step is self._steps().current
        if arrival.replaces in step.results:
            step.results.remove(arrival.replaces)
            if shown:
                self._strip.remove(arrival.replaces)
        if arrival.number not in step.results:
            step.results.append(arrival.number)
            if shown:
                spawn_owned(self, self._add_new(arrival.number))
            else:
                step.fresh += 1
                self.elsewhere.emit()

    def _may_look_early(self, job: Job) -> bool:
        step = self._steps().current
        return step is not None and self.region_groups.step_alone(job) == step.id and self._may_look()

    async def _add_new(self, number: int) -> None:
        await self._add(number, look=True)
        self.arrived.emit()

    async def _add(self, number: int, *, look: bool) -> None:
        try:
            details = await self._library.details(number)
            if details is None:
                return
            version = self._looking.versions.take_begun(number, details.recipe)
            if version is not None:
                image = version.pyramid.small
            else:
                data = await self._library.thumbnail(details.summary, THUMBNAIL_EDGE)
                image = await asyncio.to_thread(QImage.fromData, data)
            # Don't switch images while the user is painting.
            self._strip.add(number, image, recipe_tooltip(details.recipe), look=look and self._may_look())
        except (UserError, ValueError) as error:
            self._say(str(error))

    # Missing results

    def _update_missing(self) -> None:
        step = self._steps().current
        groups = (
            [group for group in self.region_groups.incomplete(step.id) if group.numbers] if step is not None else []
        )
        if groups:
            spawn_owned(self, self._offer(groups[0]))
        else:
            self.missing.clear()

    async def _offer(self, group: RegionGroup) -> None:
        jobs = [await self._worker.find(job_id) for job_id in group.missing.values()]
        again = [job for job in jobs if job is not None and job.can_be_repeated]
        price = sum((job.estimate for job in again if not job.can_be_fetched), Decimal(0))
        actions: dict[str, Callable[[], object]] = {}
        if again:
            what = "the missing one" if len(again) == 1 else f"the {len(again)} missing ones"
            cost = f"for {format_dollars(price)}" if price else "at no further cost"
            actions[f"Send {what} {cost}"] = lambda: spawn(self._send([job.id for job in again]))
        actions["Leave it"] = lambda: self._give_up(group)
        self.missing.say(
            group.sentence, "caution", actions, holds=lambda: group in self.region_groups.incomplete(group.step)
        )

    async def _send(self, jobs: list[str]) -> None:
        try:
            for job_id in jobs:
                await self._worker.ask_again(job_id)
        except LibraryError as error:
            self._say(str(error))

    def _give_up(self, group: RegionGroup) -> None:
        self.region_groups.discard(group)
        self.changed.emit()
        self._update_missing()


def _step_of(steps: SessionHistory, sha256: str) -> int | None:
    return next((step.id for step in reversed(list(steps)) if step.sha256 == sha256), None)
