"""Search in the window: the command search, the search fields, and showing an image in the gallery."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.library.search.query_parser import Term
from imagineart_desktop.models import ModelSpec
from imagineart_desktop.ui.command_search.entries import (
    command_entries,
    model_entries,
    setting_entries,
    term_entries,
)
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.ui.window.pages import Pages

if TYPE_CHECKING:
    from imagineart_desktop.ui.command_search.palette import CommandPalette


class WindowSearch:
    """Opens searches."""

    def __init__(self, window: QWidget, library: Library, pages: Pages, actions: Actions) -> None:
        self._library = library
        self._pages = pages
        self._actions = actions

        def build() -> CommandPalette:
            from imagineart_desktop.ui.command_search.palette import CommandPalette

            return CommandPalette(window, library, self.show_in_gallery)

        self._palette = Lazy(build)

    @property
    def commands(self) -> CommandPalette:
        """The search over commands, models, settings, search terms and images, built on first use."""
        return self._palette()

    def search_commands(
        self,
        usable: Iterable[str],
        waiting: Mapping[str, str],
        notes: Mapping[str, str],
        settings: Callable[[str], object],
    ) -> None:
        """Open the command search.

        usable: names of the available actions; waiting: of those that need something first, with what; notes: names
        with what's displayed beside them; settings: opens the settings.
        """
        entries = command_entries(self._actions, usable, waiting, notes)
        known = self._library.models
        offered = [model for model in known if not known.is_hidden(model.endpoint)]
        entries += model_entries(offered, self._use_model) + setting_entries(settings)
        self.commands.open([*entries, *term_entries(self.search_gallery)])

    def focus_field(self) -> None:
        """Focus the search field of the current view."""
        panel = self._pages.panel
        if self._pages.results is not None:
            self._actions["view.library"].setChecked(True)
        if not panel.isVisible():
            self._pages.go_to("gallery")
        field = panel.search if panel.isVisible() else self._pages.gallery.search
        field.setFocus(Qt.FocusReason.ShortcutFocusReason)
        field.selectAll()

    def show_in_gallery(self, number: int) -> None:
        """Show and select an image in Gallery."""
        self._pages.go_to("gallery")
        self._pages.gallery.show_picture(number)

    def _use_model(self, model: ModelSpec) -> None:
        """Select a model in the tab of its task."""
        tab = self._pages.tab() if self._pages.tab() in model.tasks else model.tasks[0].value
        self._pages.go_to(tab)
        form = self._pages.form(tab)
        if form is not None:
            form.draft.set_model(model)

    def show_batch(self, name: str) -> None:
        """Show the images of a batch in Gallery."""
        self._pages.go_to("gallery")
        self._pages.gallery.show_found(Term("batch", name, phrase=True).text())

    def search_gallery(self, text: str) -> None:
        """Start a search in Gallery, which is typed on."""
        self._pages.go_to("gallery")
        search = self._pages.gallery.search
        search.setText(text)
        search.setFocus(Qt.FocusReason.ShortcutFocusReason)
