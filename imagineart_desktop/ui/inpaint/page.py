"""The Inpaint tab: tools, canvas, form and results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QSize, Signal
from PySide6.QtGui import QAction, QActionGroup, QDragEnterEvent, QDropEvent, QImage
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedLayout, QToolButton, QVBoxLayout, QWidget

from imagineart_desktop.imaging import (
    Brush,
    Coverage,
    MaskError,
    PictureError,
    load_picture,
    read_mask,
)
from imagineart_desktop.jobs import JobEvent, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.models import Task
from imagineart_desktop.ui.actions import Actions
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.pyramid import Pyramid
from imagineart_desktop.ui.canvas.tools import ToolKind
from imagineart_desktop.ui.drafts import Draft
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.gallery.thumbnails import THUMBNAIL_EDGE
from imagineart_desktop.ui.inpaint import session
from imagineart_desktop.ui.inpaint.mask_commands import MaskCommands, ask_file
from imagineart_desktop.ui.inpaint.mask_facts import MaskFacts
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar
from imagineart_desktop.ui.inpaint.results_strip import SOURCE, ResultsStrip
from imagineart_desktop.ui.intake import PICTURE_FILTER, Taken, may_take, take
from imagineart_desktop.ui.loading import load
from imagineart_desktop.ui.loop import spawn
from imagineart_desktop.ui.past_request import PastRequest
from imagineart_desktop.ui.widgets import EmptyState, InlineMessage, rule
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
        self._picture: session.OpenPicture | None = None
        self._jobs: set[str] = set()
        self._looked = SOURCE
        self._mask_unsaved = self._mask_writing = False
        self.canvas = MaskCanvas()
        self.facts = MaskFacts()
        self.form = RequestForm(Task.INPAINT, below=self.facts)
        self.results = ResultsStrip()
        self.message = InlineMessage()
        self.options = OptionsBar(self.canvas, actions.mask_bar(self.canvas.document))
        self.draft = Draft(self, library, "inpaint", self._state, self.form.message.say)
        self.masks = MaskCommands(self, self.canvas, self.facts.message, library, actions, self.options.amount.value)
        self._build(actions)
        self._connect(actions)
        worker.subscribe(self._job_event)

    # Pictures

    @property
    def has_picture(self) -> bool:
        """Whether there is something to paint on."""
        return self._picture is not None

    def take(self, taken: list[Taken]) -> None:
        """Opens the first of what was dropped, pasted or sent here."""
        if taken:
            spawn(self.open(taken[0]))

    async def open(self, taken: Taken) -> None:
        """Puts a picture on the canvas; what is there stays when the new one cannot be used."""
        self.message.clear()
        try:
            loaded = await load(taken, self._library)
            self._show(await session.open_picture(loaded, self._library))
        except (PictureError, LibraryError) as error:
            self._stack.setCurrentIndex(1 if self._picture else 0)
            self.message.say(str(error))

    def choose_picture(self) -> None:
        """Asks for a file."""
        ask_file(self, "Open a picture", PICTURE_FILTER, lambda path: self.take([Taken(path=path)]))

    async def restore(self) -> None:
        """Form, picture and mask of the last session are back."""
        state = await self.draft.load()
        self.form.restore(state)
        self.form.prompt.set_history(await self._library.recent_prompts())
        number = state.get("picture_id")
        try:
            picture = await session.reopen(
                str(state.get("sha256", "")), number if isinstance(number, int) else None, self._library
            )
            if picture is None:
                return
            self._show(picture)
            mask = await session.load_mask_draft(self.canvas.document.size, self._library)
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
        self._show(picture)
        if past.plan is not None:
            mask = await session.planned_mask(past.plan, self._library)
            if mask is not None:
                await self.canvas.document.replace("Reused mask", mask)
            return
        kept = await self._library.input(painted.sha256) if painted is not None else None
        if kept is not None:
            reading = await asyncio.to_thread(read_mask, kept.path, self.canvas.document.size)
            mask = 255 - reading.mask if past.model.mask_polarity.painted == 0 else reading.mask
            await self.canvas.document.replace("Reused mask", mask)

    def _show(self, picture: session.OpenPicture) -> None:
        self._picture = picture
        self.canvas.set_picture(picture.pixels, picture.pyramid)
        self.results.start(picture.pyramid.small)
        self._looked = SOURCE
        self.form.set_inputs([self.canvas.document.size])
        self._stack.setCurrentIndex(1)
        self.draft.touch()
        self.picture_opened.emit()

    # Sending

    def submit(self) -> None:
        """Inpaints."""
        spawn(self._submit())

    async def _submit(self) -> None:
        self.facts.message.clear()
        if self._picture is None:
            self.message.say("Open a picture to paint on.", "caution", {"Open a picture…": self.choose_picture})
            return
        if self.form.model.mask_polarity is None or not self.form.check():
            return
        try:
            prepared = await session.prepared(self._picture, self.canvas.document.mask, self.form.model)
        except (MaskError, PictureError) as error:
            self.facts.message.say(str(error), "caution")
            return
        jobs = await self._wishes.inpaint(self.form, prepared)
        self._jobs.update(job.id for job in jobs)

    def _job_event(self, event: JobEvent) -> None:
        if event.job.id in self._jobs and event.pictures:
            self._jobs.discard(event.job.id)
            spawn(self._add_result(event.pictures[0]))

    async def _add_result(self, number: int) -> None:
        try:
            (picture,) = await self._library.summaries([number])
            data = await self._library.thumbnail(picture, THUMBNAIL_EDGE)
            self.results.add(number, await asyncio.to_thread(QImage.fromData, data))
        except (LibraryError, PictureError, ValueError) as error:
            self.message.say(str(error))

    # Looking at results

    def flip(self) -> None:
        """Between the result that is looked at and the source."""
        shown = self.results.current()
        self._look(shown if self._looked == SOURCE else SOURCE)

    def _look(self, number: int) -> None:
        self._looked = number
        spawn(self._look_at(number))

    async def _look_at(self, number: int) -> None:
        if number == SOURCE:
            self.canvas.show_result(None)
            self.canvas.set_mask_shown(self._mask_action.isChecked())
            return
        try:
            (picture,) = await self._library.summaries([number])
            pyramid = await asyncio.to_thread(lambda: Pyramid.of(load_picture(picture.path).pixels))
        except (LibraryError, PictureError, ValueError) as error:
            self.message.say(str(error))
            return
        if self._looked == number:
            self.canvas.set_mask_shown(False)
            self.canvas.show_result(pyramid)

    def _mask_settled(self, covered: Coverage) -> None:
        if self._picture is not None:
            self.facts.show_coverage(covered, self.canvas.document.size)
            spawn(self._keep_mask())

    async def _keep_mask(self) -> None:
        """One writer at a time; what was painted while it wrote is written next."""
        self._mask_unsaved = True
        if self._mask_writing:
            return
        self._mask_writing = True
        try:
            while self._mask_unsaved:
                self._mask_unsaved = False
                await session.save_mask_draft(self.canvas.document.mask, self._library)
        except OSError as error:
            self.facts.message.say(f"The mask cannot be kept: {error.strerror}.", "caution")
        finally:
            self._mask_writing = False

    # How it is built

    def _build(self, actions: Actions) -> None:
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self._tool_column(actions))
        layout.addWidget(rule(vertical=True))
        middle = QWidget()
        middle.setObjectName("ground")
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.options)
        column.addWidget(rule())
        column.addWidget(self.message)
        holder = QWidget()
        self._stack = QStackedLayout(holder)
        empty = _DropPlace(self)
        empty.add_action("Open a picture…", self.choose_picture)
        self._stack.addWidget(empty)
        self._stack.addWidget(self.canvas)
        column.addWidget(holder, 1)
        splitter = QSplitter()
        for part in (middle, self.form, self.results):
            splitter.addWidget(part)
        self.form.setMinimumWidth(280)
        self.results.setMinimumWidth(120)
        self.results.setMaximumWidth(240)
        splitter.setSizes([960, 312, 120])
        splitter.setStretchFactor(0, 1)
        splitter.setChildrenCollapsible(False)
        self.splitter = splitter
        layout.addWidget(splitter, 1)

    def _tool_column(self, actions: Actions) -> QWidget:
        panel = QWidget()
        panel.setObjectName("panel")
        panel.setFixedWidth(45)
        column = QVBoxLayout(panel)
        column.setContentsMargins(6, 8, 6, 8)
        column.setSpacing(5)
        group = QActionGroup(self)
        for tool in ToolKind:
            action = actions.tool(tool)
            group.addAction(action)
            action.triggered.connect(lambda _checked, tool=tool: self._use_tool(tool))
            made = QToolButton()
            made.setProperty("kind", "tool")
            made.setDefaultAction(action)
            made.setFixedSize(33, 33)
            made.setIconSize(QSize(17, 17))
            column.addWidget(made)
        column.addStretch(1)
        return panel

    def _use_tool(self, tool: ToolKind) -> None:
        self.canvas.set_tool(tool)
        self.options.show_tool(tool)

    def _connect(self, actions: Actions) -> None:
        self._mask_action: QAction = actions["mask.show"]
        self._mask_action.toggled.connect(self.canvas.set_mask_shown)
        brush_steps: dict[str, Callable[[Brush], Brush]] = {
            "brush.smaller": lambda b: replace(b, size=b.size - max(1.0, b.size * 0.1)),
            "brush.larger": lambda b: replace(b, size=b.size + max(1.0, b.size * 0.1)),
            "brush.softer": lambda b: replace(b, hardness=b.hardness - 0.1),
            "brush.harder": lambda b: replace(b, hardness=b.hardness + 0.1),
        }
        for name, step in brush_steps.items():
            actions[name].triggered.connect(
                lambda _checked, step=step: self.canvas.set_brush(step(self.canvas.stylus.brush))
            )
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
        self.results.looked.connect(self._look)
        self.results.flipped.connect(self.flip)
        self.results.applied.connect(lambda number: self.take([Taken(picture_id=number)]))

    def _turn(self, turn: Callable[[float], float]) -> None:
        if self.isVisible():
            self.canvas.turn_to(turn(self.canvas.viewport_state.angle))

    def _state(self) -> dict[str, object]:
        state = self.form.state()
        if self._picture is not None:
            state |= {"sha256": self._picture.kept.sha256, "picture_id": self._picture.picture_id}
        return state


class _DropPlace(EmptyState):
    """The empty canvas takes pictures."""

    def __init__(self, page: InpaintPage) -> None:
        super().__init__("brush", "Paint what should change", "Drop a picture here, paste it, or open one.")
        self._page = page
        self.setAcceptDrops(True)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Takes pictures."""
        if may_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Opens what was dropped."""
        event.acceptProposedAction()
        self._page.take(take(event.mimeData()))
