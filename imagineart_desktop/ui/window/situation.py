"""What the window's commands depend on, read from its parts."""

from __future__ import annotations

from imagineart_desktop.models import ModelRegistry, Task
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.edit_commands import EditCommands
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.view_commands import ViewCommands
from imagineart_desktop.workspace.commands.command import CommandContext
from imagineart_desktop.workspace.commands.conditions import can_export
from imagineart_desktop.workspace.mime import accepts_mime, clipboard_data


class Situation:
    """Reads the context of commands."""

    def __init__(
        self,
        models: ModelRegistry,
        pages: Pages,
        images: CurrentImages,
        editing: EditCommands,
        views: ViewCommands,
        strip: JobStrip,
    ) -> None:
        self._pages = pages
        self._images = images
        self._editing = editing
        self._views = views
        self._strip = strip
        self._missing_tasks = frozenset(task for task in Task if not models.for_task(task))

    def canvas(self) -> CommandContext:
        """Return only what canvas commands depend on: the tab, the image to paint on, and what is painted."""
        inpaint = self._pages.deferred_inpaint.built
        if inpaint is None or not inpaint.has_picture:
            return CommandContext(self._pages.tab())
        return CommandContext(self._pages.tab(), canvas=True, mask=not inpaint.canvas.coverage.bounds.is_empty)

    def read(self) -> CommandContext:
        """Return all that commands depend on now."""
        canvas, editing, views = self.canvas(), self._editing, self._views
        tab, image = canvas.tab, self._images.subject()
        gallery = self._pages.deferred_gallery.built
        unsaved = tab == "inpaint" and canvas.canvas
        copies_image = editing.field() is None and can_export(CommandContext(image=image, unsaved=unsaved))
        return CommandContext(
            tab,
            image,
            canvas=canvas.canvas,
            unsaved=unsaved,
            collection=gallery is not None and gallery.side.shown_collection() is not None,
            jobs=self._strip.can_cancel,
            zoom=views.can_zoom,
            before=views.can_compare,
            loupe=views.has_loupe,
            mask=canvas.mask,
            missing_tasks=self._missing_tasks,
            can_cut=editing.can_cut,
            can_copy=bool(editing.selected_text()) or copies_image,
            can_select=editing.can_select_all or tab == "gallery" or unsaved,
            can_paste=editing.can_paste_text() or accepts_mime(clipboard_data()),
        )
