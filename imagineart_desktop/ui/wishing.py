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
from imagineart_desktop.models import InvalidRequestError, Model
from imagineart_desktop.ui.forms.request_form import RequestForm


@dataclass(frozen=True, slots=True)
class Asked:
    """What a checked form asks for, whatever is typed in it or comes into it afterwards."""

    model: Model
    fields: Mapping[str, Any]
    count: int
    is_free: bool
    """Whether the form said that nothing is charged."""

    @classmethod
    def of(cls, form: RequestForm) -> Asked:
        """As the form is now."""
        return cls(form.model, form.fields(), form.count.value(), form.is_free)


class Wishes:
    """Sends what forms ask for."""

    def __init__(self, library: Library, worker: Worker, account: Account) -> None:
        self._library = library
        self._worker = worker
        self._account = account

    async def send(self, form: RequestForm, pictures: Mapping[str, Sequence[Ingredient]] | None = None) -> list[Job]:
        """One job a picture that the form asks for; none when something stands in the way."""

        if not form.check():
            return []
        asked = Asked.of(form)

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.add(asked.model, self._account.kind, asked.fields, pictures, seeds)

        return await self._send(form, asked, add)

    async def inpaint(self, form: RequestForm, asked: Asked, prepared: Sequence[Prepared]) -> list[Job]:
        """The same for an inpaint: for each picture that was asked for, each of the requests.

        form: was checked when it was asked; gives the seeds, and says what stands in the way.
        """

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.inpaint(asked.model, self._account.kind, asked.fields, prepared, seeds)

        return await self._send(form, asked, add)

    async def _send(
        self, form: RequestForm, asked: Asked, add: Callable[[Sequence[int | None]], Awaitable[list[Job]]]
    ) -> list[Job]:
        task = asyncio.current_task()
        with self._library.operations.during(lambda: "Preparing the request…", task.cancel if task else None):
            return await self._send_now(form, asked, add)

    async def _send_now(
        self, form: RequestForm, asked: Asked, add: Callable[[Sequence[int | None]], Awaitable[list[Job]]]
    ) -> list[Job]:
        seeds = form.seed.take(asked.count) if asked.model.has_seed else [None] * asked.count
        await self._account.settled.wait()
        if asked.is_free and self._account.kind is ServiceKind.LIVE:
            form.message.say(f"Nothing was sent: the program is Live now, and this costs {form.price}.", "caution")
            return []
        try:
            jobs = await add(seeds)
            await self._library.remember_prompt(str(asked.fields["prompt"]))
            form.prompt.set_history(await self._library.recent_prompts())
        except InvalidRequestError as error:
            for problem in error.problems:
                form.show_problem(problem.field, problem.message)
            return []
        except (PictureError, LibraryError) as error:
            form.message.say(str(error))
            return []
        return jobs
