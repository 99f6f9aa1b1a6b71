"""Composites the results of one submission that was split into several requests, once none is pending."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pydantic import OnErrorOmit

from imagineart_desktop.jobs import Job, JobState, recomposite
from imagineart_desktop.library import Library
from imagineart_desktop.workspace.saved_state import SavedId, SavedState

_ENDED_WITHOUT_PICTURE = (JobState.FAILED, JobState.CANCELLED, JobState.UNCONFIRMED)


@dataclass(slots=True)
class RegionGroup:
    """The requests of one submission, one per area.

    numbers: area → id of the picture that arrived. missing: area → id of the job that ended without one. shown: id of
    the picture in the strip for the areas that arrived.
    """

    step: SavedId
    parts: SavedId
    numbers: dict[SavedId, SavedId] = field(default_factory=dict)
    missing: dict[SavedId, str] = field(default_factory=dict)
    shown: SavedId | None = None

    def copy(self) -> RegionGroup:
        """Return a group that doesn't change with this one."""
        return replace(self, numbers={**self.numbers}, missing={**self.missing})

    @property
    def settled(self) -> bool:
        """Return whether no request is pending."""
        return len(self.numbers) + len(self.missing) >= self.parts

    @property
    def sentence(self) -> str:
        """Return a sentence telling how many areas came back."""
        return f"{len(self.numbers)} of {self.parts} areas came back."


@dataclass(frozen=True, slots=True)
class ResultArrival:
    """A picture for a step's results strip. instead_of: the picture it replaces; group: its group if incomplete."""

    step: int
    number: int
    replaces: int | None = None
    group: RegionGroup | None = None


class PendingRequests(SavedState):
    """What is pending, as it is saved.

    jobs: id of a job → id of its step; groups: the id that its requests share → group.
    """

    jobs: Mapping[str, OnErrorOmit[SavedId]] = {}
    groups: Mapping[str, OnErrorOmit[RegionGroup]] = {}


class RegionGroups:
    """Tracks which jobs belong to which step, and which belong together.

    step_of: returns the step whose image has this SHA-256, for jobs that were sent again by other means.
    """

    def __init__(self, library: Library, step_of: Callable[[str], int | None]) -> None:
        self._library = library
        self._step_of = step_of
        self._steps: dict[str, int] = {}
        self._groups: dict[str, RegionGroup] = {}

    def expect(self, jobs: Iterable[Job], step: int) -> None:
        """Note that these jobs were sent from a step."""
        for job in jobs:
            if job.plan is not None and job.plan.together is not None:
                self._groups.setdefault(job.plan.together, RegionGroup(step, job.plan.parts))
            else:
                self._steps[job.id] = step

    def step_alone(self, job: Job) -> int | None:
        """Return the step whose strip will show the result of a job as its own entry, or None."""
        if job.plan is None or self._group_of(job) is not None:
            return None
        step = self._steps.get(job.id)
        return step if step is not None else self._step_of(job.plan.source)

    def incomplete(self, step: int) -> list[RegionGroup]:
        """Return the step's groups that are settled and have missing results."""
        return [group for group in self._groups.values() if group.step == step and group.missing and group.settled]

    def discard(self, group: RegionGroup) -> None:
        """Stop expecting the group's missing results."""
        self._groups = {name: other for name, other in self._groups.items() if other is not group}

    def state(self) -> PendingRequests:
        """Return what is pending now."""
        groups = {name: group.copy() for name, group in self._groups.items()}
        return PendingRequests(jobs={**self._steps}, groups=groups)

    def restore(self, saved: PendingRequests) -> None:
        """Restore what was pending."""
        self._steps = {**saved.jobs}
        self._groups |= {name: group.copy() for name, group in saved.groups.items()}

    async def arrived(self, job: Job, numbers: Sequence[int]) -> Sequence[ResultArrival]:
        """Handle the pictures of a job, in order. Return what to show for them; nothing while other areas are pending.

        Raises MissingError, PictureError, LibraryError.
        """
        group, plan = self._group_of(job), job.plan
        if group is None or plan is None:
            # Missing pictures of a job that failed may still be fetched.
            step = self._steps.pop(job.id, None) if job.state is JobState.DONE else self._steps.get(job.id)
            if step is None and plan is not None:
                step = self._step_of(plan.source)
            return [] if step is None else [ResultArrival(step, number) for number in numbers]
        group.numbers[plan.part] = numbers[0]
        group.missing.pop(plan.part, None)
        return [await self._composite_so_far(group)] if group.settled else []

    async def moved(self, job: Job) -> Sequence[ResultArrival]:
        """Handle a job's state change.

        Return what arrived of its group if nothing more will come automatically.

        Raises MissingError, PictureError, LibraryError.
        """
        group, plan = self._group_of(job), job.plan
        if group is None or plan is None or plan.part in group.numbers:
            return []
        if job.state not in _ENDED_WITHOUT_PICTURE:
            if not job.dismissed:
                group.missing.pop(plan.part, None)
            return []
        if plan.part in group.missing:
            return []
        group.missing[plan.part] = job.id
        return [await self._composite_so_far(group)] if group.settled and group.numbers else []

    def _group_of(self, job: Job) -> RegionGroup | None:
        return self._groups.get(job.plan.together) if job.plan is not None and job.plan.together is not None else None

    async def _composite_so_far(self, group: RegionGroup) -> ResultArrival:
        numbers = [group.numbers[part] for part in sorted(group.numbers)]
        number = numbers[0] if len(numbers) == 1 else (await recomposite(self._library, numbers)).id
        before, group.shown = group.shown, number
        if not group.missing:
            self.discard(group)
        instead = before if before != number else None
        return ResultArrival(group.step, number, instead, group if group.missing else None)
