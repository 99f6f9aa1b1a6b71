"""Folders that take long to make and are only read afterwards: made once for all workers of a run."""

from __future__ import annotations

import os
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

_LONGEST = 1800.0
"""Seconds to wait for another worker."""


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], object]) -> Path:
    """Return a folder that `make` has filled. The first worker to ask makes it, the others wait.

    Tests must not change it.
    """
    base = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        base = base.parent
    folder = base / name
    # A lock on every system that ends with its process, and a marker for a complete folder.
    with closing(sqlite3.connect(base / f"{name}.lock", timeout=_LONGEST, isolation_level=None)) as lock:
        lock.execute("BEGIN EXCLUSIVE")
        if not lock.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
            # Left by an interrupted worker.
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir()
            make(folder)
            lock.execute("CREATE TABLE complete (id)")
        lock.execute("COMMIT")
    return folder
