"""Runs a command and returns its exit code. Errors become sentences and log entries, never tracebacks."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, TypeVar

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.output import print_output
from imagineart_desktop.cli.parser import make_parser
from imagineart_desktop.support import (
    check_locale,
    ensure_standard_streams,
    ensure_time_zone,
    flush_notices,
    gc_paused,
    limit_malloc_arenas,
    print_notice,
    signal_exit_code,
    skip_last_collection,
    start_logging,
    stop_logging,
    termination_signals,
)

if TYPE_CHECKING:
    from imagineart_desktop.cli.outcome import Outcome
    from imagineart_desktop.places import AppPaths

log = logging.getLogger(__name__)

T = TypeVar("T")


_STOPPED = "Stopped before the end. Nothing is lost: run the command again."
_SIGNAL_MESSAGES = {"library": _STOPPED, "add-model": _STOPPED}
"""The message after a signal, by `run` of the command.

By default it says that `resume` continues, as for commands that send requests.
"""


class _NoFoldersError(Exception):
    """The program's folders are unknown. The message is a sentence for the user."""


class _EndedBySignalError(Exception):
    """A signal ended the command. number: the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    limit_malloc_arenas()
    skip_last_collection()
    ensure_standard_streams()
    for sentence in filter(None, (ensure_time_zone(), check_locale())):
        print_notice(sentence)
    try:
        with gc_paused():
            options = make_parser(arguments).parse_args(arguments)
        return _run(options)
    except KeyboardInterrupt:
        return signal_exit_code(2)
    finally:
        flush_notices()


def _run(options: argparse.Namespace) -> int:
    """Run the parsed command. Returns its exit code. Raises KeyboardInterrupt."""
    try:
        places = _places(options)
    except _NoFoldersError as error:
        print_notice(str(error))
        return ExitCode.FAILED
    except Exception as error:
        print_notice(f"The program cannot start. {_log_error(error, None)}")
        return ExitCode.INTERNAL
    try:
        return _COMMANDS[options.run](options, places)
    except _EndedBySignalError as error:
        print_notice(_SIGNAL_MESSAGES.get(options.run, "Stopped. Nothing is lost: “resume” continues."))
        return signal_exit_code(error.number)
    except Exception as error:
        print_notice(f"Something went wrong in this program. {_log_error(error, places)}")
        return ExitCode.INTERNAL


def _log_error(error: Exception, places: AppPaths | None) -> str:
    """Log an error. Returns a sentence about where the details are, or the error itself if there's no log."""
    log_file = start_logging(places.logs) if places is not None else None
    if log_file is None:
        return f"{type(error).__name__}: {error}"
    log.error("the command failed", exc_info=error)
    stop_logging()
    return f"Details are in {log_file}."


def _places(options: argparse.Namespace) -> AppPaths:
    """Return the program's folders. Raises _NoPlacesError."""
    with gc_paused():
        from imagineart_desktop.library import LibraryError
        from imagineart_desktop.places import AppPaths

    try:
        return AppPaths.below(options.data) if options.data is not None else AppPaths.usual()
    except LibraryError as error:
        raise _NoFoldersError(str(error)) from None


def _window(_options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.app import main as show

    return show(places)


def _tour(options: argparse.Namespace, _places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.tour import main as tour

    try:
        return tour(options.out, options.photos, options.theme)
    except OSError as error:
        print_notice(f"--out: “{options.out}” cannot be written: {error.strerror or error}. Choose another folder.")
        return ExitCode.NO_OUTPUT


def _demo_server(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.demo import DemoServer, Fault, FaultSyntaxError, Timing
        from imagineart_desktop.models.added_models import load_models

    try:
        faults = [Fault.parse(words) for words in options.fault]
        pace = Timing(work=options.work, runners=options.runners)
        folder = options.data or places.demo
        server = DemoServer(
            folder,
            key=options.key,
            port=options.port,
            pace=pace,
            faults=faults,
            seed=options.fault_seed,
            models=load_models(places.models),
        )
    except FaultSyntaxError as error:
        print_notice(str(error))
        return ExitCode.WRONG_REQUEST
    except OSError as error:
        print_notice(f"The demo server cannot start: {error.strerror or error}.")
        return ExitCode.FAILED
    return ExitCode.OK if server.serve() else ExitCode.NO_OUTPUT


def _request(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.requests import run_task

    _print_model_problems(options)
    return _write_report(_run_logged(run_task(options, places), places), options)


def _run_recipe(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.requests import run_recipe

    return _write_report(_run_logged(run_recipe(options, places), places), options)


def _resume(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.requests import resume

    return _write_report(_run_logged(resume(options, places), places), options)


def _library(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.library import run_library

    return _write_report(_run_logged(run_library(options, places), places), options)


def _batch(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.batches import run_batch

    return _write_report(_run_logged(run_batch(options, places), places), options)


def _batch_run(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.batch_run import run_files

    return _write_report(_run_logged(run_files(options, places), places), options)


def _models(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.models import run_models

    _print_model_problems(options)
    return _write_report(run_models(options, options.models), options)


def _add_model(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.added_models import add_model

    return _write_report(_run_logged(add_model(options, places.models), places), options)


def _remove_model(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.added_models import remove

    return _write_report(remove(options, places.models), options)


def _arrange_models(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.added_models import arrange

    return _write_report(arrange(options, places.models), options)


def _check_models(options: argparse.Namespace, places: AppPaths) -> int:
    with gc_paused():
        from imagineart_desktop.cli.model_check import check

    _print_model_problems(options)
    return _write_report(_run_logged(check(options, places.models), places), options)


def _print_model_problems(options: argparse.Namespace) -> None:
    for problem in options.models.problems:
        print_notice(problem)


_COMMANDS: dict[str, Callable[[argparse.Namespace, AppPaths], int]] = {
    "window": _window,
    "request": _request,
    "run": _run_recipe,
    "resume": _resume,
    "library": _library,
    "batch": _batch,
    "batch-run": _batch_run,
    "models": _models,
    "add-model": _add_model,
    "remove-model": _remove_model,
    "arrange-models": _arrange_models,
    "check-models": _check_models,
    "tour": _tour,
    "demo-server": _demo_server,
}


def _run_logged(work: Coroutine[object, None, Outcome], places: AppPaths) -> Outcome:
    if start_logging(places.logs) is None:
        print_notice(f"Cannot write a log to {places.logs}.")
    try:
        return run_until_signal(work)
    finally:
        stop_logging()


def _write_report(outcome: Outcome, options: argparse.Namespace) -> int:
    """Write the report, after the library is closed. Returns the exit code."""
    where = (
        ""
        if options.run not in ("request", "resume", "batch-run")
        else f"The images are in {options.out or 'the library'}."
    )
    if outcome.report is None or print_output(f"{outcome.report}\n", "report", where):
        return outcome.code
    return ExitCode.NO_OUTPUT if outcome.code is ExitCode.OK else outcome.code


def run_until_signal(work: Coroutine[object, None, T]) -> T:
    """Run `work`; the first termination signal cancels it. Raises _EndedBySignalError."""
    received: list[int] = []

    async def supervised() -> T:
        task = asyncio.ensure_future(work)

        def stop(number: int) -> None:
            # Further signals must not interrupt the cleanup, which still saves incoming responses.
            if not received:
                received.append(number)
                task.cancel()

        with termination_signals(asyncio.get_running_loop(), stop):
            return await task

    try:
        return asyncio.run(supervised())
    except asyncio.CancelledError:
        if received:
            raise _EndedBySignalError(received[0]) from None
        raise
