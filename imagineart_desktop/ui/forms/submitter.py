"""Turns validated forms into jobs; shows problems in the form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import PictureError
from imagineart_desktop.jobs import InpaintRequest, InputImage, Job, ServiceConnection, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import InvalidRequestError, Model, Price
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.widgets import SeedField, SeedMode


@dataclass(frozen=True, slots=True)
class FormRequest:
    """The request of a validated form, independent of later changes to the form. unit_price: of one request."""

    model: Model
    fields: Mapping[str, Any]
    count: int
    unit_price: Price
    is_free: bool
    """Whether the form said that there is no charge."""

    @classmethod
    def of(cls, form: RequestForm) -> FormRequest:
        """Return the form's current request."""
        return cls(form.model, form.fields(), form.count.value(), form.unit_price, form.is_free)


class RequestSubmitter:
    """Submits the requests of forms."""

    def __init__(self, library: Library, worker: Worker, account: ServiceConnection) -> None:
        self._library = library
        self._worker = worker
        self._account = account

    async def send(self, form: RequestForm, pictures: Mapping[str, Sequence[InputImage]] | None = None) -> list[Job]:
        """Create one job per image that the form asks for; none if there is a problem, which is shown in the form."""
        if not form.check():
            form.allow_next()
            return []
        asked = FormRequest.of(form)

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.add(asked.model, self._account.kind, asked.fields, pictures, seeds)

        return await self._send(form, asked, 1, add)

    async def inpaint(self, form: RequestForm, asked: FormRequest, prepared: Sequence[InpaintRequest]) -> list[Job]:
        """Create jobs for an inpaint: one per prepared request for each image that the form asks for.

        form: was validated before; provides the seeds and shows problems.
        """

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.inpaint(asked.model, self._account.kind, asked.fields, prepared, seeds)

        return await self._send(form, asked, len(prepared), add)

    async def _send(
        self,
        form: RequestForm,
        asked: FormRequest,
        requests: int,
        add: Callable[[Sequence[int | None]], Awaitable[list[Job]]],
    ) -> list[Job]:
        """Submit the request. requests: how many each image takes."""
        seeds = _ReservedSeeds(form.seed, asked)
        try:
            agreed = await self._is_price_confirmed(form, asked, requests)
        except asyncio.CancelledError:
            seeds.restore()
            raise
        jobs = await self._added(form, asked, add(seeds.values)) if agreed else []
        if not jobs:
            seeds.restore()
        return jobs

    async def _is_price_confirmed(self, form: RequestForm, asked: FormRequest, requests: int) -> bool:
        """Return whether the charge matches what the form said, once it's known which service takes the requests."""
        task = asyncio.current_task()
        with self._library.operations.during(_describe, task.cancel if task else None):
            await self._account.settled.wait()
        if asked.is_free and self._account.kind is ServiceKind.LIVE:
            price = asked.unit_price.times(asked.count * requests).sentence
            form.message.say(f"Nothing was sent: the program is Live now, and this costs {price}.", "caution")
            return False
        return True

    async def _added(self, form: RequestForm, asked: FormRequest, adding: Awaitable[list[Job]]) -> list[Job]:
        """Add the jobs. It takes a moment and can't be stopped, as a stored row would be sent and charged anyway."""
        with self._library.operations.during(_describe):
            try:
                jobs = await adding
            except InvalidRequestError as error:
                for problem in error.problems:
                    form.show_problem(problem.field, problem.message)
                return []
            except (PictureError, LibraryError) as error:
                form.message.say(str(error))
                return []
            try:
                await self._library.remember_prompt(str(asked.fields["prompt"]))
                form.prompt.set_history(await self._library.recent_prompts())
            except LibraryError as error:
                form.message.say(str(error))
            return jobs


class _ReservedSeeds:
    """Seeds taken from a form, which can be returned to it if nothing was sent."""

    def __init__(self, field: SeedField, asked: FormRequest) -> None:
        self._field = field
        self._before = self._state
        self.values: list[int | None] = [None] * asked.count
        if asked.model.has_seed:
            self.values = [*field.take(asked.count)]
        self._after = self._state

    @property
    def _state(self) -> tuple[int | None, SeedMode]:
        return self._field.value(), self._field.mode

    def restore(self) -> None:
        """Restore the field's previous state, unless it has changed since."""
        if self._before != self._after == self._state:
            self._field.set_value(*self._before)


def _describe() -> str:
    return "Preparing the request…"
