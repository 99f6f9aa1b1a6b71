"""Choosing the next jobs takes the same with ten waiting jobs and with thousands, in the order that the user sees."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs.admission import Admission, BatchTurn
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.jobs.job_queue import JobQueue
from imagineart_desktop.jobs.sending_pace import SendingPace
from imagineart_desktop.jobs.states import JobState
from imagineart_desktop.models import IMAGINEART_20
from tests.jobs.job_fixtures import SMALL

DEMO = ServiceKind.DEMO
REQUEST = IMAGINEART_20.parse(SMALL)


class Counted(AbstractSet[str]):
    """Ids of jobs that run, which counts the jobs that were looked at."""

    def __init__(self, ids: frozenset[str] = frozenset()) -> None:
        self._ids = ids
        self.looked = 0

    def __contains__(self, job_id: object) -> bool:
        self.looked += 1
        return job_id in self._ids

    def __iter__(self) -> Iterator[str]:
        return iter(self._ids)

    def __len__(self) -> int:
        return len(self._ids)


def job(name: str, batch: str | None = None, place: int | None = None, state: JobState = JobState.WAITING) -> Job:
    made = datetime.now(UTC)
    return Job(name, IMAGINEART_20, REQUEST, DEMO, state, made, Decimal(0), {}, batch=batch, place=place)


def admission(*jobs: Job) -> Admission:
    queue = JobQueue()
    for one in jobs:
        queue.put(one)
    found = Admission(4, SendingPace(), queue)
    found.turns = {name: BatchTurn(place, paused=name == "p") for place, name in enumerate("pba")}
    return found


def names(found: Admission, driven: Counted | None = None, busy: int = 0) -> list[str]:
    return [one.id for one in found.ready(driven or Counted(), {DEMO}, busy)]


def looked_at(count: int) -> int:
    """Return how many jobs are looked at, of `count` per batch, while some run, are paused, and await consent."""
    waiting = [job(f"{batch}{place}", batch, place) for batch in "pba" for place in range(count)]
    held = [job(f"h{place}", "b", place) for place in range(count)]
    found = admission(*waiting, *held)
    for one in held:
        found.queue.await_consent(one.id)
    driven = Counted(frozenset({"b0", "b1"}))
    assert names(found, driven, 2) == ["b2", "b3"]
    return driven.looked


def test_the_jobs_that_are_looked_at_do_not_grow_with_those_that_wait() -> None:
    assert looked_at(2000) == looked_at(5) <= 8


def test_jobs_are_sent_by_front_then_singly_then_by_batch_and_place() -> None:
    late = [job("a0", "a", 0), job("b2", "b", 2), job("b0", "b", 0), job("b1", "b", 1), job("p0", "p", 0)]
    found = admission(*late, job("one"), job("two"))
    assert names(found) == ["one", "two", "b0", "b1"]
    found.move_to_front("a0")
    found.move_to_front("two")
    found.move_to_front("p0")
    assert names(found) == ["two", "one", "a0", "b0"]
    found.turns = {"a": BatchTurn(0, paused=False), "b": BatchTurn(1, paused=True)}
    assert names(found) == ["two", "one", "a0"]
    assert found.ready(Counted(), set(), 0) == []


@pytest.mark.parametrize("state", [JobState.SUBMITTING, JobState.QUEUED, JobState.FETCHING, JobState.CANCELLING])
def test_what_is_on_its_way_continues_whatever_is_paused_or_busy(state: JobState) -> None:
    found = admission(job("p0", "p", 0, state), job("one"))
    assert names(found, busy=9) == ["p0"]
    found.queue.hold(["p0"])
    assert names(found, busy=9) == []
    found.queue.let_go(["p0"])
    assert names(found, busy=9) == ["p0"]


def test_a_job_follows_its_state() -> None:
    found = admission(waiting := job("b0", "b", 0), job("b1", "b", 1))
    found.queue.put(replace(waiting, state=JobState.FAILED))
    assert names(found) == ["b1"]
    found.queue.put(waiting)
    found.queue.remove("b1")
    found.queue.remove("b1")
    assert names(found) == ["b0"]
    found.queue.hold(["b0"])
    assert names(found) == []


def test_jobs_that_the_user_has_to_allow_wait_and_then_keep_their_places() -> None:
    found = admission(job("b0", "b", 0), job("b1", "b", 1), job("b2", "b", 2), job("one"))
    for name in ("one", "b1"):
        found.queue.await_consent(name)
    found.move_to_front("b1")
    assert (names(found), found.queue.awaiting_consent) == (["b0", "b2"], frozenset({"one", "b1"}))
    found.queue.consent()
    assert (names(found), found.queue.awaiting_consent) == (["one", "b1", "b0", "b2"], frozenset())
