"""The main window: four tabs, the library panel, the job strip, menus and the status bar."""

from __future__ import annotations

from collections.abc import Callable, Collection
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QActionGroup,
    QCloseEvent,
    QIcon,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QMainWindow,
    QSplitter,
)

from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library, LibraryReadOnlyError
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.commands.actions import Actions, HistoryAction
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.commands.menus import populate_menu_bar
from imagineart_desktop.ui.edit.page import EditPage
from imagineart_desktop.ui.gallery.mark_actions import connect_mark_actions
from imagineart_desktop.ui.generate.page import GeneratePage
from imagineart_desktop.ui.inpaint.canvas_keys import CanvasShortcuts
from imagineart_desktop.ui.inpaint.page import InpaintPage
from imagineart_desktop.ui.inpaint.tint_picker import TintPicker
from imagineart_desktop.ui.inpaint.tool_settings import restore_tool_settings, tool_settings
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.loupe.in_window import LoupeCoordinator
from imagineart_desktop.ui.loupe.loupe import Loupe
from imagineart_desktop.ui.results.result_area import ResultArea
from imagineart_desktop.ui.support.support import ErrorReporter
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import MessageAction, PendingWork
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.ui.widgets.image_copier import ImageCopier
from imagineart_desktop.ui.window.availability import Availability
from imagineart_desktop.ui.window.central import MIN_SIZE, CentralArea
from imagineart_desktop.ui.window.closing import ClosingDialog
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.developer import DeveloperMenu, is_developer
from imagineart_desktop.ui.window.dialogs import Dialogs
from imagineart_desktop.ui.window.edit_commands import EditCommands
from imagineart_desktop.ui.window.finding import WindowSearch
from imagineart_desktop.ui.window.full_screen import FullScreen
from imagineart_desktop.ui.window.image_bindings import ImageBindings
from imagineart_desktop.ui.window.image_windows import ImageWindows
from imagineart_desktop.ui.window.import_export import ImportExport
from imagineart_desktop.ui.window.layout_memory import LayoutSaver
from imagineart_desktop.ui.window.navigator import Navigator
from imagineart_desktop.ui.window.pages import Pages
from imagineart_desktop.ui.window.status import StatusUpdater
from imagineart_desktop.ui.window.status_bar import StatusBar
from imagineart_desktop.ui.window.top_bar import TABS, TopBar
from imagineart_desktop.ui.window.view_commands import ViewCommands
from imagineart_desktop.workspace.commands.command import CommandContext
from imagineart_desktop.workspace.commands.image_commands import COPY, TRASH
from imagineart_desktop.workspace.mime import (
    EMPTY_CLIPBOARD,
    ImageSource,
    accepts_mime,
    clipboard_data,
    sources_from_mime,
)
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.submitter import RequestSubmitter
from imagineart_desktop.workspace.theme_mode import ThemeMode

_FORM_WIDTH = 312
"""Default width of the form in Inpaint, in pixels, until the user moves its edge."""

