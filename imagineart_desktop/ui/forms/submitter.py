"""From a checked form to jobs; what stands in the way is said beside the form."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.imaging import PictureError
from imagineart_desktop.jobs import Account, Ingredient, Job, Prepared, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import InvalidRequestError, Model, Price
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.widgets import SeedField, SeedMode


@dataclass(frozen=True, slots=True)
class Asked:
    """What a checked form asks for, whatever is typed in it or comes into it afterwards. unit_price: of one request."""

    model: Model
    fields: Mapping[str, Any]
    count: int
    unit_price: Price
    is_free: bool
    """Whether the form said that nothing is charged."""

    @classmethod
    def of(cls, form: RequestForm) -> Asked:
        """As the form is now."""
        return cls(form.model, form.fields(), form.count.value(), form.unit_price, form.is_free)


class Wishes:
    """Sends what forms ask for."""

    def __init__(self, library: Library, worker: Worker, account: Account) -> None:
        self._library = library
        self._worker = worker
        self._account = account

    async def send(self, form: RequestForm, pictures: Mapping[str, Sequence[Ingredient]] | None = None) -> list[Job]:
        """One job a picture that the form asks for; none when something stands in the way."""
        if not form.check():
            form.allow_next()
            return []
        asked = Asked.of(form)

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.add(asked.model, self._account.kind, asked.fields, pictures, seeds)

        return await self._send(form, asked, 1, add)

    async def inpaint(self, form: RequestForm, asked: Asked, prepared: Sequence[Prepared]) -> list[Job]:
        """The same for an inpaint: for each picture that was asked for, each of the requests.

        form: was checked when it was asked; gives the seeds, and says what stands in the way.
        """

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.inpaint(asked.model, self._account.kind, asked.fields, prepared, seeds)

        return await self._send(form, asked, len(prepared), add)

    async def _send(
        self,
        form: RequestForm,
        asked: Asked,
        requests: int,
        add: Callable[[Sequence[int | None]], Awaitable[list[Job]]],
    ) -> list[Job]:
        """requests: how many each image takes."""
        seeds = _Seeds(form.seed, asked)
        try:
            agreed = await self._is_agreed(form, asked, requests)
        except asyncio.CancelledError:
            seeds.give_back()
            raise
        jobs = await self._added(form, asked, add(seeds.values)) if agreed else []
        if not jobs:
            seeds.give_back()
        return jobs

    async def _is_agreed(self, form: RequestForm, asked: Asked, requests: int) -> bool:
        """Whether what is charged is what the form said, once it is known which service takes the requests."""
        task = asyncio.current_task()
        with self._library.operations.during(_describe, task.cancel if task else None):
            await self._account.settled.wait()
        if asked.is_free and self._account.kind is ServiceKind.LIVE:
            price = asked.unit_price.times(asked.count * requests).sentence
            form.message.say(f"Nothing was sent: the program is Live now, and this costs {price}.", "caution")
            return False
        return True

    async def _added(self, form: RequestForm, asked: Asked, adding: Awaitable[list[Job]]) -> list[Job]:
        """Add the jobs. It takes a moment and cannot be stopped: a row that was written would be sent and charged."""
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


class _Seeds:
    """Seeds that a form gave, to be given back where nothing was sent."""

    def __init__(self, field: SeedField, asked: Asked) -> None:
        self._field = field
        self._before = self._state
        self.values: list[int | None] = [None] * asked.count
        if asked.model.has_seed:
            self.values = [*field.take(asked.count)]
        self._after = self._state

    @property
    def _state(self) -> tuple[int | None, SeedMode]:
        return self._field.value(), self._field.mode

    def give_back(self) -> None:
        """Put the field back as it was, unless it has changed since."""
        if self._before != self._after == self._state:
            self._field.set_value(*self._before)


def _describe() -> str:
    return "Preparing the request…"
