"""Connections of the places that show images: the result areas, the loupes and the grids."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from imagineart_desktop.library import PictureSummary
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.loupe.in_window import LoupeCoordinator
from imagineart_desktop.ui.results.result_area import ResultArea
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.import_export import ImportExport
from imagineart_desktop.ui.window.navigator import Navigator
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.status import StatusUpdater
from imagineart_desktop.ui.window.status_bar import StatusBar

if TYPE_CHECKING:
    from imagineart_desktop.ui.edit.page import EditPage
    from imagineart_desktop.ui.gallery.page import GalleryPage
    from imagineart_desktop.ui.loupe.loupe import Loupe


class ResultConnections(QObject):
    """Connects these places with the commands, the job strip and the status bar."""

    def __init__(
        self,
        window: QObject,
        actions: Actions,
        pages: Pages,
        loupes: LoupeCoordinator,
        exchange: ImportExport,
        commands: ImageCommands,
        images: CurrentImages,
        navigator: Navigator,
        strip: JobStrip,
        status: tuple[StatusBar, StatusUpdater],
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._pages = pages
        self._panel = pages.panel
        self._loupes = loupes
        self._exchange = exchange
        self._commands = commands
        self._images = images
        self._navigator = navigator
        self._strip = strip
        self._status, self._status_updater = status
        self._panel.grid.menu_wanted.connect(commands.show_menu)
        self._panel.grid.picked.connect(images.preview_from_panel)
        self._panel.grid.opened.connect(images.open_from_panel)
        self._panel.grid.button_pressed.connect(commands.run)
        pages.deferred_gallery.when_built(self._connect_gallery)
        pages.for_each_result_area(self._connect_results)
        pages.generate.results.deferred_loupe.when_built(self._connect_drops_in_generate)
        pages.deferred_edit.when_built(self._connect_drops_in_edit)

    def _connect_gallery(self, gallery: GalleryPage) -> None:
        self._loupes.add(gallery.deferred_loupe)
        self._exchange.accept_drops_on(gallery)
        gallery.details.buttons.use_actions(self._actions.named())
        gallery.command.connect(self._gallery_command)
        gallery.tags_known.connect(self._loupes.set_tags)
        gallery.deferred_loupe.when_built(self._connect_gallery_loupe)
        gallery.loupe_closed.connect(self._status_updater.show_image_status)
        gallery.grid.selection_changed.connect(self._review_message)
        gallery.grid.menu_wanted.connect(self._images.show_gallery_menu)
        gallery.grid.button_pressed.connect(self._commands.run)

    def _gallery_command(self, command: str, numbers: list[int]) -> None:
        if command == "generate":
            self._pages.go_to("generate")
        elif command == "import":
            self._exchange.choose_files()
        else:
            self._commands.run(command, numbers)

    def _connect_results(self, area: ResultArea) -> None:
        area.command.connect(self._commands.run)
        area.closed.connect(self._loupe_closed)
        area.menu_wanted.connect(self._commands.show_menu)
        area.log_wanted.connect(self._strip.show_log_of)
        area.picture_shown.connect(self._on_image_changed)
        area.deferred_loupe.when_built(self._show_facts_of)
        self._strip.ticked.connect(area.tick)

    def _connect_gallery_loupe(self, loupe: Loupe) -> None:
        loupe.menu_wanted.connect(self._images.show_gallery_menu)
        loupe.image_shown.connect(self._on_image_changed)
        self._show_facts_of(loupe)

    def _show_facts_of(self, loupe: Loupe) -> None:
        loupe.view.zoom_changed.connect(self._on_zoom_changed)

    def _connect_drops_in_generate(self, loupe: Loupe) -> None:
        loupe.view.dropped.connect(self._navigator.open_in_edit)

    def _connect_drops_in_edit(self, edit: EditPage) -> None:
        def connect(loupe: Loupe) -> None:
            loupe.view.dropped.connect(edit.add)

        edit.results.deferred_loupe.when_built(connect)

    def _on_image_changed(self, _picture: PictureSummary | None) -> None:
        """Update the status bar after another image, or none, is shown."""
        self._status.life.review()
        self._status_updater.show_image_status()

    def _on_zoom_changed(self, _zoom: float) -> None:
        self._status_updater.show_image_status()

    def _review_message(self, _numbers: list[int]) -> None:
        self._status.life.review()

    def _loupe_closed(self, seen: int | None) -> None:
        """Return the focus to the library panel, if the loupe was opened from it, and select the last image seen."""
        if self._panel.isVisible():
            if seen is not None:
                self._panel.grid.choose(seen)
            self._panel.grid.setFocus(Qt.FocusReason.OtherFocusReason)
