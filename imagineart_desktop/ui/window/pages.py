"""The window's pages, and access to the open one."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Collection, Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import Task
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.gallery.held_images import HeldImages
from imagineart_desktop.ui.gallery.library_panel import LibraryPanel
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.results.result_area import ResultArea
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.widgets.image_copier import ImageCopier
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.model_comparison import ComparisonSource
from imagineart_desktop.workspace.submitter import RequestSubmitter

if TYPE_CHECKING:
    from imagineart_desktop.batches.plan import BatchPlan
    from imagineart_desktop.ui.edit.page import EditPage
    from imagineart_desktop.ui.gallery.page import GalleryPage
    from imagineart_desktop.ui.inpaint.page import InpaintPage
    from imagineart_desktop.workspace.batch_draft import BatchDraft

    PageWithForm = GeneratePage | EditPage | InpaintPage
    Page = PageWithForm | GalleryPage

_BETWEEN_PARTS = 0.01
_BETWEEN_PAGES = 0.05
"""Seconds between building two pages after the first frame, so that pending events are handled."""

_PARTS = (
    "ui.loupe.loupe",
    "ui.gallery.page",
    "ui.edit.page",
    "ui.canvas.mask_canvas",
    "workspace.inpaint.session",
    "ui.inpaint.page",
)
"""The modules of the deferred pages, in pieces that take a few hundredths of a second to import."""


async def tabs_to_restore(library: Library, worker: Worker) -> set[str]:
    """Return the deferred tabs whose pages have something to restore."""
    tabs = {task.value for job in worker.jobs() if (task := job.task) is Task.EDIT}
    drafts = {"edit": "edit", "inpaint": "inpaint", "gallery": "note"}
    return tabs | {tab for tab, draft in drafts.items() if await library.draft(draft)}


class Pages:
    """The window's pages. tab: returns the open tab; go_to: opens one.

    All but Generate are built on first use, or by `complete`. Those in `at_once` are built together with the window,
    before the style sheet is applied, which takes a third of the time.
    """

    def __init__(
        self,
        library: Library,
        worker: Worker,
        submitter: RequestSubmitter,
        actions: Actions,
        files: FileDialogs,
        copier: ImageCopier,
        tab: Callable[[], str],
        go_to: Callable[[str], None],
        at_once: Collection[str],
        marking: GalleryCommands,
    ) -> None:
        self._library = library
        self._worker = worker
        self._is_restored = False
        self.tab = tab
        self.go_to = go_to
        self.generate = GeneratePage(library, worker, submitter, files)

        def edit() -> EditPage:
            from imagineart_desktop.ui.edit.page import EditPage

            return EditPage(library, worker, submitter, files)

        def inpaint() -> InpaintPage:
            from imagineart_desktop.ui.inpaint.page import InpaintPage

            return InpaintPage(library, worker, submitter, actions, files, copier)

        def gallery() -> GalleryPage:
            from imagineart_desktop.ui.gallery.page import GalleryPage

            return GalleryPage(library, marking)

        self.deferred_edit, self.deferred_inpaint, self.deferred_gallery = Lazy(edit), Lazy(inpaint), Lazy(gallery)
        self.deferred_batch = Lazy(self._batch_draft)
        self.panel = LibraryPanel(library)
        HeldImages(marking, self.panel.model, self.panel.grid)
        self._build(at_once)

    def _build(self, at_once: Collection[str]) -> None:
        for needed in at_once:
            self.page(needed)
        self.deferred_edit.when_built(self._begin)
        self.deferred_inpaint.when_built(self._begin)
        self.deferred_gallery.when_built(self._begin)

    @property
    def edit(self) -> EditPage:
        """The Edit page, built on first use."""
        return self.deferred_edit()

    @property
    def inpaint(self) -> InpaintPage:
        """The Inpaint page, built on first use."""
        return self.deferred_inpaint()

    @property
    def gallery(self) -> GalleryPage:
        """The Gallery page, built on first use."""
        return self.deferred_gallery()

    def page(self, tab: str) -> Page:
        """Return the page of a tab, building it on first use."""
        return self.page_with_form(tab) or self.gallery

    def page_with_form(self, tab: str) -> PageWithForm | None:
        """Return the page of a tab that makes images, building it on first use; None for Gallery."""
        return self.inpaint if tab == "inpaint" else self.page_with_results(tab)

    def page_with_results(self, tab: str) -> GeneratePage | EditPage | None:
        """Return the page of Generate or Edit, building it on first use; None for another tab."""
        if tab == "edit":
            return self.edit
        return self.generate if tab == "generate" else None

    @property
    def built(self) -> list[Page]:
        """The pages built so far, in tab order."""
        gallery = self.deferred_gallery.built
        return [*self.built_with_form, *([gallery] if gallery is not None else [])]

    @property
    def built_with_form(self) -> list[PageWithForm]:
        """The pages built so far that make images, in tab order."""
        inpaint = self.deferred_inpaint.built
        return [*self.built_with_results, *([inpaint] if inpaint is not None else [])]

    @property
    def built_with_results(self) -> list[GeneratePage | EditPage]:
        """Generate and, if it's built, Edit."""
        edit = self.deferred_edit.built
        return [self.generate, *([edit] if edit is not None else [])]

    def for_each_form(self, work: Callable[[RequestForm], object]) -> None:
        """Run the callback for the form of each page once it's built."""
        work(self.generate.form)
        self.deferred_edit.when_built(lambda page: work(page.form))
        self.deferred_inpaint.when_built(lambda page: work(page.form))

    def for_each_result_area(self, work: Callable[[ResultArea], object]) -> None:
        """Run the callback for the result areas of Generate and Edit once they're built."""
        work(self.generate.results)
        self.deferred_edit.when_built(lambda page: work(page.results))

    def form(self, tab: str) -> RequestForm | None:
        """Return the form of a tab; None in Gallery."""
        page = self.page_with_form(tab)
        return None if page is None else page.form

    @property
    def results(self) -> ResultArea | None:
        """The result area of the open tab; None in Inpaint and Gallery."""
        page = self.page_with_results(self.tab())
        return None if page is None else page.results

    def comparison_source(self) -> ComparisonSource | None:
        """Return what the open tab would send to several models; None if there is nothing to send."""
        if self.tab() == "inpaint":
            return self.inpaint.session.comparison_source()
        page = self.page_with_results(self.tab())
        return None if page is None else page.comparison_source()

    def batch_plan(self, selected: Sequence[int]) -> BatchPlan | None:
        """Return what a batch of the open tab begins with. selected: ids of images; None if there is nothing."""
        from imagineart_desktop.batches.library_images import input_name, library_name
        from imagineart_desktop.workspace.batch_draft import plan_of

        tab = self.tab()
        if tab == "generate":
            return plan_of(self.generate.draft)
        if tab == "edit":
            sent = self.edit.references.list.sent
            return plan_of(self.edit.draft, [input_name(one.kept.sha256, one.picture_id) for one in sent])
        return plan_of(self.edit.draft, varied=[*map(library_name, selected)]) if selected else None

    def submit(self) -> None:
        """Submit the request of the open tab."""
        form = self.form(self.tab())
        if form is not None:
            form.submit()

    @property
    def place_of_keys(self) -> QWidget | None:
        """The widget to focus when the open tab is shown; None in Gallery, which decides itself."""
        if self.tab() == "inpaint":
            return self.inpaint.place_of_keys
        page = self.page_with_results(self.tab())
        return None if page is None else page.form.prompt.editor

    def follow_models(self) -> None:
        """Offer the models that there are now, in every form."""
        for page in self.built_with_form:
            page.form.draft.follow_models()
        if (gallery := self.deferred_gallery.built) is not None:
            gallery.follow_models()
        if (batch := self.deferred_batch.built) is not None:
            batch.reload()

    async def restore(self) -> None:
        """Restore the last session."""
        for tab in await tabs_to_restore(self._library, self._worker):
            self.page(tab)
        self._is_restored = True
        await asyncio.gather(*(page.restore() for page in self.built))

    async def complete(self) -> None:
        """Build the remaining pages one at a time, as each takes one or two tenths of a second.

        Their modules are imported first, so that a page that the user opens meanwhile takes less time.
        """
        for part in _PARTS:
            import_module(f"imagineart_desktop.{part}")
            await asyncio.sleep(_BETWEEN_PARTS)
        for page in (self.deferred_gallery, self.deferred_edit, self.deferred_inpaint):
            page()
            await asyncio.sleep(_BETWEEN_PAGES)

    async def save(self) -> None:
        """Save unfinished work."""
        for page in self.built:
            await page.save()
        if (batch := self.deferred_batch.built) is not None:
            await batch.save()

    def _batch_draft(self) -> BatchDraft:
        from imagineart_desktop.workspace.batch_draft import BatchDraft

        return BatchDraft(self._library, self.generate.form.message.show_error, self.generate)

    def _begin(self, page: EditPage | InpaintPage | GalleryPage) -> None:
        """Initialize a page that had nothing to restore."""
        if self._is_restored:
            spawn_owned(page, page.begin())
