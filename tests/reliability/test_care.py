"""A part of the care battery; `dev.py battery care` tries every operation and damage, killed at many steps."""

from __future__ import annotations

import sys

import pytest

from tests.reliability.care import Trial, run_trial
from tests.reliability.stocked import Stocked, stock

CHOSEN = (
    Trial("restore, all done since"),
    Trial("database emptied", kill=40),
)

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a signal that cannot be caught is needed")


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Stocked:
    return stock(tmp_path_factory.mktemp("stock") / "library")


@pytest.mark.parametrize("trial", CHOSEN, ids=[trial.name for trial in CHOSEN])
def test_nothing_is_lost_sent_twice_or_silent(trial: Trial, stocked: Stocked) -> None:
    verdict = run_trial(trial, stocked)
    assert verdict.good, verdict
