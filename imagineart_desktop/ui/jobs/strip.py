"""The strip along the bottom: every job that is under way or wants attention, and its log.

Nothing that may be clicked moves: the strip lies below the images and not below the form with its button, it takes no
room while it is empty, and neither it nor a card that is done gives its room back under the pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QWheelEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QSizePolicy, QSpacerItem, QVBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.jobs import Job, JobEvent, State, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.jobs.card import WIDTH, JobCard
from imagineart_desktop.ui.jobs.log import JobLog
from imagineart_desktop.ui.jobs.menu import SETTLED, JobMenu
from imagineart_desktop.ui.jobs.words import summary_words
from imagineart_desktop.ui.widgets import button, plain_label, rule

HEIGHT = 100
"""Pixels, with room for the scroll bar."""

_GONE = (State.DONE, State.CANCELLED)
_MOST_CARDS = 24
"""More jobs than these are counted only; their cards come when there is room."""

_SPACING = 10
"""Pixels between cards."""

_SPARE = 4
"""Cards of jobs that are done are kept for the next ones: a card takes some milliseconds to build, one at a time."""


class JobStrip(QWidget):
    """edit_wanted: a failed job whose settings should be put back into its form; said: a sentence for the user."""

    edit_wanted = Signal(object)
    said = Signal(str)
    ticked = Signal()
    log_toggled = Signal(bool)

    def __init__(self, worker: Worker, library: Library) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._worker = worker
        self._library = library
        self._jobs: dict[str, Job] = {}
        self._cards: dict[str, JobCard] = {}
        self._spare: list[JobCard] = []
        self._gaps: list[QWidget] = []
        self._moves: QWidget | None = None
        self._away = False
        self._checked: set[str] = set()
        """Ids of jobs for which the service's list is being looked into."""
        self._building = QTimer(self)
        self._building.setSingleShot(True)
        self._building.timeout.connect(self._build_cards)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        self.log = JobLog()
        self.log.hide()
        column.addWidget(rule())
        column.addWidget(self.log)
        column.addWidget(self._row())
        worker.subscribe(self._job_event)
        for job in worker.jobs():
            self._put(job)
            self.log.note(job)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._summarise()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scroll the cards sideways with a vertical wheel, and build those that come in sight in a wider strip."""
        if event.type() == QEvent.Type.Resize and watched is self._area.viewport():
            self._build_soon()
        if isinstance(event, QWheelEvent) and watched is self._area.viewport() and not event.angleDelta().x():
            bar = self._area.horizontalScrollBar()
            bar.setValue(bar.value() - event.angleDelta().y())
            return True
        return super().eventFilter(watched, event)

    def show_log_of(self, job: Job) -> None:
        """Open the log of a job, also of one that was done long ago."""
        self.log.show_job(job)
        self.show_log(True)

    def show_log(self, shown: bool) -> None:
        """Opens or closes the log."""
        self.log.setVisible(shown)
        self._log_button.setText("Hide log ▾" if shown else "Show log ▸")
        if shown and self.log.job_id is None:
            self.log.show_newest()
        self.settle()
        self.log_toggled.emit(shown)

    @property
    def can_cancel(self) -> bool:
        """Return whether a job is under way that is not being canceled."""
        return any(job.state not in SETTLED for job in self._jobs.values())

    def cancel_newest(self) -> None:
        """Cancel the job that was requested last."""
        for job in reversed(self._jobs.values()):
            if job.state not in SETTLED:
                spawn(self._try(self._worker.cancel(job.id)))
                return

    def counts(self) -> tuple[int, int]:
        """(under way, failed or not confirmed)."""
        failed = sum(job.state in (State.FAILED, State.UNCONFIRMED) for job in self._jobs.values())
        return len(self._jobs) - failed, failed

    def _row(self) -> QWidget:
        row = QWidget()
        row.setObjectName("strip")
        row.setFixedHeight(HEIGHT)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(14, 8, 14, 2)
        layout.setSpacing(12)
        self._area = area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        inner = QWidget()
        self._layout = QHBoxLayout(inner)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setSpacing(_SPACING)
        self._idle = plain_label("Running jobs appear here.", "faint")
        self._layout.addWidget(self._idle)
        self._unbuilt = QSpacerItem(0, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
        self._layout.addSpacerItem(self._unbuilt)
        self._more = plain_label("", "faint")
        self._layout.addWidget(self._more)
        self._layout.addStretch(1)
        area.setWidget(inner)
        area.viewport().installEventFilter(self)
        area.horizontalScrollBar().valueChanged.connect(lambda _value: self._build_soon())
        layout.addWidget(area, 1)
        side = QVBoxLayout()
        side.setSpacing(4)
        self._summary = plain_label("", "muted")
        self._log_button = button("Show log ▸", lambda: self.show_log(self.log.isHidden()), kind="link")
        right = Qt.AlignmentFlag.AlignRight
        self._summary.hide()
        side.addStretch(1)
        side.addWidget(self._summary, 0, right)
        side.addWidget(self._log_button, 0, right)
        side.addStretch(1)
        layout.addLayout(side)
        return row

    def _job_event(self, event: JobEvent) -> None:
        job = event.job
        if job.state in _GONE or job.dismissed:
            self._jobs.pop(job.id, None)
            card = self._cards.pop(job.id, None)
            if card is not None:
                self._take_out(card)
                self._build_soon()
        else:
            self._put(job)
        self._summarise()
        self.log.note(job)

    def _take_out(self, card: JobCard) -> None:
        """Remove a card. Under the pointer its place stays: a second click must not hit the next card."""
        if self.underMouse():
            place = QWidget()
            place.setFixedSize(card.size())
            self._layout.replaceWidget(card, place)
            self._gaps.append(place)
        else:
            self._layout.removeWidget(card)
        card.hide()
        if len(self._spare) < _SPARE:
            self._spare.append(card)
        else:
            card.deleteLater()

    def leaveEvent(self, event: QEvent) -> None:
        """Close the gaps, and the strip where it lies over something."""
        super().leaveEvent(event)
        for place in self._gaps:
            self._layout.removeWidget(place)
            place.deleteLater()
        self._gaps = []
        self.settle()

    def _put(self, job: Job) -> None:
        self._jobs[job.id] = job
        card = self._cards.get(job.id)
        if card is not None:
            card.show_job(job)
        else:
            self._build_soon()

    def _wanted_cards(self) -> int:
        """Return how many of the first jobs have a card: those in sight, the next one, and those that were in sight.

        Build only these: Qt styles every widget of the strip again each time it moves to another page.
        """
        reach = self._area.horizontalScrollBar().value() + self._area.viewport().width()
        in_sight = -(-reach // (WIDTH + _SPACING))
        return min(len(self._jobs), _MOST_CARDS, in_sight + 1)

    def _build_soon(self) -> None:
        if len(self._cards) < self._wanted_cards():
            self._building.start()

    def _build_cards(self) -> None:
        """One of those that are missing, then back to the window."""
        job = next((job for job in self._jobs.values() if job.id not in self._cards), None)
        if job is None or len(self._cards) >= self._wanted_cards():
            return
        if self._spare:
            card = self._spare.pop()
            card.take(job)
        else:
            card = JobCard(job, self._library)
            card.wanted.connect(self._do)
        card.set_checking(job.id in self._checked)
        self._cards[job.id] = card
        self._layout.insertWidget(self._layout.indexOf(self._unbuilt), card)
        card.show()
        self._summarise()
        self._build_soon()

    def _reserve(self) -> None:
        """Keep the room of the cards that are not built yet, so that one can scroll there."""
        count = min(len(self._jobs), _MOST_CARDS) - len(self._cards)
        width = max(0, count) * (WIDTH + _SPACING)
        if width != self._unbuilt.sizeHint().width():
            self._unbuilt.changeSize(width, 0, QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Minimum)
            self._layout.invalidate()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer what can be done with all jobs."""
        if self._jobs:
            self._show_menu(None)
        event.accept()

    def _show_menu(self, job: Job | None) -> None:
        menu = JobMenu(self, job, list(self._jobs.values()), self._do_all)
        menu.popup(QCursor.pos())

    def _do_all(self, command: str, job_ids: Sequence[str]) -> None:
        for job_id in job_ids:
            self._do(command, job_id)

    def cancel_all(self) -> None:
        """Cancel every job that is under way."""
        self._do_all("cancel", [job.id for job in self._jobs.values() if job.state not in SETTLED])

    def _do(self, command: str, job_id: str) -> None:
        if job_id not in self._jobs:
            return
        if command == "log":
            self.show_log_of(self._jobs[job_id])
        elif command == "menu":
            self._show_menu(self._jobs[job_id])
        elif command == "edit":
            self.edit_wanted.emit(self._jobs[job_id])
            spawn(self._try(self._worker.dismiss(job_id)))
        else:
            worker = self._worker
            commands: dict[str, Callable[[str], Coroutine[Any, Any, object]]] = {
                "cancel": worker.cancel,
                "dismiss": worker.dismiss,
                "retry": worker.retry,
            }
            looks: dict[str, Callable[[str], Coroutine[Any, Any, object]]] = {
                "again": worker.send_again,
                "again_unseen": partial(worker.send_again, unseen=True),
                "look": worker.look_for,
            }
            if command in looks:
                # Before anything else happens: of a double click the second one must find the buttons disabled.
                self._set_checking(job_id, checking=True)
                spawn(self._check(job_id, looks[command](job_id)))
            else:
                spawn(self._try(commands[command](job_id)))

    async def _check(self, job_id: str, look: Coroutine[Any, Any, object]) -> None:
        """Look into the service's list; once that has ended the card offers what can be done again."""
        try:
            await self._try(look)
        finally:
            self._set_checking(job_id, checking=False)

    def _set_checking(self, job_id: str, *, checking: bool) -> None:
        (self._checked.add if checking else self._checked.discard)(job_id)
        card = self._cards.get(job_id)
        if card is not None and isValid(card):
            card.set_checking(checking)

    async def _try(self, work: Coroutine[Any, Any, object]) -> None:
        try:
            await work
        except LibraryError as error:
            self.said.emit(str(error))

    def _summarise(self) -> None:
        running, _ = self.counts()
        words = summary_words([job.state for job in self._jobs.values()])
        self._summary.setText(words)
        self._summary.setVisible(bool(words))
        self._idle.setVisible(not self._jobs)
        self._reserve()
        more = len(self._jobs) - _MOST_CARDS
        self._more.setText(f"and {more} more")
        self._more.setVisible(bool(self._cards) and more > 0)
        self.settle()
        if running and not self._clock.isActive():
            self._clock.start()
        elif not running:
            self._clock.stop()

    def settle_on(self, moves: QWidget) -> None:
        """Settle in another place. moves: what moves or goes when the strip closes there."""
        self._moves = moves
        self.settle()

    def keep_away(self, away: bool) -> None:
        """Stay hidden while an image fills the screen."""
        self._away = away
        self.settle()

    def settle(self) -> None:
        """Open with the first job or the log, and close without any, once the pointer is not over what would move."""
        if self._moves is None:
            return
        if self._away:
            self.hide()
        elif self._jobs or not self.log.isHidden():
            self.show()
        elif not self._moves.underMouse():
            self.hide()

    def _tick(self) -> None:
        for card in self._cards.values():
            card.tick()
        self.ticked.emit()
