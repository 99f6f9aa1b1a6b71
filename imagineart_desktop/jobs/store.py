"""Job storage in the database: one row per job, committed and synced at every step."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from pydantic import ValidationError

from imagineart_desktop.fal import Charged, LogEntry, ServiceKind
from imagineart_desktop.imaging import InpaintPlan
from imagineart_desktop.jobs.budget import Budget
from imagineart_desktop.jobs.budget_limits import BudgetLimits
from imagineart_desktop.jobs.job import Failure, Job, RequestUrls
from imagineart_desktop.jobs.states import JobState, check_transition
from imagineart_desktop.library import (
    SHOWN_JOBS,
    BatchRow,
    Library,
    Payment,
    StoredSpecs,
    from_ms,
    known_requests,
    mended_job,
    record_batches,
    record_failure,
    record_new_jobs,
    record_steps,
    to_ms,
)
from imagineart_desktop.models import (
    InvalidRequestError,
    ModelRequest,
    ModelSpec,
    StoredRequest,
    UnavailableModel,
)
from imagineart_desktop.support.messages import Message

_COLUMNS = (
    "id", "endpoint", "request", "service", "state", "created_ms", "changed_ms", "parents", "estimate", "request_id",
    "status_url", "response_url", "cancel_url", "queue_position", "result", "billed_units", "logs", "submitted_ms",
    "started_ms", "finished_ms", "error_type", "error_message", "error_advice", "charged", "dismissed", "uploads",
    "step", "plan", "spec", "batch", "place", "low_priority",
)  # fmt: skip
_PLACEHOLDERS = ", ".join("?" * len(_COLUMNS))
_UPSERT = f"INSERT OR REPLACE INTO jobs ({', '.join(_COLUMNS)}) VALUES ({_PLACEHOLDERS})"  # noqa: S608 - names of this file


class StaleJobError(Exception):
    """A change based on an outdated row: something else has changed the job since."""


class JobStore:
    """Reads and writes jobs, recording each step in the journal as well. budget: limits what new jobs may cost."""

    def __init__(self, library: Library, budget: Budget | None = None) -> None:
        self._budget = budget or Budget(library, BudgetLimits())
        self._library = library
        self._database = library.database
        self._specs = library.specs
        self._journal = library.files.job_journal
        self.unreadable = 0
        """Number of rows the last `shown` skipped because neither their id nor what was requested can be read."""

    async def write(
        self, jobs: Sequence[Job], allowance: Decimal | None = None, batch: BatchRow | None = None
    ) -> list[Job]:
        """Write one step of each job, all or none; the data is on disk when this returns.

        The definition of a new job's model is stored first. allowance: see `Budget.check_new`. batch: a new one, which
        the jobs belong to.

        Returns the updated jobs. If new jobs can't be written, no trace of them remains. Raises StaleStepError for a
        change to any but the latest row, ImpossibleTransitionError for a transition that the state table doesn't allow,
        LibraryError, BudgetExceededError.
        """
        record = record_new_jobs if any(job.step == 0 for job in jobs) else record_steps

        def put(connection: sqlite3.Connection) -> list[Job]:
            new = [job for job in jobs if job.step == 0]
            _check_are_new(connection, new)
            for job in jobs:
                if job.step:
                    _check_against_row(connection, job)
                if whole := _charged_without_result(job):
                    record_failure(connection, whole)
            if batch is not None:
                record_batches(connection, self._library.files.batch_journal, [batch])
            self._budget.check_new(connection, new, allowance)
            specs = self._specs_of(new)
            written = [replace(job, step=job.step + 1, spec=specs.get(job.id, job.spec)) for job in jobs]
            rows = _insert(connection, written)
            record(connection, self._journal, rows)
            return written

        return await self._database.write(put)

    def _specs_of(self, new: Sequence[Job]) -> dict[str, str]:
        """Store the definitions of new jobs' models, each once. Return job id → SHA-256. Raises LibraryError."""
        models = {id(job.model): job.model for job in new}
        kept = {key: self._specs.keep(model) for key, model in models.items() if isinstance(model, ModelSpec)}
        return {job.id: kept[id(job.model)] for job in new if id(job.model) in kept}

    async def put_back(self, job: Job) -> None:
        """Write a job whose row is missing or older, as after the database was replaced; what was sent stays sent."""

        def put(connection: sqlite3.Connection) -> None:
            row = connection.execute("SELECT step FROM jobs WHERE id = ?", (job.id,)).fetchone()
            if row is None or row["step"] < job.step:
                record_steps(connection, self._journal, _insert(connection, [job]))

        await self._database.write(put)

    async def find(self, job_id: str) -> Job | None:
        """Return the job from its row, or None."""

        def read(connection: sqlite3.Connection) -> Job | None:
            row = connection.execute("SELECT * FROM jobs WHERE id = ?", (job_id,)).fetchone()
            return None if row is None else _job(row, self._specs)

        return await self._database.read(read)

    async def pictures_of(self, job_id: str) -> tuple[int, ...]:
        """Return the ids of the pictures of a job that the user didn't delete, in order. Raises LibraryError."""
        return tuple((await self._library.results_of([job_id])).values())

    async def known_requests(self, but: str) -> frozenset[str]:
        """Return the ids of all requests that belong to a job other than `but`."""
        return await self._database.read(lambda connection: known_requests(connection, self._journal, but))

    async def shown(self) -> list[Job]:
        """Return all jobs that aren't dismissed and didn't succeed long ago, oldest first."""

        def read(connection: sqlite3.Connection) -> list[Job | None]:
            found = connection.execute(f"SELECT * FROM jobs WHERE {SHOWN_JOBS} ORDER BY created_ms, id")  # noqa: S608 - a constant
            return [_job(row, self._specs) for row in found]

        read_jobs = await self._database.read(read)
        jobs = [job for job in read_jobs if job is not None]
        self.unreadable = len(read_jobs) - len(jobs)
        return jobs


