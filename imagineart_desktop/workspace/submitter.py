"""Turns validated drafts into jobs, for the price that the user saw."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import (
    BudgetExceededError,
    InpaintRequest,
    InputImage,
    Job,
    ServiceConnection,
    Worker,
)
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import FieldProblem, InvalidRequestError, Price
from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.quote import LIVE_NOW, Quote, not_sent
from imagineart_desktop.workspace.request_draft import RequestDraft

ReadImage = Callable[[], Awaitable[InputImage]]
"""Reads an image that is sent. Raises PictureError, LibraryError."""

_AddJobs = Callable[[Sequence[int | None]], Awaitable[list[Job]]]


@dataclass(frozen=True, slots=True)
class SubmitProblem:
    """A sentence that says why nothing was sent, or what failed besides.

    field: the field to change, empty if it's none in particular; None if no change of a field helps. is_caution:
    whether nothing failed, but the user must decide again. over_budget: the budget that refused it, if one did.
    """

    message: str
    field: str | None = None
    is_caution: bool = False
    over_budget: BudgetExceededError | None = None


@dataclass(frozen=True, slots=True)
class Submission:
    """What became of a request. jobs: all that are sent; empty if nothing was sent.

    is_invalid: the draft was refused at once.
    """

    jobs: list[Job] = field(default_factory=list)
    problems: Sequence[SubmitProblem] = ()
    is_invalid: bool = False


def refused_requests(requests: int, price: Price) -> Submission:
    """Return that nothing was sent, as this makes another number of requests than the user agreed to."""
    message = f"Nothing was sent: this makes {requests} requests and costs {price.sentence}."
    return Submission(problems=[SubmitProblem(message, is_caution=True)])


class RequestSubmitter:
    """Submits requests."""

    def __init__(self, library: Library, worker: Worker, account: ServiceConnection) -> None:
        self._library = library
        self._worker = worker
        self._account = account
        self._asked: tuple[RequestDraft, str, int] | None = None
        """Whose unknown price was asked about last: draft, model, images at once."""
        self._agreed: dict[str, int] = {}
        """Model → how many images at once the user agreed to request for an unknown price."""

    async def submit(
        self, draft: RequestDraft, images: Sequence[InputImage] = (), allowance: Decimal | None = None
    ) -> Submission:
        """Create jobs for the images that the draft asks for. images: its input images, in order.

        allowance: see `Worker`.
        """
        if problems := draft.problems():
            return Submission(problems=_at_fields(problems), is_invalid=True)
        quote = draft.quote()
        try:
            inputs = quote.model.image_fields(images, draft.task)
        except InvalidRequestError as error:
            return Submission(problems=_at_fields(error.problems), is_invalid=True)

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.add(
                quote.model, self._account.kind, quote.fields, inputs, seeds, quote.picture_ids, allowance
            )

        return await self._send(draft, quote, add)

    async def submit_each(
        self, draft: RequestDraft, sources: Sequence[ReadImage], allowance: Decimal | None = None
    ) -> Submission:
        """Create jobs that do the same to each of several images; one that can't be read is reported and left out.

        sources: what reads each image. A budget must pay for all of them. allowance: see `Worker`.
        """
        if problems := draft.problems():
            return Submission(problems=_at_fields(problems), is_invalid=True)
        quote = draft.quote().with_sources(len(sources))
        failed: list[SubmitProblem] = []

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            jobs: list[Job] = []
            # The one that the price is for: a key may come while the images are read.
            kind = self._account.kind
            if kind is ServiceKind.LIVE and allowance is None:
                await self._worker.budget.check(quote.price.amount, is_known=quote.price.is_known)
            for read in sources:
                try:
                    inputs = quote.model.image_fields([await read()], draft.task)
                    jobs += await self._worker.add(quote.model, kind, quote.fields, inputs, seeds, allowance=allowance)
                except UserError as error:
                    failed.append(SubmitProblem(str(error)))
            return jobs

        submission = await self._send(draft, quote, add)
        return replace(submission, problems=[*submission.problems, *failed])

    async def submit_prepared(
        self,
        draft: RequestDraft,
        quote: Quote,
        prepared: Sequence[InpaintRequest],
        allowance: Decimal | None = None,
    ) -> Submission:
        """Create jobs for an inpaint, from the prepared requests for each image of the quote.

        quote: what the user agreed to before the requests were prepared; nothing is sent if there are more or fewer.
        draft: provides the seeds. allowance: see `Worker`.
        """
        if not quote.covers(prepared):
            return refused_requests(len(prepared), quote.with_requests(len(prepared)).price)

        async def add(seeds: Sequence[int | None]) -> list[Job]:
            return await self._worker.inpaint(
                quote.model, self._account.kind, quote.fields, prepared, seeds, quote.picture_ids, allowance
            )

        return await self._send(draft, quote, add)

    async def _send(self, draft: RequestDraft, quote: Quote, add: _AddJobs) -> Submission:
        seeds = _ReservedSeeds(draft, quote)
        try:
            refusal = await self._price_problem(draft, quote)
        except asyncio.CancelledError:
            seeds.restore()
            raise
        submission = Submission(problems=[refusal]) if refusal else await self._add(quote, add(seeds.values))
        if not submission.jobs:
            seeds.restore()
        return submission

    async def _price_problem(self, draft: RequestDraft, quote: Quote) -> SubmitProblem | None:
        """Return what's wrong if more is charged than the quote says, once it's known which service takes it."""
        task = asyncio.current_task()
        with self._library.operations.during(_describe, task.cancel if task else None):
            await self._account.settled.wait()
        if quote.is_free and self._account.kind is ServiceKind.LIVE:
            # Sending again agrees to the price that is named.
            draft.set_free(False)
            return SubmitProblem(not_sent(LIVE_NOW, quote.price), is_caution=True)
        if self._account.kind is ServiceKind.LIVE and (draft.is_repriced or _is_repriced(draft, quote)):
            draft.follow_models()
            draft.accept_price()
            price = draft.price_of(quote.requests * quote.sources) or quote.price
            return SubmitProblem(not_sent("the price has changed", price), is_caution=True)
        if not quote.unit_price.is_known and self._account.kind is ServiceKind.LIVE:
            return self._ask_about_unknown_price(draft, quote)
        return None

    def _ask_about_unknown_price(self, draft: RequestDraft, quote: Quote) -> SubmitProblem | None:
        """Return the question whether to send a request whose price is unknown; None once the user has sent it again.

        It's asked again in another place, for another model, and for more images at once.
        """
        model, images = quote.model, quote.count * quote.requests * quote.sources
        if self._asked is not None and self._asked[0] is draft and self._asked[1:] == (model.endpoint, images):
            self._agreed[model.endpoint] = images
        if images <= self._agreed.get(model.endpoint, 0):
            return None
        self._asked = (draft, model.endpoint, images)
        many = pluralize(images, "image")
        uncounted = ", so no budget can count it" if self._worker.budget.limits.items() else ""
        price = f"the price of {model.label} is unknown{uncounted}"
        message = f"Nothing was sent yet: {price}. Send again to agree to {many}."
        return SubmitProblem(message, is_caution=True)

    async def _add(self, quote: Quote, adding: Awaitable[list[Job]]) -> Submission:
        """Add the jobs. It takes a moment and can't be stopped, as a stored row would be sent and charged anyway."""
        with self._library.operations.during(_describe):
            try:
                submission = Submission(await adding)
            except InvalidRequestError as error:
                return Submission(problems=_at_fields(error.problems))
            except BudgetExceededError as error:
                return Submission(problems=[SubmitProblem(str(error), is_caution=True, over_budget=error)])
            except UserError as error:
                return Submission(problems=[SubmitProblem(str(error))])
            try:
                if prompt := quote.fields.get("prompt"):
                    await self._library.prompts.remember(str(prompt), len(submission.jobs))
                return replace(submission, problems=await self._budget_caution(submission.jobs))
            except LibraryError as error:
                return replace(submission, problems=[SubmitProblem(str(error))])

    async def _budget_caution(self, jobs: Sequence[Job]) -> Sequence[SubmitProblem]:
        """Return a caution if most of a budget is used, now that these jobs are added. Raises LibraryError."""
        if any(job.service is ServiceKind.DEMO for job in jobs):
            return ()
        caution = await self._worker.budget.caution()
        return [SubmitProblem(caution, is_caution=True)] if caution else ()


class _ReservedSeeds:
    """Seeds taken from a draft, which can be returned to it if nothing was sent."""

    def __init__(self, draft: RequestDraft, quote: Quote) -> None:
        self._draft = draft
        self._before = draft.seed
        self.values: list[int | None] = [None] * quote.count
        if quote.model.has_seed:
            self.values = [*draft.take_seeds(quote.count)]
        self._after = draft.seed

    def restore(self) -> None:
        """Restore the draft's previous seed, unless it has changed since."""
        if self._draft.seed == self._after:
            self._draft.set_seed(self._before)


def _is_repriced(draft: RequestDraft, quote: Quote) -> bool:
    """Return whether the model has another price now than the quote is for."""
    model = draft.models.find(quote.model.endpoint)
    return model is not None and model.price_rule != quote.model.price_rule


def _at_fields(problems: Iterable[FieldProblem]) -> list[SubmitProblem]:
    return [SubmitProblem(problem.message, problem.field) for problem in problems]


def _describe() -> str:
    return "Preparing the request…"
