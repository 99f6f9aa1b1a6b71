"""The Inpaint tab: tools, canvas, form and results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.support import Progress, WorkCanceledError, spawn
from imagineart_desktop.ui.canvas.canvas_focus import CanvasFocus
from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.extend import ExtendTool
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.inpaint.empty_canvas import EmptyCanvas
from imagineart_desktop.ui.inpaint.estimate_view import EstimateView
from imagineart_desktop.ui.inpaint.inpaint_settings_panel import InpaintSettingsPanel
from imagineart_desktop.ui.inpaint.mask_commands import MaskCommands
from imagineart_desktop.ui.inpaint.mask_facts import MaskSummary
from imagineart_desktop.ui.inpaint.options_bar import OptionsBar
from imagineart_desktop.ui.inpaint.page_layout import (
    below_form,
    canvas_column,
    canvas_stack,
    page_columns,
    results_column,
    steps_panel,
)
from imagineart_desktop.ui.inpaint.refusal import Refusal
from imagineart_desktop.ui.inpaint.result_shortcuts import ResultShortcuts
from imagineart_desktop.ui.inpaint.result_view import ResultView
from imagineart_desktop.ui.inpaint.results_strip import ResultsStrip
from imagineart_desktop.ui.inpaint.sending import Sending
from imagineart_desktop.ui.inpaint.step_commands import StepCommands
from imagineart_desktop.ui.inpaint.step_tree import StepTree
from imagineart_desktop.ui.inpaint.toolbox import Toolbox
from imagineart_desktop.ui.jobs.dock import JobDock
from imagineart_desktop.ui.references.slots import ReferenceSlots
from imagineart_desktop.ui.widgets import InlineMessage, PendingWork, rule
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.ui.widgets.image_copier import ImageCopier
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.coalesced import Debouncer
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.draft import InpaintDraft
from imagineart_desktop.workspace.inpaint.open_sequence import OpenSequence
from imagineart_desktop.workspace.inpaint.result_collector import CollectedResult
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID
from imagineart_desktop.workspace.inpaint.result_viewer import ResultViewer
from imagineart_desktop.workspace.inpaint.session import InpaintSession
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.submitter import RequestSubmitter

ROTATION_STEP = 15.0
"""Degrees of view rotation per key press."""


class InpaintPage(QWidget):
    """The Inpaint tab, which regenerates a painted part of an image."""

    image_opened = Signal()

    def __init__(
        self,
        library: Library,
        worker: Worker,
        submitter: RequestSubmitter,
        actions: Actions,
        files: FileDialogs,
        copier: ImageCopier,
    ) -> None:
        super().__init__()
        self._files = files
        self.message = InlineMessage(floats=True)
        self.waiting = PendingWork(self.message)
        self.session = InpaintSession(library, worker, submitter, self.waiting)
        self._refusal = Refusal(self, self.session, self.message)
        self._opening = OpenSequence(self.session.open, self.image_opened.emit)
        self.draft, self.estimator, self.stepping = self.session.draft, self.session.estimator, self.session.history
        self.canvas = self.stepping.drawing = MaskCanvas(self.session.document)
        self.facts = MaskSummary()
        self.settings_panel = InpaintSettingsPanel(self.session.settings)
        self.references = ReferenceSlots(self.session.references, files, enlarges=False, shows_messages=True)
        EstimateView(self, self.session, self.canvas, self.facts, self.settings_panel)
        self.form = RequestForm(
            self.draft,
            below=below_form((self.references, self.facts, self.settings_panel)),
            services=FormServices(library, files),
        )
        self.results = ResultsStrip()
        self._mask_saver = Debouncer(self, self.session.save_mask, on_trouble=self.message.show_error)
        self.options = OptionsBar(self.canvas, actions)
        self.saver = DraftSaver(
            self, library, "inpaint", InpaintDraft, self.session.state, self.form.message.show_error
        )
        self.masks = MaskCommands(
            self,
            self.canvas,
            self.facts.message,
            self.waiting,
            library,
            actions,
            self.options.amount.value,
            files,
            self.stepping.image_name,
            copier,
        )
        self.viewer = ResultViewer(self, self.session, self.waiting)
        self.result_view = ResultView(self.viewer, self.canvas, self.results, self.message)
        self.collector = self.session.collector
        self.collector.may_look = self._may_look
        self.missing = InlineMessage()
        self.focus = CanvasFocus(self, self.canvas)
        self.sending = Sending(self, self.session, self.form, self.focus, self.facts.message)
        self.tree = StepTree()
        self.steps = StepCommands(self, library, self.tree, self.stepping, self._steps_changed)
        self._build(actions)
        self._connect(actions)
        self._observe()
        self.keys = ResultShortcuts(
            self,
            lambda: self.viewer.number != SOURCE_ID,
            lambda: self.waiting.is_busy or bool(self.message.text()),
            self.flip,
            self._apply_viewed,
            self._leave,
        )
        self.viewer.changed.connect(self.keys.refresh)
        self.waiting.changed.connect(self.keys.refresh)
        self.message.shown.connect(self.keys.refresh)
        # Last, so that it's destroyed after the widgets that observe it.
        self.session.setParent(self)

    # Images

    @property
    def has_picture(self) -> bool:
        """Return whether there is an image to paint on."""
        return self.session.has_image

    @property
    def place_of_keys(self) -> QWidget:
        """Return the widget to focus when the page is shown: the canvas, or the button that opens an image."""
        return self._empty.open if self._stack.currentWidget() is self._empty else self.canvas

    def take(self, taken: list[ImageSource]) -> None:
        """Open what was dropped, pasted or sent here."""
        if taken:
            spawn_owned(self, self.open(*taken))

    async def open(self, *taken: ImageSource) -> None:
        """Put images on the canvas one after another, see `OpenSequence`, and report what went wrong."""
        self.message.clear()
        if problems := await self._opening.run(taken):
            self._refusal.say(problems)

    def _show_opening(self) -> None:
        """Take the hint on what to do away: there is nothing to paint on yet."""
        if not self.has_picture:
            self._stack.setCurrentIndex(1)

    def _show_place(self) -> None:
        """Show the page that applies once no image is being opened."""
        self._stack.setCurrentIndex(2 if self.viewer.comparison.is_open else 1 if self.has_picture else 0)

    def choose_image(self) -> None:
        """Ask for a file and open it."""
        self._files.open_file(
            self, FolderPurpose.OPEN, "Open an image", lambda path: self.take([ImageSource(path=path)])
        )

    async def restore(self) -> None:
        """Restore form, image, mask and steps of the last session.

        Returns while a large image is still being opened.
        """
        form_is_back = asyncio.get_running_loop().create_future()
        work = asyncio.ensure_future(self._restore(form_is_back))
        await asyncio.wait([work, form_is_back], return_when=asyncio.FIRST_COMPLETED)
        if work.done():
            work.result()
        else:
            spawn_owned(self, asyncio.wait_for(work, None))

    async def begin(self) -> None:
        """Start without restoring anything: accept results."""
        self.saver.begin()
        self.collector.begin()

    async def _restore(self, form_is_back: asyncio.Future[None]) -> None:
        async with self.saver.restoring() as draft:
            await self.session.restore(draft)
        # From here on, whatever is saved is complete, even if the window closes before the image is loaded.
        self._steps_changed()
        await self.session.restore_image(partial(form_is_back.set_result, None))
        self.collector.begin()
        self._steps_changed()

    async def save(self) -> None:
        """Save form and mask now."""
        await self.saver.save()
        await self._mask_saver.flush()

    async def reuse(self, past: SavedRequest) -> None:
        """Restore form, image and mask of an earlier request."""
        with suppress(WorkCanceledError):
            if not await self.session.reuse(past):
                self._refusal.say("The image this was made from is no longer in the library.")

    def _show_preview(self, rows: ImagePyramid | None) -> None:
        self.canvas.show_preview(rows)
        if rows is not None:
            self._stack.setCurrentIndex(1)

    def _show_image(self, picture: session_store.OpenImage | None, keep_view: bool) -> None:
        if picture is None:
            self.canvas.clear_image()
        else:
            self.canvas.set_picture(picture.pixels, picture.pyramid, keep_view=keep_view)

    def _placed(self, picture: session_store.OpenImage) -> None:
        """Update the page for an image put on the canvas: opened, applied or returned to."""
        self.viewer.forget()
        self.results.start(picture.pyramid.small)
        self.message.clear()
        step = self.stepping.steps.current
        if step is not None:
            self.tree.set_picture(step.id, picture.pyramid.small)
        self._steps_changed()
        self._stack.setCurrentIndex(1)
        spawn(self.saver.save())
        self.image_opened.emit()

    # Sending

    def submit(self) -> None:
        """Submit the inpaint request."""
        self.sending.send()

    def _ask_for_image(self) -> None:
        ways: dict[str, Callable[[], object]] = {"Open an image…": self.choose_image}
        self.message.say("Open an image to paint on.", "caution", ways, holds=lambda: not self.has_picture)

    def _may_look(self) -> bool:
        """Return whether a new result may be shown: not during a stroke, nor over changes since the request."""
        return not (
            self.canvas.tool_controller.drawing
            or self.session.request_sender.is_changed
            or self.viewer.comparison.is_open
        )

    # Viewing results

    def _add_result(self, result: CollectedResult) -> None:
        self.results.add(result.number, result.image, result.tip, look=result.look, replaces=result.replaces)

    def _show_missing(self) -> None:
        missing = self.collector.missing
        if missing is None:
            self.missing.clear()
        else:
            actions = {action.word: action.run for action in missing.actions}
            self.missing.say(missing.sentence, "caution", actions, holds=missing.holds)

    def flip(self) -> None:
        """Toggle between the viewed result and the source."""
        self.viewer.flip()

    def _apply_viewed(self) -> None:
        if not self.viewer.comparison.is_open:
            self.apply(self.viewer.number)

    def _show_comparison(self, on: bool) -> None:
        self._stack.setCurrentIndex(2 if on else 1)
        if not on:
            self.focus.give()

    async def as_looked_at(self, number: int, show: Callable[[Progress], object] = lambda _: None) -> int:
        """Return the id of the picture that matches what is shown: a new one if a result is viewed with another seam.

        show: receives the progress of making it. Raises PictureError, LibraryError.
        """
        return (await self.session.kept(number, show))[0] if number == self.viewer.number else number

    def apply(self, number: int) -> None:
        """Make a result the current image."""
        self.focus.give()
        if number != self.viewer.number or self.result_view.can_apply():
            spawn(self.session.apply(number, keep_mask=self.result_view.bar.keep_mask.isChecked()))

    def _leave(self) -> None:
        """Handle Escape: cancel what is pending, or leave the viewed result, or close the message."""
        if self.waiting.is_busy:
            self.waiting.cancel()
        elif self.viewer.number == SOURCE_ID and not self.viewer.comparison.is_open:
            self.message.clear()
        else:
            self.viewer.leave()
        self.focus.give()

    def _steps_changed(self) -> None:
        self.steps.refresh()
        self.steps_panel.setVisible(bool(self.stepping.steps.visible()))
        self.saver.touch()

    def _canvas_emptied(self) -> None:
        self.viewer.forget()
        self.message.clear()
        self.results.clear()
        self._stack.setCurrentIndex(0)

    def _mask_painted(self) -> None:  # after each dab, because a stroke may take long
        if self.has_picture:
            self._mask_saver.touch()

    # Layout and connections

    def _build(self, actions: Actions) -> None:
        self.steps_panel = steps_panel(self.tree)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(Toolbox(self.canvas, actions))
        layout.addWidget(rule(vertical=True))
        place = QWidget()
        self._empty = EmptyCanvas(self.choose_image)
        self._empty.taken.connect(self.take)
        bar, compared = self.result_view.bar, self.result_view.deferred_pane
        self._stack = canvas_stack(place, self._empty, self.canvas, compared)
        messages = (self.message, self.facts.message, self.missing)
        self.dock = JobDock(canvas_column(self.options, bar, place, compared, messages), over=True)
        self.canvas.covered = self.dock.covered
        self.steps_splitter = results_column(self.results, self.steps_panel)
        self.splitter = page_columns(self.dock, self.form, self.steps_splitter)
        layout.addWidget(self.splitter, 1)

    def _connect(self, actions: Actions) -> None:
        actions["mask.show"].toggled.connect(self.result_view.set_mask_shown)
        turns: dict[str, Callable[[float], float]] = {
            "view.turn left": lambda angle: angle - ROTATION_STEP,
            "view.turn right": lambda angle: angle + ROTATION_STEP,
            "view.upright": lambda _angle: 0.0,
        }
        for name, turn in turns.items():
            actions[name].triggered.connect(lambda _checked, turn=turn: self._turn(turn))
        actions.tool(ExtendTool.id).toggled.connect(self.settings_panel.show_margin_fields)
        self.form.submitted.connect(self.submit)
        for part in (self.references, self.facts, self.settings_panel):
            self.form.lowered.connect(part.set_low)
        self.canvas.dropped.connect(self.take)
        self.canvas.margins_dragged.connect(self.session.settings.drag_margins)
        self.canvas.margins_released.connect(self.session.settings.end_drag)
        self.canvas.tapped.connect(self.flip)
        self.sending.image_wanted.connect(self._ask_for_image)
        self.result_view.comparing.connect(self._show_comparison)
        self.results.applied.connect(self.apply)
        self.result_view.bar.apply_requested.connect(lambda: self.apply(self.viewer.number))

    def _observe(self) -> None:
        """Follow the session."""
        session = self.session
        session.draft.changed.connect(self.saver.touch)
        session.references.changed.connect(self.saver.touch)
        self.references.follow_prompt(self.form.prompt, first=2)
        session.settings.changed.connect(self.saver.touch)
        session.document.settled.connect(self._mask_painted)
        session.document.changed.connect(lambda _area: self._mask_painted())
        session.opener.began.connect(self._show_opening)
        session.opener.preview_changed.connect(self._show_preview)
        session.opener.ended.connect(self._show_place)
        session.history.image_changed.connect(self._show_image)
        session.history.image_placed.connect(self._placed)
        session.history.left.connect(self._canvas_emptied)
        collector = session.collector
        collector.changed.connect(self.saver.touch)
        collector.added.connect(self._add_result)
        collector.removed.connect(self.results.remove)
        collector.arrived.connect(self.viewer.end_early_look)
        collector.arrived.connect(self.focus.focus_canvas_unless_typing)
        collector.elsewhere.connect(self._steps_changed)
        collector.grown.connect(self.steps.add_grown)
        collector.missing_changed.connect(self._show_missing)
        collector.early.shown.connect(self.result_view.look_early)
        collector.early.lost.connect(self.viewer.end_early_look)

    def _turn(self, turn: Callable[[float], float]) -> None:
        if self.isVisible():
            self.canvas.rotate_to(turn(self.canvas.viewport_state.angle))
