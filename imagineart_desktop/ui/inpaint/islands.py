"""Results of one wish that went out in several requests, put together once all of them are there."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

from imagineart_desktop.jobs import Job, recomposite
from imagineart_desktop.library import Library


@dataclass(slots=True)
class _Group:
    parts: int
    numbers: dict[int, int] = field(default_factory=dict)


class Islands:
    """Knows which jobs belong to which step, and which of them belong together."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._steps: dict[str, int] = {}
        self._groups: dict[str, _Group] = {}

    def expect(self, jobs: list[Job], step: int) -> None:
        """These were sent from a step."""
        for job in jobs:
            self._steps[job.id] = step
            if job.plan is not None and job.plan.together is not None:
                self._groups.setdefault(job.plan.together, _Group(job.plan.parts))

    def state(self) -> dict[str, Any]:
        """What is waited for, as JSON."""
        groups = {
            name: {"parts": group.parts, "numbers": {str(part): number for part, number in group.numbers.items()}}
            for name, group in self._groups.items()
        }
        return {"jobs": self._steps, "groups": groups}

    def restore(self, state: object) -> None:
        """What `state` gave; what does not fit is left out."""
        if not isinstance(state, Mapping):
            return
        with suppress(AttributeError, KeyError, TypeError, ValueError):
            self._steps = {str(job): int(step) for job, step in state["jobs"].items()}
            for name, group in state["groups"].items():
                numbers = {int(part): int(number) for part, number in group["numbers"].items()}
                self._groups[str(name)] = _Group(int(group["parts"]), numbers)

    async def arrived(self, job: Job, number: int) -> tuple[int, int] | None:
        """A picture of a job came: (step, number of the picture to show), or None while others are waited for.

        Raises MissingError, PictureError, LibraryError.
        """
        step = self._steps.pop(job.id, None)
        if step is None:
            return None
        plan = job.plan
        group = self._groups.get(plan.together) if plan is not None and plan.together is not None else None
        if plan is None or plan.together is None or group is None:
            return step, number
        group.numbers[plan.part] = number
        if len(group.numbers) < group.parts:
            return None
        del self._groups[plan.together]
        whole = await recomposite(self._library, [group.numbers[part] for part in sorted(group.numbers)])
        return step, whole.id
