"""Runs the commands that do one thing to an image with a model: at once, or from a dialog."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget
from shiboken6 import isValid

from imagineart_desktop.jobs import InputImage, Job
from imagineart_desktop.library import Library
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.widgets import MessageAction, PendingWork
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.situation import Situation
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.command import Command, CommandContext
from imagineart_desktop.workspace.commands.task_commands import TASK_COMMANDS
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import ReadImage, Submission
from imagineart_desktop.workspace.task_runner import TaskRunner, read_source

if TYPE_CHECKING:
    from imagineart_desktop.ui.inpaint.page import InpaintPage
    from imagineart_desktop.ui.tasks.dialog import TaskDialog
    from imagineart_desktop.workspace.inpaint.history import HistoryStep
    from imagineart_desktop.workspace.inpaint.request_sender import InpaintOrder


class TaskCommands(QObject):
    """Runs these commands for images of the library, and for the one on the canvas."""

    budget_wanted = Signal(str)
    """The section of the settings with the budget to change."""

    def __init__(
        self,
        window: QWidget,
        library: Library,
        runner: TaskRunner,
        commands: ImageCommands,
        images: CurrentImages,
        pages: Pages,
        situation: Situation,
        actions: Actions,
        files: FileDialogs,
        waiting: PendingWork,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._library = library
        self._runner = runner
        self._commands = commands
        self._images = images
        self._pages = pages
        self._situation = situation
        self._files = files
        self._waiting = waiting
        self._submit_action = actions["job.go"]
        self.dialog: TaskDialog | None = None
        """The dialog that is open."""
        commands.note = runner.note
        for command in TASK_COMMANDS:
            commands.bind(command.id, partial(self._run_for, command))
            actions[command.id].triggered.connect(partial(self._run, command))

    def note(self, command: Command, now: CommandContext) -> str:
        """Return what is displayed beside a command's label, for the current images."""
        return self._runner.note(command, now, max(1, len(self._images.ids())))

    def _run(self, command: Command, _checked: bool = False) -> None:
        """Run a command for the current images or the one on the canvas; say why if it can't be used."""
        now = self._situation.read()
        if reason := command.reason(now):
            self._commands.said.emit(reason, None)
        elif command.task is not None and command.task.takes_mask:
            self._remove(self._runner.draft(command.task))
        elif numbers := self._images.ids():
            self._run_for(command, numbers)
        else:
            self._run_on_canvas(command)

    def _run_for(self, command: Command, numbers: Sequence[int]) -> None:
        """Run a command for images of the library; one with a dialog only for the first."""
        if command.opens_dialog:
            numbers = numbers[:1]
        if numbers and (inpaint := self._viewing(numbers[0])) is not None:
            # As it's shown: with the seam and tone that are set now.
            self._start(command, [partial(self._read_viewed, inpaint, numbers[0])], inpaint.stepping.steps.current)
            return
        self._start(command, [self._runner.of_library(number) for number in numbers], None)

    def _viewing(self, number: int) -> InpaintPage | None:
        """Return the page of Inpaint if it's open and shows this result."""
        inpaint = self._pages.deferred_inpaint.built
        is_open = inpaint is not None and self._pages.tab() == "inpaint"
        return inpaint if is_open and inpaint is not None and inpaint.viewer.number == number else None

    async def _read_viewed(self, inpaint: InpaintPage, number: int) -> InputImage:
        return await self._runner.of_library(await inpaint.as_looked_at(number))()

    def _run_on_canvas(self, command: Command) -> None:
        history = self._pages.inpaint.session.history
        picture, step = history.picture, history.steps.current
        if picture is not None and step is not None:
            self._start(command, [partial(read_source, picture.kept.path, picture.picture_id)], step)

    def _start(self, command: Command, sources: Sequence[ReadImage], step: HistoryStep | None) -> None:
        """Send the request, or open the dialog for it. step: the one whose image it is, if there is one."""
        if command.task is None:
            return
        draft = self._runner.draft(command.task)
        if command.opens_dialog:
            spawn_owned(self, self._open_dialog(command, draft, sources[0], step))
        else:
            spawn(self._send(command, draft, sources, step))

    # Sending

    async def _send(
        self,
        command: Command,
        draft: RequestDraft,
        sources: Sequence[ReadImage],
        step: HistoryStep | None,
        allowance: Decimal | None = None,
    ) -> None:
        submission = await self._runner.send(draft, sources, allowance)
        if not isValid(self):
            # The window was closed meanwhile.
            return
        self._expect(submission.jobs, step)
        self._report(
            command, draft, submission, lambda allowed: spawn(self._send(command, draft, sources, step, allowed))
        )

    def _report(
        self, command: Command, draft: RequestDraft, submission: Submission, again: Callable[[Decimal | None], object]
    ) -> None:
        """Show what became of a request in the status bar. again: sends it again, with an allowance (see `Worker`)."""
        if submission.jobs:
            # All of it in one message: what isn't known to be sent would be sent again.
            many = pluralize(len(submission.jobs), "request")
            sent = f"{command.name}: sent {many} to {draft.model.label}."
            self._commands.said.emit(" ".join([sent, *(problem.message for problem in submission.problems)]), None)
            return
        for problem in submission.problems:
            action = None
            if problem.over_budget is not None:
                action = MessageAction("Allow once", partial(again, problem.over_budget.amount))
            elif problem.is_caution:
                action = MessageAction("Send", partial(again, None))
            self._commands.said.emit(problem.message, action)

    def _expect(self, jobs: Sequence[Job], step: HistoryStep | None) -> None:
        """Have the results become steps, where their image is one in Inpaint."""
        inpaint = self._pages.deferred_inpaint.built
        if inpaint is None:
            return
        from imagineart_desktop.workspace.inpaint.derived_steps import step_of_job

        for job in jobs:
            found = step or step_of_job(inpaint.session.history.steps, job)
            if found is not None and found.id in inpaint.session.history.steps:
                inpaint.session.collector.expect([job], found)

    # Removing

    def _remove(self, draft: RequestDraft, requests: int = 1, allowance: Decimal | None = None) -> None:
        """Send what is masked on the canvas. requests: how many the user agreed to. allowance: see `Worker`."""
        try:
            order = self._pages.inpaint.session.request_sender.order(requests, draft)
        except UserError as error:
            self._commands.said.emit(str(error), None)
            return
        if order is not None:
            self._pages.inpaint.focus.give()
            spawn(self._send_removal(order, allowance))

    async def _send_removal(self, order: InpaintOrder, allowance: Decimal | None) -> None:
        from imagineart_desktop.workspace.inpaint.request_sender import PriceChange

        draft, requests = order.draft, order.quote.requests
        command = next(command for command in TASK_COMMANDS if command.task is draft.task)
        try:
            outcome = await self._pages.inpaint.session.request_sender.send(order, allowance)
        except UserError as error:
            if isValid(self):
                self._commands.said.emit(str(error), None)
            return
        if not isValid(self):
            return
        if isinstance(outcome, Submission):
            self._report(command, draft, outcome, partial(self._remove, draft, requests))
        elif isinstance(outcome, PriceChange):
            again = MessageAction("Send", partial(self._remove, draft, outcome.requests))
            self._commands.said.emit(outcome.sentence, again)

    # The dialog

    async def _open_dialog(
        self, command: Command, draft: RequestDraft, source: ReadImage, step: HistoryStep | None
    ) -> None:
        from imagineart_desktop.ui.tasks.dialog import TaskDialog

        async def open_image(_show: object) -> TaskDialog:
            image = await source()
            return await TaskDialog.of(self._window, command.name, draft, image, self._library, self._files)

        try:
            dialog = await self._waiting.on("Opening the image", open_image)
        except UserError as error:
            self._commands.said.emit(str(error), None)
            return
        if dialog is None:
            return
        self.dialog = dialog
        dialog.follow(self._submit_action)

        async def submit(allowance: Decimal | None = None) -> None:
            try:
                submission = await self._runner.send(draft, [dialog.read], allowance)
            finally:
                dialog.is_sending = False
            if not isValid(dialog):
                return
            self._expect(submission.jobs, step)
            dialog.show_submission(submission, allow)
            if submission.jobs:
                self._report(command, draft, submission, lambda _: dialog.show())

        def allow(amount: Decimal) -> None:
            if not dialog.is_sending:
                dialog.is_sending = True
                spawn(submit(amount))

        dialog.submitted.connect(lambda: spawn(submit()))
        dialog.form.budget_wanted.connect(self.budget_wanted)
        dialog.finished.connect(lambda: self._forget(dialog))
        dialog.show()

    def _forget(self, dialog: TaskDialog) -> None:
        if self.dialog is dialog:
            self.dialog = None
