"""The Inpaint tab: tools, canvas, form and results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.imaging import (
    Coverage,
    MaskError,
    Mode,
    PictureError,
    Reach,
    read_mask,
    requests_of,
)
from imagineart_desktop.jobs import Job, JobEvent, MissingError, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import Task
from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools import ToolKind
from imagineart_desktop.ui.drafts import Draft
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.gallery.thumbnails import THUMBNAIL_EDGE
from imagineart_desktop.ui.inpaint import session
from imagineart_desktop.ui.inpaint.drop_place import DropPlace
from imagineart_desktop.ui.inpaint.islands import Islands
from imagineart_desktop.ui.inpaint.looking import Looking
from imagineart_desktop.ui.inpaint.mask_commands import MaskCommands, ask_file
from imagineart_desktop.ui.inpaint.mask_facts import MaskFacts
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar
from imagineart_desktop.ui.inpaint.results_strip import ResultsStrip
from imagineart_desktop.ui.inpaint.step_tree import StepTree
from imagineart_desktop.ui.inpaint.stepping import Stepping
from imagineart_desktop.ui.inpaint.tool_column import ToolColumn
from imagineart_desktop.ui.inpaint.trip_controls import TripControls
from imagineart_desktop.ui.intake import PICTURE_FILTER, Taken
from imagineart_desktop.ui.loading import load
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.past_request import PastRequest
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel, rule
from imagineart_desktop.ui.wishing import Wishes

TURN_STEP = 15.0
"""Degrees by which the view turns at each press."""


class InpaintPage(QWidget):
    """A painted part of a picture made anew."""

    picture_opened = Signal()

    def __init__(self, library: Library, worker: Worker, wishes: Wishes, actions: Actions) -> None:
        super().__init__()
        self._library = library
        self._wishes = wishes
        self._mask_unsaved = self._mask_writing = False
        self._measuring = 0
        self.canvas = MaskCanvas()
        self.facts = MaskFacts()
        self.trip = TripControls()
        self.form = RequestForm(Task.INPAINT, below=self._below())
        self.results = ResultsStrip()
        self.message = InlineMessage()
        self.options = OptionsBar(self.canvas, actions)
        self.draft = Draft(self, library, "inpaint", self._state, self.form.message.say)
        self.masks = MaskCommands(self, self.canvas, self.facts.message, library, actions, self.options.amount.value)
        self.stepping = Stepping(self, library, self.canvas, self.form, self.trip, self.message.say)
        self.looking = Looking(self, library, self.canvas, self.results, self.trip, self.message.say)
        self.islands = Islands(library)
        self._build(actions)
        self._connect(actions)
        worker.subscribe(self._job_event)

    # Pictures

    @property
    def has_picture(self) -> bool:
        """Whether there is something to paint on."""
        return self.stepping.picture is not None

    def take(self, taken: list[Taken]) -> None:
        """Opens the first of what was dropped, pasted or sent here."""
        if taken:
            spawn(self.open(taken[0]))

    async def open(self, taken: Taken) -> None:
        """Puts a picture on the canvas; what is there stays when the new one cannot be used."""
        self.message.clear()
        try:
            loaded = await load(taken, self._library)
            await self.stepping.begin(await session.open_picture(loaded, self._library), loaded.name)
        except (PictureError, LibraryError) as error:
            self._stack.setCurrentIndex(1 if self.has_picture else 0)
            self.message.say(str(error))

    def choose_picture(self) -> None:
        """Asks for a file."""
        ask_file(self, "Open a picture", PICTURE_FILTER, lambda path: self.take([Taken(path=path)]))

    async def restore(self) -> None:
        """Form, picture, mask and steps of the last session are back."""
        state = await self.draft.load()
        self.form.restore(state)
        self.form.prompt.set_history(await self._library.recent_prompts())
        self.islands.restore(state.get("waited for"))
        try:
            await self.stepping.restore(state.get("session"))
            if not self.has_picture:
                return
            self.trip.restore(state.get("trip"))
            picture = self.stepping.picture
            mask = await session.load_mask_draft(picture, self._library) if picture is not None else None
            if mask is not None:
                await self.canvas.document.replace("Restored mask", mask)
                self.canvas.document.undo_stack.clear()
        except (PictureError, MaskError, LibraryError) as error:
            self.message.say(str(error))

    async def reuse(self, past: PastRequest) -> None:
        """Form, picture and mask as they were."""
        self.form.reuse(past.model, past.fields, past.seed)
        source, painted = past.parent("picture"), past.parent("mask")
        if source is None or past.model is None or past.model.mask_polarity is None:
            return
        sha256 = source.sha256 if past.plan is None else past.plan.source
        picture = await session.reopen(sha256, source.picture_id, self._library)
        if picture is None:
            self.message.say("The picture this was made from is no longer in the library.")
            return
        await self.stepping.begin(picture, "Reused picture")
        if past.plan is not None:
            self.trip.set_trip(past.plan.trip)
            mask = await session.planned_mask(past.plan, self._library)
            if mask is not None:
                await self.canvas.document.replace("Reused mask", mask)
            return
        kept = await self._library.input(painted.sha256) if painted is not None else None
        if kept is not None:
            reading = await asyncio.to_thread(read_mask, kept.path, self.canvas.document.size)
            mask = 255 - reading.mask if past.model.mask_polarity.painted == 0 else reading.mask
            await self.canvas.document.replace("Reused mask", mask)

    def _placed(self, picture: session.OpenPicture) -> None:
        """A picture is on the canvas: opened, applied or returned to."""
        self.looking.forget()
        self.facts.message.clear()
        self.results.start(picture.pyramid.small)
        step = self.stepping.steps.current
        for number in step.results if step is not None else ():
            spawn(self._add_result(number, look=False))
        self.tree.show_steps(self.stepping.steps)
        self.tree_part.setVisible(len(self.stepping.steps) > 1)
        self.trip.use_size(self.canvas.document.size)
        self.form.set_inputs([self.canvas.document.size])
        self._stack.setCurrentIndex(1)
        spawn(self.draft.save())
        self.picture_opened.emit()

    # Sending

    def submit(self) -> None:
        """Inpaints."""
        spawn(self._submit())

    async def _submit(self) -> None:
        self.facts.message.clear()
        picture, step = self.stepping.picture, self.stepping.steps.current
        if picture is None or step is None:
            self.message.say("Open a picture to paint on.", "caution", {"Open a picture…": self.choose_picture})
            return
        if self.form.model.mask_polarity is None or not self.form.check():
            return
        trip, mask = self.trip.trip(), self.canvas.document.mask
        try:
            prepared = await session.prepared(picture, mask, trip, self.form.model)
        except (MaskError, PictureError) as error:
            self.facts.message.say(str(error), "caution")
            return
        jobs = await self._wishes.inpaint(self.form, prepared)
        self.islands.expect(jobs, step.id)
        self.draft.touch()

    def _job_event(self, event: JobEvent) -> None:
        if event.pictures:
            spawn(self._arrived(event.job, event.pictures[0]))

    async def _arrived(self, job: Job, number: int) -> None:
        try:
            found = await self.islands.arrived(job, number)
        except (MissingError, PictureError, LibraryError) as error:
            self.message.say(str(error))
            return
        if found is None or found[0] not in self.stepping.steps:
            return
        step = self.stepping.steps[found[0]]
        step.results.append(found[1])
        if step is self.stepping.steps.current:
            await self._add_result(found[1], look=True)
        self.draft.touch()

    async def _add_result(self, number: int, *, look: bool) -> None:
        try:
            (picture,) = await self._library.summaries([number])
            data = await self._library.thumbnail(picture, THUMBNAIL_EDGE)
            image = await asyncio.to_thread(QImage.fromData, data)
            # Nothing takes the picture away from under the hand that paints.
            self.results.add(number, image, look=look and self.canvas.stylus.action is None)
        except (LibraryError, PictureError, ValueError) as error:
            self.message.say(str(error))

    # Looking at results

    def flip(self) -> None:
        """Between the result that is looked at and the source."""
        self.looking.flip()

    def apply(self, number: int) -> None:
        """A result becomes the picture."""
        spawn(self._apply(number))

    async def _apply(self, number: int) -> None:
        if self.canvas.document.busy:
            return
        with self.canvas.document.held():
            try:
                number = await self.looking.seam.kept(number)
            except (MissingError, PictureError, LibraryError) as error:
                self.message.say(str(error))
                return
            await self.stepping.apply(number, keep_mask=self.looking.bar.keep_mask.isChecked())

    def _return_to(self, number: int) -> None:
        spawn(self.stepping.return_to(number))

    # What is painted and sent

    def _mask_settled(self, covered: Coverage) -> None:
        if self.has_picture:
            self.facts.show_coverage(covered, self.canvas.document.size)
            spawn(self._keep_mask())
            spawn(self._measure())

    def _trip_changed(self) -> None:
        self.draft.touch()
        if self.has_picture:
            self.canvas.show_guides(self.trip.margins(), self.canvas.extending.boxes)
            spawn(self._measure())

    async def _measure(self) -> None:
        """What would be sent, off the thread: shown on the canvas, beside the mask, and in the price."""
        self._measuring += 1
        turn, mask, trip, working = self._measuring, self.canvas.document.mask, self.trip.trip(), self.form.model
        apart = trip.model_copy(update={"each_island": True, "mode": Mode.ONLY_MASKED})

        def measured() -> tuple[list[Reach], int]:
            return requests_of(mask, trip, working.working_size), len(requests_of(mask, apart, working.working_size))

        reaches, areas = await asyncio.to_thread(measured)
        if turn == self._measuring and isValid(self):
            partly = trip.mode is Mode.ONLY_MASKED or trip.each_island
            self.canvas.show_guides(trip.margins, [reach.box for reach in reaches] if partly else [])
            self.facts.show_sent(reaches)
            self.trip.show_requests(areas)
            self.form.set_requests(max(1, len(reaches)))

    async def _keep_mask(self) -> None:
        """One writer at a time; what was painted while it wrote is written next."""
        self._mask_unsaved = True
        if self._mask_writing:
            return
        self._mask_writing = True
        try:
            while self._mask_unsaved:
                self._mask_unsaved = False
                picture = self.stepping.picture
                if picture is not None:
                    await session.save_mask_draft(self.canvas.document.mask, picture, self._library)
        except OSError as error:
            self.facts.message.say(f"The mask cannot be kept: {error.strerror}.", "caution")
        finally:
            self._mask_writing = False

    # How it is built

    def _below(self) -> QWidget:
        whole = QWidget()
        column = QVBoxLayout(whole)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(10)
        column.addWidget(self.facts)
        column.addWidget(self.trip)
        return whole

    def _build(self, actions: Actions) -> None:
        self.tree = StepTree()
        self.tree_part = QWidget()
        below = QVBoxLayout(self.tree_part)
        below.setContentsMargins(10, 10, 10, 10)
        below.setSpacing(8)
        below.addWidget(SectionLabel("Steps"))
        below.addWidget(self.tree, 1)
        self.tree_part.hide()
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(ToolColumn(self.canvas, self.options, actions))
        layout.addWidget(rule(vertical=True))
        middle = QWidget()
        middle.setObjectName("ground")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.options)
        column.addWidget(rule())
        column.addWidget(self.looking.bar)
        column.addWidget(self.message)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        empty = DropPlace(self.choose_picture)
        empty.taken.connect(self.take)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.looking.pane)
        column.addWidget(holder, 1)
        splitter = QSplitter()
        right = QSplitter(Qt.Orientation.Vertical)
        right.setObjectName("panel")
        right.addWidget(self.results)
        right.addWidget(self.tree_part)
        right.setStretchFactor(0, 1)
        right.setSizes([600, 160])
        right.setChildrenCollapsible(False)
        for part in (middle, self.form, right):
            splitter.addWidget(part)
        self.form.setMinimumWidth(280)
        right.setMinimumWidth(120)
        right.setMaximumWidth(240)
        splitter.setSizes([960, 312, 120])
        splitter.setStretchFactor(0, 1)
        splitter.setChildrenCollapsible(False)
        self.splitter = splitter
        layout.addWidget(splitter, 1)

    def _connect(self, actions: Actions) -> None:
        actions["mask.show"].toggled.connect(self.looking.want_mask)
        turns: dict[str, Callable[[float], float]] = {
            "view.turn left": lambda angle: angle - TURN_STEP,
            "view.turn right": lambda angle: angle + TURN_STEP,
            "view.upright": lambda _angle: 0.0,
        }
        for name, turn in turns.items():
            actions[name].triggered.connect(lambda _checked, turn=turn: self._turn(turn))
        self.form.submitted.connect(self.submit)
        self.form.changed.connect(self.draft.touch)
        self.canvas.dropped.connect(self.take)
        self.canvas.coverage_changed.connect(self._mask_settled)
        actions.tool(ToolKind.EXTEND).toggled.connect(self.trip.extend_by_hand)
        self.canvas.margins_dragged.connect(self.trip.set_margins)
        self.trip.changed.connect(self._trip_changed)
        self.stepping.placed.connect(self._placed)
        self.looking.comparing.connect(lambda on: self._stack.setCurrentIndex(2 if on else 1))
        self.results.applied.connect(self.apply)
        self.looking.bar.apply_wanted.connect(lambda: self.apply(self.looking.number))
        self.tree.wanted.connect(self._return_to)

    def _turn(self, turn: Callable[[float], float]) -> None:
        if self.isVisible():
            self.canvas.turn_to(turn(self.canvas.viewport_state.angle))

    def _state(self) -> dict[str, object]:
        return self.form.state() | {
            "trip": self.trip.trip().model_dump(mode="json"),
            "session": self.stepping.state(),
            "waited for": self.islands.state(),
        }
