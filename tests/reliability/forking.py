"""Processes forked from one that has imported the program, since imports are most of what a short session takes.

`python -m tests.reliability.forking` is that process. What it forks ends like any other program, with its exit
handlers.
"""

from __future__ import annotations

import gc
import importlib
import json
import os
import runpy
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import IO, NoReturn

_ROOT = Path(__file__).parents[2]
_IMPORTED = (
    "imagineart_desktop.app",
    "imagineart_desktop.demo",
    "tests.reliability.stage",
    "tests.reliability.stocked",
    "tests.ui.window_driver",
)
"""The program and what its trials need, except the trials' own modules, which are run as programs."""

_LONGEST = 2**17
"""Maximum size of an order in bytes."""

_lock = threading.Lock()
_forkers: list[tuple[subprocess.Popen[bytes], socket.socket]] = []
"""The process that forks and the socket to it, once it has been started."""


class Forked:
    """A module run as a program, with pipes for its streams. Used like Popen."""

    def __init__(self, module: str, arguments: Sequence[str], variables: dict[str, str]) -> None:
        (its_in, own_in), (own_out, its_out), (own_errors, its_errors), (own_fate, its_fate) = (
            os.pipe() for _ in range(4)
        )
        its = [its_in, its_out, its_errors, its_fate]
        with _lock:
            if not _forkers:
                _forkers.append(_started())
            socket.send_fds(_forkers[0][1], [json.dumps([module, *arguments, variables]).encode()], its)
        for descriptor in its:
            os.close(descriptor)
        self.stdin: IO[str] = os.fdopen(own_in, "w", encoding="utf-8")
        self.stdout: IO[str] = os.fdopen(own_out, encoding="utf-8")
        self.stderr: IO[str] = os.fdopen(own_errors, encoding="utf-8")
        self._fate: IO[str] = os.fdopen(own_fate, encoding="ascii")
        self._pid = int(self._fate.readline())
        self._code: int | None = None

    def __enter__(self) -> Forked:
        return self

    def __exit__(self, *_: object) -> None:
        for stream in (self.stdout, self.stderr, self.stdin):
            stream.close()
        self.wait()
        self._fate.close()

    def wait(self) -> int:
        """Return the exit code, -n after signal n."""
        if self._code is None:
            self._code = int(self._fate.readline())
        return self._code

    def communicate(self) -> tuple[str, str]:
        """Return everything that it writes to stdout and to stderr."""
        with ThreadPoolExecutor(1) as reader:
            errors = reader.submit(self.stderr.read)
            return self.stdout.read(), errors.result()

    def kill(self) -> None:
        """Kill it, unless it's known to have ended, when its process id may be another's."""
        if self._code is None:
            os.kill(self._pid, signal.SIGKILL)


def _started() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """Start the process that has imported the program. It ends together with this one, which closes the socket."""
    ours, its = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    forker = subprocess.Popen(  # noqa: S603 - our own program
        [sys.executable, "-m", __name__, str(its.fileno())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        pass_fds=[its.fileno()],
        cwd=_ROOT,
        env=os.environ | {"PYTHONPATH": str(_ROOT), "QT_QPA_PLATFORM": "offscreen"},
    )
    its.close()
    return forker, ours


def _next_order(orders: socket.socket) -> tuple[str, list[str], dict[str, str]]:
    """Fork for each order. Return it in the process that is to run it, with its streams in place."""
    while True:
        order, descriptors, _, _ = socket.recv_fds(orders, _LONGEST, 4)
        if not order:
            sys.exit()
        *streams, fate = descriptors
        if os.fork():
            for descriptor in descriptors:
                os.close(descriptor)
            continue
        orders.close()
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        if program := os.fork():
            for stream in streams:
                os.close(stream)
            _tell_fate(program, fate)
        os.close(fate)
        for number, stream in enumerate(streams):
            os.dup2(stream, number)
            os.close(stream)
        module, *arguments, variables = json.loads(order)
        return module, arguments, variables


def _tell_fate(program: int, fate: int) -> NoReturn:
    """Report the process id, and its exit code once it has ended."""
    os.write(fate, b"%d\n" % program)
    os.write(fate, b"%d\n" % os.waitstatus_to_exitcode(os.waitpid(program, 0)[1]))
    os._exit(0)


def main() -> None:
    for name in _IMPORTED:
        importlib.import_module(name)
    gc.freeze()
    # Nobody waits for the processes that wait for the programs.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    module, arguments, variables = _next_order(socket.socket(fileno=int(sys.argv[1])))
    os.environ.clear()
    os.environ.update(variables)
    sys.argv[1:] = arguments
    runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main()
