"""Utilities shared by all packages: logs without secrets, crash traces, console output, and reports for support."""

from imagineart_desktop.support.background import cancel_spawned, pausing, spawn
from imagineart_desktop.support.console import ensure_standard_streams, flush_notices, print_notice, write_stdout
from imagineart_desktop.support.crashes import CrashReporter
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.locales import check_locale
from imagineart_desktop.support.logs import start_logging, stop_logging
from imagineart_desktop.support.memory import (
    gc_paused,
    limit_malloc_arenas,
    release_freed_memory,
    skip_last_collection,
)
from imagineart_desktop.support.numbers import parse_dollars, parse_int
from imagineart_desktop.support.progress import Progress, ReportProgress, WorkCanceledError
from imagineart_desktop.support.redaction import redact, register_secret
from imagineart_desktop.support.signals import signal_exit_code, termination_signals
from imagineart_desktop.support.threads import run_detached
from imagineart_desktop.support.time_zone import ensure_time_zone

__all__ = [
    "CrashReporter",
    "Progress",
    "ReportProgress",
    "UserError",
    "WorkCanceledError",
    "cancel_spawned",
    "check_locale",
    "ensure_standard_streams",
    "ensure_time_zone",
    "flush_notices",
    "gc_paused",
    "limit_malloc_arenas",
    "parse_dollars",
    "parse_int",
    "pausing",
    "print_notice",
    "redact",
    "register_secret",
    "release_freed_memory",
    "run_detached",
    "signal_exit_code",
    "skip_last_collection",
    "spawn",
    "start_logging",
    "stop_logging",
    "termination_signals",
    "write_stdout",
]
