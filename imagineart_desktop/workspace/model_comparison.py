"""The same request to several models of its task, and what became of it.

Each model gets a request of its own, with a draft of its own. Which requests belong together isn't stored: recipes have
no place for it, and each job and image counts as any other.
"""

from __future__ import annotations

import random
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal

from PySide6.QtCore import QObject, Signal
from shiboken6 import isValid

from imagineart_desktop.jobs import InputImage, Job, JobEvent, JobState, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import ModelSpec, Price, format_dollars
from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.seed import SeedChoice, draw_seed
from imagineart_desktop.workspace.submitter import Submission

MAX_MODELS = 4
"""Maximum number of models compared at once: as many images fit side by side."""

SendDraft = Callable[[RequestDraft, Sequence[InputImage]], Awaitable[Submission]]


@dataclass(frozen=True, slots=True)
class ComparisonSource:
    """What is sent to each model. images: what the user added, in order.

    images_beside: how many images go with each request besides these. send: sends one draft; expect: called with
    all jobs at the end.
    """

    draft: RequestDraft
    images: Sequence[InputImage]
    send: SendDraft
    expect: Callable[[list[Job]], object]
    images_beside: int = 0


@dataclass(frozen=True, slots=True)
class Candidate:
    """A model that the request can be sent to. left_out: what of the request it doesn't take, in words.

    price: None if it can't be determined. problem: why it can't be sent, a sentence.
    """

    model: ModelSpec
    draft: RequestDraft
    images: Sequence[InputImage]
    left_out: tuple[str, ...]
    price: Price | None
    problem: str


@dataclass(slots=True)
class ComparedModel:
    """A model that the request was sent to. seconds: from submit to result."""

    model: ModelSpec
    price: Price
    jobs: frozenset[str]
    picture_id: int | None = None
    seconds: float | None = None
    failure: str = ""

    @property
    def is_pending(self) -> bool:
        """Whether its image is still to come."""
        return self.picture_id is None and not self.failure


def candidates_of(source: ComparisonSource, parent: QObject) -> list[Candidate]:
    """Return the models of the task, the selected one first, each with the request as it takes it. parent: of drafts.

    All get the same seed, and make one image.
    """
    base = source.draft
    seed = base.seed.value if base.seed.value is not None else draw_seed()
    others = [model for model in base.models.offered_for(base.task) if model != base.model]
    return [_candidate(source, model, seed, parent) for model in (base.model, *others)]


def _candidate(source: ComparisonSource, model: ModelSpec, seed: int, parent: QObject) -> Candidate:
    base = source.draft
    draft = RequestDraft(base.task, base.models, parent)
    draft.set_model(base.model)
    draft.restore(base.state())
    draft.set_model(model)
    draft.set_count(1)
    draft.set_seed(SeedChoice.of(seed))
    images = source.images[: model.max_references(base.task)]
    draft.set_input_sizes(base.input_sizes[: source.images_beside + len(images)])
    draft.set_requests(base.requests)
    draft.set_free(base.is_free)
    left_out = [*_left_out(base, draft)]
    if unused := len(source.images) - len(images):
        left_out.append(pluralize(unused, "reference"))
    problems = draft.problems()
    return Candidate(model, draft, images, tuple(left_out), draft.price(), problems[0].message if problems else "")


def _left_out(base: RequestDraft, draft: RequestDraft) -> Iterable[str]:
    """Yield the labels of what is set in a draft and not sent by the other."""
    if base.prompt.strip() and not draft.model.has_prompt:
        yield "Prompt"
    sent = draft.sent_fields()
    for name, value in base.sent_fields().items():
        spec = base.model.fields_by_name[name]
        if name in base.options and value not in (spec.default, "") and sent.get(name) != value:
            yield spec.label


def total_of(candidates: Iterable[Candidate]) -> str:
    """Return what requests to these models cost together: “$0.11”, “$0.11 + unknown”, or “unknown”."""
    prices = [candidate.price for candidate in candidates]
    known = [price.amount for price in prices if price is not None and price.is_known]
    parts = [format_dollars(sum(known, Decimal(0)))] if known else []
    return " + ".join([*parts, *(["unknown"] if len(known) < len(prices) else [])])


@dataclass(slots=True)
class _Names:
    """Which names are shown, and in which order the models are. seed: of that order, the same for one comparison."""

    seed: int = field(default_factory=draw_seed)
    are_hidden: bool = False
    is_shuffled: bool = False


