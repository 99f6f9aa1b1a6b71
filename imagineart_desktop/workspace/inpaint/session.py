"""An inpaint session without widgets: an image, its mask, and what is sent. Canvas, form and panels observe it."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import Margins, PictureError
from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import Task
from imagineart_desktop.support import UserError
from imagineart_desktop.workspace.background import PendingWorkPresenter, ShowProgress, UnseenWork
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.draft import InpaintDraft
from imagineart_desktop.workspace.inpaint.estimator import CostEstimator
from imagineart_desktop.workspace.inpaint.extended_source import ExtendedSource
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController
from imagineart_desktop.workspace.inpaint.image_opener import ImageOpener
from imagineart_desktop.workspace.inpaint.request_restorer import RequestRestorer
from imagineart_desktop.workspace.inpaint.request_sender import RequestSender
from imagineart_desktop.workspace.inpaint.result_applier import ResultApplier
from imagineart_desktop.workspace.inpaint.result_collector import ResultCollector
from imagineart_desktop.workspace.inpaint.result_versions import ResultVersion, ResultVersions
from imagineart_desktop.workspace.inpaint.settings import SessionSettings
from imagineart_desktop.workspace.inpaint.undo_commands import ExtendCommand
from imagineart_desktop.workspace.mask_document import MaskDocument
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.model_comparison import ComparisonSource
from imagineart_desktop.workspace.past_request import SavedRequest
from imagineart_desktop.workspace.reference_list import ReferenceList
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import RequestSubmitter

_LARGE_IMAGE_PIXELS = 9_000_000
"""Pixels of an image from which the window is shown before the image is reopened."""


class InpaintSession(QObject):
    """The state of one Inpaint tab.

    Several can exist at once, for different images; the newest one views results before their files are written.
    waiting: shows pending work and cancels it; None to show none.
    """

    failed = Signal(str)
    """Something can't be shown or restored: a message for the user."""

    def __init__(
        self,
        library: Library,
        worker: Worker,
        submitter: RequestSubmitter,
        waiting: PendingWorkPresenter | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        waiting = waiting or UnseenWork()
        self._library = library
        self.document = MaskDocument(self, waiting)
        self.draft = RequestDraft(Task.INPAINT, library.models, self)
        self.references = ReferenceList(library, self.draft, self)
        self.settings = SessionSettings(self)
        self.estimator = CostEstimator(self, self.document, self.settings, self.draft)
        self.opener = ImageOpener(self, library, waiting)
        self.history = HistoryController(self, library, self.document, self.draft, self.settings, self.opener.reopen)
        self.extended_source = ExtendedSource(self.history)
        self.versions = ResultVersions(library, worker.composed)
        self.collector = ResultCollector(self, library, worker, self.versions, self.history.steps)
        self._applier = ResultApplier(self, library, self.document, self.history, self.kept, waiting)
        self._restorer = RequestRestorer(
            library, self.document, self.draft, self.references, self.settings, self.history, self.opener.reopen
        )
        self.request_sender = RequestSender(
            self,
            library,
            submitter,
            self.document,
            self.draft,
            self.references,
            self.settings,
            self.history,
            self.estimator,
            waiting,
        )
        self._connect()

    def _connect(self) -> None:
        self.document.settled.connect(self._measure)
        self.settings.changed.connect(self._measure)
        self.references.changed.connect(self._count_images)
        self.settings.extended.connect(self._note_extension)
        self.history.image_placed.connect(self._image_placed)
        self.history.left.connect(self._forget_views)
        self.history.failed.connect(self.failed)
        self.request_sender.sent.connect(self.collector.expect)
        self.collector.failed.connect(self.failed)
        self._applier.failed.connect(self.failed)

    @property
    def has_image(self) -> bool:
        """Whether there is an image to paint on."""
        return self.history.picture is not None

    async def open(self, source: ImageSource) -> bool | None:
        """Open an image. Return whether it's another one than before; None if canceled.

        Raises PictureError, LibraryError.
        """
        async with self.opener.opened(source) as opened:
            if opened is None:
                return None
            is_other = await self.history.open(*opened)
            if is_other:
                self._restorer.unlock_seed()
            return is_other

    async def kept(
        self,
        number: int,
        show: ShowProgress = lambda _: None,
        show_reading: ShowProgress = lambda _: None,
    ) -> tuple[int, ResultVersion]:
        """Return the id of the picture that shows a result with today's seam and tone, and that version.

        Stores a new picture if its seam differs. show, show_reading: receive the progress of storing and of reading.
        Raises PictureError, LibraryError.
        """
        settings = self.settings.value
        kept = await self.versions.kept(number, settings, show)
        return kept, await self.versions.version(number, settings, show_reading)

    async def apply(self, number: int, *, keep_mask: bool) -> None:
        """Make a result the current image, as it is viewed; see `ResultApplier.apply`."""
        await self._applier.apply(number, keep_mask=keep_mask)

    async def reuse(self, past: SavedRequest) -> bool:
        """Restore form, image and mask of an earlier request; see `RequestRestorer.reuse`."""
        return await self._restorer.reuse(past)

    def comparison_source(self) -> ComparisonSource | None:
        """Return what is sent to several models; None without an image."""
        if not self.has_image:
            return None
        send = partial(self.request_sender.send_to, self.history.steps.current)
        references = self.references.input_images()
        return ComparisonSource(self.draft, references, send, expect=lambda _jobs: None, images_beside=1)

    # Storage

    def state(self) -> InpaintDraft:
        """Return the session as it is saved, for `restore`."""
        return InpaintDraft(
            request=self.draft.state(),
            settings=self.settings.value,
            references=self.references.state(),
            history=self.history.steps.state(),
            pending=self.collector.region_groups.state(),
        )

    async def restore(self, saved: InpaintDraft) -> None:
        """Restore what `state` returned, except for the image."""
        self.draft.restore(saved.request)
        self.settings.restore(saved.settings)
        self.history.steps.restore(saved.history)
        self.collector.restore(saved.pending)
        await self.references.restore(saved.references)

    async def restore_image(self, opens_large: Callable[[], object] = lambda: None) -> None:
        """Open the image of the restored step, with the mask that was being painted on it.

        opens_large: called if it will take long.
        """
        step = self.history.steps.current
        if step is None:
            return
        try:
            kept = await self._library.inputs.find(step.sha256)
            if kept is None:
                raise PictureError("The image of the last session is no longer in the library.")
            if kept.size[0] * kept.size[1] >= _LARGE_IMAGE_PIXELS:
                opens_large()
            async with self.opener.open_restored(kept, step.picture_id) as restored:
                if restored is None:
                    await self.history.drop_restored()
                else:
                    self._place_restored(restored)
        except UserError as error:
            await self.history.drop_restored()
            self.failed.emit(str(error))

    def _place_restored(self, restored: session_store.RestoredSession) -> None:
        margins = self.settings.margins
        self.history.place_restored(restored.picture, restored.mask)
        # Placing an image resets the margins, so set them again.
        self.settings.set_margins(margins)
        if restored.problem:
            self.failed.emit(restored.problem)

    async def save_mask(self) -> None:
        """Save the mask being painted, for a restart. Raises LibraryError."""
        if (picture := self.history.picture) is not None and not self._library.read_only:
            await session_store.save_mask_draft(self.document.mask, picture, self._library)

    # Following changes

    def _measure(self) -> None:
        if self.has_image:
            self.estimator.start()

    def _note_extension(self, before: Margins, after: Margins, gesture: str) -> None:
        if self.has_image:
            self.document.undo_stack.push(ExtendCommand(before, after, gesture, self.settings.set_margins))

    def _forget_views(self) -> None:
        """Release what is of the previous image."""
        self.versions.forget()
        self.extended_source.forget()

    def _image_placed(self) -> None:
        self._forget_views()
        if (step := self.history.steps.current) is not None:
            step.fresh = 0
            self.collector.show_step(step)
        self._count_images()
        self._measure()

    def _count_images(self) -> None:
        if self.has_image:
            self.draft.set_input_sizes([self.document.size, *self.references.sizes])
