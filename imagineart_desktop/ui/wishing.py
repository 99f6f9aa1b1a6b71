"""From a checked form to jobs; what stands in the way is said beside the form."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping, Sequence

from imagineart_desktop.imaging import PictureError
from imagineart_desktop.jobs import Account, Ingredient, Job, Prepared, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import InvalidRequestError
from imagineart_desktop.ui.forms.request_form import RequestForm


class Wishes:
    """Sends what forms ask for."""

    def __init__(self, library: Library, worker: Worker, account: Account) -> None:
        self._library = library
        self._worker = worker
        self._account = account

    async def send(self, form: RequestForm, pictures: Mapping[str, Sequence[Ingredient]] | None = None) -> list[Job]:
        """One job a picture that the form asks for; none when something stands in the way."""

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.add(form.model, self._account.kind, form.fields(), pictures, seeds)

        return await self._send(form, add)

    async def inpaint(self, form: RequestForm, prepared: Sequence[Prepared]) -> list[Job]:
        """The same for an inpaint: for each picture that the form asks for, each of the requests."""

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.inpaint(form.model, self._account.kind, form.fields(), prepared, seeds)

        return await self._send(form, add)

    async def _send(self, form: RequestForm, add: Callable[[Sequence[int | None]], Awaitable[list[Job]]]) -> list[Job]:
        if not form.check():
            return []
        await self._account.settled.wait()
        count = form.count.value()
        seeds = form.seed.take(count) if form.model.has_seed else [None] * count
        try:
            jobs = await add(seeds)
            await self._library.remember_prompt(str(form.fields()["prompt"]))
            form.prompt.set_history(await self._library.recent_prompts())
        except InvalidRequestError as error:
            for problem in error.problems:
                form.show_problem(problem.field, problem.message)
            return []
        except (PictureError, LibraryError) as error:
            form.message.say(str(error))
            return []
        return jobs
