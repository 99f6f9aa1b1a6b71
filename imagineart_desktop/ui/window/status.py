"""The window's permanent status: the service, today's spending, and facts about the displayed image."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import JobEvent, ServiceConnection, Worker
from imagineart_desktop.library import Library, LibraryChange, LibraryError
from imagineart_desktop.models import format_dollars
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.gallery.library_panel import local_midnight
from imagineart_desktop.ui.window.image_facts import canvas_status, image_status
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.ui.window.top_bar import TopBar
from imagineart_desktop.workspace.background import spawn_owned

if TYPE_CHECKING:
    from imagineart_desktop.ui.inpaint.page import InpaintPage
    from imagineart_desktop.ui.loupe.loupe import Loupe


class StatusUpdater(QObject):
    """Updates the status. loupe: returns the visible loupe, or None."""

    def __init__(
        self,
        parent: QObject,
        parts: tuple[Library, Worker, ServiceConnection],
        top: TopBar,
        status: StatusBar,
        loupe: Callable[[], Loupe | None],
        pages: Pages,
    ) -> None:
        super().__init__(parent)
        self._library, self._worker, self._account = parts
        self._top = top
        self._status = status
        self._loupe = loupe
        self._pages = pages

    def begin(self) -> None:
        """Show the current status and follow changes."""
        self._pages.for_each_form(self._show_price_of)
        self._pages.deferred_inpaint.when_built(self._follow)
        self._worker.subscribe(self._job_event)
        self._worker.on_offline(lambda _offline: self._show_account())
        self._account.subscribe(self._show_account)
        self._library.subscribe(self._library_changed)
        self._show_account()
        spawn_owned(self, self._show_spend())

    def _follow(self, inpaint: InpaintPage) -> None:
        canvas = inpaint.canvas
        canvas.zoom_changed.connect(lambda _zoom: self.show_image_status())
        canvas.pointer_moved.connect(self.show_image_status)
        canvas.coverage_changed.connect(lambda _coverage: self.show_image_status())
        canvas.document.operations.slow_changed.connect(lambda _name: self.show_image_status())
        inpaint.image_opened.connect(self.show_image_status)

    def show_image_status(self, pointer: QPointF | None = None) -> None:
        """Show the size and zoom of the displayed image, or nothing if there is none."""
        loupe, inpaint = self._loupe(), self._pages.deferred_inpaint.built
        text = ""
        if loupe is not None and loupe.current is not None:
            text = image_status(loupe.current.size, loupe.view.zoom)
        elif inpaint is not None and inpaint.isVisible() and inpaint.has_picture:
            text = canvas_status(inpaint.canvas, pointer)
        self._status.facts.setText(text)

    def _show_account(self) -> None:
        live = self._account.kind is ServiceKind.LIVE
        for page in self._pages.built_with_form:
            self._show_price_of(page.form)
        if self._worker.offline:
            self._top.service.show_state("Offline", "caution")
            self._status.service.setText("Can’t reach fal.ai. Jobs resume when you’re back online.")
        elif live:
            self._top.service.show_state("Live", "good")
            self._status.service.setText("● fal.ai connected")
        elif not self._account.settled.is_set():
            self._top.service.show_state("Starting", "faint")
            self._status.service.setText("● Starting")
        else:
            self._top.service.show_state("Demo", "caution")
            self._status.service.setText("● Demo: sample images, nothing is charged. Add a key in Settings.")

    def _show_price_of(self, form: RequestForm) -> None:
        """Show in a form whether its requests are free."""
        form.draft.set_free(self._account.settled.is_set() and self._account.kind is not ServiceKind.LIVE)

    def _job_event(self, event: JobEvent) -> None:
        if event.pictures:
            spawn_owned(self, self._show_spend())

    def _library_changed(self, change: LibraryChange) -> None:
        if change.reordered:
            self.show_image_status()

    async def _show_spend(self) -> None:
        try:
            spend = await self._library.spent_since(local_midnight())
        except LibraryError:
            return
        self._top.today.setText(f"Today {format_dollars(spend.amount)}")
