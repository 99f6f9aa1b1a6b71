"""Sends inpaint requests from the form, and shows there what becomes of them."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.canvas.canvas_focus import CanvasFocus
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.workspace.inpaint.request_sender import (
    AlreadySendingError,
    AnotherImageError,
    InpaintOrder,
    PriceChange,
)
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.submitter import Submission


class Sending(QObject):
    """Orders the requests of a session and shows the outcome. message: shows problems with the mask."""

    image_wanted = Signal()
    """Emitted if there is no image to send."""

    def __init__(
        self, parent: QObject, session: InpaintSession, form: RequestForm, focus: CanvasFocus, message: InlineMessage
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._sender = session.request_sender
        self._form = form
        self._focus = focus
        self._message = message
        self._sender.prepared.connect(form.message.review)

    def send(self) -> None:
        """Send the painted area at the draft's price."""
        self._send(self._session.draft.requests)

    def _send(self, agreed: int, allowance: Decimal | None = None) -> None:
        """Send at most `agreed` requests: the number that the displayed price was for. allowance: see `Worker`."""
        self._message.clear()
        if not self._session.has_image:
            self._form.allow_next()
            self.image_wanted.emit()
        elif (
            self._session.draft.model.mask_polarity is not None
            and self._form.check()
            and (order := self._sender.order(agreed)) is not None
        ):
            self._focus.give()
            spawn(self._submit(order, allowance))
        else:
            self._form.allow_next()

    async def _submit(self, order: InpaintOrder, allowance: Decimal | None) -> None:
        try:
            outcome = await self._sender.send(order, allowance)
        except AlreadySendingError as error:
            self._form.say_ignored(str(error), holds=lambda: self._sender.is_preparing)
            return
        except UserError as error:
            self._form.allow_next()
            message = self._form.message if isinstance(error, AnotherImageError) else self._message
            message.say(str(error), "caution")
            return
        if isinstance(outcome, Submission):
            self._form.show_submission(outcome, lambda amount: self._send(order.quote.requests, amount))
            return
        self._form.allow_next()
        if outcome is not None:
            self._ask_again(outcome)

    def _ask_again(self, change: PriceChange) -> None:
        """Ask whether to send a number of requests that the displayed price was not for."""
        self._form.message.say(
            change.sentence, "caution", {"Send": lambda: self._send(change.requests)}, holds=change.holds
        )
