"""Sending of inpaint requests: prepared once, at the price shown, from the image on the canvas."""

from __future__ import annotations

import asyncio
from functools import partial

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.jobs import InpaintRequest
from imagineart_desktop.library import Library
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.canvas.canvas_focus import CanvasFocus
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.widgets import InlineMessage, PendingWork
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.estimator import CostEstimator
from imagineart_desktop.workspace.inpaint.history import HistoryStep
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.quote import Quote
from imagineart_desktop.workspace.submitter import RequestSubmitter


class Sending(QObject):
    """Sends inpaint requests. message: shows problems with the mask; waiting: shows the preparation."""

    sent = Signal(list, object)
    """The jobs of a request, and the `HistoryStep` that it was sent from."""
    image_wanted = Signal()
    """Emitted if there is no image to send."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        submitter: RequestSubmitter,
        canvas: MaskCanvas,
        form: RequestForm,
        settings: SessionSettings,
        stepping: HistoryController,
        measuring: CostEstimator,
        focus: CanvasFocus,
        message: InlineMessage,
        waiting: PendingWork,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._submitter = submitter
        self._canvas = canvas
        self._form = form
        self._draft = form.draft
        self._settings = settings
        self._stepping = stepping
        self._measuring = measuring
        self._focus = focus
        self._message = message
        self._waiting = waiting
        self._is_preparing = False
        self._changes = self._sent_changes = 0
        canvas.document.changed.connect(self._note_change)
        settings.extended.connect(self._note_change)
        stepping.image_placed.connect(self._forget_changes)

    @property
    def is_changed(self) -> bool:
        """Return whether mask or margins changed since the image was placed or last sent."""
        return self._changes != self._sent_changes

    def _note_change(self) -> None:
        self._changes += 1

    def _forget_changes(self) -> None:
        self._sent_changes = self._changes

    def send(self) -> None:
        """Send the painted area at the draft's price."""
        self._send(self._draft.requests)

    def _send(self, agreed: int) -> None:
        """Send at most `agreed` requests: the number that the displayed price was for."""
        self._message.clear()
        picture, step = self._stepping.picture, self._stepping.steps.current
        if picture is None or step is None:
            self._form.allow_next()
            self.image_wanted.emit()
        elif self._draft.model.mask_polarity is not None and self._form.check():
            self._focus.give()
            spawn(self._submit(picture, step, self._draft.quote().with_requests(agreed)))
        else:
            self._form.allow_next()

    async def _submit(self, picture: session_store.OpenImage, step: HistoryStep, quote: Quote) -> None:
        if self._is_preparing:
            # What is pressed meanwhile must not be sent, and paid, later.
            self._form.say_ignored("Already sending…", holds=lambda: self._is_preparing)
            return
        self._is_preparing = True
        task = asyncio.current_task()
        try:
            with self._library.operations.during(lambda: "Preparing the request…", task.cancel if task else None):
                prepared = await self._waiting.on(
                    "Preparing the request", lambda _show: self._prepare(picture, step, quote)
                )
        except UserError as error:
            self._form.allow_next()
            self._message.say(str(error), "caution")
            return
        finally:
            self._is_preparing = False
            self._form.message.review()
        if prepared is not None and quote.covers(prepared[0]):
            requests, changes = prepared
            submission = await self._submitter.submit_prepared(self._draft, quote, requests)
            self._form.show_submission(submission)
            if submission.jobs:
                self._sent_changes = changes
                self.sent.emit(submission.jobs, step)
            return
        self._form.allow_next()
        if prepared is not None:
            await self._ask_again(len(prepared[0]), step)

    async def _ask_again(self, requests: int, step: HistoryStep) -> None:
        """Ask whether to send a number of requests that the displayed price was not for."""
        await self._measuring.known()
        price = self._draft.price_of(requests)
        if not self._is_still_on(step) or price is None:
            return

        def still_costs_that() -> bool:
            return self._draft.price_of(requests) == price and self._stepping.steps.current is step

        words = f"This makes {requests} requests: {price.sentence}."
        self._form.message.say(words, "caution", {"Send": partial(self._send, requests)}, holds=still_costs_that)

    async def _prepare(
        self, picture: session_store.OpenImage, step: HistoryStep, quote: Quote
    ) -> tuple[list[InpaintRequest], int] | None:
        """Return the requests, and the number of changes before them; None if another image was opened."""
        await self._canvas.document.wait_for_operations()
        await self._measuring.known()
        if not self._is_still_on(step):
            return None
        changes = self._changes
        # From here on all of it is of this image, whatever is opened meanwhile.
        return await session_store.prepare_requests(
            picture, self._canvas.document.mask, self._settings.value, quote.model
        ), changes

    def _is_still_on(self, step: HistoryStep) -> bool:
        """Return whether the canvas still shows this step; otherwise say that nothing was sent."""
        is_on = self._stepping.steps.current is step
        if not is_on:
            self._form.message.say("Nothing was sent, because another image was opened.", "caution")
        return is_on
