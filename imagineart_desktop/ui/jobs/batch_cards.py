"""The cards of the batches in the job strip, and what the user does with a batch."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from decimal import Decimal

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMenu, QScrollArea, QSizePolicy, QWidget

from imagineart_desktop.jobs import Batch, BatchController, BudgetExceededError
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.jobs.batch_card import BatchCard
from imagineart_desktop.ui.widgets import button
from imagineart_desktop.ui.widgets.prompt_dialog import TextInputDialog
from imagineart_desktop.workspace.batch_texts import batch_counts

_MIN_WIDTH, _BESIDE = 200, 150
"""Minimum width of the cards, and width of what is beside them, in pixels."""

_MAX_CARDS = 2
"""Maximum number of cards; the window of all jobs lists further batches."""


class BatchCards(QScrollArea):
    """The cards, which a wheel scrolls if there isn't enough space.

    changed: which batches are shown; opened: a batch whose jobs should be shown, None for all jobs.

    While the pointer is over the strip, the card of a batch that ended stays: the next one must not move under it.
    gallery_wanted: the name of a batch; over_budget: see `JobStrip`.
    """

    changed = Signal()
    opened = Signal(object)
    gallery_wanted = Signal(str)
    said = Signal(str)
    over_budget = Signal(object, object)

    def __init__(self, library: Library, batches: BatchController) -> None:
        super().__init__()
        self._library = library
        self._batches = batches
        self.shown: list[Batch] = []
        """The batches that are in progress or need attention."""
        self.cards: dict[str, BatchCard] = {}
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Expanding)
        self.setWidgetResizable(True)
        inner = QWidget()
        self._row = QHBoxLayout(inner)
        self._row.setContentsMargins(0, 0, 0, 10)
        self._row.setSpacing(10)
        self._more = button("", lambda: self.opened.emit(None), kind="link")
        self._row.addWidget(self._more)
        self.setWidget(inner)
        unsubscribe = batches.subscribe(self._changed)
        self.destroyed.connect(lambda: unsubscribe())
        self._changed(())

    def _changed(self, changed: Sequence[Batch]) -> None:
        self.shown = self._batches.current()
        for batch in changed:
            if (card := self.cards.get(batch.id)) is not None:
                card.show_batch(batch)
        self.arrange()
        self.changed.emit()

    def arrange(self) -> None:
        """Build and remove cards, unless one is about to be clicked."""
        strip = self.parentWidget()
        if strip is not None and strip.underMouse() and self.cards:
            return
        wanted = {batch.id: batch for batch in self.shown[:_MAX_CARDS]}
        for batch_id in self.cards.keys() - wanted.keys():
            self.cards.pop(batch_id).deleteLater()
        for place, batch in enumerate(wanted.values()):
            if batch.id not in self.cards:
                self.cards[batch.id] = BatchCard(batch, self._library)
                self.cards[batch.id].wanted.connect(self._do)
            self._row.insertWidget(place, self.cards[batch.id])
        more = len(self.shown) - len(wanted)
        self._more.setText(f"and {more} more")
        self._more.setVisible(more > 0)
        self.setVisible(bool(self.cards))
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of all cards, or of as many as there is space for in the strip."""
        strip, cards = self.parentWidget(), self._row.sizeHint()
        space = cards.width() if strip is None else strip.width() - _BESIDE
        return QSize(max(self.minimumSizeHint().width(), min(cards.width(), space)), cards.height())

    def minimumSizeHint(self) -> QSize:
        """Return the size of a part of a card: the window may be small."""
        return QSize(min(_MIN_WIDTH, self._row.sizeHint().width()), 0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways with a vertical wheel."""
        bar = self.horizontalScrollBar()
        bar.setValue(bar.value() - (event.pixelDelta().y() or event.angleDelta().y() or event.angleDelta().x()))
        event.accept()

    def cancel_all(self) -> None:
        """Cancel the rest of every batch."""
        for batch in self.shown:
            if batch.summary.unfinished:
                self._spawn(self._batches.cancel_rest(batch.id))

    def _do(self, command: str, batch_id: str) -> None:
        batch = self._batches.find(batch_id)
        if batch is None:
            return
        if command == "open":
            self.opened.emit(batch)
        elif command == "menu":
            self._menu(batch).popup(QCursor.pos())
        elif command == "pause":
            self._spawn(self._batches.pause(batch_id))
        else:
            self._spawn(self._batches.resume(batch_id))

    def _menu(self, batch: Batch) -> QMenu:
        batches, summary = self._batches, batch.summary
        menu = QMenu(self)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.addAction("Show jobs…", lambda: self.opened.emit(batch))
        menu.addAction("Show in Gallery", lambda: self.gallery_wanted.emit(batch.name)).setEnabled(bool(summary.done))
        menu.addSeparator()
        failed = f" ({summary.failed:,})" if summary.failed else ""
        retry = menu.addAction(f"Retry failed{failed}", lambda: self._spawn(self._retry(batch.id)))
        retry.setEnabled(bool(summary.failed))
        rest = menu.addAction("Cancel the rest", lambda: self._spawn(batches.cancel_rest(batch.id)))
        rest.setToolTip(batch_counts(batch))
        rest.setEnabled(bool(summary.unfinished))
        menu.addSeparator()
        menu.addAction("Rename…", lambda: self._rename(batch))
        front = menu.addAction("Move to front", lambda: self._spawn(batches.move_to_front(batch.id)))
        front.setEnabled(bool(self.shown) and self.shown[0].id != batch.id)
        if not summary.unfinished:
            menu.addAction("Dismiss", lambda: self._spawn(batches.dismiss(batch.id)))
        return menu

    def _rename(self, batch: Batch) -> None:
        TextInputDialog(
            self,
            "Rename batch",
            "Name",
            lambda name: self._spawn(self._batches.rename(batch.id, name)),
            text=batch.name,
        )

    async def _retry(self, batch_id: str, allowance: Decimal | None = None) -> None:
        try:
            await self._batches.retry_failed(batch_id, allowance)
        except BudgetExceededError as error:
            again: Callable[[Decimal], object] = lambda amount: self._spawn(self._retry(batch_id, amount))  # noqa: E731
            self.over_budget.emit(error, again)

    def _spawn(self, work: Coroutine[object, None, object]) -> None:
        spawn(self._try(work))

    async def _try(self, work: Coroutine[object, None, object]) -> None:
        try:
            await work
        except LibraryError as error:
            self.said.emit(str(error))
