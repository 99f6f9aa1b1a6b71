"""Makes a result the current image, once its version with today's seam and tone is stored."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from typing import Protocol

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.library import Library
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.support import Progress, UserError
from imagineart_desktop.workspace.background import PendingWorkPresenter, ShowProgress
from imagineart_desktop.workspace.inpaint.history import HistoryStep
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController
from imagineart_desktop.workspace.inpaint.result_versions import ResultVersion
from imagineart_desktop.workspace.mask_document import MaskDocument

_KEPT, _READ = 0.7, 0.85
"""Of applying a result, when it is kept with its seam, and when its pixels are there."""


class KeepResult(Protocol):
    """Stores a result as it is viewed; see `InpaintSession.kept`."""

    def __call__(
        self, number: int, show: ShowProgress, show_reading: ShowProgress, /
    ) -> Awaitable[tuple[int, ResultVersion]]: ...


class ResultApplier(QObject):
    """Applies one result at a time. Painting is locked meanwhile. waiting: shows the progress, and cancels it."""

    failed = Signal(str)
    """A result can't be applied: a message for the user."""

    def __init__(
        self,
        parent: QObject,
        library: Library,
        document: MaskDocument,
        history: HistoryController,
        keep: KeepResult,
        waiting: PendingWorkPresenter,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._document = document
        self._history = history
        self._keep = keep
        self._waiting = waiting
        self._applying: asyncio.Task[object] | None = None

    async def apply(self, number: int, *, keep_mask: bool) -> None:
        """Make a result the current image; ignored if something else happens to image or mask first."""
        step = self._history.steps.current
        await self._document.operations.wait()
        if self._document.is_locked or self._history.steps.current is not step:
            return
        operations = self._library.operations
        with ExitStack() as hold:
            hold.enter_context(self._document.held())
            with operations.during(lambda: self._waiting.words or "Applying the result…", self._stop):
                async with operations.noticed(NoticeCode.APPLY_CUT_OFF) as closing:
                    if not await self._held_apply(number, step, hold.close, keep_mask=keep_mask):
                        closing.note_stopped()

    async def _held_apply(
        self, number: int, step: HistoryStep | None, let_go: Callable[[], object], *, keep_mask: bool
    ) -> bool:
        """Return whether it came to an end: it was applied, or a message says why not."""

        async def work(show: ShowProgress) -> bool:
            self._applying, progress = asyncio.current_task(), Progress()
            show(progress)
            kept = await self._keep(number, progress.following(0, _KEPT), progress.following(_KEPT, _READ))
            # Another image may have been opened meanwhile.
            if self._history.steps.current is step:
                reach = progress.part(progress.share, 1)
                await self._history.apply(*kept, keep_mask=keep_mask, reach=reach)
            # Unlock now: the user can paint on the result while the notice is removed from disk.
            let_go()
            return True

        try:
            return await self._waiting.on("Applying the result", work) is not None
        except UserError as error:
            # Here, so that no notice of an interruption stays.
            self.failed.emit(str(error))
            return True
        finally:
            self._applying = None

    def _stop(self) -> None:
        if self._applying is not None:
            self._applying.cancel()
