"""The import dialog: shows progress, and which files were rejected and why.

It appears only if there is something to see.
"""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QListWidget, QProgressBar, QVBoxLayout, QWidget

from imagineart_desktop.library import ImportReport, Library, LibraryError, import_pictures
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, button, plain_label
from imagineart_desktop.workspace.library_texts import TOO_MANY_FILES, images, import_text, skipped_texts

_SHOW_DELAY_MS = 400
"""Milliseconds that an import may take before the dialog appears."""

_MAX_LISTED = 500
_SIZE = QSize(560, 160)


class ImportDialog(BaseDialog):
    """A dialog that runs imports one after the other."""

    ended = Signal(object)
    """The `ImportReport` of each finished import."""

    def __init__(self, parent: QWidget, library: Library) -> None:
        super().__init__(parent)
        self._library = library
        self._waiting: list[list[Path]] = []
        self._working = self._stopped = False
        self.setWindowTitle("Import")
        self.setModal(False)
        self.resize(_SIZE)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        self._words = plain_label("Looking for images…", "strong", wrap=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.message = InlineMessage()
        self.list = QListWidget()
        self.list.setAccessibleName("What was not imported")
        self.list.setWordWrap(True)
        self.list.setTextElideMode(Qt.TextElideMode.ElideNone)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        # Qt breaks lines as if there were no padding at the sides. Without it they are broken where they end.
        self.list.setStyleSheet("QListWidget::item { padding: 6px 0; }")
        self.list.setResizeMode(QListWidget.ResizeMode.Adjust)
        self.list.setMinimumHeight(140)
        self.list.hide()
        for part in (self._words, self.bar, self.message):
            column.addWidget(part)
        column.addWidget(self.list, 1)
        foot = QHBoxLayout()
        foot.setSpacing(8)
        foot.addStretch(1)
        self.cancel = button("Cancel", self._stop)
        self._close = button("Close", self.close)
        self._close.setDefault(True)
        for made in (self.cancel, self._close):
            foot.addWidget(made)
        column.addLayout(foot)

    def start(self, places: list[Path]) -> None:
        """Import files and folders, after those in progress."""
        self._waiting.append(places)
        if not self._working:
            spawn(self._work())

    def words(self) -> str:
        """Return the text of the dialog."""
        return self._words.text()

    async def _work(self) -> None:
        self._working = True
        QTimer.singleShot(_SHOW_DELAY_MS, self, self._show_if_working)
        try:
            while self._waiting:
                # One operation per import, so that an import started after everything was stopped can be stopped as
                # well.
                with self._library.operations.during(self._describe, self._stop):
                    await self._import(self._waiting.pop(0))
        finally:
            self._working = False
            self.cancel.hide()
            self._close.show()

    async def _import(self, places: list[Path]) -> None:
        self._stopped = False
        self.message.clear()
        self.list.hide()
        self.cancel.show()
        self._close.hide()
        self._words.setText("Looking for images…")
        self.bar.setRange(0, 0)
        self.bar.show()
        try:
            report = await import_pictures(self._library, places, self._tell, lambda: self._stopped)
        except LibraryError as error:
            report = ImportReport(problem=str(error))
        self.bar.hide()
        self._say(report)
        self.ended.emit(report)

    def _tell(self, done: int, total: int) -> None:
        self.bar.setRange(0, total)
        self.bar.setValue(done)
        self._words.setText(f"{done} of {images(total)}")

    def _say(self, report: ImportReport) -> None:
        self._words.setText(import_text(report))
        if report.problem:
            self.message.say(report.problem)
        elif report.cut:
            self.message.say(TOO_MANY_FILES, "caution")
        self.list.clear()
        duplicates = [f"“{name}” was already in the library." for name in report.duplicates]
        told = [*report.refused, *duplicates][:_MAX_LISTED]
        self.list.addItems([*told, *skipped_texts(report, max(0, _MAX_LISTED - len(told)))])
        self.list.scrollToTop()
        self.list.setVisible(self.list.count() > 0)
        if report.refused or report.problem or report.cut:
            self._show_at_least(self.sizeHint().height())
            self.raise_()
        elif not self._waiting:
            self.hide()

    def _describe(self) -> str:
        return f"Importing images: {self._words.text()}" if self.bar.maximum() else "Importing images…"

    def _show_if_working(self) -> None:
        if self._working:
            self._show_at_least(_SIZE.height())

    def _show_at_least(self, height: int) -> None:
        """Show the dialog at its own size, or make it taller if it's visible. height: pixels needed."""
        usual = self.size() if self.isVisible() else _SIZE
        self.resize(usual.expandedTo(QSize(0, height)))
        self.show()

    def _stop(self) -> None:
        self._stopped = True
        self._waiting.clear()
