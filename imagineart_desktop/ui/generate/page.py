"""The Generate tab: the form on the left, its results in the middle."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import Task
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.canvas.canvas_focus import CanvasFocus
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.submitter import RequestSubmitter
from imagineart_desktop.ui.jobs.dock import JobDock
from imagineart_desktop.ui.results.result_area import ResultArea, form_and_results_splitter
from imagineart_desktop.ui.widgets import EmptyState
from imagineart_desktop.workspace.draft_saver import Draft
from imagineart_desktop.workspace.past_request import SavedRequest


class GeneratePage(QWidget):
    """The tab that generates images from text."""

    def __init__(self, library: Library, worker: Worker, wishes: RequestSubmitter) -> None:
        super().__init__()
        self._library = library
        self._wishes = wishes
        self.form = RequestForm(Task.GENERATE)
        empty = EmptyState("sparkles", "Describe an image", "Write a prompt on the left and press Ctrl+Enter.")
        self.results = ResultArea(library, worker, empty)
        self.draft = Draft(self, library, "generate", self._state, self.form.message.show_error)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        self.dock = JobDock(self.results)
        self.dock.settle_after(self.results.replaced)
        self.splitter = form_and_results_splitter(self.form, self.dock)
        layout.addWidget(self.splitter)
        self.focus = CanvasFocus(self.form)
        self.results.deferred_loupe.when_built(lambda loupe: self.focus.set_canvas(loupe.view))
        self.results.arrived.connect(self.focus.focus_canvas_unless_typing)
        self.form.submitted.connect(self.submit)
        self.form.changed.connect(self.draft.touch)
        self.results.changed.connect(self.draft.touch)

    async def restore(self) -> None:
        """Restore the last session's form and results."""
        async with self.draft.restoring() as state:
            self.form.restore(state)
            self.results.restore(state.get("results"), Task.GENERATE)
        self.form.prompt.set_history(await self._library.recent_prompts())

    async def save(self) -> None:
        """Save the form now."""
        await self.draft.save()

    def submit(self) -> None:
        """Submit the request."""
        self.focus.begin()
        spawn(self._submit())

    def reuse(self, past: SavedRequest) -> None:
        """Restore a past request in the form."""
        self.form.reuse(past.model, past.fields, past.seed)

    async def _submit(self) -> None:
        jobs = await self._wishes.send(self.form)
        if jobs:
            self.results.expect(jobs)

    def _state(self) -> dict[str, object]:
        return self.form.state() | {"results": self.results.state()}
