"""The Edit tab: references and an instruction on the left, before and after in the middle."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import Task
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.canvas.canvas_focus import CanvasFocus
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.jobs.dock import JobDock
from imagineart_desktop.ui.references.slots import ReferenceSlots
from imagineart_desktop.ui.results.result_area import ResultArea, form_and_results_splitter
from imagineart_desktop.ui.widgets import EmptyState
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.commands.image_commands import EDIT_BAR
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.form_drafts import EditDraft, saved_references
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.model_comparison import ComparisonSource
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.reference_list import ReferenceList
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import RequestSubmitter

_NO_REFERENCE = ("Edit images with words", "Add a reference on the left and describe the change.")
_WITH_REFERENCES = (
    "Describe the change",
    "Write on the left and click Edit. Click a reference to enlarge it.",
)
_NO_IMAGE = ("Edit an image", "Add it on the left. This model needs no prompt.")
_READY = ("Ready to edit", "Click Edit on the left. This model needs no prompt.")


class EditPage(QWidget):
    """The tab that edits images by an instruction."""

    def __init__(self, library: Library, worker: Worker, submitter: RequestSubmitter, files: FileDialogs) -> None:
        super().__init__()
        self._submitter = submitter
        self.draft = RequestDraft(Task.EDIT, library.models, self)
        self.references = ReferenceSlots(ReferenceList(library, self.draft, self), files, enlarges=True)
        self.form = RequestForm(self.draft, above=self.references, services=FormServices(library, files))
        self.form.lowered.connect(self.references.set_low)
        self.references.follow_prompt(self.form.prompt, first=1)
        self._hint = _NO_REFERENCE
        self._empty = EmptyState("images", *self._hint)
        self.results = ResultArea(library, worker, self._empty, EDIT_BAR)
        self.results.deferred_loupe.when_built(lambda loupe: loupe.set_comparing(True))
        self.saver = DraftSaver(self, library, "edit", EditDraft, self._state, self.form.message.show_error)
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
        self.draft.changed.connect(self._show_hint)
        self.results.changed.connect(self.saver.touch)
        self.references.list.changed.connect(self._references_changed)
        self.references.enlarged.connect(self.results.show_file)

    async def restore(self) -> None:
        """Restore the last session's form, references and results."""
        async with self.saver.restoring() as draft:
            self.draft.restore(draft.request)
            await self.references.list.restore(draft.references)
            self.results.restore(draft.results, Task.EDIT)

    async def begin(self) -> None:
        """Start without restoring anything."""
        self.saver.begin()

    async def save(self) -> None:
        """Save the form now."""
        await self.saver.save()

    def submit(self) -> None:
        """Submit the edit."""
        self.focus.begin()
        spawn(self._submit())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Close the message about references with Escape."""
        if event.key() == Qt.Key.Key_Escape and self.references.message.text():
            self.references.message.clear()
        else:
            super().keyPressEvent(event)

    def add(self, taken: list[ImageSource]) -> None:
        """Add images as references."""
        self.references.add(taken)

    async def reuse(self, past: SavedRequest) -> None:
        """Restore a past request in the form, including its references."""
        past.apply_to(self.draft)
        await self.references.list.restore(saved_references(past.sources))

    async def use_references(self, past: SavedRequest) -> None:
        """Use the images that this one was made from as references, and keep the rest of the form."""
        await self.references.replace(saved_references(past.sources))

    def comparison_source(self) -> ComparisonSource | None:
        """Return what is sent to several models; None, and a message, without references."""
        images = self.references.list.input_images()
        if not images:
            self.references.show_missing()
            return None
        return ComparisonSource(self.draft, images, self._submitter.submit, self.results.expect)

    async def _submit(self, allowance: Decimal | None = None) -> None:
        images = self.references.list.input_images()
        if not images:
            self.references.show_missing()
            self.form.check()
            self.form.allow_next()
            return
        self.form.clear_problems()
        submission = await self._submitter.submit(self.draft, images, allowance)
        self.form.show_submission(submission, lambda amount: spawn(self._submit(amount)))
        if submission.jobs:
            self.references.message.clear()
            self.results.expect(submission.jobs)

    def _references_changed(self) -> None:
        sizes = self.references.list.sizes
        self.draft.set_input_sizes(sizes)
        self._show_hint()
        self.saver.touch()

    def _show_hint(self) -> None:
        """Say in the empty result area what to do next."""
        if not self.draft.model.needs_prompt:
            words = _READY if self.references.list.sizes else _NO_IMAGE
        else:
            words = _WITH_REFERENCES if self.references.list.sizes else _NO_REFERENCE
        if words != self._hint:
            self._hint = words
            self._empty.set_words(*words)

    def _state(self) -> EditDraft:
        return EditDraft(
            request=self.draft.state(), references=self.references.list.state(), results=self.results.state()
        )
