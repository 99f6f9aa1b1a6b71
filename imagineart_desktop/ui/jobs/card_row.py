"""The cards of all jobs side by side: active ones first, then those that need attention.

While the pointer is over the row, no visible card moves, and a removed card leaves an empty place: a second click must
not hit the next card. Only gaps outside the view close. The others close when the pointer leaves, or rests where
nothing under it would move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import QEvent, QPoint, Qt, Signal
from PySide6.QtGui import QCursor, QResizeEvent, QShowEvent, QWheelEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QWidget

from imagineart_desktop.jobs import Job, JobState
from imagineart_desktop.library import Library
from imagineart_desktop.ui.jobs.card import WIDTH, JobCard
from imagineart_desktop.ui.widgets import plain_label
from imagineart_desktop.workspace.coalesced import single_shot

_MAX_CARDS = 24
"""Maximum number of cards; further jobs are only counted."""

_SPARE = 4
"""Number of finished cards kept for reuse: building one takes some milliseconds."""

_STEP = WIDTH + 10
"""Space between cards in pixels."""

_REST_MS = 1000
"""Time in which the pointer must rest before gaps next to it close."""


class CardRow(QScrollArea):
    """A row of job cards. wanted: see `JobCard`. checked: ids of jobs whose request list is being checked."""

    wanted = Signal(str, str)

    def __init__(self, library: Library, checked: set[str]) -> None:
        super().__init__()
        self._library = library
        self._checked = checked
        self._jobs: Mapping[str, Job] = {}
        self._places: list[str | None] = []
        """Ids of jobs from left to right, None for a place whose card has gone."""
        self.cards: dict[str, JobCard] = {}
        """Those that are built, by the job's id."""
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
        self._building = single_shot(self, 0, self._build_next)
        self._resting = single_shot(self, _REST_MS, self._close_up_at_rest)
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
        """Update elapsed times."""
        if self.isVisible():
            # A progress bar repaints the window at each new value; all of them together are painted once.
            self._inner.setUpdatesEnabled(False)
            try:
                for card in self.cards.values():
                    card.tick()
            finally:
                self._inner.setUpdatesEnabled(True)

    def showEvent(self, event: QShowEvent) -> None:
        """Update elapsed times when the row becomes visible."""
        super().showEvent(event)
        self.tick()

    def close_up(self) -> None:
        """Close all gaps; call it only when no card is about to be clicked."""
        self._arrange(0)

    def leaveEvent(self, event: QEvent) -> None:
        """Close up."""
        super().leaveEvent(event)
        self.close_up()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Build the cards that come into view."""
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
        """Assign a place to each job. fixed: number of places from the left that stay, including empty ones."""
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
        for job_id in self.cards.keys() - set(self._places[:_MAX_CARDS]):
            self._take_out(self.cards.pop(job_id))
        self._lay_out()
        self.horizontalScrollBar().setValue(left)
        if None in self._places:
            self._resting.start()

    def _moved(self, before: Sequence[str | None]) -> int:
        """Return the smallest number of places that a card in view moved right: a failed one moves far."""
        now = {job_id: place for place, job_id in enumerate(self._places)}
        view = range(self.horizontalScrollBar().value() // _STEP, min(len(before), self._end_of_view()))
        return min((now[job_id] - place for place in view if (job_id := before[place]) in now), key=abs, default=0)

    def _end_of_view(self) -> int:
        """Return the number of places from the left up to the end of the view."""
        return -(-(self.horizontalScrollBar().value() + self.viewport().width()) // _STEP)

    def _close_up_at_rest(self) -> None:
        """Close gaps around the card under a resting pointer, or in the whole row if there is none."""
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
        """Move all built cards to their places."""
        height, count = self.viewport().height(), min(len(self._places), _MAX_CARDS)
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
        """Return the jobs that need a card: those in view, the next one, and those scrolled past."""
        count = min(self._end_of_view() + 1, _MAX_CARDS)
        # A job that has just left the list keeps its place until the next `show_jobs`.
        return [job_id for job_id in self._places[:count] if job_id is not None and job_id in self._jobs]

    def _build_soon(self) -> None:
        if any(job_id not in self.cards for job_id in self._in_sight()):
            self._building.start()

    def _build_next(self) -> None:
        """Build one missing card, then return to the event loop."""
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


def _wants_attention(job: Job) -> bool:
    return job.state in (JobState.FAILED, JobState.UNCONFIRMED)
