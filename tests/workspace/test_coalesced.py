"""Debounced work whose owner is deleted."""

from __future__ import annotations

import asyncio

import pytest
from PySide6.QtCore import QObject
from shiboken6 import delete

from imagineart_desktop.library import LibraryError
from imagineart_desktop.support import spawn
from imagineart_desktop.workspace.coalesced import Debouncer


async def test_a_run_that_begins_after_the_deletion_does_nothing() -> None:
    owner, runs = QObject(), []

    async def work() -> None:
        runs.append(1)

    debouncer = Debouncer(owner, work)
    debouncer.touch()
    run = spawn(debouncer.flush())
    delete(owner)
    await run
    assert not runs


@pytest.mark.parametrize("error", [None, LibraryError("The disk is full.")])
async def test_a_run_that_ends_after_the_deletion_is_quiet(error: LibraryError | None) -> None:
    owner, may_end = QObject(), asyncio.Event()

    async def work() -> None:
        await may_end.wait()
        if error is not None:
            raise error

    debouncer = Debouncer(owner, work, on_trouble=lambda _sentence: pytest.fail("nobody can see it"))
    debouncer.touch()
    run = spawn(debouncer.flush())
    await asyncio.sleep(0)
    delete(owner)
    may_end.set()
    await run
