"""Runs a command and returns its exit code. Errors become sentences and log entries, never tracebacks."""

from __future__ import annotations

import argparse
import asyncio
import logging
from collections.abc import Callable, Coroutine, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.output import print_all
from imagineart_desktop.cli.parser import make_parser
from imagineart_desktop.support import (
    bound_arenas,
    collection_paused,
    exit_code_of,
    flush_notices,
    say,
    secure_standard_streams,
    settle_time_zone,
    start_logging,
    stop_logging,
    termination_signals,
    unusable_locale,
)

if TYPE_CHECKING:
    from imagineart_desktop.cli.outcome import Outcome
    from imagineart_desktop.places import Places

log = logging.getLogger(__name__)

T = TypeVar("T")


_STOPPED = {"library": "Stopped before the end. Nothing is lost: run the command again."}
"""The message after a signal, by `run` of the command.

By default it says that `resume` continues, as for commands that send requests.
"""


class _NoPlacesError(Exception):
    """The program's folders are unknown. The message is a sentence for the user."""


class _EndedBySignalError(Exception):
    """A signal ended the command. number: the signal's number."""

    def __init__(self, number: int) -> None:
        super().__init__(f"signal {number}")
        self.number = number


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command. Returns its exit code."""
    bound_arenas()
    secure_standard_streams()
    for sentence in filter(None, (settle_time_zone(), unusable_locale())):
        say(sentence)
    try:
        with collection_paused():
            options = make_parser().parse_args(arguments)
        return _run(options)
    except KeyboardInterrupt:
        return exit_code_of(2)
    finally:
        flush_notices()


def _run(options: argparse.Namespace) -> int:
    """Run the parsed command. Returns its exit code. Raises KeyboardInterrupt."""
    try:
        places = _places(options)
    except _NoPlacesError as error:
        say(str(error))
        return ExitCode.FAILED
    except Exception as error:
        say(f"The program cannot start. {_noted(error, None)}")
        return ExitCode.INTERNAL
    try:
        return _COMMANDS[options.run](options, places)
    except _EndedBySignalError as error:
        say(_STOPPED.get(options.run, "Stopped. Nothing is lost: “resume” continues."))
        return exit_code_of(error.number)
    except Exception as error:
        say(f"Something went wrong in this program. {_noted(error, places)}")
        return ExitCode.INTERNAL


def _noted(error: Exception, places: Places | None) -> str:
    """Log an error. Returns a sentence about where the details are, or the error itself if there's no log."""
    log_file = start_logging(places.logs) if places is not None else None
    if log_file is None:
        return f"{type(error).__name__}: {error}"
    log.error("the command failed", exc_info=error)
    stop_logging()
    return f"Details are in {log_file}."


def _places(options: argparse.Namespace) -> Places:
    """Return the program's folders. Raises _NoPlacesError."""
    with collection_paused():
        from imagineart_desktop.library import LibraryError
        from imagineart_desktop.places import Places

    try:
        return Places.below(options.data) if options.data is not None else Places.usual()
    except LibraryError as error:
        raise _NoPlacesError(str(error)) from None


def _window(_options: argparse.Namespace, places: Places) -> int:
    with collection_paused():
        from imagineart_desktop.app import main as show

    return show(places)


def _tour(options: argparse.Namespace, _places: Places) -> int:
    with collection_paused():
        from imagineart_desktop.tour import main as tour

    try:
        return tour(options.out, options.photos, options.theme)
    except OSError as error:
        say(f"--out: “{options.out}” cannot be written: {error.strerror or error}. Choose another folder.")
        return ExitCode.NO_OUTPUT


def _demo_server(options: argparse.Namespace, places: Places) -> int:
    with collection_paused():
        from imagineart_desktop.demo import DemoServer, Fault, FaultError, Pace

    try:
        faults = [Fault.parse(words) for words in options.fault]
        pace = Pace(work=options.work, runners=options.runners)
        folder = options.data or places.demo
        server = DemoServer(
            folder, key=options.key, port=options.port, pace=pace, faults=faults, seed=options.fault_seed
        )
    except FaultError as error:
        say(str(error))
        return ExitCode.WRONG_REQUEST
    except OSError as error:
        say(f"The demo server cannot start: {error.strerror or error}.")
        return ExitCode.FAILED
    return ExitCode.OK if server.serve() else ExitCode.NO_OUTPUT


def _request(options: argparse.Namespace, places: Places) -> int:
    with collection_paused():
        from imagineart_desktop.cli.requests import run_task

    return _reported(_logged(run_task(options, places), places), options)


def _resume(options: argparse.Namespace, places: Places) -> int:
    with collection_paused():
        from imagineart_desktop.cli.requests import resume

    return _reported(_logged(resume(options, places), places), options)


def _library(options: argparse.Namespace, places: Places) -> int:
    with collection_paused():
        from imagineart_desktop.cli.library import run_library

    return _reported(_logged(run_library(options, places), places), options)


_COMMANDS: dict[str, Callable[[argparse.Namespace, Any], int]] = {
    "window": _window,
    "request": _request,
    "resume": _resume,
    "library": _library,
    "tour": _tour,
    "demo-server": _demo_server,
}


def _logged(work: Coroutine[Any, Any, Outcome], places: Places) -> Outcome:
    if start_logging(places.logs) is None:
        say(f"Cannot write a log to {places.logs}.")
    try:
        return run_until_signal(work)
    finally:
        stop_logging()


def _reported(outcome: Outcome, options: argparse.Namespace) -> int:
    """Write the report, after the library is closed. Returns the exit code."""
    where = "" if options.run == "library" else f"The images are in {options.out or 'the library'}."
    if outcome.report is None or print_all(f"{outcome.report}\n", "report", where):
        return outcome.code
    return ExitCode.NO_OUTPUT if outcome.code is ExitCode.OK else outcome.code


def run_until_signal(work: Coroutine[Any, Any, T]) -> T:
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
