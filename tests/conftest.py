"""Fixtures for all tests: the photographs, a demo server, and a final search for secrets in everything written."""

from __future__ import annotations

import gc
import math
import os
import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if sys.platform != "win32":
    import resource

from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.resources import resource_path
from imagineart_desktop.support import redaction, release_freed_memory
from tests.key_search import holds_key

# No example fails because the machine is busy.
settings.register_profile("patient", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("patient")

_keys: set[str] = set()
_holding: list[str] = []
_peaks: list[tuple[int, str]] = []
"""The peak memory of each process in megabytes, and the test that took it."""

_peak = (0, "")
_IS_CHILD = "IMAGINEART_TEST_CHILD"
_WORTH_COLLECTING = 12 * 2**20
"""Bytes that the tests since the last collection left behind."""

_resident = 0.0

_NOT_OURS = {"site-packages", "node_modules", "venv", ".venv", "checkout"}
_LARGEST = 64 * 2**20


@pytest.fixture(scope="session")
def photos() -> Path:
    return resource_path("photos")


@pytest.fixture(autouse=True)
def freed_memory() -> Iterator[None]:
    """Return the memory of images and windows to the system after a test, if it's worth a tenth of a second.

    Windows are full of cycles, which hold images of several megabytes.
    """
    global _resident
    yield
    if _resident_memory() - _resident < _WORTH_COLLECTING:
        return
    gc.collect()
    release_freed_memory()
    _resident = _resident_memory()


def _resident_memory() -> float:
    """Return the resident memory in bytes; infinite if the system doesn't say."""
    try:
        return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return math.inf


@pytest.fixture(autouse=True)
def own_secrets() -> Iterator[None]:
    """Forget the registered secrets after a test: every line of the log is searched for each of them."""
    yield
    redaction._protected = ()


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServer]:
    with DemoServer(tmp_path / "demo", pace=FAST_TIMING) as server:
        yield server


def pytest_configure() -> None:
    """Record every key that is made, for the search at the end.

    Disable garbage collection while tests are collected.
    """
    gc.disable()
    really = DemoServer.start

    def start(server: DemoServer) -> None:
        _keys.add(server.key.rpartition(":")[2])
        really(server)

    DemoServer.start = start  # type: ignore[assignment, method-assign]


def pytest_collection_finish(session: pytest.Session) -> None:
    """Exclude what was imported from the collections between tests, which would search it in vain.

    A run that only collects lets Hypothesis parse the modules that it hasn't seen yet, which takes 200 MB. Otherwise
    each worker would.

    Automatic collection stays disabled: Python collects in whichever thread allocates next, and a server's thread would
    destroy the Qt objects of an earlier test, which crashes the process.
    """
    if session.config.getoption("collectonly"):
        _draw_constants()
    gc.collect()
    gc.freeze()


@settings(max_examples=20, database=None, derandomize=True)
@given(st.lists(st.integers(), min_size=50))
def _draw_constants(_drawn: list[int]) -> None:
    """Draw enough values to make Hypothesis use constants of the program, for which it parses all modules."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run long tests first, and each test marked `own_process` in a pytest process that also sets up its fixtures.

    A long test that came last would leave the other processors idle.
    """
    items.sort(key=lambda item: item.get_closest_marker("long") is None)
    if _IS_CHILD in os.environ:
        return
    for item in items:
        if isinstance(item, pytest.Function) and item.get_closest_marker("own_process"):
            item.fixturenames = []
            item.runtest = partial(_run_elsewhere, item.nodeid, item.config.rootpath)  # type: ignore[method-assign]


def _run_elsewhere(test: str, root: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
    done = subprocess.run(  # noqa: S603 - our own test
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", test],
        check=False,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        cwd=root,
        env=environment | {_IS_CHILD: "1"},
    )
    if done.returncode:
        pytest.fail(done.stdout, pytrace=False)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Check that no file that any test wrote contains a key. Print how much memory each process took."""
    _report_memory(session)
    factory = getattr(session.config, "_tmp_path_factory", None)
    if factory is None or not _keys:
        _tell(session, _holding)
        return
    keys = frozenset(key.encode() for key in _keys)
    _tell(session, [str(path) for path in _written(factory.getbasetemp()) if holds_key(path.read_bytes(), keys)])


def _written(folder: Path) -> Iterator[Path]:
    """Yield the files that tests wrote, each once, whatever number of names it has."""
    seen = set()
    for path in folder.rglob("*"):
        if _NOT_OURS.intersection(path.parts) or not path.is_file():
            continue
        facts = path.stat()
        if facts.st_size <= _LARGEST and (facts.st_dev, facts.st_ino) not in seen:
            seen.add((facts.st_dev, facts.st_ino))
            yield path


@pytest.hookimpl(trylast=True)
def pytest_runtest_logfinish(nodeid: str) -> None:
    """Record which test took more memory than any before it in this process."""
    global _peak
    if (peak := _peak_memory()) > _peak[0]:
        _peak = (peak, nodeid)


def _report_memory(session: pytest.Session) -> None:
    """Pass on the peak of this process, or print all of them."""
    elsewhere = getattr(session.config, "workeroutput", None)
    if elsewhere is not None:
        elsewhere["peak memory"] = _peak
        return
    print("\nPeak memory per process:")  # noqa: T201
    for peak, test in _peaks or [_peak]:
        print(f"{peak:4} MB  {test}")  # noqa: T201


def _peak_memory() -> int:
    """Return the peak memory in megabytes; 0 if the system doesn't say."""
    if sys.platform == "win32":
        return 0
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit // 10**6


def _tell(session: pytest.Session, holding: list[str]) -> None:
    """Fail the run; a run spread over processes is failed by the one that waits for the others."""
    elsewhere = getattr(session.config, "workeroutput", None)
    if elsewhere is not None:
        elsewhere["holding a key"] = holding
    elif holding:
        print(f"\nA key lies in {len(holding)} files that tests wrote: {holding[:10]}")  # noqa: T201
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Collect the figures of a process that has finished."""
    output = getattr(node, "workeroutput", {})
    _holding.extend(output.get("holding a key", []))
    if "peak memory" in output:
        _peaks.append(tuple(output["peak memory"]))