class ModelComparison(QObject):
    """Requests to several models and their images. It lives as long as the window that shows it."""

    changed = Signal()
    """An image arrived, a request failed, or names or order changed."""

    def __init__(self, library: Library, worker: Worker, source: ComparisonSource, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._source = source
        self._models: list[ComparedModel] = []
        self._names = _Names()
        self.is_sending = False
        self._early: dict[str, JobEvent] = {}
        """What became of jobs before their request counted as sent."""
        unsubscribe = worker.subscribe(self._follow)
        self.destroyed.connect(lambda: unsubscribe())

    # Sending

    async def send(self, chosen: Sequence[Candidate]) -> list[str]:
        """Send the request to each of the models that it wasn't sent to yet. Return what went wrong, in sentences.

        Nothing more is sent after one that was refused: the user agreed to all of it. Those of unknown price are first,
        as only they are asked about.
        """
        self.is_sending = True
        jobs: list[Job] = []
        try:
            for candidate in sorted(chosen, key=lambda one: one.price is not None and one.price.is_known):
                if any(compared.model == candidate.model for compared in self._models):
                    continue
                problems = await self._send_one(candidate, jobs)
                if problems:
                    return problems
        finally:
            self.is_sending = False
            self._early.clear()
            # The window may have closed meanwhile.
            if jobs and isValid(self):
                self._source.expect(jobs)
        order = [candidate.model for candidate in chosen]
        self._models.sort(key=lambda compared: order.index(compared.model))
        if isValid(self):
            self.changed.emit()
        return []

    async def _send_one(self, candidate: Candidate, jobs: list[Job]) -> list[str]:
        try:
            price = candidate.draft.quote().price
            submission = await self._source.send(candidate.draft, candidate.images)
        except UserError as error:
            return [str(error)]
        if submission.jobs:
            jobs += submission.jobs
            ids = [job.id for job in submission.jobs]
            self._models.append(ComparedModel(candidate.model, price, frozenset(ids)))
            for event in [self._early[job_id] for job_id in ids if job_id in self._early]:
                self._follow(event)
            return []
        return [f"{candidate.model.label}: {problem.message}" for problem in submission.problems] or [
            "Nothing was sent."
        ]

    # What there is

    @property
    def models(self) -> list[ComparedModel]:
        """The models that the request was sent to: as chosen, or in random order once names were hidden."""
        if not self._names.is_shuffled:
            return list(self._models)
        return random.Random(self._names.seed).sample(self._models, len(self._models))  # noqa: S311 - only an order

    @property
    def pending(self) -> int:
        """How many images are still to come."""
        return sum(compared.is_pending for compared in self._models)

    @property
    def are_names_hidden(self) -> bool:
        """Whether the images have letters in place of the names of their models."""
        return self._names.are_hidden

    def label(self, compared: ComparedModel) -> str:
        """Return what an image is called: “B · Ideogram V3 · $0.06 · 14 s”, or “B” if names are hidden."""
        letter = "ABCDEFGH"[self.models.index(compared)]
        if self.are_names_hidden:
            return letter
        price = format_dollars(compared.price.amount) if compared.price.is_known else "unknown price"
        time = [] if compared.seconds is None else [f"{compared.seconds:.0f} s"]
        return " · ".join([letter, compared.model.label, price, *time])

    def failures(self) -> list[str]:
        """Return a sentence for each request that failed."""
        return [
            f"{'A request' if self.are_names_hidden else compared.model.label} failed. {compared.failure}"
            for compared in self._models
            if compared.failure
        ]

    # Names

    def hide_names(self) -> None:
        """Put letters in place of names, in a random order that stays the same."""
        self._names.are_hidden = self._names.is_shuffled = True
        self.changed.emit()

    def show_names(self) -> None:
        """Show the names; the order stays."""
        self._names.are_hidden = False
        self.changed.emit()

    # Following jobs

    def _follow(self, event: JobEvent) -> None:
        compared = next((one for one in self._models if event.job.id in one.jobs), None)
        if compared is None and self.is_sending:
            self._early[event.job.id] = event
        if compared is None or compared.picture_id is not None:
            return
        if event.pictures:
            # It may have been fetched again after a failure.
            compared.picture_id, compared.failure = event.pictures[0], ""
            compared.seconds = _seconds(event.job.submitted_at, event.job.finished_at)
        elif event.job.state in (JobState.FAILED, JobState.CANCELLED):
            compared.failure = str(event.job.failure.message) if event.job.failure is not None else "It was canceled."
        else:
            return
        self.changed.emit()


def _seconds(start: datetime | None, end: datetime | None) -> float | None:
    return None if start is None or end is None else (end - start).total_seconds()
