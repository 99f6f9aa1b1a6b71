"""A card of the job strip: the job's description, progress and available commands."""

from __future__ import annotations

import asyncio
import math

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QMouseEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QLabel, QProgressBar, QVBoxLayout

from imagineart_desktop.imaging import make_thumbnail
from imagineart_desktop.jobs import LOOKUP_FAILED, Job, JobState
from imagineart_desktop.library import Library
from imagineart_desktop.models import referenced_sha256
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.theme import icon, over_checkerboard
from imagineart_desktop.ui.widgets import ElidedLabel, button, icon_button, plain_label, set_tone
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.job_texts import (
    failure_words,
    progress_words,
    shown_state,
    state_text,
    unavailable_words,
    unconfirmed_words,
)
from imagineart_desktop.workspace.tooltip import plain_tip

WIDTH = 380
"""Width in pixels, the same in every state, so that a card that fails doesn't move other cards."""

_THUMB = 46
_MAX_ESTIMATED_PROGRESS = 0.95
"""Maximum fraction of the progress bar, which is only an estimate, before the job is done."""

_FAILURE_TONES = {JobState.FAILED: "error", JobState.CANCELLED: "muted"}
_CARD_TONES = {JobState.FAILED: "error", JobState.UNCONFIRMED: "caution"}
"""Tones by the state as the user sees it."""


