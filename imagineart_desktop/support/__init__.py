"""Utilities shared by all packages: logs without secrets, crash traces, console output, and reports for support."""

from imagineart_desktop.support.background import cancel_spawned, spawn
from imagineart_desktop.support.console import flush_notices, say, secure_standard_streams, write_output
from imagineart_desktop.support.crashes import Crashes
from imagineart_desktop.support.locales import unusable_locale
from imagineart_desktop.support.logs import start_logging, stop_logging
from imagineart_desktop.support.memory import bound_arenas, collection_paused, release_freed_memory
from imagineart_desktop.support.numbers import whole_number
from imagineart_desktop.support.progress import Progress, Reach, WorkCancelledError
from imagineart_desktop.support.redaction import protect, redacted
from imagineart_desktop.support.signals import exit_code_of, termination_signals
from imagineart_desktop.support.threads import run_detached
from imagineart_desktop.support.time_zone import settle_time_zone

__all__ = [
    "Crashes",
    "Progress",
    "Reach",
    "WorkCancelledError",
    "bound_arenas",
    "cancel_spawned",
    "collection_paused",
    "exit_code_of",
    "flush_notices",
    "protect",
    "redacted",
    "release_freed_memory",
    "run_detached",
    "say",
    "secure_standard_streams",
    "settle_time_zone",
    "spawn",
    "start_logging",
    "stop_logging",
    "termination_signals",
    "unusable_locale",
    "whole_number",
    "write_output",
]
