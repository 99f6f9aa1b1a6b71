"""The Inpaint tab: tools, canvas, form and results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from imagineart_desktop.imaging import Coverage, Margins, MaskError, PictureError, read_mask
from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import Task
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools import ToolKind
from imagineart_desktop.ui.coalesced import Coalesced
from imagineart_desktop.ui.drafts import Draft
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.inpaint import session
from imagineart_desktop.ui.inpaint.applying import ExtendCommand
from imagineart_desktop.ui.inpaint.arriving import Arriving
from imagineart_desktop.ui.inpaint.drop_place import DropPlace
from imagineart_desktop.ui.inpaint.look_keys import LookKeys
from imagineart_desktop.ui.inpaint.looking import Looking
from imagineart_desktop.ui.inpaint.mask_commands import MaskCommands, ask_file
from imagineart_desktop.ui.inpaint.mask_facts import MaskFacts
from imagineart_desktop.ui.inpaint.measuring import Measuring
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar
from imagineart_desktop.ui.inpaint.results_strip import SOURCE, ResultsStrip
from imagineart_desktop.ui.inpaint.step_tree import StepTree
from imagineart_desktop.ui.inpaint.stepping import Stepping
from imagineart_desktop.ui.inpaint.tool_column import ToolColumn
from imagineart_desktop.ui.inpaint.trip_controls import TripControls
from imagineart_desktop.ui.intake import PICTURE_FILTER, Taken
from imagineart_desktop.ui.loading import load
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
        self.canvas = MaskCanvas()
        self.facts = MaskFacts()
        self.trip = TripControls()
        self.form = RequestForm(Task.INPAINT, below=self._below())
        self.results = ResultsStrip()
        self.message = InlineMessage()
        self._mask_saver = Coalesced(self, self._save_mask, on_trouble=self.message.say_for_now)
        self.options = OptionsBar(self.canvas, actions)
        self.draft = Draft(self, library, "inpaint", self._state, self.form.message.say_for_now)
        self.masks = MaskCommands(self, self.canvas, self.facts.message, library, actions, self.options.amount.value)
        self.stepping = Stepping(self, library, self.canvas, self.form, self.trip, self.message.say)
        self.looking = Looking(self, library, self.canvas, self.results, self.trip, self.message)
        self.measuring = Measuring(self, self.canvas, self.trip, self.form, self.facts)
        self.arriving = Arriving(
            self, library, worker, self.results, lambda: self.stepping.steps, self._may_look, self.message.say
        )
        self._build(actions)
        self._connect(actions)
        self.keys = LookKeys(
            self, lambda: self.looking.number != SOURCE, self.flip, self._apply_looked_at, self.looking.leave
        )
        self.looking.changed.connect(self.keys.refresh)

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
        async with self.draft.restoring() as state:
            self.form.restore(state)
            self.form.prompt.set_history(await self._library.recent_prompts())
            try:
                await self.stepping.restore(state.get("session"))
            except (PictureError, LibraryError) as error:
                self.message.say(str(error))
            self.arriving.restore(state.get("waited for"))
            spawn(self._draw_steps())
            await self._restore_mask(state.get("trip"))

    async def _restore_mask(self, trip: object) -> None:
        if (picture := self.stepping.picture) is None:
            return
        try:
            self.trip.restore(trip)
            mask = await session.load_mask_draft(picture, self._library)
            if mask is not None:
                await self.canvas.document.replace("Restored mask", mask)
                self.canvas.document.undo_stack.clear()
        except (PictureError, MaskError, LibraryError) as error:
            self.message.say(str(error))

    async def save(self) -> None:
        """Save form and mask now."""
        await self.draft.save()
        await self._mask_saver.flush()

    async def reuse(self, past: PastRequest) -> None:
        """Form, picture and mask as they were."""
        source, painted = past.parent("picture"), past.parent("mask")
        if source is None or past.model is None or past.model.mask_polarity is None:
            self.form.reuse(past.model, past.fields, past.seed)
            return
        sha256 = source.sha256 if past.plan is None else past.plan.source
        picture = await session.reopen(sha256, source.picture_id, self._library)
        if picture is None:
            self.form.reuse(past.model, past.fields, past.seed)
            self.message.say("The picture this was made from is no longer in the library.")
            return
        # Only now: what is in the form until then stays with the step that is left.
        await self.stepping.begin(picture, "Reused picture")
        self.form.reuse(past.model, past.fields, past.seed)
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
        self.facts.show_losses(picture.losses)
        self.results.start(picture.pyramid.small)
        self.message.clear()
        step = self.stepping.steps.current
        if step is not None:
            self.arriving.show_step(step)
            self.tree.set_picture(step.id, picture.pyramid.small)
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
        spawn(self._submit(self.form.requests))

    async def _submit(self, agreed: int) -> None:
        """agreed: how many requests the price was for that the user saw; never are more sent than that."""
        self.facts.message.clear()
        picture, step = self.stepping.picture, self.stepping.steps.current
        if picture is None or step is None:
            self.message.say("Open a picture to paint on.", "caution", {"Open a picture…": self.choose_picture})
            return
        if self.form.model.mask_polarity is None or not self.form.check():
            return
        await self.measuring.known()
        trip, mask = self.trip.trip(), self.canvas.document.mask
        try:
            prepared = await session.prepared(picture, mask, trip, self.form.model)
        except (MaskError, PictureError) as error:
            self.facts.message.say(str(error), "caution")
            return
        if len(prepared) != agreed:
            await self.measuring.known()
            words = f"This makes {len(prepared)} requests: {self.form.price}."
            self.form.message.say(words, "caution", {"Send": lambda: spawn(self._submit(len(prepared)))})
            return
        self.arriving.expect(await self._wishes.inpaint(self.form, prepared), step)

    def _may_look(self) -> bool:
        return self.canvas.stylus.action is None and not self.looking.is_comparing

    # Looking at results

    def flip(self) -> None:
        """Between the result that is looked at and the source."""
        self.looking.flip()

    def _apply_looked_at(self) -> None:
        if not self.looking.is_comparing:
            self.apply(self.looking.number)

    async def as_looked_at(self, number: int) -> int:
        """The picture that shows what is seen of this one: another where a result is looked at with another seam.

        Raises PictureError, LibraryError.
        """
        return await self.looking.kept(number) if number == self.looking.number else number

    def apply(self, number: int) -> None:
        """A result becomes the picture."""
        spawn(self._apply(number))

    async def _apply(self, number: int) -> None:
        if self.canvas.document.busy:
            return
        with self.canvas.document.held():
            try:
                number = await self.looking.kept(number)
            except (PictureError, LibraryError) as error:
                self.message.say(str(error))
                return
            await self.stepping.apply(number, keep_mask=self.looking.bar.keep_mask.isChecked())

    def _return_to(self, number: int) -> None:
        spawn(self.stepping.return_to(number))

    async def _draw_steps(self) -> None:
        for step in list(self.stepping.steps):
            if not self.tree.has_picture(step.id):
                image = await session.small_picture(step.sha256, step.picture_id, self._library)
                if image is not None:
                    self.tree.set_picture(step.id, image)

    # What is painted and sent

    def _mask_touched(self) -> None:
        if self.has_picture:
            self.measuring.start()
            self._mask_painted()

    def _mask_settled(self, _covered: Coverage) -> None:
        if self.has_picture:
            self._show_coverage()

    def _mask_painted(self) -> None:  # after each dab: a stroke may take long
        if self.has_picture and not self.draft.is_restoring:
            self._mask_saver.touch()

    def _trip_changed(self) -> None:
        self.draft.touch()
        if self.has_picture:
            self.canvas.show_guides(self.trip.margins(), self.canvas.extending.boxes)
            self._show_coverage()
            self.measuring.start()

    def _show_coverage(self) -> None:
        self.facts.show_coverage(self.canvas.coverage, self.canvas.document.size, self.trip.margins())

    def _extended(self, before: Margins, after: Margins, gesture: str) -> None:
        if self.has_picture:
            command = ExtendCommand(before, after, gesture, self.trip.set_margins)
            self.canvas.document.undo_stack.push(command)

    async def _save_mask(self) -> None:
        if (picture := self.stepping.picture) is not None and not self._library.read_only:
            await session.save_mask_draft(self.canvas.document.mask, picture, self._library)

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
        place = QWidget()
        # What is said lies over the picture, which must not move under the hand.
        over = QGridLayout(place)
        over.setContentsMargins(0, 0, 0, 0)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        empty = DropPlace(self.choose_picture)
        empty.taken.connect(self.take)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.canvas)
        self._stack.addWidget(self.looking.pane)
        said = QVBoxLayout()
        said.setContentsMargins(12, 12, 12, 12)
        said.addWidget(self.message)
        said.addWidget(self.arriving.missing)
        over.addWidget(holder, 0, 0)
        over.addLayout(said, 0, 0, Qt.AlignmentFlag.AlignTop)
        column.addWidget(place, 1)
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
        self.form.setMinimumWidth(292)
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
        self.form.lowered.connect(self.facts.set_low)
        self.form.lowered.connect(self.trip.set_low)
        self.canvas.dropped.connect(self.take)
        self.canvas.coverage_changed.connect(self._mask_settled)
        actions.tool(ToolKind.EXTEND).toggled.connect(self.trip.extend_by_hand)
        self.canvas.margins_dragged.connect(self.trip.drag_margins)
        self.canvas.margins_settled.connect(self.trip.end_drag)
        self.canvas.tapped.connect(self.flip)
        self.canvas.document.settled.connect(self._mask_touched)
        self.canvas.document.changed.connect(lambda _area: self._mask_painted())
        self.trip.extended.connect(self._extended)
        self.arriving.changed.connect(self.draft.touch)
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
            "waited for": self.arriving.islands.state(),
        }
