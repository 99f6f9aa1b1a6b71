"""Opens the batch preview for the request of the open tab, or for the images selected in Gallery."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.background import spawn_owned

if TYPE_CHECKING:
    from imagineart_desktop.ui.batch.dialog import BatchDialog


class BatchOpener(QObject):
    """Opens the preview. say: shows a message; raise_budget: opens the settings at a budget.

    submit: the window's action, whose keys run the batch.
    """

    def __init__(
        self,
        window: QWidget,
        core: tuple[Library, Worker, ServiceConnection],
        pages: Pages,
        images: CurrentImages,
        files: FileDialogs,
        say: Callable[[str], object],
        raise_budget: Callable[[str], object],
        submit: QAction,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pages = pages
        self._images = images
        self._core = core
        self._files = files
        self._say = say
        self._raise_budget = raise_budget
        self._submit = submit
        self.dialog: BatchDialog | None = None

    def open(self) -> None:
        """Open the preview."""
        spawn_owned(self, self._open())

    async def _open(self) -> None:
        from imagineart_desktop.ui.batch.dialog import BatchDialog
        from imagineart_desktop.workspace.batch_sender import BatchSender

        plan = self._pages.batch_plan(self._images.ids())
        is_new, draft = self._pages.deferred_batch.built is None, self._pages.deferred_batch()
        if is_new:
            try:
                await draft.restore()
            except UserError as error:
                self._say(str(error))
        if plan is not None:
            draft.take(plan)
        if self.dialog is None:
            self.dialog = BatchDialog(self._window, draft, BatchSender(*self._core), self._files, self._raise_budget)
            self.dialog.added.connect(self._say)
            self.dialog.follow(self._submit)
        draft.reload()
        self.dialog.show()
        self.dialog.raise_()
        self.dialog.activateWindow()
        self.dialog.take_keys()
