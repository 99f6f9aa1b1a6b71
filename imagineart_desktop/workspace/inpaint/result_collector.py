"""Collects results for the steps of the session, and reports areas whose results are missing."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage
from shiboken6 import isValid

from imagineart_desktop.jobs import BudgetExceededError, Job, JobEvent, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import Task, format_dollars
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.inpaint.captions import recipe_tooltip
from imagineart_desktop.workspace.inpaint.derived_steps import grow_steps, resumed_jobs
from imagineart_desktop.workspace.inpaint.early_look import EarlyLook
from imagineart_desktop.workspace.inpaint.history import HistoryStep, SessionHistory
from imagineart_desktop.workspace.inpaint.region_groups import (
    PendingRequests,
    RegionGroup,
    RegionGroups,
    ResultArrival,
)
from imagineart_desktop.workspace.inpaint.result_versions import ResultVersions
from imagineart_desktop.workspace.offer import MessageAction


class CollectedResult(NamedTuple):
    """A result of the current step.

    tip: describes how it was made; look: whether to view it; replaces: the id of the result whose place it takes.
    """

    number: int
    image: QImage
    tip: str
    look: bool
    replaces: int | None = None


@dataclass(frozen=True, slots=True)
class MissingResults:
    """Areas whose results are missing: a sentence, what can be done, and whether it still holds."""

    sentence: str
    actions: Sequence[MessageAction]
    holds: Callable[[], bool]


class ResultCollector(QObject):
    """Assigns incoming results to steps."""

    changed = Signal()
    """The state to save for a restart changed."""
    added = Signal(object)
    """A `CollectedResult`. Those of a step that was just placed follow one by one."""
    removed = Signal(int)
    """The id of a result of the current step that another one has replaced. Follows `added`."""
    arrived = Signal()
    """A new result was added. Follows `added`."""
    elsewhere = Signal()
    """A new result arrived for a step that isn't current."""
    grown = Signal(int, bool)
    """The id of a new step, an image made from that of another step, and whether to go there."""
    missing_changed = Signal()
    """`missing` changed, or is offered again."""
    failed = Signal(str)
    """A result can't be collected: a message for the user."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        worker: Worker,
        versions: ResultVersions,
        steps: SessionHistory,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._worker = worker
        self._versions = versions
        self._steps = steps
        self._before_begin: list[JobEvent] | None = []
        self._missing: MissingResults | None = None
        self._shown_steps = 0
        """Number of times that a step was shown. Results read for an earlier time aren't added."""
        self.may_look: Callable[[], bool] = lambda: True
        """Whether a new result may take the place of what is shown. Called for each one."""
        self.early = EarlyLook(self, worker.composed, versions, self._may_look_early)
        self.region_groups = RegionGroups(library, lambda sha256: _step_of(steps, sha256))
        unsubscribe = worker.subscribe(self._job_event)
        self.destroyed.connect(lambda: unsubscribe())

    @property
    def missing(self) -> MissingResults | None:
        """What is missing of the current step's results; None if nothing is."""
        return self._missing

    def restore(self, saved: PendingRequests) -> None:
        """Restore what was pending in the last session."""
        self.region_groups.restore(saved)

    def begin(self) -> None:
        """Handle the events since startup, then later ones as they come."""
        before, self._before_begin = self._before_begin or [], None
        resumed = [*self._worker.unfinished(), *(event.job for event in before)]
        for job, step in resumed_jobs(self._steps, resumed):
            self.region_groups.expect([job], step.id)
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
        """Add the results of the step that is now current."""
        self.early.leave()
        self._shown_steps += 1
        for number in step.results:
            spawn_owned(self, self._add(step, number, look=False))
        self._update_missing()

    def _job_event(self, event: JobEvent) -> None:
        if self._before_begin is not None:
            self._before_begin.append(event)
        elif event.pictures and event.job.plan is None and event.job.task is not Task.INPAINT:
            spawn(self._grow(self.region_groups.arrived(event.job, event.pictures)))
        elif event.pictures:
            self.early.arrived(event.job.id)
            spawn(self._follow(self.region_groups.arrived(event.job, event.pictures)))
        elif event.job.plan is not None and event.job.plan.together is not None:
            spawn(self._follow(self.region_groups.moved(event.job)))

    async def _follow(self, coming: Awaitable[Sequence[ResultArrival]]) -> None:
        """Composite and store results, even if the window closes meanwhile: they have been paid for."""
        try:
            arrivals = await coming
        except UserError as error:
            if isValid(self):
                self.failed.emit(str(error))
            return
        if not isValid(self):
            return
        new = [arrival for arrival in arrivals if arrival.step in self._steps and self._is_new(arrival)]
        if new:
            self._show(self._steps[new[0].step], new)
        self._update_missing()
        self.changed.emit()

    async def _grow(self, coming: Awaitable[Sequence[ResultArrival]]) -> None:
        """Add steps for results that replace the whole image."""
        try:
            grown = await grow_steps(self._library, self._steps, await coming)
        except UserError as error:
            if isValid(self):
                self.failed.emit(str(error))
            return
        if grown and isValid(self):
            self.changed.emit()
            current = self._steps.current
            follows = current is not None and grown[0].parent == current.id and self.may_look()
            self.grown.emit(grown[0].id, follows)

    def _is_new(self, arrival: ResultArrival) -> bool:
        """Note a result in its step. Return whether the step didn't have it."""
        step = self._steps[arrival.step]
        if arrival.replaces in step.results:
            step.results.remove(arrival.replaces)
        if arrival.number in step.results:
            return False
        step.results.append(arrival.number)
        return True

    def _show(self, step: HistoryStep, new: Sequence[ResultArrival]) -> None:
        if step is self._steps.current:
            spawn_owned(self, self._add_all_new(step, new))
        else:
            step.fresh += len(new)
            self.elsewhere.emit()

    def _may_look_early(self, job: Job) -> bool:
        step = self._steps.current
        return step is not None and self.region_groups.step_alone(job) == step.id and self.may_look()

    async def _add_all_new(self, step: HistoryStep, new: Sequence[ResultArrival]) -> None:
        """Add the results of one request in their order; the first of them is viewed."""
        shown = self._shown_steps
        for arrival in new:
            await self._add(step, arrival.number, look=arrival is new[0], replaces=arrival.replaces)
            if shown != self._shown_steps:
                return
            if arrival.replaces is not None:
                # Only now: while the other one is read, whatever is viewed stays.
                self.removed.emit(arrival.replaces)
            if arrival is new[0]:
                self.arrived.emit()

    async def _add(self, step: HistoryStep, number: int, *, look: bool, replaces: int | None = None) -> None:
        shown = self._shown_steps
        try:
            details = await self._library.details(number)
            if details is None:
                return
            version = await self._versions.take_begun(number, details.recipe)
            if version is not None:
                image = version.pyramid.small
            else:
                data = await self._library.thumbnail(details.summary, THUMBNAIL_EDGE)
                image = await asyncio.to_thread(QImage.fromData, data)
        except (UserError, ValueError) as error:
            self.failed.emit(str(error))
            return
        if shown != self._shown_steps or step is not self._steps.current or number not in step.results:
            # Meanwhile the user left the step, perhaps to come back, or another result replaced this one.
            return
        # Don't switch images while the user is painting.
        tip, look = recipe_tooltip(details.recipe), look and self.may_look()
        self.added.emit(CollectedResult(number, image, tip, look, replaces))

    # Missing results

    def _update_missing(self) -> None:
        step = self._steps.current
        groups = (
            [group for group in self.region_groups.incomplete(step.id) if group.numbers] if step is not None else []
        )
        if groups:
            spawn_owned(self, self._offer(groups[0]))
        else:
            self._set_missing(None)

    async def _offer(self, group: RegionGroup) -> None:
        jobs = [await self._worker.find(job_id) for job_id in group.missing.values()]
        if not self._is_current(group):
            return
        again = [job for job in jobs if job is not None and job.can_be_repeated]
        price = sum((job.estimate for job in again if not job.can_be_fetched), Decimal(0))
        actions = []
        if again:
            what = "the missing one" if len(again) == 1 else f"the {len(again)} missing ones"
            cost = f"for {format_dollars(price)}" if price else "at no further cost"
            actions.append(MessageAction(f"Send {what} {cost}", lambda: spawn(self._send(again))))
        actions.append(MessageAction("Leave it", lambda: self._give_up(group)))
        self._set_missing(MissingResults(group.sentence, actions, partial(self._is_current, group)))

    def _is_current(self, group: RegionGroup) -> bool:
        """Return whether something of the group is still missing, and its step still the current one."""
        step = self._steps.current
        return step is not None and step.id == group.step and group in self.region_groups.incomplete(step.id)

    def _set_missing(self, missing: MissingResults | None) -> None:
        self._missing = missing
        self.missing_changed.emit()

    async def _send(self, jobs: Sequence[Job]) -> None:
        try:
            for job in jobs:
                await self._worker.ask_again(job)
        except (LibraryError, BudgetExceededError) as error:
            self.failed.emit(str(error))

    def _give_up(self, group: RegionGroup) -> None:
        self.region_groups.discard(group)
        self.changed.emit()
        self._update_missing()


def _step_of(steps: SessionHistory, sha256: str) -> int | None:
    return next((step.id for step in reversed(list(steps)) if step.sha256 == sha256), None)
