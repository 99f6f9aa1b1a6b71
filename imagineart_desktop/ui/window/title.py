"""The title of the main window, with the progress of the queue, which the taskbar shows while it is minimized."""

from __future__ import annotations

from PySide6.QtWidgets import QWidget

from imagineart_desktop.jobs import Worker
from imagineart_desktop.workspace.queue_progress import QueueCount, QueueProgress

_NAME = "ImagineArt Desktop"


def title_for(count: QueueCount) -> str:
    """Return the title; a single request needs no count."""
    return f"{count.done}/{count.total} · {_NAME}" if count.total > 1 else _NAME


def follow_queue(window: QWidget, worker: Worker) -> None:
    """Keep the title of a window up to date."""
    progress = QueueProgress(worker, window)
    progress.changed.connect(lambda count: window.setWindowTitle(title_for(count)))
    window.setWindowTitle(title_for(progress.count))
