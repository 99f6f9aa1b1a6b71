"""Results of one wish that went out in several requests, put together once nothing more is on its way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from imagineart_desktop.jobs import Job, State, recomposite
from imagineart_desktop.library import Library

_NO_PICTURE = (State.FAILED, State.CANCELLED, State.UNCONFIRMED)


@dataclass(slots=True)
class Group:
    """The areas of one wish.

    numbers: area → picture that came. missing: area → id of the job that ended without one. shown: what stands in the
    strip for the areas that came.
    """

    step: int
    parts: int
    numbers: dict[int, int] = field(default_factory=dict)
    missing: dict[int, str] = field(default_factory=dict)
    shown: int | None = None

    @property
    def settled(self) -> bool:
        """Whether nothing more is on its way."""
        return len(self.numbers) + len(self.missing) >= self.parts

    @property
    def sentence(self) -> str:
        """How much of it came back."""
        return f"{len(self.numbers)} of {self.parts} areas came back."


@dataclass(frozen=True, slots=True)
class Arrival:
    """A picture for the strip of a step. instead_of: what it takes the place of; group: of what is not complete."""

    step: int
    number: int
    instead_of: int | None = None
    group: Group | None = None


class Islands:
    """Knows which jobs belong to which step, and which of them belong together.

    step_of: the step whose picture has this SHA-256, for jobs that were sent again by other means.
    """

    def __init__(self, library: Library, step_of: Callable[[str], int | None]) -> None:
        self._library = library
        self._step_of = step_of
        self._steps: dict[str, int] = {}
        self._groups: dict[str, Group] = {}

    def expect(self, jobs: Iterable[Job], step: int) -> None:
        """These were sent from a step."""
        for job in jobs:
            if job.plan is not None and job.plan.together is not None:
                self._groups.setdefault(job.plan.together, Group(step, job.plan.parts))
            else:
                self._steps[job.id] = step

    def step_alone(self, job: Job) -> int | None:
        """The step in whose strip the result of a job will stand by itself, None where there is none."""
        if job.plan is None or self._group_of(job) is not None:
            return None
        step = self._steps.get(job.id)
        return step if step is not None else self._step_of(job.plan.source)

    def incomplete(self, step: int) -> list[Group]:
        """Of which wishes of a step something came and something did not."""
        return [group for group in self._groups.values() if group.step == step and group.missing and group.settled]

    def give_up(self, group: Group) -> None:
        """What is missing is not wanted any more."""
        self._groups = {name: other for name, other in self._groups.items() if other is not group}

    def state(self) -> dict[str, Any]:
        """What is waited for, as JSON."""
        groups = {
            name: {
                "step": group.step,
                "parts": group.parts,
                "numbers": {str(part): number for part, number in group.numbers.items()},
                "missing": {str(part): job for part, job in group.missing.items()},
                "shown": group.shown,
            }
            for name, group in self._groups.items()
        }
        return {"jobs": self._steps, "groups": groups}

    def restore(self, state: object) -> None:
        """What `state` gave; what does not fit is left out."""
        if not isinstance(state, Mapping):
            return
        with suppress(AttributeError, KeyError, TypeError, ValueError, OverflowError):
            self._steps = {str(job): int(step) for job, step in state["jobs"].items()}
            for name, group in state["groups"].items():
                numbers = {int(part): int(number) for part, number in group["numbers"].items()}
                missing = {int(part): str(job) for part, job in group["missing"].items()}
                self._groups[str(name)] = Group(
                    int(group["step"]), int(group["parts"]), numbers, missing, group["shown"]
                )

    async def arrived(self, job: Job, number: int) -> Arrival | None:
        """A picture of a job came: what to show for it, or None while others are waited for.

        Raises MissingError, PictureError, LibraryError.
        """
        group, plan = self._group_of(job), job.plan
        if group is None or plan is None:
            step = self._steps.pop(job.id, None)
            if step is None and plan is not None:
                step = self._step_of(plan.source)
            return None if step is None else Arrival(step, number)
        group.numbers[plan.part] = number
        group.missing.pop(plan.part, None)
        return await self._so_far(group) if group.settled else None

    async def moved(self, job: Job) -> Arrival | None:
        """A job went a step further: what came of its wish, where the rest will not come by itself.

        Raises MissingError, PictureError, LibraryError.
        """
        group, plan = self._group_of(job), job.plan
        if group is None or plan is None or plan.part in group.numbers:
            return None
        if job.state not in _NO_PICTURE:
            if not job.dismissed:
                group.missing.pop(plan.part, None)
            return None
        if plan.part in group.missing:
            return None
        group.missing[plan.part] = job.id
        return await self._so_far(group) if group.settled and group.numbers else None

    def _group_of(self, job: Job) -> Group | None:
        return self._groups.get(job.plan.together) if job.plan is not None and job.plan.together is not None else None

    async def _so_far(self, group: Group) -> Arrival:
        numbers = [group.numbers[part] for part in sorted(group.numbers)]
        number = numbers[0] if len(numbers) == 1 else (await recomposite(self._library, numbers)).id
        before, group.shown = group.shown, number
        if not group.missing:
            self.give_up(group)
        instead = before if before != number else None
        return Arrival(group.step, number, instead, group if group.missing else None)
