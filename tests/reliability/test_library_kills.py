"""A part of the kill battery for whole libraries; IMAGINEART_LIBRARY_KILLS=all tries every point of every operation."""

from __future__ import annotations

import os

import pytest

from tests.reliability.library_kills import OPERATIONS, Trial, kill

EVERY = os.environ.get("IMAGINEART_LIBRARY_KILLS") == "all"
_CHOSEN = (
    Trial("rebuild", 3),
    Trial("empty", 4),
    Trial("export", 3),
    Trial("back up", 2),
    Trial("damaged", 3),
    Trial("rebuild", 2, close=True),
)
_ALL = [
    *(Trial(operation, None) for operation in OPERATIONS),
    *(Trial(operation, None, close=True) for operation in OPERATIONS if operation != "move"),
]
_RUNS = [(trial,) for trial in _ALL] if EVERY else [_CHOSEN]
"""Trials of one process."""


@pytest.mark.long
@pytest.mark.skipif(not hasattr(os, "fork"), reason="the program is imported once and forked")
@pytest.mark.parametrize("trials", _RUNS)
def test_ended_at_any_step_the_next_start_has_everything(trials: tuple[Trial, ...]) -> None:
    for trial, report in zip(trials, kill(*trials), strict=True):
        assert report.tried, (trial, report)
        assert report.problems == [], (trial, report)
