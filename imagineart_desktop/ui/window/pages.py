"""The window's pages, and which of them is open."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.edit.page import EditPage
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.gallery.library_panel import LibraryPanel
from imagineart_desktop.ui.gallery.page import GalleryPage
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.jobs.dock import JobDock
from imagineart_desktop.ui.results.result_area import ResultArea


@dataclass(frozen=True, slots=True)
class Pages:
    """tab: returns the open tab; go_to: opens one."""

    generate: GeneratePage
    edit: EditPage
    inpaint: InpaintPage
    gallery: GalleryPage
    panel: LibraryPanel
    tab: Callable[[], str]
    go_to: Callable[[str], None]

    @property
    def by_tab(self) -> dict[str, GeneratePage | EditPage | InpaintPage | GalleryPage]:
        """All pages, in the order of the tabs."""
        return {"generate": self.generate, "edit": self.edit, "inpaint": self.inpaint, "gallery": self.gallery}

    @property
    def forms(self) -> dict[str, RequestForm]:
        """The forms by their tabs."""
        return {"generate": self.generate.form, "edit": self.edit.form, "inpaint": self.inpaint.form}

    @property
    def docks(self) -> dict[str, JobDock]:
        """The places of the job strip by their tabs."""
        return {"generate": self.generate.dock, "edit": self.edit.dock, "inpaint": self.inpaint.dock}

    @property
    def results(self) -> ResultArea | None:
        """The result area of the open tab; None in Inpaint and Gallery."""
        return {"generate": self.generate.results, "edit": self.edit.results}.get(self.tab())

    @property
    def place_of_keys(self) -> QWidget | None:
        """What gets the keyboard when the open tab is shown; None in Gallery, which decides itself."""
        return {
            "generate": self.generate.form.prompt.editor,
            "edit": self.edit.form.prompt.editor,
            "inpaint": self.inpaint.canvas,
        }.get(self.tab())
