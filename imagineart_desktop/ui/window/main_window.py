"""The main window: four tabs, the library panel, the job strip, menus and the status bar."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QIcon, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QMainWindow

from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library, LibraryReadOnlyError
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.commands.menus import populate_menu_bar
from imagineart_desktop.ui.gallery.mark_actions import connect_mark_actions
from imagineart_desktop.ui.inpaint.tint_picker import TintPicker
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.loupe.in_window import LoupeCoordinator
from imagineart_desktop.ui.model_comparison.opener import ModelComparisons
from imagineart_desktop.ui.support.support import ErrorReporter
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import MessageAction, PendingWork
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.ui.widgets.image_copier import ImageCopier
from imagineart_desktop.ui.window.availability import Availability
from imagineart_desktop.ui.window.batch_opener import BatchOpener
from imagineart_desktop.ui.window.central import MIN_SIZE, CentralArea
from imagineart_desktop.ui.window.closing import ClosingDialog
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.default_layout import layout_saver
from imagineart_desktop.ui.window.developer import DeveloperMenu, is_developer
from imagineart_desktop.ui.window.dialogs import Dialogs
from imagineart_desktop.ui.window.edit_commands import EditCommands
from imagineart_desktop.ui.window.finding import WindowSearch
from imagineart_desktop.ui.window.full_screen import FullScreen
from imagineart_desktop.ui.window.image_bindings import ImageBindings
from imagineart_desktop.ui.window.image_windows import ImageWindows
from imagineart_desktop.ui.window.import_export import ImportExport
from imagineart_desktop.ui.window.inpaint_connections import InpaintConnections
from imagineart_desktop.ui.window.job_connections import JobConnections
from imagineart_desktop.ui.window.mark_undo import MarkUndo
from imagineart_desktop.ui.window.model_list import followed_models
from imagineart_desktop.ui.window.navigator import Navigator
from imagineart_desktop.ui.window.opening import ImageOpener
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.prompt_commands import prompt_commands
from imagineart_desktop.ui.window.result_connections import ResultConnections
from imagineart_desktop.ui.window.situation import Situation
from imagineart_desktop.ui.window.status import StatusUpdater
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.ui.window.task_commands import TaskCommands
from imagineart_desktop.ui.window.theme_actions import ThemeActions
from imagineart_desktop.ui.window.top_bar import TABS, TopBar
from imagineart_desktop.ui.window.view_commands import ViewCommands
from imagineart_desktop.workspace.commands.image_commands import COPY, TRASH
from imagineart_desktop.workspace.gallery.folder_watcher import FolderWatcher
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.submitter import RequestSubmitter
from imagineart_desktop.workspace.task_runner import TaskRunner

if TYPE_CHECKING:
    from imagineart_desktop.ui.command_search.palette import CommandPalette
    from imagineart_desktop.ui.edit.page import EditPage
    from imagineart_desktop.ui.gallery.page import GalleryPage
    from imagineart_desktop.ui.inpaint.page import InpaintPage


class MainWindow(QMainWindow):
    """The main window. closed: the application then saves and exits. at_once: see `Pages`."""

    closed = Signal()
    restart_wanted = Signal()
    """The user wants the window to close and open again."""

    def __init__(
        self,
        library: Library,
        worker: Worker,
        account: ServiceConnection,
        preferences: Preferences,
        theme: Theme,
        logs: Path | None = None,
        *,
        at_once: Collection[str] = (),
    ) -> None:
        super().__init__()
        self._library = library
        self._worker = worker
        self._account = account
        self._preferences = preferences
        self._theme = theme
        self.setWindowIcon(QIcon(str(resource_path("icons", "app.svg"))))
        self.setMinimumSize(*MIN_SIZE)
        self._closing_immediately = self._restarts = False
        self._first_tab = preferences.tab if preferences.tab in TABS else "gallery" if library.read_only else "generate"
        self._create_children(logs, {*at_once, self._first_tab})
        theme.apply_stylesheet()
        self.go_to("generate")
        self.status_updater.begin()
        if library.read_only:
            self._enter_read_only()

    def _create_children(self, logs: Path | None, at_once: Collection[str]) -> None:
        library, worker, account = self._library, self._worker, self._account
        self.status = StatusBar()
        moving = PendingWork(self.status)
        # Before the actions, which its history still changes as it is deleted.
        self.marking = marking = GalleryCommands(library, self, moving)
        self.window_actions = Actions(self)
        self.top = TopBar(self.window_actions)
        submitter = RequestSubmitter(library, worker, account)
        self._files = files = FileDialogs(self._preferences)
        copier = ImageCopier(self)
        tab = self._tab, self.go_to
        self.pages = Pages(library, worker, submitter, self.window_actions, files, copier, *tab, at_once, marking)
        self.generate, self.panel = self.pages.generate, self.pages.panel
        self.navigator = Navigator(library, self.pages, self.say)
        self.strip = JobStrip(worker, library)
        self._mark_undo = MarkUndo(self, self.window_actions, self.pages, marking, self.strip)
        self.commands = ImageCommands(
            library,
            marking,
            files,
            self,
            lambda name: self.window_actions[name].shortcut(),
            moving,
            copier,
        )
        self.exchange = ImportExport(self, library, self._preferences, files, self.commands)
        self.windows = ImageWindows(self, library, self.commands)
        self.comparisons = ModelComparisons(self, library, worker, self.pages.comparison_source)
        self.finding = WindowSearch(self, library, self.pages, self.window_actions)
        self.support = ErrorReporter(self, library, worker, account, logs, self.save, files)
        self.tint = TintPicker(self, self._preferences, self.window_actions)
        parts = library, account, worker.budget, self._preferences, self.window_actions, files, self.tint
        self.dialogs = Dialogs(self, *parts, followed_models(self, library, account, self._preferences, self.pages))
        self._preferences.watch(self, Preferences.at_once, worker.set_limit)
        full_screen = FullScreen(self, self.window_actions["view.fullscreen"])
        self._loupes = LoupeCoordinator(
            self,
            self.window_actions,
            self._preferences,
            self.commands,
            marking,
            full_screen.set_image_full_screen,
            self._clear_around,
        )
        self.pages.for_each_result_area(lambda results: self._loupes.add(results.deferred_loupe))
        full_screen.left.connect(lambda: self._loupes.show_full_screen(False))
        self._views = ViewCommands(self, self.window_actions, self._loupes, self.pages)
        self._central = CentralArea(self.top, self.pages, self.strip)
        self.banner = self._central.banner
        self.setCentralWidget(self._central)
        self.setStatusBar(self.status)
        self.status_updater = StatusUpdater(
            self, (library, worker, account), self.top, self.status, lambda: self._loupes.visible_loupe, self.pages
        )
        self.images = CurrentImages(
            self, self.pages, self._loupes, self.commands, self.exchange, self.status, self.window_actions
        )
        core = library, worker
        ImageBindings(self, core, self.commands, self.images, self.navigator, self.pages, self.strip)
        self._layout = layout_saver(self, self._preferences, self._central, self.pages)
        self._closing = ClosingDialog(self, library.operations, lambda: len(worker.unfinished()))
        self._closing.done_waiting.connect(self.close)
        self._closing.stayed.connect(self._stay)
        self.opener = ImageOpener(self, self.pages, self.navigator, files, self.status, self.window_actions)
        copy_images = partial(self.images.run, COPY)
        self.editing = EditCommands(self, self.window_actions, copy_images, self.opener.paste, self.opener.select_all)
        self._situation = Situation(library.models, self.pages, self.images, self.editing, self._views, self.strip)
        runner = TaskRunner(library, account, submitter)
        where = self.images, self.pages, self._situation, self.window_actions
        self.tasks = TaskCommands(self, library, runner, self.commands, *where, files, moving)
        parts_of_batch = (library, worker, account), self.pages, self.images, files, self.say, self.dialogs.settings
        self.batches = BatchOpener(self, *parts_of_batch, self.window_actions["job.go"])
        self._build_menus()
        self._connect()

    def _enter_read_only(self) -> None:
        """Make the window read-only, because another one has the library open."""
        self.banner.say(str(LibraryReadOnlyError()), "caution")
        self.pages.for_each_form(lambda form: form.go.setEnabled(False))

    @property
    def edit(self) -> EditPage:
        """The Edit page, built on first use."""
        return self.pages.edit

    @property
    def gallery(self) -> GalleryPage:
        """The Gallery page, built on first use."""
        return self.pages.gallery

    @property
    def inpaint(self) -> InpaintPage:
        """The Inpaint page, built on first use."""
        return self.pages.inpaint

    @property
    def search(self) -> CommandPalette:
        """The command search, built on first use."""
        return self.finding.commands

    # Startup and shutdown

    async def restore(self) -> None:
        """Restore the last session."""
        self._layout.restore_geometry()
        await self.pages.restore()
        self.go_to(self._first_tab)
        self._layout.begin()

    async def save(self) -> None:
        """Save unfinished work."""
        await self.pages.save()

    def showEvent(self, event: QShowEvent) -> None:
        """Restore the last layout once the window has its geometry."""
        super().showEvent(event)
        QTimer.singleShot(0, self, self._layout.restore_splitters)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Hide the library panel if the window is small."""
        super().resizeEvent(event)
        self._arrange()
        self._layout.soon()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Wait for running operations, then save the layout; the application does the rest."""
        if self._library.operations.running and not self._closing_immediately:
            event.ignore()
            self._closing.wait()
            return
        self._loupes.show_full_screen(False)
        self._layout.remember()
        event.accept()
        (self.restart_wanted if self._restarts else self.closed).emit()

    def close_now(self) -> None:
        """Close without waiting for running operations: a signal or the system ends the program."""
        self._closing_immediately = True
        self.close()

    def _restart(self) -> None:
        self._restarts = True
        self.close()

    def _stay(self) -> None:
        self._restarts = False

    def say(self, sentence: str, undo: Callable[[], object] | MessageAction | None = None) -> None:
        """Show a message in the status bar, optionally with an undo action."""
        self.status.say(sentence, undo)

    # Construction

    def _build_menus(self) -> None:
        a = self.window_actions
        steps = a["mark.undo"], a["mark.redo"]
        menus = populate_menu_bar(self.menuBar(), a)
        self.availability = Availability(self, a, self._situation.read, self.tasks.note)
        for menu in menus.values():
            self.availability.watch(menu)
        self.editing.add_to(menus["edit"])
        if is_developer():
            self.menuBar().addMenu(DeveloperMenu(self, self._account))
        self.addActions(a.window_actions())
        marks = [action for action in a.gallery_actions() if action not in steps]
        self.pages.deferred_gallery.when_built(lambda gallery: gallery.grid.addActions(marks))
        self.pages.for_each_result_area(lambda results: results.use_actions(marks))
        self.pages.for_each_form(lambda form: form.go.follow(a["job.go"]))
        self.pages.for_each_form(lambda form: form.model_picker.list_wanted.connect(self.dialogs.models))
        ThemeActions(self, a, self._theme, self._preferences)

    def _connect(self) -> None:
        for name, work in (self._file_and_edit() | self._job_view_and_help()).items():
            self.window_actions[name].triggered.connect(lambda _checked=False, work=work: work())
        self._connect_jobs()
        self._connect_pictures()
        self._connect_tabs()

    def _file_and_edit(self) -> dict[str, Callable[[], object]]:
        return {
            "file.open": self.opener.open_file,
            "file.import": self.exchange.choose_files,
            "file.import folder": self.exchange.choose_folder,
            "file.models": self.dialogs.models,
            "file.settings": self.dialogs.settings,
            "file.shortcuts": self.dialogs.shortcuts,
            "file.quit": self.close,
            "edit.find": self.finding.focus_field,
            **self.editing.commands(),
            **prompt_commands(self.pages),
        }

    def _job_view_and_help(self) -> dict[str, Callable[[], object]]:
        return {
            "job.go": self.pages.submit,
            "job.compare models": self.comparisons.open,
            "job.batch": self.batches.open,
            "job.cancel": self.strip.cancel_newest,
            "job.cancel all": self.strip.cancel_all,
            "view.commands": self._search_commands,
            "view.spending": self.dialogs.spending,
            "help.report": self.support.report,
            "help.about": self.dialogs.about,
        }

    def _connect_jobs(self) -> None:
        library_action = self.window_actions["view.library"]
        library_action.setChecked(True)
        library_action.toggled.connect(lambda _on: self._arrange())
        core, places = (self._library, self._worker), (self.finding, self.navigator, self.dialogs)
        self.jobs = JobConnections(self, core, self.window_actions, self.strip, places, self.banner, self.say)
        self._preferences.apply_budget(self, self._worker.budget)
        self.tasks.budget_wanted.connect(self.dialogs.settings)
        self.pages.for_each_form(lambda form: form.budget_wanted.connect(self.dialogs.settings))

    def _connect_pictures(self) -> None:
        self.commands.said.connect(self.say)
        self.exchange.accept_drops_on(self.panel)
        self.exchange.imported.connect(self._show_import_result)
        self.marking.said.connect(self.say)
        if not self._library.read_only:
            FolderWatcher(self._library, self).said.connect(self.say)
        connect_mark_actions(
            self.window_actions,
            self.marking,
            self.images.require_markable_ids,
            self.images.collection,
            self._loupes.advance,
            partial(self.images.run, TRASH),
        )

    def _connect_tabs(self) -> None:
        looks = self._preferences, self.tint, self._layout
        inpaint = InpaintConnections(self, self.window_actions, *looks, self.commands, self.images, self.strip)
        inpaint.image_opened.connect(self._refresh_canvas_commands)
        self.pages.deferred_inpaint.when_built(inpaint.connect_page)
        self.top.tab_wanted.connect(self.go_to)
        self.top.dropped.connect(self.navigator.open_in_tab)
        self.dialogs.restart_wanted.connect(self._restart)
        status = self.status, self.status_updater
        results = self.commands, self.images, self.navigator, self.strip
        ResultConnections(self, self.window_actions, self.pages, self._loupes, self.exchange, *results, status)

    # Tabs

    def _tab(self) -> str:
        return self._central.tab

    def go_to(self, tab: str) -> None:
        """Show a tab: generate, edit, inpaint or gallery."""
        self._loupes.show_full_screen(False)
        if tab != self._tab():
            self.status.life.leave_view()
        self._central.show_tab(tab)
        self.window_actions[f"tab.{tab}"].setChecked(True)
        self._mark_undo.show_for(tab)
        self._arrange()
        self.status_updater.show_image_status()
        self._refresh_canvas_commands()
        place = self.pages.place_of_keys
        if place is not None:
            place.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.gallery.take_keys()
        self._layout.soon()
        QTimer.singleShot(0, self, self._layout.restore_splitters)

    def _arrange(self) -> None:
        wanted = self.window_actions["view.library"].isChecked() and not self._loupes.is_full_screen
        self._central.show_library(wanted, self.width())

    def _clear_around(self, on: bool) -> None:
        """Hide everything but the loupe, or show it again."""
        for part in (self.menuBar(), self.status):
            part.setVisible(not on)
        for page in self.pages.built_with_results:
            page.form.setVisible(not on)
        self._central.set_chrome_visible(not on)
        self._arrange()

    def _refresh_canvas_commands(self) -> None:
        self.availability.refresh(self._situation.canvas())

    def _search_commands(self) -> None:
        found = self.availability
        self.finding.search_commands(found.usable(), found.waiting(), found.notes(), self.dialogs.settings)

    def _show_import_result(self, sentence: str, undo: Callable[[], object] | None, numbers: list[int]) -> None:
        """Report an import and offer to show the images; the gallery stays unchanged unless the user asks for that."""
        self.status.say(sentence, undo, show=(lambda: self.finding.show_in_gallery(numbers[0])) if numbers else None)