def _insert(connection: sqlite3.Connection, jobs: Sequence[Job]) -> list[dict[str, Any]]:
    """Write the rows of jobs and return them."""
    rows = [_row(job) for job in jobs]
    connection.executemany(_UPSERT, rows)
    return [dict(zip(_COLUMNS, row, strict=True)) for row in rows]


def _check_are_new(connection: sqlite3.Connection, jobs: Sequence[Job]) -> None:
    """Compare jobs that say they are new with the rows, all in one look."""
    ids = json.dumps([job.id for job in jobs])
    known = connection.execute("SELECT id FROM jobs WHERE id IN (SELECT value FROM json_each(?))", (ids,)).fetchall()
    for row in known:
        _check_against_row(connection, next(job for job in jobs if job.id == row["id"]))


def _check_against_row(connection: sqlite3.Connection, job: Job) -> None:
    found = connection.execute("SELECT * FROM jobs WHERE id = ?", (job.id,)).fetchone()
    row = None if found is None else mended_job(dict(found))
    if row is None:
        if job.step:
            raise StaleJobError(job.id)
        return
    if job.step != row["step"]:
        raise StaleJobError(job.id)
    check_transition(JobState(row["state"]), job.state)


def _charged_without_result(job: Job) -> Payment | None:
    """Return the cost of a job that lacks images but was certainly charged, or None."""
    failed = job.state is JobState.FAILED and job.failure is not None and job.failure.charged is Charged.YES
    if not failed or job.service is ServiceKind.DEMO:
        return None
    return Payment(
        job.id,
        0,
        job.model.endpoint,
        to_ms(job.finished_at or job.created_at),
        str(job.estimate),
        job.billed_units,
        job.request_id or "",
        job.prompt,
        failed=True,
    )


