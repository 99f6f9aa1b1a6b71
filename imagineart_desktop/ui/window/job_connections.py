"""Connects the job strip and the window of jobs with the rest of the main window."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import Batch, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.forms.over_budget import show_over_budget
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.ui.window.dialogs import Dialogs
from imagineart_desktop.ui.window.finding import WindowSearch
from imagineart_desktop.ui.window.navigator import Navigator
from imagineart_desktop.ui.window.title import follow_queue

if TYPE_CHECKING:
    from imagineart_desktop.ui.jobs.jobs_window import JobsWindow


class JobConnections(QObject):
    """Handles the signals of the strip, opens the window of jobs, and sets the main window's title.

    say: shows a message.
    """

    def __init__(
        self,
        window: QWidget,
        core: tuple[Library, Worker],
        actions: Actions,
        strip: JobStrip,
        places: tuple[WindowSearch, Navigator, Dialogs],
        banner: InlineMessage,
        say: Callable[[str], object],
    ) -> None:
        super().__init__(window)
        self._window = window
        self._library, self._worker = core
        follow_queue(window, self._worker)
        self._finding, navigator, dialogs = places
        self._jobs: JobsWindow | None = None
        log_action = actions["view.log"]
        log_action.toggled.connect(strip.show_log)
        strip.log_toggled.connect(log_action.setChecked)
        strip.edit_wanted.connect(navigator.edit_failed)
        strip.said.connect(say)
        strip.over_budget.connect(lambda error, allow: show_over_budget(banner, error, allow, dialogs.settings))
        strip.jobs_wanted.connect(self.show_jobs)
        strip.gallery_wanted.connect(self._finding.show_batch)
        actions["view.jobs"].triggered.connect(lambda: self.show_jobs(None))

    def show_jobs(self, batch: Batch | None) -> None:
        """Open the window of jobs. batch: the one whose jobs it shows, None for all."""
        from imagineart_desktop.ui.jobs.jobs_window import JobsWindow

        if self._jobs is None:
            self._jobs = JobsWindow(self._window, self._library, self._worker)
            self._jobs.opened.connect(self._finding.show_in_gallery)
        self._jobs.open_for(batch)
