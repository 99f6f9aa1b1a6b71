"""The images that the window's commands apply to: the gallery's selection, or the displayed image."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial

from PySide6.QtCore import QObject, QPoint
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.library import Collection
from imagineart_desktop.support import Progress, UserError
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.loupe.in_window import LoupeCoordinator
from imagineart_desktop.ui.window.import_export import ImportExport
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.command import ImageSubject
from imagineart_desktop.workspace.commands.image_commands import (
    COPY,
    COPY_FILE,
    EXPORT,
    FAVORITE,
    IMAGE_COMMANDS,
    applies_to_image,
)
from imagineart_desktop.workspace.commands.task_commands import RESTORE_FIRST, SELECT_FIRST
from imagineart_desktop.workspace.inpaint.history import HistoryStep
from imagineart_desktop.workspace.inpaint.result_versions import SOURCE_ID


class CurrentImages(QObject):
    """Runs commands for the current images, and opens images in the open tab."""

    def __init__(
        self,
        window: QWidget,
        pages: Pages,
        loupes: LoupeCoordinator,
        commands: ImageCommands,
        exchange: ImportExport,
        status: StatusBar,
        actions: Actions,
    ) -> None:
        super().__init__(window)
        self._window = window
        self._pages = pages
        self._loupes = loupes
        self._commands = commands
        self._exchange = exchange
        self._status = status
        self._actions = actions
        self._connect()

    def ids(self) -> list[int]:
        """Return the images selected in Gallery, otherwise the displayed image or the one whose tile has the focus."""
        loupe = self._loupes.visible_loupe
        if loupe is not None:
            return [loupe.images.current] if loupe.images.current is not None else []
        if self._pages.tab() == "gallery":
            return self._pages.gallery.grid.chosen()
        if self._pages.results is not None:
            return self._pages.results.focused_ids()
        looked_at = self._pages.inpaint.viewer.number if self._pages.tab() == "inpaint" else SOURCE_ID
        return [looked_at] if looked_at != SOURCE_ID else []

    def subject(self) -> ImageSubject | None:
        """Return what is known about the first of these images, or None if there is none."""
        found, loupe = self.ids(), self._loupes.visible_loupe
        if not found:
            return None
        if loupe is not None:
            return loupe.image.subject
        if self._pages.tab() == "gallery":
            gallery = self._pages.gallery
            summary = gallery.model.summary_of(found[0])
            return ImageSubject.from_summary(summary, in_trash=gallery.model.query.trash)
        return ImageSubject()

    def require_markable_ids(self) -> list[int]:
        """Return the same images; tell the user if there is none, or if they can't be marked."""
        found = self.ids()
        if not found:
            self._ask_for_one()
        return [] if self._refuse_trashed(FAVORITE) else found

    def _refuse_trashed(self, command_id: str) -> bool:
        """Return whether the images are in the trash, where the command doesn't apply, and tell the user if so."""
        image = self.subject()
        refused = image is not None and image.in_trash and not applies_to_image(command_id, image)
        if refused:
            self._status.say(RESTORE_FIRST)
        return refused

    def _ask_for_one(self) -> None:
        self._status.say(SELECT_FIRST, holds=lambda: not self.ids())

    def collection(self) -> Collection | None:
        """Return the collection shown in Gallery, or None."""
        return self._pages.gallery.side.shown_collection() if self._pages.tab() == "gallery" else None

    # Commands

    def _connect(self) -> None:
        """Have the window's actions run these commands."""
        for command_id, command in IMAGE_COMMANDS.items():
            if command.in_window and command.task is None:
                self._actions[command_id].triggered.connect(partial(self.run, command_id))

    def run(self, command_id: str, _checked: bool = False) -> None:
        """Run an image command; tell the user if there is no image, or if it's in the trash."""
        if self._refuse_trashed(command_id):
            return
        exports = IMAGE_COMMANDS[command_id].exports
        inpaint = self._pages.inpaint if self._pages.tab() == "inpaint" else None
        chosen = self.ids() or (self._inpainted_ids() if exports else [])
        loose = inpaint.stepping.picture if inpaint is not None else None
        if not chosen and loose is not None and self._commands.copy_unsaved(command_id, loose.pixels, loose.kept.path):
            return
        if not chosen:
            self._ask_for_one()
        if chosen and exports and inpaint is not None:
            spawn_owned(self, self._run_on_displayed(command_id, chosen[0]))
        else:
            self._commands.run(command_id, chosen)
        if command_id == FAVORITE:
            self._loupes.advance()

    def _inpainted_ids(self) -> list[int]:
        """Return the image that's being inpainted, if it's in the library."""
        step = self._pages.inpaint.stepping.steps.current if self._pages.tab() == "inpaint" else None
        return [step.picture_id] if step is not None and step.picture_id is not None else []

    async def _run_on_displayed(self, command: str, number: int) -> None:
        """Run a command that takes an image out of the window, with the seam settings that are shown."""
        inpaint = self._pages.inpaint

        def make(show: Callable[[Progress], object]) -> Coroutine[object, None, int]:
            return inpaint.as_looked_at(number, show)

        if command == EXPORT:
            await self._exchange.export_when_ready(make)
            return
        try:
            found = await inpaint.waiting.on("Saving the result", make)
        except UserError as error:
            self._status.say(str(error))
            return
        if found is not None:
            self._commands.run(command, [found])

    # Menus

    def show_gallery_menu(self, numbers: list[int], at: QPoint) -> None:
        """Show the context menu of images in Gallery."""
        self._commands.show_menu(numbers, at, self._pages.gallery.side.shown_collection())

    def show_step_menu(self, step: HistoryStep, at: QPoint, first: list[QAction]) -> None:
        """Show the context menu of the step's image; if it isn't in the library, only the available commands."""
        closed = self._pages.inpaint.steps.menu_closed
        if step.picture_id is not None:
            self._commands.show_menu([step.picture_id], at, first=first, closed=closed)
            return
        menu = QMenu(self._window)
        menu.addActions(first)
        for command_id in (COPY, COPY_FILE):
            run = partial(self._commands.copy_input, command_id, step.sha256)
            menu.addAction(IMAGE_COMMANDS[command_id].label, run)
        menu.aboutToHide.connect(closed)
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    # Opening

    def open(self, number: int) -> None:
        """Show an image large in the open tab; from Inpaint, in Gallery."""
        results = self._pages.results
        if results is not None:
            results.open(number)
            results.loupe.take_keys()
            return
        self._pages.go_to("gallery")
        self._pages.gallery.open_loupe(number)

    def preview_from_panel(self, number: int) -> None:
        """Show an image of the library panel; the focus stays in the panel."""
        results, model = self._pages.results, self._pages.panel.model
        if results is not None:
            results.open(number, model.numbers_between(0, model.rowCount()))

    def open_from_panel(self, number: int) -> None:
        """Show an image of the library panel and focus it."""
        results = self._pages.results
        if results is not None:
            self.preview_from_panel(number)
            results.loupe.take_keys()
