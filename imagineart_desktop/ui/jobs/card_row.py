"""The cards of all jobs side by side: those under way first, then those that want attention.

What is under the pointer stays where it is. While the pointer is over the row, a card that goes leaves its place empty,
since a second click must not hit the next card, and no card changes its place; only what is out of sight closes up. The
row closes up when the pointer leaves, and as far as that moves no card under it when the pointer rests.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from imagineart_desktop.jobs import Job, JobState
from imagineart_desktop.library import Library
from imagineart_desktop.ui.jobs.card import WIDTH, JobCard
from imagineart_desktop.ui.widgets import plain_label

_MOST_CARDS = 24
"""More jobs than these are counted only; their cards come when there is room."""

_SPARE = 4
"""Cards of jobs that are done are kept for the next ones: a card takes some milliseconds to build, one at a time."""

_STEP = WIDTH + 10
"""Pixels from one card to the next."""

_REST_MS = 1000
"""Time without a move after which nobody is about to click a card beside the pointer, or an empty place."""


class CardRow(QScrollArea):
    """wanted: as of a card. checked: ids of jobs for which the service's list is being looked into."""

    wanted = Signal(str, str)

    def __init__(self, library: Library, checked: set[str]) -> None:
        super().__init__()
        self._library = library
        self._checked = checked
        self._jobs: Mapping[str, Job] = {}
        self._places: list[str | None] = []
        """Ids of jobs from left to right, None for a place whose card has gone."""
        self.cards: dict[str, JobCard] = {}
        """Those that are built, by the job's id: Qt styles each one again when the row moves to another page."""
        self._spare: list[JobCard] = []
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self._inner = QWidget()
        self._idle = plain_label("Running jobs appear here.", "faint")
        self._more = plain_label("", "faint")
        for label in (self._idle, self._more):
            label.setParent(self._inner)
        self.setWidget(self._inner)
        self._building = self._timer(0, self._build_next)
        self._resting = self._timer(_REST_MS, self._close_up_at_rest)
        self._rested_at = QPoint()
        self.horizontalScrollBar().valueChanged.connect(self._build_soon)

    def show_jobs(self, jobs: Mapping[str, Job]) -> None:
        """Show these jobs, oldest first; the mapping may change until the next call."""
        self._jobs = jobs
        self._arrange(self._end_of_view() if self.underMouse() else 0)

    def show_job(self, job: Job) -> None:
        """Show what has changed about one of the jobs."""
        if (card := self.cards.get(job.id)) is not None:
            card.show_job(job)

    def tick(self) -> None:
        """Time has passed."""
        if self.isVisible():
            for card in self.cards.values():
                card.tick()

    def showEvent(self, event: QShowEvent) -> None:
        """Show the time of now."""
        super().showEvent(event)
        self.tick()

    def close_up(self) -> None:
        """Put all cards in order: nothing here is about to be clicked."""
        self._arrange(0)

    def leaveEvent(self, event: QEvent) -> None:
        """Close up."""
        super().leaveEvent(event)
        self.close_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Build the cards that come in sight."""
        super().resizeEvent(event)
        self._lay_out()

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Scroll sideways with a vertical wheel."""
        if event.angleDelta().x():
            super().wheelEvent(event)
        else:
            bar = self.horizontalScrollBar()
            bar.setValue(bar.value() - (event.pixelDelta().y() or event.angleDelta().y()))
            event.accept()

    # Places

    def _arrange(self, fixed: int) -> None:
        """Give each job its place. fixed: how many places from the left stay, also those whose card has gone."""
        before, left = self._places, self.horizontalScrollBar().value()
        kept = [place if place in self._jobs else None for place in before[:fixed]] if self._jobs else []
        passed = left // _STEP
        out_of_sight = [place for place in kept[:passed] if place is not None]
        left -= _STEP * (len(kept[:passed]) - len(out_of_sight))
        kept = [*out_of_sight, *kept[passed:]]
        known = set(kept)
        others = [job_id for job_id in self._jobs if job_id not in known]
        others.sort(key=lambda job_id: _wants_attention(self._jobs[job_id]))
        self._places = [*kept, *others]
        if self._places == before:
            return
        if not fixed:
            left += _STEP * self._moved(before) if left else 0
        for job_id in self.cards.keys() - set(self._places[:_MOST_CARDS]):
            self._take_out(self.cards.pop(job_id))
        self._lay_out()
        self.horizontalScrollBar().setValue(left)
        if None in self._places:
            self._resting.start()

    def _moved(self, before: Sequence[str | None]) -> int:
        """Return by how many places the cards in view moved to the right; the least, as one that failed goes far."""
        now = {job_id: place for place, job_id in enumerate(self._places)}
        view = range(self.horizontalScrollBar().value() // _STEP, min(len(before), self._end_of_view()))
        return min((now[job_id] - place for place in view if (job_id := before[place]) in now), key=abs, default=0)

    def _end_of_view(self) -> int:
        """Return how many places from the left are in sight, or were scrolled past."""
        return -(-(self.horizontalScrollBar().value() + self.viewport().width()) // _STEP)

    def _close_up_at_rest(self) -> None:
        """Close up around the card under a pointer that rests; all of the row where there is none."""
        if None not in self._places or not self.underMouse():
            return
        where = QCursor.pos()
        at = self.viewport().mapFromGlobal(where)
        if where == self._rested_at and self.viewport().rect().contains(at):
            place = (at.x() + self.horizontalScrollBar().value()) // _STEP
            on_card = place < len(self._places) and self._places[place] is not None
            self._arrange(place + 1 if on_card else 0)
        self._rested_at = where
        if None in self._places:
            self._resting.start()

    def _lay_out(self) -> None:
        """Put all cards that are built into their places."""
        height, count = self.viewport().height(), min(len(self._places), _MOST_CARDS)
        for place, job_id in enumerate(self._places[:count]):
            if job_id is not None and (card := self.cards.get(job_id)) is not None:
                card.setGeometry(place * _STEP, 0, WIDTH, height)
        more = len(self._places) - count
        self._more.setText(f"and {more} more")
        self._more.setVisible(more > 0)
        self._idle.setVisible(not self._jobs)
        end = count * _STEP
        for label, x in ((self._more, end), (self._idle, 0)):
            if not label.isHidden():
                label.setGeometry(x, 0, label.sizeHint().width(), height)
                end += label.width()
        self._inner.resize(end, height)
        self._build_soon()

    # Cards

    def _in_sight(self) -> list[str]:
        """Return the jobs that have a card: those in sight, the next one, and those that were scrolled past."""
        count = min(self._end_of_view() + 1, _MOST_CARDS)
        return [job_id for job_id in self._places[:count] if job_id is not None]

    def _build_soon(self) -> None:
        if any(job_id not in self.cards for job_id in self._in_sight()):
            self._building.start()

    def _build_next(self) -> None:
        """One of those that are missing, then back to the window."""
        job_id = next((job_id for job_id in self._in_sight() if job_id not in self.cards), None)
        if job_id is None:
            return
        job = self._jobs[job_id]
        if self._spare:
            card = self._spare.pop()
            card.take(job)
        else:
            card = JobCard(job, self._library)
            card.setParent(self._inner)
            card.wanted.connect(self.wanted)
        card.set_checking(job_id in self._checked)
        self.cards[job_id] = card
        self._lay_out()
        card.show()

    def _take_out(self, card: JobCard) -> None:
        card.hide()
        if len(self._spare) < _SPARE:
            self._spare.append(card)
        else:
            card.deleteLater()

    def _timer(self, interval: int, work: Callable[[], object]) -> QTimer:
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(interval)
        timer.timeout.connect(work)
        return timer


def _wants_attention(job: Job) -> bool:
    return job.state in (JobState.FAILED, JobState.UNCONFIRMED)
