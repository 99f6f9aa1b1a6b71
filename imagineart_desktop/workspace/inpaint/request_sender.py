"""Sending of inpaint requests: prepared once, at the price shown, from the image and mask of a session."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import Margins
from imagineart_desktop.jobs import InpaintRequest, InputImage
from imagineart_desktop.library import Library
from imagineart_desktop.models import Price, Task
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.background import PendingWorkPresenter
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.estimator import CostEstimator
from imagineart_desktop.workspace.inpaint.history import HistoryStep
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.quote import Quote
from imagineart_desktop.workspace.reference_list import ReferenceList
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import RequestSubmitter, Submission, refused_requests


class AnotherImageError(UserError):
    """Another image was opened before the request was prepared."""

    def __init__(self) -> None:
        super().__init__("Nothing was sent, because another image was opened.")


class AlreadySendingError(UserError):
    """A request is being prepared. What is ordered meanwhile must not be sent, and paid, later."""

    def __init__(self) -> None:
        super().__init__("Already sending…")


@dataclass(frozen=True, slots=True)
class InpaintOrder:
    """What the user decided to send. quote: what they agreed to pay, with these references. draft: it was made from it.

    Mask and settings are those when it's prepared.
    """

    picture: session_store.OpenImage
    step: HistoryStep
    quote: Quote
    references: Sequence[InputImage]
    draft: RequestDraft


@dataclass(frozen=True, slots=True)
class PriceChange:
    """The painted areas make another number of requests than the user agreed to. holds: whether that's still so."""

    requests: int
    price: Price
    holds: Callable[[], bool]

    @property
    def sentence(self) -> str:
        """Return what is asked before they are sent."""
        return f"This makes {self.requests} requests: {self.price.sentence}."


class RequestSender(QObject):
    """Sends inpaint requests. waiting: shows their preparation, and cancels it."""

    prepared = Signal()
    """No request is being prepared anymore."""
    sent = Signal(list, object)
    """The jobs of a request, and the `HistoryStep` that it was sent from."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        submitter: RequestSubmitter,
        document: MaskDocument,
        draft: RequestDraft,
        references: ReferenceList,
        settings: SessionSettings,
        history: HistoryController,
        estimator: CostEstimator,
        waiting: PendingWorkPresenter,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._submitter = submitter
        self._document = document
        self._draft = draft
        self._references = references
        self._settings = settings
        self._history = history
        self._estimator = estimator
        self._waiting = waiting
        self._is_preparing = False
        self._changes = self._sent_changes = 0
        document.changed.connect(self._note_change)
        settings.extended.connect(self._note_change)
        history.image_placed.connect(self._forget_changes)

    @property
    def is_preparing(self) -> bool:
        """Whether a request is being prepared."""
        return self._is_preparing

    @property
    def is_changed(self) -> bool:
        """Whether mask or margins changed since the image was placed or last sent."""
        return self._changes != self._sent_changes

    def _note_change(self) -> None:
        self._changes += 1

    def _forget_changes(self) -> None:
        self._sent_changes = self._changes

    def order(self, requests: int, draft: RequestDraft | None = None) -> InpaintOrder | None:
        """Return what would be sent now, if each image takes this many requests; None without an image.

        A stroke in progress is finished and sent; one that is begun while the request is prepared isn't. draft: used
        instead of the session's, without references. Raises InvalidRequestError.
        """
        references = self._references.input_images() if draft is None else ()
        return self._order(draft or self._draft, requests, references)

    async def send_to(
        self, step: HistoryStep | None, draft: RequestDraft, references: Sequence[InputImage]
    ) -> Submission:
        """Send by another draft, to another model. Nothing is sent if that makes more or fewer requests than it says.

        step: whose image the user agreed to send. Raises InvalidRequestError, and what `send` raises.
        """
        if self._history.steps.current is not step:
            raise AnotherImageError
        order = self._order(draft, draft.requests, references)
        outcome = None if order is None else await self.send(order)
        if isinstance(outcome, PriceChange):
            return refused_requests(outcome.requests, outcome.price)
        return outcome or Submission()

    def _order(self, draft: RequestDraft, requests: int, references: Sequence[InputImage]) -> InpaintOrder | None:
        picture, step = self._history.picture, self._history.steps.current
        if picture is None or step is None:
            return None
        self._document.finish_stroke()
        return InpaintOrder(picture, step, draft.quote().with_requests(requests), references, draft)

    async def send(self, order: InpaintOrder, allowance: Decimal | None = None) -> Submission | PriceChange | None:
        """Send what was ordered. Return what became of it; None if it was canceled. allowance: see `Worker`.

        Raises PictureError, MaskError, LibraryError, AnotherImageError, AlreadySendingError.
        """
        if self._is_preparing:
            raise AlreadySendingError
        self._is_preparing = True
        task = asyncio.current_task()
        try:
            with self._library.operations.during(lambda: "Preparing the request…", task.cancel if task else None):
                prepared = await self._waiting.on("Preparing the request", lambda _show: self._prepare(order))
        finally:
            self._is_preparing = False
            self.prepared.emit()
        if prepared is None:
            return None
        requests, changes = prepared
        if not order.quote.covers(requests):
            return await self._price_change(len(requests), order)
        submission = await self._submitter.submit_prepared(order.draft, order.quote, requests, allowance)
        if submission.jobs:
            self._sent_changes = changes
            self.sent.emit(submission.jobs, order.step)
        return submission

    async def _prepare(self, order: InpaintOrder) -> tuple[list[InpaintRequest], int]:
        """Return the requests, and the number of changes before them."""
        await self._document.operations.wait()
        await self._estimator.known()
        self._check_image(order.step)
        changes = self._changes
        # From here on all of it is of this image, whatever is opened meanwhile.
        settings = self._settings.value
        if order.draft.task is Task.REMOVE:
            # It fills what is masked; the image keeps its size.
            settings = settings.model_copy(update={"margins": Margins()})
        return await session_store.prepare_requests(
            order.picture, self._document.finished_mask, settings, order.quote.model, order.references
        ), changes

    async def _price_change(self, requests: int, order: InpaintOrder) -> PriceChange | None:
        draft, step = order.draft, order.step
        await self._estimator.known()
        self._check_image(step)
        price = draft.price_of(requests)
        if price is None:
            return None

        def still_costs_that() -> bool:
            return draft.price_of(requests) == price and self._history.steps.current is step

        return PriceChange(requests, price, still_costs_that)

    def _check_image(self, step: HistoryStep) -> None:
        if self._history.steps.current is not step:
            raise AnotherImageError
