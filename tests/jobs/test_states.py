"""The table of states: no other transition is allowed, every state is recovered, nothing is sent twice unasked."""

from __future__ import annotations

from itertools import product

import pytest

from imagineart_desktop.jobs.states import (
    ACCEPTED_STATES,
    FINAL_STATES,
    RESUME_STATE,
    TRANSITIONS,
    ImpossibleTransitionError,
    JobState,
    check_transition,
)


@pytest.mark.parametrize(("before", "after"), list(product(JobState, JobState)))
def test_only_what_the_table_says_is_possible(before: JobState, after: JobState) -> None:
    if after is before or after in TRANSITIONS[before]:
        check_transition(before, after)
    else:
        with pytest.raises(ImpossibleTransitionError):
            check_transition(before, after)


def test_every_state_is_recovered() -> None:
    assert set(RESUME_STATE) == set(JobState)
    assert RESUME_STATE[JobState.SUBMITTING] is JobState.UNCONFIRMED
    assert all(RESUME_STATE[state] is state for state in ACCEPTED_STATES | FINAL_STATES)


def test_an_accepted_request_is_never_submitted_again() -> None:
    reached, left = set(ACCEPTED_STATES), list(ACCEPTED_STATES)
    while left:
        for after in TRANSITIONS[left.pop()]:
            if after not in reached:
                reached.add(after)
                left.append(after)
    assert JobState.SUBMITTING not in reached
    assert JobState.WAITING not in reached


def test_an_unconfirmed_job_stays_until_the_user_speaks() -> None:
    assert JobState.UNCONFIRMED in FINAL_STATES
    assert TRANSITIONS[JobState.UNCONFIRMED] == {JobState.WAITING, JobState.QUEUED}
