"""The Generate tab: the form on the left, its results in the middle."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import Task
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.canvas.canvas_focus import CanvasFocus
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.jobs.dock import JobDock
from imagineart_desktop.ui.results.result_area import ResultArea, form_and_results_splitter
from imagineart_desktop.ui.widgets import EmptyState
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.form_drafts import GenerateDraft
from imagineart_desktop.workspace.model_comparison import ComparisonSource
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import RequestSubmitter


class GeneratePage(QWidget):
    """The tab that generates images from text."""

    def __init__(self, library: Library, worker: Worker, submitter: RequestSubmitter, files: FileDialogs) -> None:
        super().__init__()
        self._submitter = submitter
        self.draft = RequestDraft(Task.GENERATE, library.models, self)
        self.form = RequestForm(self.draft, services=FormServices(library, files))
        empty = EmptyState("sparkles", "Describe an image", "Write a prompt on the left and click Generate.")
        self.results = ResultArea(library, worker, empty)
        self.saver = DraftSaver(self, library, "generate", GenerateDraft, self._state, self.form.message.show_error)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.dock = JobDock(self.results)
        self.dock.settle_after(self.results.replaced)
        self.splitter = form_and_results_splitter(self.form, self.dock)
        layout.addWidget(self.splitter)
        self.focus = CanvasFocus(self.form)
        self.results.deferred_loupe.when_built(lambda loupe: self.focus.set_canvas(loupe.view))
        self.results.arrived.connect(self.focus.focus_result_unless_typing)
        self.form.submitted.connect(self.submit)
        self.draft.changed.connect(self.saver.touch)
        self.results.changed.connect(self.saver.touch)

    async def restore(self) -> None:
        """Restore the last session's form and results."""
        async with self.saver.restoring() as draft:
            self.draft.restore(draft.request)
            self.results.restore(draft.results, Task.GENERATE)

    async def save(self) -> None:
        """Save the form now."""
        await self.saver.save()

    def submit(self) -> None:
        """Submit the request."""
        self.focus.begin()
        spawn(self._submit())

    def reuse(self, past: SavedRequest) -> None:
        """Restore a past request in the form."""
        past.apply_to(self.draft)

    def comparison_source(self) -> ComparisonSource:
        """Return what is sent to several models."""
        return ComparisonSource(self.draft, (), self._submitter.submit, self.results.expect)

    async def _submit(self, allowance: Decimal | None = None) -> None:
        self.form.clear_problems()
        submission = await self._submitter.submit(self.draft, allowance=allowance)
        self.form.show_submission(submission, lambda amount: spawn(self._submit(amount)))
        if submission.jobs:
            self.results.expect(submission.jobs)

    def _state(self) -> GenerateDraft:
        return GenerateDraft(request=self.draft.state(), results=self.results.state())