class JobCard(QFrame):
    """A job's card.

    wanted emits a command (cancel, dismiss, retry, edit, again, again_unseen, look, log, menu) and the id.
    """

    wanted = Signal(str, str)

    def __init__(self, job: Job, library: Library) -> None:
        super().__init__()
        self.setObjectName("card")
        self.setFixedWidth(WIDTH)
        self._library = library
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 4, 6, 4)
        row.setSpacing(10)
        self._thumb = QLabel()
        self._thumb.setFixedSize(_THUMB, _THUMB)
        self._thumb.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._title = ElidedLabel("")
        self._line = ElidedLabel("", "muted")
        self._failure = plain_label("", "error", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addStretch(1)
        for part in (self._title, self._line, self._failure):
            words.addWidget(part)
        words.addSpacing(3)
        words.addWidget(self._bar)
        words.addStretch(1)
        row.addWidget(self._thumb, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(words, 1)
        row.addLayout(self._button_grid())
        self._close = icon_button("x", "Cancel this job", self._cross, kind="mini", size=14)
        row.addWidget(self._close, 0, Qt.AlignmentFlag.AlignVCenter)
        self.take(job)

    def take(self, job: Job) -> None:
        """Show this job from now on. Reusing a card is faster than creating one."""
        self._checking = False
        self._kind: tuple[object, ...] = ()
        self._title.setText(job.prompt or job.model.label)
        self._thumb.setPixmap(icon("image", "text_faint").pixmap(QSize(22, 22)))
        self.show_job(job)
        spawn_owned(self, self._load_thumb(job))

    def _button_grid(self) -> QGridLayout:
        """Return the buttons of all commands; `show_job` shows those that are available."""
        buttons = QGridLayout()
        buttons.setHorizontalSpacing(3)
        buttons.setVerticalSpacing(2)
        self._edit = button("Edit && retry", lambda: self._request("edit"), kind="ghost")
        self._retry = button("Retry", lambda: self._request("retry"), kind="ghost", tip="Send the same request again")
        self._fetch = button("Fetch again", lambda: self._request("retry"), kind="ghost")
        self._look = button(
            "Look for it", lambda: self._request("look"), kind="ghost", tip="Check whether fal.ai received it"
        )
        self._again = button("Send again", lambda: self._request("again"), kind="ghost", tip="It may be charged twice")
        self._unseen = button(
            "Send anyway", lambda: self._request("again_unseen"), kind="ghost", tip="It may be charged twice"
        )
        self._dismiss = button("Dismiss", lambda: self._request("dismiss"), kind="ghost")
        for made, place in (
            (self._edit, (0, 0)),
            (self._retry, (1, 0)),
            (self._fetch, (0, 0)),
            (self._look, (0, 0)),
            (self._again, (1, 0)),
            (self._unseen, (1, 0)),
            (self._dismiss, (0, 1)),
        ):
            buttons.addWidget(made, *place)
        return buttons

    def set_checking(self, checking: bool) -> None:
        """Set whether the service's request list is being checked for this job."""
        self._checking = checking
        self.show_job(self.job)

    def show_job(self, job: Job) -> None:
        """Update the card with a new version of the job."""
        self.job = job
        kind = (job.state, job.failure, job.can_be_fetched, self._checking)
        if kind != self._kind:
            self._kind = kind
            self._show_kind(job)
        self.tick()

    def _show_kind(self, job: Job) -> None:
        """Show what its state and its failure call for; most news of a job change neither."""
        state = shown_state(job)
        failed, unconfirmed = job.state is JobState.FAILED, job.state is JobState.UNCONFIRMED
        unseen = unconfirmed and job.failure is not None and job.failure.error_type == LOOKUP_FAILED
        ended = failed or unconfirmed
        waits = not ended and not job.can_proceed
        for made, shown in (
            (self._edit, failed and not job.can_be_fetched),
            (self._retry, failed and job.can_be_repeated and not job.can_be_fetched),
            (self._fetch, job.can_be_fetched),
            (self._look, unconfirmed),
            (self._again, unconfirmed and not unseen and job.is_model_available),
            (self._unseen, unseen and job.is_model_available),
            (self._dismiss, unconfirmed),
            (self._failure, ended or job.failure is not None or waits),
            (self._line, not ended),
            (self._bar, not ended and not waits),
            (self._close, not unconfirmed),
            # The question needs the space.
            (self._thumb, not unconfirmed),
        ):
            made.setVisible(shown)
        for made in (self._look, self._again, self._unseen, self._dismiss):
            made.setEnabled(not self._checking)
        text = failure_words(job) if failed else ""
        if unconfirmed:
            text = "Checking…" if self._checking else unconfirmed_words(job)
        elif job.failure is not None and not ended:
            text = str(job.failure.message)
        elif waits:
            text = unavailable_words(job)
        self._failure.setText(text)
        self._failure.setToolTip(_tip_of(job))
        set_tone(self._failure, _FAILURE_TONES.get(state, "caution"))
        set_tone(self, _CARD_TONES.get(state, ""))
        fetching = job.state is JobState.FETCHING
        self._close.setToolTip("Dismiss" if failed else "Cancel download" if fetching else "Cancel this job")
        self._close.setEnabled(job.state is not JobState.CANCELLING)

    def tick(self) -> None:
        """Update the elapsed time and the progress."""
        job, state = self.job, state_text(self.job)
        self._line.setText(progress_words(job))
        self._bar.setValue(round(_share_of(job) * 1000))
        name = f"{job.model.label}: {state}. {self._failure.text()}"
        if name != self.accessibleName():
            self.setAccessibleName(name)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Show the log."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._request("log")

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Show the context menu of the job and its batch."""
        self._request("menu")
        event.accept()

    def _request(self, command: str) -> None:
        self.wanted.emit(command, self.job.id)

    def _cross(self) -> None:
        self._request("dismiss" if self.job.state is JobState.FAILED else "cancel")

    async def _load_thumb(self, job: Job) -> None:
        """Show the first image that was sent as the job's thumbnail."""
        references = job.request.input_references()
        if not references:
            return
        try:
            kept = await self._library.inputs.find(referenced_sha256(references[0]))
            if kept is None:
                return
            image = QImage.fromData(await asyncio.to_thread(make_thumbnail, kept.path, _THUMB * 4))
        except UserError:
            return
        if self.job.id != job.id:
            return
        ratio = self.devicePixelRatioF()
        size = QSize(_THUMB, _THUMB) * ratio
        scaled = image.scaled(
            size, Qt.AspectRatioMode.KeepAspectRatioByExpanding, Qt.TransformationMode.SmoothTransformation
        )
        cut = scaled.copy(
            (scaled.width() - size.width()) // 2, (scaled.height() - size.height()) // 2, size.width(), size.height()
        )
        self._thumb.setPixmap(over_checkerboard(cut, ratio))


def _tip_of(job: Job) -> str:
    """Return all there is to say about what went wrong, and about a request that can't be sent."""
    wrong = "" if job.failure is None else str(job.failure)
    told = " ".join(filter(None, (wrong, unavailable_words(job))))
    return plain_tip(told) if told else ""


def _share_of(job: Job) -> float:
    """Return how much of a job is done: a guess, except of a download whose size is known."""
    if job.download is not None and job.download.share is not None:
        return job.download.share
    if job.state not in (JobState.RUNNING, JobState.FETCHING):
        return 0.0
    left = math.pow(0.5, job.elapsed_seconds() / (job.model.typical_seconds * 0.4))
    return min(_MAX_ESTIMATED_PROGRESS, 1 - left)
