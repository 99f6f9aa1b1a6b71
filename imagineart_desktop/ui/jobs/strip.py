"""The strip at the bottom: the batches and single jobs that are in progress or need attention, and their log.

Nothing that the user may be about to click moves: the strip is below the images and not below the form with its button,
it takes no space while it's empty, and neither it nor a finished card releases its space while it's under the pointer.
"""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Sequence
from decimal import Decimal
from functools import partial

from PySide6.QtCore import QEvent, Qt, QTimer, Signal
from PySide6.QtGui import QContextMenuEvent, QCursor, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.jobs import BudgetExceededError, Job, JobEvent, JobState, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.jobs.batch_cards import BatchCards
from imagineart_desktop.ui.jobs.card_row import CardRow
from imagineart_desktop.ui.jobs.log import JobLog
from imagineart_desktop.ui.jobs.menu import NOT_CANCELABLE, JobMenu
from imagineart_desktop.ui.jobs.space import StripSpace
from imagineart_desktop.ui.widgets import button, plain_label, rule
from imagineart_desktop.workspace.job_texts import shown_state, summary_words

HEIGHT = 100
"""Height in pixels, with room for the scroll bar."""

_FINISHED = (JobState.DONE, JobState.CANCELLED)

_REFRESH_MS = 30
"""Time within which changes of many jobs are shown together; the first card comes, and each goes, immediately."""


