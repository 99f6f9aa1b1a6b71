"""What helps when something goes wrong: logs without secrets, notes of crashes, and a report for support."""

from imagineart_desktop.support.crashes import Crashes
from imagineart_desktop.support.logs import start_logging, stop_logging
from imagineart_desktop.support.memory import bound_arenas, release_freed_memory
from imagineart_desktop.support.redaction import protect, redacted
from imagineart_desktop.support.report import Page, machine_page, pages_of_folder, zip_of

__all__ = [
    "Crashes",
    "Page",
    "bound_arenas",
    "machine_page",
    "pages_of_folder",
    "protect",
    "redacted",
    "release_freed_memory",
    "start_logging",
    "stop_logging",
    "zip_of",
]
