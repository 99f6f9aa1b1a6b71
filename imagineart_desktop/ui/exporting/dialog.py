"""The export dialog: one or more images, as files of one format into one folder, with a preview of the file name."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from functools import partial
from pathlib import Path

from PySide6.QtCore import QStandardPaths, Qt, QTimer, QUrl
from PySide6.QtGui import QCloseEvent, QDesktopServices
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLineEdit,
    QMenu,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.imaging import PictureError, has_non_srgb_colors
from imagineart_desktop.library import (
    DEFAULT_PATTERN,
    PLACEHOLDERS,
    ExportOptions,
    ExportReport,
    Library,
    LibraryError,
    OnConflict,
    PictureDetails,
    export_name,
    export_pictures,
    resolve_name,
    validate_pattern,
)
from imagineart_desktop.support import Progress, UserError, spawn
from imagineart_desktop.ui.exporting.fields import DialogMessage, MessageRoom, dialog_foot, hbox_row, labeled_combo_box
from imagineart_desktop.ui.exporting.file_fields import FileSettingsForm
from imagineart_desktop.ui.widgets import (
    BaseDialog,
    ElidedLabel,
    PendingWork,
    button,
    create_form,
    form_label,
    plain_label,
    rule,
    set_tone,
)
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.export_defaults import ExportDefaults
from imagineart_desktop.workspace.library_texts import export_text, images
from imagineart_desktop.workspace.preferences import Preferences

MakeImage = Callable[[Callable[[Progress], object]], Coroutine[object, None, int]]
"""Makes an image and returns its id; receives the progress callback. Raises PictureError, LibraryError."""

_BAR = 1000
"""Steps of the progress bar."""

_UPDATE_INTERVAL_MS = 100
"""Milliseconds between two updates of the progress."""

_OWN_NAMES = "Imported images keep their file names; change the pattern to rename them."


class ExportDialog(BaseDialog):
    """A non-modal export dialog, which remembers its settings for the next time."""

    def __init__(self, parent: QWidget, library: Library, preferences: Preferences, files: FileDialogs) -> None:
        super().__init__(parent)
        self._files = files
        self._library = library
        self._preferences = preferences
        self._numbers: list[int] = []
        self._first: PictureDetails | None = None
        self._any_imported = False
        self._asked = 0
        self._working = self._exported = False
        self._progress = Progress()
        self.setWindowTitle("Export")
        self.setModal(False)
        self.setMinimumWidth(600)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        self._about = plain_label("", "title")
        column.addWidget(self._about)
        self.fields = FileSettingsForm()
        column.addWidget(self.fields)
        column.addWidget(rule())
        self._places = self._build_places()
        column.addWidget(self._places)
        self.message = DialogMessage(self)
        self.waiting = PendingWork(self.message)
        self._build_progress()
        column.addStretch(1)
        column.addLayout(self._foot())
        self._restored = ExportDefaults()
        self._restore()
        self.fields.changed.connect(self._settings_changed)
        self.pattern.textChanged.connect(self._settings_changed)
        self.folder.textChanged.connect(self._settings_changed)
        self.clash.currentIndexChanged.connect(self._settings_changed)

    def _build_progress(self) -> None:
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        self._pace = QTimer(self)
        self._pace.setInterval(_UPDATE_INTERVAL_MS)
        self._pace.timeout.connect(self._show_progress)

    def open_for(self, numbers: list[int]) -> None:
        """Show the dialog for these images; while an export runs, only bring it to the front."""
        if not self._working:
            self.waiting.cancel()
            self._start(numbers)
            spawn_owned(self, self._load_first())
        self._bring_to_front()

    async def open_when_made(self, make: MakeImage) -> None:
        """Show the dialog for an image that is still being made, and then for the finished image.

        If an image is being made already, or an export is running, the dialog only comes to the front.
        """
        self._bring_to_front()
        if self._working or self.waiting.is_busy:
            return
        self._start([])
        self._show_name()
        try:
            number = await self.waiting.on("Saving the result", make)
        except UserError as error:
            self.message.say(str(error))
            return
        if number is not None and not self._numbers:
            self._start([number])
            await self._load_first()

    def done(self, result: int) -> None:
        """Cancel what the dialog is waiting for, so that nothing opens later."""
        self.waiting.cancel()
        super().done(result)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Cancel what the dialog is waiting for."""
        self.waiting.cancel()
        super().closeEvent(event)

    def _settings_changed(self) -> None:
        self._exported = False
        self._show_name()

    def _start(self, numbers: list[int]) -> None:
        self._exported = False
        self._numbers, self._first, self._any_imported = list(numbers), None, False
        if self._preferences.export != self._restored:
            # The preferences have changed them.
            self._restore()
        self._about.setText(f"Export {images(max(1, len(numbers)))}")
        self.message.clear()

    def _bring_to_front(self) -> None:
        self.show()
        self.raise_()
        self.activateWindow()

    def order(self) -> ExportOptions:
        """Return folder, names and format as set in the dialog."""
        return ExportOptions(
            Path(self.folder.text().strip()).expanduser(),
            self.pattern.text(),
            self.fields.settings(),
            self.fields.recipe.isChecked(),
            OnConflict(self.clash.currentData()),
        )

    def remark(self) -> str:
        """Return the remark below the resulting name."""
        return self._remark.text()

    # Layout

    def _build_places(self) -> QWidget:
        whole = QWidget()
        form = create_form(whole)
        self.folder = QLineEdit()
        self.folder.setAccessibleName("Folder")
        self.pattern = QLineEdit()
        self.pattern.setAccessibleName("Name")
        insert = button("Insert")
        menu = QMenu(insert)
        for name, words in PLACEHOLDERS.items():
            menu.addAction(f"{{{name}}}   {words}", partial(self._insert, f"{{{name}}}"))
        insert.setMenu(menu)
        self.clash = labeled_combo_box(
            "If the file exists",
            {
                OnConflict.NUMBER: "Add a number to the name",
                OnConflict.REPLACE: "Replace it",
                OnConflict.SKIP: "Skip the image",
            },
        )
        self.name = ElidedLabel("", "strong")
        self._remark = plain_label("", "faint", wrap=True)
        self._remark.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._remark.setMinimumHeight(2 * self._remark.fontMetrics().lineSpacing())
        form.addRow(form_label("Fo&lder", self.folder), hbox_row(self.folder, button("Choose…", self._choose_folder)))
        form.addRow(form_label("&Name", self.pattern), hbox_row(self.pattern, insert))
        form.addRow(form_label("&If it exists", self.clash), self.clash)
        form.addRow(form_label("Result"), self.name)
        form.addRow("", self._remark)
        return whole

    def _foot(self) -> QHBoxLayout:
        self._done = plain_label("", "muted")
        self._done.hide()
        self._close = button("Close", self.close)
        self.cancel = button("Cancel", self._stop)
        self.cancel.hide()
        self.go = button("Export", lambda: spawn(self.export()), kind="primary")
        self.go.setDefault(True)
        return dialog_foot(MessageRoom(self.message, self.bar, self._done), self._close, self.cancel, self.go)

    def _restore(self) -> None:
        state = self._restored = self._preferences.export
        pictures_folder = QStandardPaths.writableLocation(QStandardPaths.StandardLocation.PicturesLocation)
        self.folder.setText(str(state.folder or pictures_folder or Path.home()))
        self.pattern.setText(str(state.pattern or DEFAULT_PATTERN))
        self.clash.setCurrentIndex(max(0, self.clash.findData(state.clash)))
        if self.clash.currentData() == OnConflict.REPLACE:
            # Overwriting must be chosen again each time.
            self.clash.setCurrentIndex(0)
        self.fields.restore(state)

    def _remember(self) -> None:
        places = {"folder": self.folder.text(), "pattern": self.pattern.text(), "clash": self.clash.currentData()}
        chosen = self.fields.state().model_copy(update=places)
        self._preferences.export = self._preferences.export.updated(chosen)
        self._restored = self._preferences.export

    # File name

    async def _load_first(self) -> None:
        numbers = self._numbers
        try:
            first = await self._library.details(numbers[0])
            imported = any(one.imported_name for one in await self._library.summaries(numbers))
        except LibraryError as error:
            self.message.say(str(error))
            return
        if numbers is not self._numbers:
            # Others are to be exported by now.
            return
        self._first, self._any_imported = first, imported
        if first is not None:
            with suppress(PictureError):
                own = await asyncio.to_thread(has_non_srgb_colors, first.summary.path)
                self.fields.preselect_profile(own_colours=own)
        self._show_name()

    def _show_name(self) -> None:
        self._asked += 1
        wrong = validate_pattern(self.pattern.text())
        if wrong is None and not self.folder.text().strip():
            wrong = "Choose a folder."
        self.go.setEnabled(wrong is None and bool(self._numbers) and not self._working)
        set_tone(self._remark, "error" if wrong is not None else "faint")
        if wrong is not None or self._first is None:
            self.name.setText("—")
            self._remark.setText(wrong or "")
            return
        order = self.order()
        self.name.setText(export_name(self._first, order, 1, len(self._numbers)))
        size = self._first.summary.size if order.settings is None else order.settings.size_of(self._first.summary.size)
        others = f" · and {len(self._numbers) - 1} more" if len(self._numbers) > 1 else ""
        self._say_of_name(f"{size[0]} × {size[1]} pixels{others}")
        if not self._exported:
            # The files just written are no clash: it would read as if they had got other names.
            spawn_owned(self, self._look_for_clash(order, self.name.text(), self._asked))

    async def _look_for_clash(self, order: ExportOptions, name: str, turn: int) -> None:
        found = await asyncio.to_thread(resolve_name, order, name)
        if turn != self._asked or found == name:
            return
        if found is None:
            self._say_of_name("This file already exists, so the image will be skipped")
        else:
            self.name.setText(found)
            self._say_of_name("A file with that name already exists, so a number was added")

    def _say_of_name(self, words: str) -> None:
        kept = f" {_OWN_NAMES}" if self._any_imported and self.pattern.text() == DEFAULT_PATTERN else ""
        self._remark.setText(f"{words}.{kept}")

    def _insert(self, text: str) -> None:
        self.pattern.insert(text)
        self.pattern.setFocus()

    def _choose_folder(self) -> None:
        start = Path(self.folder.text().strip() or Path.home()).expanduser()
        self._files.open_folder(
            self, FolderPurpose.EXPORT, "Export to", lambda folder: self.folder.setText(str(folder)), start
        )

    # Export

    async def export(self) -> None:
        """Write the files, and report the result."""
        if self._working or not self.go.isEnabled():
            return
        self._remember()
        self._set_working(True)
        try:
            with self._library.operations.during(self._describe, self._stop):
                report = await export_pictures(self._library, self._numbers, self.order(), self._progress)
        except LibraryError as error:
            self.message.say(str(error))
            return
        finally:
            self._set_working(False)
        self._say(report)

    def _set_working(self, working: bool) -> None:
        self._working, self._progress = working, Progress()
        self.message.clear()
        for part in (self.fields, self._places, self.go):
            part.setEnabled(not working)
        self.bar.setRange(0, _BAR)
        self.bar.setVisible(working)
        self._done.setVisible(working)
        self._show_progress()
        if working:
            self._pace.start()
        else:
            self._pace.stop()
        self.cancel.setVisible(working)
        self._close.setVisible(not working)
        if not working:
            self._show_name()

    def _show_progress(self) -> None:
        """Show how many images are done, or the progress of a single one."""
        share = self._progress.share
        self.bar.setValue(int(_BAR * share))
        self._done.setText(self._done_text() if self._working and share else "")

    def _done_text(self) -> str:
        share, count = self._progress.share, len(self._numbers)
        return f"{share:.0%}" if count == 1 else f"{int(share * count + 1e-6)} of {count}"

    def _describe(self) -> str:
        return f"Exporting {images(len(self._numbers))}: {self._done_text()}"

    def _stop(self) -> None:
        self._progress.cancel()

    def _say(self, report: ExportReport) -> None:
        if report.written:
            self._exported = True
            self._show_name()
        tone, words = export_text(report)
        self.message.say(words, tone, {"Open folder": self._open_folder} if report.written else None)

    def _open_folder(self) -> None:
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.order().folder)))
