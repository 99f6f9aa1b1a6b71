"""A part of the trials of bad responses, failed lookups and wrong clocks; `dev.py battery` runs all of each."""

from __future__ import annotations

import pytest

from tests.reliability.clocks import clocks, faketime
from tests.reliability.halfread import TROUBLES, halfread
from tests.reliability.looks import looks


@pytest.mark.long
def test_good_jobs_arrive_after_half_read_answers() -> None:
    chosen = tuple(trouble for trouble in TROUBLES if trouble[0] in ("gzip bomb", "cut download"))
    # One more than the connections of a pool.
    found = halfread(11, 2, chosen, small_disk_too=False)
    assert (found["arrived"], found["stuck"], found["problems"]) == (2, {}, []), found


def test_a_failed_look_sends_nothing() -> None:
    found = looks(("answers 503",))
    assert (found["unasked"], found["missing"], found["problems"]) == (0, 0, []), found


@pytest.mark.long
@pytest.mark.skipif(faketime() is None, reason="libfaketime is not installed")
def test_a_clock_two_hours_ahead_finds_what_was_sent() -> None:
    found = clocks(("2 hours ahead",))["offsets"]["2 hours ahead"]
    assert found == {"twice": 0, "lost": 0, "problems": []}
