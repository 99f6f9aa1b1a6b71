"""A part of the kill battery for whole libraries; IMAGINEART_LIBRARY_KILLS=all tries every point of every operation."""

from __future__ import annotations

import os

import pytest

from tests.reliability.library_kills import OPERATIONS, kill

EVERY = os.environ.get("IMAGINEART_LIBRARY_KILLS") == "all"
_CHOSEN = {"rebuild": 3, "empty": 4, "export": 3, "back up": 2, "damaged": 3}

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="the program is imported once and forked")


@pytest.mark.parametrize("operation", OPERATIONS if EVERY else _CHOSEN)
def test_killed_at_any_step_the_next_start_has_everything(operation: str) -> None:
    report = kill(operation, most=None if EVERY else _CHOSEN[operation])
    assert report["tried"]
    assert report["problems"] == []


@pytest.mark.parametrize("operation", [name for name in OPERATIONS if name != "move"] if EVERY else ["rebuild"])
def test_closed_at_any_step_the_next_start_has_everything(operation: str) -> None:
    report = kill(operation, most=None if EVERY else 2, close=True)
    assert report["tried"]
    assert report["problems"] == []
