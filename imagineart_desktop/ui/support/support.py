"""Handles unexpected errors: saves the work, tells the user, and offers a problem report."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import QObject, Qt, qVersion
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QMessageBox, QWidget

from imagineart_desktop.jobs import ServiceConnection, Worker
from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.support import spawn
from imagineart_desktop.support.bundle import BundleFile, log_files, system_info
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.ui.support.dialog import ReportDialog
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.background import spawn_owned

_SAVED = (
    "Something in the program failed. Your work is saved, requests that were sent continue, and you can keep working. "
    "If it happens again, please report it."
)


class ErrorReporter(QObject):
    """Error handling and reports. logs: the folder of the log files, or None; save: saves all unfinished work."""

    def __init__(
        self,
        window: QWidget,
        library: Library,
        worker: Worker,
        account: ServiceConnection,
        logs: Path | None,
        save: Callable[[], Coroutine[object, None, None]],
        files: FileDialogs,
    ) -> None:
        super().__init__(window)
        self._files = files
        self._window = window
        self._library = library
        self._worker = worker
        self._account = account
        self._logs = logs
        self._save = save
        self._box: QMessageBox | None = None

    def failed(self, error: BaseException) -> None:
        """Save the work and show that the program had an error, in one message box at a time."""
        spawn(self._save())
        if self._box is not None:
            return
        box = QMessageBox(self._window)
        box.setWindowTitle("Something went wrong")
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(_SAVED)
        box.setInformativeText(f"What failed: {type(error).__name__}")
        report = box.addButton("Report…", QMessageBox.ButtonRole.ActionRole)
        box.addButton("Continue", QMessageBox.ButtonRole.AcceptRole)
        report.clicked.connect(self.report)
        box.finished.connect(self._on_box_closed)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._box = box
        box.open()

    def report(self) -> None:
        """Open the dialog for a problem report."""
        spawn_owned(self, self._report())

    async def _report(self) -> None:
        pages = await self._pages()
        dialog = ReportDialog(self._window, pages, self._files)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.show()

    async def _pages(self) -> list[BundleFile]:
        screen = QGuiApplication.primaryScreen()
        machine = {
            "qt": qVersion(),
            "platform": QGuiApplication.platformName(),
            "screen": f"{screen.size().width()} x {screen.size().height()} at {screen.devicePixelRatio():g}",
            "service": self._account.kind.value,
            "key": self._account.key_source.value,
        }
        jobs = [
            {
                "job": job.id,
                "model": job.model.endpoint,
                "state": job.state.value,
                "request": job.request_id,
                "created": job.created_at,
                "error": job.failure.error_type if job.failure else None,
            }
            for job in self._worker.jobs()
        ]
        pages = [system_info(machine), BundleFile.of("jobs.json", json.dumps(jobs, indent=2, default=str))]
        pages.append(BundleFile.of("library.json", json.dumps(await self._library_facts(), indent=2)))
        if self._logs is not None:
            pages += await asyncio.to_thread(log_files, self._logs)
        return pages

    async def _library_facts(self) -> JsonObject:
        try:
            counts = await self._library.counts()
        except LibraryError as error:
            return {"trouble": str(error)}
        states = Counter(job.state.value for job in self._worker.jobs())
        return {"pictures": counts.all, "trash": counts.trash, "jobs": {**states}}

    def _on_box_closed(self) -> None:
        self._box = None