_MIN_WIDTH_FOR_RESULTS, _RESULTS_WIDTH = 1600, 224
"""Minimum window width, in pixels, for results in two columns, and the width of those columns."""


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
        self.setWindowTitle("ImagineArt Desktop")
        self.setWindowIcon(QIcon(str(resource_path("icons", "app.svg"))))
        self.setMinimumSize(*MIN_SIZE)
        self._closing_immediately = self._restarts = False
        self._create_children(logs, at_once)
        theme.apply_stylesheet()
        self.go_to("generate")
        self.status_updater.begin()
        if library.read_only:
            self._enter_read_only()

    def _create_children(self, logs: Path | None, at_once: Collection[str]) -> None:
        library, worker, account = self._library, self._worker, self._account
        self.window_actions = Actions(self)
        self.top = TopBar(self.window_actions)
        self.status = StatusBar()
        moving = PendingWork(self.status)
        submitter = RequestSubmitter(library, worker, account)
        self._files = files = FileDialogs(self._preferences)
        copier = ImageCopier(self)
        tab = self._tab, self.go_to
        self.pages = Pages(library, worker, submitter, self.window_actions, files, copier, *tab, at_once, moving)
        self.generate, self.gallery, self.panel = self.pages.generate, self.pages.gallery, self.pages.panel
        self.navigator = Navigator(library, self.pages, self.say)
        marking = self.gallery.marking
        self.window_actions.connect_history("mark", marking.undo_stack, self._undo, marking.redo, self._edit_undo_name)
        self.strip = JobStrip(worker, library)
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
        self.finding = WindowSearch(self, library, self.pages, self.window_actions)
        self.search = self.finding.commands
        self.support = ErrorReporter(self, library, worker, account, logs, self.save, files)
        self.tint = TintPicker(self, self._preferences, self.window_actions)
        parts = library, worker, account, self._preferences, self._theme, self.window_actions, files, self.tint
        self.dialogs = Dialogs(self, *parts)
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
        self._loupes.add(self.gallery.deferred_loupe)
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
        self.gallery.details.buttons.use_actions(self.window_actions.named())
        self._layout = LayoutSaver(self, self._preferences, self._apply_default_layout, self._extra_layout_values)
        self._layout.watch("body", self._central.body)
        self._layout.watch("generate", self.generate.splitter)
        self._closing = ClosingDialog(self, library.operations, lambda: len(worker.unfinished()))
        self._closing.done_waiting.connect(self.close)
        self._closing.stayed.connect(self._stay)
        self.editing = EditCommands(
            self, self.window_actions, partial(self.images.run, COPY), self.paste, self._select_all
        )
        self._build_menus()
        self._connect()

    def _enter_read_only(self) -> None:
        """Make the window read-only, because another one has the library open."""
        self.banner.say(str(LibraryReadOnlyError()), "caution")
        self.pages.for_each_form(lambda form: form.go.setEnabled(False))
        self.go_to("gallery")

    @property
    def edit(self) -> EditPage:
        """The Edit page, built on first use."""
        return self.pages.edit

    @property
    def inpaint(self) -> InpaintPage:
        """The Inpaint page, built on first use."""
        return self.pages.inpaint

    # Startup and shutdown

    async def restore(self) -> None:
        """Restore the last session."""
        self._layout.restore_geometry()
        await self.pages.restore()
        tab = self._preferences.value("tab")
        if tab in TABS:
            self.go_to(str(tab))
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

    def _extra_layout_values(self) -> dict[str, object]:
        inpaint = self.pages.deferred_inpaint.built
        tools = {} if inpaint is None else {"tools": tool_settings(inpaint.canvas, inpaint.options)}
        return {"tab": self._tab(), **tools}

    def _apply_default_layout(self, splitter: QSplitter) -> None:
        self._central.lay_out_anew(splitter)
        inpaint = self.pages.deferred_inpaint.built
        if inpaint is not None and splitter is inpaint.splitter and self.width() >= _MIN_WIDTH_FOR_RESULTS:
            splitter.setSizes([splitter.width() - _FORM_WIDTH - _RESULTS_WIDTH, _FORM_WIDTH, _RESULTS_WIDTH])

    def say(self, sentence: str, undo: Callable[[], object] | MessageAction | None = None) -> None:
        """Show a message in the status bar, optionally with an undo action."""
        self.status.say(sentence, undo)

    # Construction

    def _build_menus(self) -> None:
        a = self.window_actions
        steps = a["mark.undo"], a["mark.redo"]
        menus = populate_menu_bar(self.menuBar(), a)
        self.availability = Availability(self, a, self._situation)
        for menu in menus.values():
            self.availability.watch(menu)
        self.editing.add_to(menus["edit"])
        if is_developer():
            self.menuBar().addMenu(DeveloperMenu(self, self._account))
        self.addActions(a.window_actions())
        marks = [action for action in a.gallery_actions() if action not in steps]
        self.gallery.grid.addActions(marks)
        self.pages.for_each_result_area(lambda results: results.use_actions(marks))
        for place in (self.generate, self.gallery, self.panel):
            place.addActions(steps)
        looks = QActionGroup(self)
        for mode in ThemeMode:
            action = a[f"theme.{mode.value}"]
            looks.addAction(action)
            action.triggered.connect(lambda _checked, mode=mode: self._use_theme(mode))
        self._theme.changed.connect(self._check_theme)
        self._check_theme()

    def _check_theme(self) -> None:
        """Check the action of the current theme, which the settings can change too."""
        self.window_actions[f"theme.{self._theme.mode.value}"].setChecked(True)

    def _connect(self) -> None:
        for name, work in (self._file_and_edit() | self._job_view_and_help()).items():
            self.window_actions[name].triggered.connect(lambda _checked=False, work=work: work())
        self._connect_jobs()
        self._connect_pictures()
        self._connect_loupes()
        self._connect_tabs()

    def _file_and_edit(self) -> dict[str, Callable[[], object]]:
        return {
            "file.open": self._open_file,
            "file.import": self.exchange.choose_files,
            "file.import folder": self.exchange.choose_folder,
            "file.settings": self.dialogs.settings,
            "file.shortcuts": self.dialogs.shortcuts,
            "file.quit": self.close,
            "edit.cut": self.editing.cut,
            "edit.copy plain": self.editing.copy,
            "edit.select all": self.editing.select_all,
            "edit.paste": self.editing.paste,
            "edit.find": self.finding.focus_field,
        }

    def _job_view_and_help(self) -> dict[str, Callable[[], object]]:
        return {
            "job.go": self._go,
            "job.cancel": self.strip.cancel_newest,
            "job.cancel all": self.strip.cancel_all,
            "view.commands": self._search_commands,
            "view.spending": self.dialogs.spending,
            "help.report": self.support.report,
            "help.about": self.dialogs.about,
        }

    def _connect_jobs(self) -> None:
        library_action, log_action = self.window_actions["view.library"], self.window_actions["view.log"]
        library_action.setChecked(True)
        library_action.toggled.connect(lambda _on: self._arrange())
        log_action.toggled.connect(self.strip.show_log)
        self.strip.log_toggled.connect(log_action.setChecked)
        self.strip.edit_wanted.connect(self.navigator.edit_failed)
        self.strip.said.connect(self.say)

    def _connect_pictures(self) -> None:
        self.commands.said.connect(self.say)
        for place in (self.gallery, self.panel):
            self.exchange.accept_drops_on(place)
        self.exchange.imported.connect(self._show_import_result)
        self.panel.grid.menu_wanted.connect(self.commands.show_menu)
        self.gallery.grid.menu_wanted.connect(self.images.show_gallery_menu)
        for grid in (self.panel.grid, self.gallery.grid):
            grid.button_pressed.connect(self.commands.run)
        self.panel.grid.picked.connect(self.images.preview_from_panel)
        self.panel.grid.opened.connect(self.images.open_from_panel)
        self.gallery.command.connect(self._gallery_command)
        self.gallery.marking.said.connect(self.say)
        connect_mark_actions(
            self.window_actions,
            self.gallery.marking,
            self.images.require_markable_ids,
            self.images.collection,
            lambda: self._loupes.with_visible(Loupe.advance),
            partial(self.images.run, TRASH),
        )

    def _connect_loupes(self) -> None:
        self.gallery.tags_known.connect(self._loupes.set_tags)
        self.gallery.deferred_loupe.when_built(self._connect_gallery_loupe)
        self.gallery.loupe_closed.connect(self.status_updater.show_image_status)
        self.pages.for_each_result_area(self._connect_results)
        self.generate.results.deferred_loupe.when_built(
            lambda loupe: loupe.view.dropped.connect(self.navigator.open_in_edit)
        )

    def _connect_results(self, area: ResultArea) -> None:
        area.command.connect(self.commands.run)
        area.closed.connect(self._loupe_closed)
        area.menu_wanted.connect(self.commands.show_menu)
        area.log_wanted.connect(self.strip.show_log_of)
        area.picture_shown.connect(lambda _picture: self._on_image_changed())
        area.deferred_loupe.when_built(self._show_facts_of)
        self.strip.ticked.connect(area.tick)

    def _connect_gallery_loupe(self, loupe: Loupe) -> None:
        loupe.menu_wanted.connect(self.images.show_gallery_menu)
        loupe.image_shown.connect(lambda _picture: self._on_image_changed())
        self._show_facts_of(loupe)

    def _show_facts_of(self, loupe: Loupe) -> None:
        loupe.view.zoom_changed.connect(lambda _zoom: self.status_updater.show_image_status())

    def _connect_tabs(self) -> None:
        self.pages.deferred_edit.when_built(self._connect_edit)
        self.pages.deferred_inpaint.when_built(self._connect_inpaint)
        self.top.tab_wanted.connect(self.go_to)
        self.top.dropped.connect(self.navigator.open_in_tab)
        self.dialogs.restart_wanted.connect(self._restart)
        self.gallery.grid.selection_changed.connect(lambda _numbers: self.status.life.review())

    def _connect_edit(self, edit: EditPage) -> None:
        self._layout.watch("edit", edit.splitter)
        edit.addActions([self.window_actions["mark.undo"], self.window_actions["mark.redo"]])
        edit.references.undo_changed.connect(self._refresh_undo)
        self.gallery.marking.undo_stack.indexChanged.connect(edit.references.clear_undo)
        edit.results.deferred_loupe.when_built(lambda loupe: loupe.view.dropped.connect(edit.add))

    def _connect_inpaint(self, inpaint: InpaintPage) -> None:
        actions, canvas = self.window_actions, inpaint.canvas
        self._layout.watch("inpaint", inpaint.splitter)
        self._layout.watch("inpaint steps", inpaint.steps_splitter)
        restore_tool_settings(self._preferences.value("tools"), canvas, inpaint.options)
        canvas.set_tint(self.tint.tint)
        self.tint.shown.connect(canvas.set_tint)
        CanvasShortcuts(inpaint, actions.canvas_actions())
        inpaint.addActions([actions["edit.undo"], actions["edit.redo"]])
        canvas.set_modifier(self._preferences.canvas_modifier)
        self.dialogs.modifier_changed.connect(canvas.set_modifier)
        inpaint.image_opened.connect(self._refresh_canvas_commands)
        inpaint.results.menu_wanted.connect(self.commands.show_menu)
        inpaint.steps.menu_wanted.connect(self.images.show_step_menu)

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
        for step in ("undo", "redo"):
            self.window_actions[f"edit.{step}"].setVisible(tab == "inpaint")
            self.window_actions[f"mark.{step}"].setVisible(tab != "inpaint")
        self._refresh_undo()
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

    def _on_image_changed(self) -> None:
        """Update the status bar after another image, or none, is shown."""
        self.status.life.review()
        self.status_updater.show_image_status()

    def _loupe_closed(self, seen: int | None) -> None:
        """Return the focus to the library panel, if the loupe was opened from it, and select the last image seen."""
        if self.panel.isVisible():
            if seen is not None:
                self.panel.grid.choose(seen)
            self.panel.grid.setFocus(Qt.FocusReason.OtherFocusReason)

    def _clear_around(self, on: bool) -> None:
        """Hide everything but the loupe, or show it again."""
        for part in (self.menuBar(), self.status):
            part.setVisible(not on)
        for page in self.pages.built:
            if isinstance(page, GeneratePage | EditPage):
                page.form.setVisible(not on)
        self._central.set_chrome_visible(not on)
        self._arrange()

    def _go(self) -> None:
        form = self.pages.form(self._tab())
        if form is not None:
            form.submit()

    def _edit_undo_name(self) -> str | None:
        """Return the name of the reference change that undo reverts in Edit, or None.

        It's undone before older changes to marks, which are made elsewhere.
        """
        return self.edit.references.undo_name if self._tab() == "edit" else None

    def _refresh_undo(self) -> None:
        action = self.window_actions["mark.undo"]
        if isinstance(action, HistoryAction):
            action.look()

    def _undo(self) -> None:
        if self._edit_undo_name() is not None:
            self.edit.references.undo()
        else:
            self.gallery.marking.undo()

    def _refresh_canvas_commands(self) -> None:
        self.availability.refresh(CommandContext(self._tab(), canvas=self._has_canvas))

    @property
    def _has_canvas(self) -> bool:
        """Whether there is an image to paint on."""
        inpaint = self.pages.deferred_inpaint.built
        return inpaint is not None and inpaint.has_picture

    def _situation(self) -> CommandContext:
        tab = self._tab()
        image = self.images.subject()
        unsaved = tab == "inpaint" and self._has_canvas
        can_copy = image is not None or unsaved
        return CommandContext(
            tab,
            image,
            canvas=self._has_canvas,
            unsaved=unsaved,
            collection=self.gallery.side.shown_collection() is not None,
            jobs=self.strip.can_cancel,
            zoom=self._views.can_zoom,
            before=self._views.can_compare,
            loupe=self._views.has_loupe,
            can_cut=self.editing.can_cut,
            can_copy=bool(self.editing.selected_text()) or (self.editing.field() is None and can_copy),
            can_select=self.editing.can_select_all or tab == "gallery" or unsaved,
            can_paste=self.editing.can_paste_text() or accepts_mime(clipboard_data()),
        )

    def _select_all(self) -> None:
        """Select the whole gallery or the whole canvas, if no text field has the focus."""
        if self._tab() == "gallery":
            self.gallery.grid.selectAll()
        elif self._tab() == "inpaint":
            self.window_actions["mask.fill"].trigger()

    def _gallery_command(self, command: str, numbers: list[int]) -> None:
        if command == "generate":
            self.go_to("generate")
        elif command == "import":
            self.exchange.choose_files()
        else:
            self.commands.run(command, numbers)

    def paste(self) -> None:
        """Send an image from the clipboard to the open tab."""
        taken = sources_from_mime(clipboard_data())
        if not taken:
            self.say(EMPTY_CLIPBOARD)
            return
        self.status.clear()
        if self._tab() == "inpaint":
            self.inpaint.take(taken)
        else:
            self.navigator.open_in_edit(taken)

    def _open_file(self) -> None:
        """Ask for references in Edit, otherwise for an image to paint on; the tab changes once a file is chosen."""
        if self._tab() == "edit":
            self.edit.references.choose()
        else:
            self._files.open_file(self, FolderPurpose.OPEN, "Open an image", self._open_in_inpaint)

    def _open_in_inpaint(self, path: Path) -> None:
        self.go_to("inpaint")
        self.inpaint.take([ImageSource(path=path)])

    # Appearance and commands

    def _use_theme(self, mode: ThemeMode) -> None:
        self._preferences.theme = mode
        self._theme.set_mode(mode)

    def _search_commands(self) -> None:
        self.finding.search_commands(self.availability.usable(), self.availability.waiting(), self.dialogs.settings)

    def _show_import_result(self, sentence: str, undo: Callable[[], object] | None, numbers: list[int]) -> None:
        """Report an import and offer to show the images; the gallery stays unchanged unless the user asks for that."""
        self.status.say(sentence, undo, show=(lambda: self.finding.show_in_gallery(numbers[0])) if numbers else None)
