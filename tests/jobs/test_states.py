"""The table of states: nothing else may follow, everything is recovered, nothing is sent twice by itself."""

from __future__ import annotations

from itertools import product

import pytest

from imagineart_desktop.jobs.states import (
    ACCEPTED,
    AFTER_RESTART,
    ENDED,
    FOLLOWERS,
    ImpossibleTransitionError,
    State,
    check_step,
)


@pytest.mark.parametrize(("before", "after"), list(product(State, State)))
def test_only_what_the_table_says_is_possible(before: State, after: State) -> None:
    if after is before or after in FOLLOWERS[before]:
        check_step(before, after)
    else:
        with pytest.raises(ImpossibleTransitionError):
            check_step(before, after)


def test_every_state_is_recovered() -> None:
    assert set(AFTER_RESTART) == set(State)
    assert AFTER_RESTART[State.SUBMITTING] is State.UNCONFIRMED
    assert all(AFTER_RESTART[state] is state for state in ACCEPTED | ENDED)


def test_an_accepted_request_is_never_submitted_again() -> None:
    reached, left = set(ACCEPTED), list(ACCEPTED)
    while left:
        for after in FOLLOWERS[left.pop()]:
            if after not in reached:
                reached.add(after)
                left.append(after)
    assert State.SUBMITTING not in reached
    assert State.WAITING not in reached


def test_an_unconfirmed_job_stays_until_the_user_speaks() -> None:
    assert State.UNCONFIRMED in ENDED
    assert FOLLOWERS[State.UNCONFIRMED] == {State.WAITING, State.QUEUED}
