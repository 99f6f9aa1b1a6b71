"""Processes of a trial, and the server that they use."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from imagineart_desktop.demo import DemoServer, Timing
from tests.reliability.forking import Forked

ROOT = Path(__file__).parents[2]
KILLED = -getattr(signal, "SIGKILL", signal.SIGTERM)
LONGEST = 90.0
"""Time limit of one process in seconds, unless its plan says otherwise."""

_AFTER_THE_END = 90.0
"""Seconds after that within which a process must have ended; otherwise it counts as hanging and is killed."""


_QT = ("qt.", "This plugin does not support", "QStandardPaths:", "QSocketNotifier:")


@dataclass(frozen=True, slots=True)
class Ended:
    """How a process ended. report: the last JSON object that it printed, empty if it printed none."""

    code: int
    report: dict[str, Any] = field(default_factory=dict)
    errors: str = ""

    @property
    def killed(self) -> bool:
        """Return whether it died at the intended step."""
        return self.code == KILLED

    @property
    def said(self) -> list[str]:
        """Return the window's sentences, and the lines on stderr that aren't a traceback."""
        plain = [] if "Traceback" in self.errors else plain_lines(self.errors)
        return [*self.report.get("said", []), *plain]


def plain_lines(errors: str) -> list[str]:
    """Return what a program wrote to stderr, without Qt's own messages."""
    lines = [line.strip() for line in errors.splitlines()]
    return [line for line in lines if line and not line.startswith(_QT)]


def errors_logged(data: Path) -> list[str]:
    """Return the program's own errors from its log."""
    try:
        lines = (data / "logs" / "log.jsonl").read_text("utf-8", errors="replace").splitlines()
    except OSError:
        return []
    entries = [json.loads(line) for line in lines if line.startswith("{") and line.endswith("}")]
    return [json.dumps(entry)[-300:] for entry in entries if entry.get("level") in ("error", "critical")]


def environment(folder: Path, **more: str) -> dict[str, str]:
    """Return the environment of a process that keeps everything below a folder: no keychain, no key, its own home."""
    home = folder / "home"
    home.mkdir(parents=True, exist_ok=True)
    own = {
        "PYTHONPATH": str(ROOT),
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHON_KEYRING_BACKEND": "keyring.backends.null.Keyring",
        "HOME": str(home),
        "XDG_DATA_HOME": str(home / "data"),
    }
    return {name: value for name, value in os.environ.items() if name != "FAL_KEY"} | own | more


class Service:
    """The demo server at one port for a whole trial; it can be replaced by a fast one that nothing delays."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.server = DemoServer(folder, pace=Timing(queue=0.02, work=0.06, runners=1))
        self.server.start()

    def release(self) -> None:
        """Cut every connection and continue with everything accepted, at once."""
        port, key = int(self.server.hosts.run.rsplit(":", 1)[1].split("/")[0]), self.server.key
        self.server.stop()
        pace = Timing(queue=0.02, work=0.06, runners=4)
        self.server = DemoServer(self._folder, key=key, port=port, pace=pace)
        self.server.start()

    @property
    def plan(self) -> dict[str, Any]:
        """Return what a process must know about the server."""
        hosts = self.server.hosts
        return {"hosts": [hosts.run, hosts.queue, hosts.rest, hosts.cdn, hosts.api], "key": self.server.key}

    def stop(self) -> None:
        """Stop the server."""
        self.server.stop()


def live(
    module: str,
    plan: dict[str, Any],
    variables: dict[str, str],
    words: dict[str, Callable[[], None]] | None = None,
    before: Sequence[str] = (),
) -> Ended:
    """Run a module with a plan. words: word → what to do when the process sends it, before it continues.

    before: a command that runs the process.
    """
    told = {name: value for name, value in plan.items() if name != "key"}
    with begun(module, [json.dumps(told)], variables | {"FAL_KEY": plan.get("key", "")}, before) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None
        errors: list[str] = []
        reader = threading.Thread(target=lambda: errors.extend(process.stderr or ()))
        reader.start()
        watchdog = threading.Timer(plan.get("longest", LONGEST) + _AFTER_THE_END, process.kill)
        watchdog.start()
        report: dict[str, Any] = {}
        for line in process.stdout:
            if (act := (words or {}).get(line.strip())) is not None:
                act()
                process.stdin.write("\n")
                process.stdin.flush()
            elif line.startswith("{"):
                report = json.loads(line)
        code = process.wait()
        hung = not watchdog.is_alive()
        watchdog.cancel()
        reader.join()
    return Ended(1 if hung else code, report, "".join(errors) + (" It hung and was ended." if hung else ""))


def begun(
    module: str, arguments: Sequence[str], variables: dict[str, str], before: Sequence[str] = ()
) -> subprocess.Popen[str] | Forked:
    """Start a module as a program, with pipes for its streams. before: as for `live`."""
    # macOS can't fork a process that has loaded its frameworks, and a library to preload needs a process of its own.
    if sys.platform == "linux" and not before and "LD_PRELOAD" not in variables:
        return Forked(module, arguments, variables)
    command = [*before, sys.executable, "-m", module, *arguments]
    return subprocess.Popen(command, stdin=-1, stdout=-1, stderr=-1, text=True, cwd=ROOT, env=variables)  # noqa: S603


def small_disk(unshare: str, folder: Path, options: str) -> list[str]:
    """Return a command prefix that mounts a file system in memory at a folder, for that process alone."""
    script = f'mount -t tmpfs -o {options} tmpfs "{folder}" && exec "$@"'
    return [unshare, "-rm", "sh", "-c", script, "sh"]