class JobStrip(QWidget):
    """The job strip. edit_wanted: a failed job whose settings should be restored in its form; said: a message."""

    edit_wanted = Signal(object)
    said = Signal(str)
    over_budget = Signal(object, object)
    """The `BudgetExceededError` that refused a retry, and what sends it for an amount nevertheless."""
    jobs_wanted = Signal(object)
    """A batch whose jobs should be shown; None for all jobs."""
    gallery_wanted = Signal(str)
    """The name of a batch whose images should be shown."""
    ticked = Signal()
    log_toggled = Signal(bool)

    def __init__(self, worker: Worker, library: Library) -> None:
        super().__init__()
        self.setObjectName("strip")
        self._worker = worker
        self._library = library
        self._jobs: dict[str, Job] = {}
        """Those without a batch."""
        self._space: StripSpace | None = None
        """Where the strip is in the open page; None if that page doesn't show jobs."""
        self._moves: Sequence[QWidget] = ()
        """The widgets that move or disappear when the strip closes."""
        self._away = False
        self._checked: set[str] = set()
        """Ids of jobs for which the service's request list is being checked."""
        self._area = CardRow(library, self._checked)
        self._area.wanted.connect(self._do)
        self.batches = BatchCards(library, worker.batches)
        self._cards = self._area.cards
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
        self._refreshing = QTimer(self)
        self._refreshing.setSingleShot(True)
        self._refreshing.setInterval(_REFRESH_MS)
        self._refreshing.timeout.connect(self._refresh)
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._tick)
        self._connect_batches()
        self._follow_jobs()
        self._refresh()

    def _follow_jobs(self) -> None:
        unsubscribe = self._worker.subscribe(self._job_event)
        self.destroyed.connect(lambda: unsubscribe())
        for job in self._worker.jobs():
            if job.batch is None:
                self._jobs[job.id] = job
                self.log.note(job)

    def _connect_batches(self) -> None:
        cards = self.batches
        cards.changed.connect(self._update_summary)
        cards.opened.connect(self.jobs_wanted)
        cards.gallery_wanted.connect(self.gallery_wanted)
        cards.said.connect(self.said)
        cards.over_budget.connect(self.over_budget)

    def show_log_of(self, job: Job) -> None:
        """Open the log of a job, even one that finished long ago."""
        self.show_log(True)
        self.log.show_job(job)

    def show_log(self, shown: bool) -> None:
        """Open or close the log."""
        self.log.open(shown)
        self._log_button.setText("Hide log ▾" if shown else "Show log ▸")
        if shown and self.log.job_id is None:
            self.log.show_newest()
        self.settle()
        self.log_toggled.emit(shown)

    @property
    def can_cancel(self) -> bool:
        """Whether there is a job in progress that isn't being canceled."""
        batched = any(batch.summary.unfinished for batch in self.batches.shown)
        return batched or any(job.state not in NOT_CANCELABLE for job in self._jobs.values())

    def cancel_newest(self) -> None:
        """Cancel the most recently requested job."""
        for job in reversed(self._jobs.values()):
            if job.state not in NOT_CANCELABLE:
                spawn(self._try(self._worker.cancel(job.id)))
                return

    def counts(self) -> tuple[int, int]:
        """Return the number of jobs that are in progress, and of those that failed or are unconfirmed."""
        failed = sum(job.state in (JobState.FAILED, JobState.UNCONFIRMED) for job in self._jobs.values())
        return len(self._jobs) - failed, failed

    def _row(self) -> QWidget:
        row = QWidget()
        row.setObjectName("strip")
        row.setFixedHeight(HEIGHT)
        layout = QHBoxLayout(row)
        layout.setContentsMargins(14, 8, 14, 2)
        layout.setSpacing(12)
        layout.addWidget(self.batches)
        layout.addWidget(self._area, 1)
        layout.addStretch(0)
        side = QVBoxLayout()
        side.setSpacing(4)
        self._summary = plain_label("", "muted")
        self._log_button = button("Show log ▸", lambda: self.show_log(self.log.isHidden()), kind="link")
        right = Qt.AlignmentFlag.AlignRight
        self._summary.hide()
        side.addStretch(1)
        side.addWidget(self._summary, 0, right)
        side.addWidget(self._log_button, 0, right)
        side.addWidget(button("All jobs…", lambda: self.jobs_wanted.emit(None), kind="link", tip="Ctrl+J"), 0, right)
        side.addStretch(1)
        layout.addLayout(side)
        return row

    def _job_event(self, event: JobEvent) -> None:
        job, before = event.job, self._jobs.get(event.job.id)
        if job.batch is not None:
            return
        if job.state in _FINISHED or job.dismissed:
            self._jobs.pop(job.id, None)
        else:
            self._jobs[job.id] = job
            self._area.show_job(job)
        if len(self._jobs) == (0 if before else 1) or (job.id in self._cards and job.id not in self._jobs):
            self._refresh()
        elif (before is None or before.state is not job.state or job.dismissed) and not self._refreshing.isActive():
            self._refreshing.start()
        self.log.note(job)

    def _refresh(self) -> None:
        """Arrange the cards, and count the jobs."""
        self._area.show_jobs(self._jobs)
        self._update_summary()

    def event(self, event: QEvent) -> bool:
        """Ask for more or less space when the layout changes."""
        done = super().event(event)
        if event.type() == QEvent.Type.LayoutRequest and self._space is not None:
            self._space.update_size()
        return done

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the batches the space that there is."""
        super().resizeEvent(event)
        self.batches.updateGeometry()

    def leaveEvent(self, event: QEvent) -> None:
        """Close the strip where it lies over something."""
        super().leaveEvent(event)
        self.batches.arrange()
        self.settle_after_leave()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll the cards also beside them, and nothing below the strip."""
        self._area.wheelEvent(event)
        event.accept()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the context menu of all jobs."""
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
        """Cancel every job in progress, and the rest of every batch."""
        self.batches.cancel_all()
        self._do_all("cancel", [job.id for job in self._jobs.values() if job.state not in NOT_CANCELABLE])

    def _do(self, command: str, job_id: str) -> None:
        if job_id not in self._jobs:
            return
        if command == "log":
            self.show_log_of(self._jobs[job_id])
        elif command == "menu":
            self._show_menu(self._jobs[job_id])
        elif command == "front":
            self._worker.admission.move_to_front(job_id)
        elif command == "edit":
            self.edit_wanted.emit(self._jobs[job_id])
            spawn(self._try(self._worker.dismiss(job_id)))
        else:
            worker = self._worker
            commands: dict[str, Callable[[str], Coroutine[object, None, object]]] = {
                "cancel": worker.cancel,
                "dismiss": worker.dismiss,
                "retry": self._retry,
            }
            looks: dict[str, Callable[[str], Coroutine[object, None, object]]] = {
                "again": worker.send_again,
                "again_unseen": partial(worker.send_again, unseen=True),
                "look": worker.look_for,
            }
            if command in looks:
                # Do this first: the second click of a double click must find the buttons disabled.
                self._set_checking(job_id, checking=True)
                spawn(self._check(job_id, looks[command](job_id)))
            else:
                spawn(self._try(commands[command](job_id)))

    async def _retry(self, job_id: str, allowance: Decimal | None = None) -> None:
        try:
            await self._worker.retry(job_id, allowance)
        except BudgetExceededError as error:
            self.over_budget.emit(error, lambda amount: spawn(self._try(self._retry(job_id, amount))))

    async def _check(self, job_id: str, look: Coroutine[object, None, object]) -> None:
        """Check the service's request list, then enable the card's buttons again."""
        try:
            await self._try(look)
        finally:
            self._set_checking(job_id, checking=False)

    def _set_checking(self, job_id: str, *, checking: bool) -> None:
        (self._checked.add if checking else self._checked.discard)(job_id)
        card = self._cards.get(job_id)
        if card is not None and isValid(card):
            card.set_checking(checking)

    async def _try(self, work: Coroutine[object, None, object]) -> None:
        try:
            await work
        except LibraryError as error:
            self.said.emit(str(error))

    def _update_summary(self) -> None:
        running, _ = self.counts()
        self._area.setVisible(bool(self._jobs) or not self.batches.shown)
        words = summary_words([shown_state(job) for job in self._jobs.values()])
        self._summary.setText(words)
        self._summary.setVisible(bool(words))
        self.settle()
        if running and not self._clock.isActive():
            self._clock.start()
        elif not running:
            self._clock.stop()

    def move_to(self, space: StripSpace | None, moves: Sequence[QWidget] = ()) -> None:
        """Move to another page. moves: the widgets that move or disappear when the strip closes there.

        space: None if that page doesn't show jobs.
        """
        if self._space is not None:
            self._space.release()
        self._space = space
        self._moves = moves
        if space is None:
            self.hide()
        else:
            space.take(self)
            self._area.close_up()
            self.settle(replaced=True)

    def set_suppressed(self, away: bool) -> None:
        """Stay hidden while an image fills the screen."""
        self._away = away
        self.settle()

    def settle(self, *, replaced: bool = False) -> None:
        """Open with the first job or the log, and close without any, once the pointer is not over what would move.

        replaced: whether something else than before is under the pointer now anyway, as after a change of the tab.
        """
        if self._away:
            self._set_open(False)
        elif self._jobs or self.batches.shown or not self.log.isHidden():
            self._set_open(True)
        elif replaced or not any(part.underMouse() for part in self._moves):
            self._set_open(False)

    def settle_after_leave(self) -> None:
        """Close without any jobs once the pointer has left all that would move."""
        where = QCursor.pos()
        if any(part.isVisible() and part.rect().contains(part.mapFromGlobal(where)) for part in self._moves):
            # It's on its way from one of them to another, whose enter event comes after this leave event.
            QTimer.singleShot(0, self, self.settle)
        else:
            self.settle()

    def _set_open(self, shown: bool) -> None:
        if self._space is not None:
            self._space.update_size()
            self._space.setVisible(shown)
            self.setVisible(shown)

    def _tick(self) -> None:
        self._area.tick()
        self.ticked.emit()
