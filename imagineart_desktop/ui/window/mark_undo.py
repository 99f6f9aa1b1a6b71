"""Undo and redo outside Inpaint: the references of Edit first, then the marks of images."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

if TYPE_CHECKING:
    from imagineart_desktop.ui.edit.page import EditPage


class MarkUndo(QObject):
    """Connects the actions with both histories."""

    def __init__(
        self, window: QObject, actions: Actions, pages: Pages, marking: GalleryCommands, strip: JobStrip
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._pages = pages
        self._marking = marking
        self._steps = actions.connect_history("mark", marking.undo_stack, self._undo, marking.redo, self._edit_name)
        for place in (pages.generate, pages.panel, strip):
            place.addActions(self._steps)
        pages.deferred_edit.when_built(self._connect_edit)
        pages.deferred_gallery.when_built(lambda gallery: gallery.addActions(self._steps))

    def show_for(self, tab: str) -> None:
        """Show the undo and redo that belong to a tab."""
        for step in ("undo", "redo"):
            self._actions[f"edit.{step}"].setVisible(tab == "inpaint")
            self._actions[f"mark.{step}"].setVisible(tab != "inpaint")
        self.refresh()

    def refresh(self) -> None:
        """Update which step would be undone."""
        self._steps[0].look()

    def _connect_edit(self, edit: EditPage) -> None:
        edit.addActions(self._steps)
        edit.references.list.undo_changed.connect(self.refresh)
        self._marking.undo_stack.indexChanged.connect(edit.references.list.clear_undo)

    def _edit_name(self) -> str | None:
        """Return the name of the reference change that undo reverts in Edit, or None.

        It's undone before older changes to marks, which are made elsewhere.
        """
        return self._pages.edit.references.list.undo_name if self._pages.tab() == "edit" else None

    def _undo(self) -> None:
        if self._edit_name() is not None:
            self._pages.edit.references.undo()
        else:
            self._marking.undo()