def _row(job: Job) -> tuple[object, ...]:
    urls, failure = job.urls, job.failure
    return (
        job.id,
        job.model.endpoint,
        job.request.to_text(),
        job.service.value,
        job.state.value,
        to_ms(job.created_at),
        to_ms(datetime.now(UTC)),
        json.dumps(dict(job.parents)) if job.parents else "{}",
        str(job.estimate),
        job.request_id,
        urls.status if urls else None,
        urls.response if urls else None,
        urls.cancel if urls else None,
        job.queue_position,
        job.result,
        job.billed_units,
        json.dumps([entry.model_dump() for entry in job.logs]) if job.logs else "[]",
        _ms(job.submitted_at),
        _ms(job.started_at),
        _ms(job.finished_at),
        failure.error_type if failure else None,
        failure.message.to_text() if failure else None,
        failure.advice.to_text() if failure else None,
        failure.charged.value if failure else None,
        job.dismissed,
        json.dumps(dict(job.uploads)) if job.uploads else "{}",
        job.step,
        (job.damaged_plan or None) if job.plan is None else job.plan.model_dump_json(),
        job.spec or None,
        job.batch,
        job.place,
        job.low_priority,
    )


def _job(found: sqlite3.Row, specs: StoredSpecs) -> Job | None:
    """Return the job of a row, tolerating invalid values, or None if nothing tells what was requested."""
    row = mended_job(dict(found))
    if row is None:
        return None
    model, request = _requested(row, specs)
    plan = _plan(row["plan"])
    failure = None
    if row["error_message"] is not None:
        message, advice = Message.parse(row["error_message"]), Message.parse(row["error_advice"])
        failure = Failure(row["error_type"], message, advice, Charged(row["charged"]))
    return Job(
        id=row["id"],
        model=model,
        request=request,
        service=ServiceKind(row["service"]),
        state=JobState(row["state"]),
        created_at=from_ms(row["created_ms"]),
        estimate=Decimal(row["estimate"]),
        parents=json.loads(row["parents"]),
        request_id=row["request_id"],
        urls=_urls(row),
        queue_position=row["queue_position"],
        logs=_logs(row["logs"]),
        result=row["result"],
        billed_units=row["billed_units"],
        submitted_at=_moment(row["submitted_ms"]),
        started_at=_moment(row["started_ms"]),
        finished_at=_moment(row["finished_ms"]),
        failure=failure,
        dismissed=bool(row["dismissed"]),
        step=row["step"],
        uploads=json.loads(row["uploads"]),
        plan=plan,
        damaged_plan=(row["plan"] or "") if plan is None else "",
        spec=row["spec"] or "",
        batch=row["batch"],
        place=row["place"],
        low_priority=bool(row["low_priority"]),
    )


def _requested(
    row: Mapping[str, Any], specs: StoredSpecs
) -> tuple[ModelSpec | UnavailableModel, ModelRequest | StoredRequest]:
    """Return model and request of a row, as stored if this version can't send it: it may be paid for.

    A model that isn't offered, or whose fields have changed since, is the one that the job was made with.
    """
    endpoint, text, sha256 = row["endpoint"], row["request"], row["spec"]
    for model in specs.usable(endpoint, sha256):
        with suppress(InvalidRequestError):
            return model, model.parse(json.loads(text))
    return UnavailableModel.at(endpoint, specs.models, specs.problem(endpoint, sha256)), StoredRequest(text)


def _urls(row: Mapping[str, Any]) -> RequestUrls | None:
    """Return the service's URLs; a lost one is derived from another."""
    status, response, cancel = row["status_url"], row["response_url"], row["cancel_url"]
    known = response or (status or "").removesuffix("/status") or (cancel or "").removesuffix("/cancel")
    return RequestUrls(status or f"{known}/status", known, cancel or f"{known}/cancel") if known else None


def _logs(text: str) -> tuple[LogEntry, ...]:
    """Return the entries that can be parsed."""
    entries = []
    for entry in json.loads(text):
        with suppress(ValidationError):
            entries.append(LogEntry.model_validate(entry))
    return tuple(entries)


def _plan(text: str | None) -> InpaintPlan | None:
    """Return None for an unreadable plan as well: the job may be paid for and continues without it."""
    try:
        return None if text is None else InpaintPlan.model_validate_json(text)
    except ValidationError:
        return None


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)


def _moment(value: int | None) -> datetime | None:
    return None if value is None else from_ms(value)
