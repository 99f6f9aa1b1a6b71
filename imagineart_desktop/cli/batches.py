"""The `batch` commands for batches that were added: list, show, pause, resume and cancel."""

from __future__ import annotations

import argparse
import json
from collections.abc import Awaitable, Callable
from functools import partial
from typing import TYPE_CHECKING, TypeVar

from imagineart_desktop.cli.arguments import InvalidArgumentError
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.library import opened_library
from imagineart_desktop.cli.outcome import EXPECTED_ERRORS, Outcome, outcome_of_error
from imagineart_desktop.jobs import Batch, BatchController, Worker
from imagineart_desktop.library import JobLine, JobQuery, Library, job_lines, matching_jobs
from imagineart_desktop.models import format_dollars
from imagineart_desktop.support.json_types import JsonObject, JsonValue
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.plain_text import single_line

if TYPE_CHECKING:
    from imagineart_desktop.places import AppPaths

_Parser = TypeVar("_Parser", bound=argparse.ArgumentParser)
_READING = ("list", "show")
_PAGE = 500


def add_batch_commands(commands: argparse._SubParsersAction[_Parser]) -> None:
    """Add the commands."""
    listing = commands.add_parser("list", help="list the batches, newest first")
    listing.add_argument("--all", action="store_true", help="also those that are over")
    for name, words in (
        ("show", "list the requests of a batch with their states"),
        ("pause", "send nothing more of a batch until it’s resumed"),
        ("resume", "let a batch continue; “resume” or the window then sends it"),
        ("cancel", "cancel the requests of a batch that haven’t ended"),
    ):
        command = commands.add_parser(name, help=words, description=words)
        command.add_argument("batch", metavar="BATCH", help="the id of a batch, its beginning, or its name")
    for name, command in commands.choices.items():
        command.add_argument("--json", action="store_true", help="report as JSON on standard output")
        command.set_defaults(run="batch", action=name)


async def run_batch(options: argparse.Namespace, places: AppPaths) -> Outcome:
    """Run the command given by the arguments. If the library is open elsewhere, only reading commands work."""
    try:
        async with opened_library(places.library, reads_only=options.action in _READING) as library:
            worker = Worker(library)
            try:
                if library.read_only:
                    await worker.batches.load()
                else:
                    await worker.start()
                return await _ACTIONS[options.action](library, worker.batches, options)
            finally:
                await worker.stop()
    except EXPECTED_ERRORS as error:
        return outcome_of_error(error)


async def _list(_library: Library, batches: BatchController, options: argparse.Namespace) -> Outcome:
    found = [batch for batch in await batches.all() if options.all or batch.needs_attention]
    if options.json:
        return Outcome(ExitCode.OK, _json([_as_object(batch) for batch in found]))
    return Outcome(ExitCode.OK, "\n".join(map(_line, found)))


async def _show(library: Library, batches: BatchController, options: argparse.Namespace) -> Outcome:
    batch = await _batch_of(batches, options.batch)
    ids = await library.database.read(lambda connection: matching_jobs(connection, JobQuery(batch.id)))
    jobs: list[JobLine] = []
    for start in range(0, len(ids), _PAGE):
        page = ids[start : start + _PAGE]
        lines = await library.database.read(partial(job_lines, ids=page))
        jobs += [lines[job_id] for job_id in page if job_id in lines]
    if options.json:
        requests: list[JsonValue] = [_job_object(job) for job in jobs]
        return Outcome(ExitCode.OK, _json(_as_object(batch) | {"requests": requests}))
    listed = [f"{(job.place or 0) + 1:>5}  {job.state:<11}  {single_line(job.prompt)}" for job in jobs]
    return Outcome(ExitCode.OK, "\n".join([_line(batch), *listed]))


def _changing(
    change: Callable[[BatchController, str], Awaitable[None]],
) -> Callable[[Library, BatchController, argparse.Namespace], Awaitable[Outcome]]:
    """Return a command that changes a batch, then reports how it is."""

    async def run(_library: Library, batches: BatchController, options: argparse.Namespace) -> Outcome:
        batch = await _batch_of(batches, options.batch)
        await change(batches, batch.id)
        now = batches.find(batch.id) or batch
        return Outcome(ExitCode.OK, _json(_as_object(now)) if options.json else _line(now))

    return run


async def _batch_of(batches: BatchController, wanted: str) -> Batch:
    """Return the batch with this id, beginning of an id, or name. Raises InvalidArgumentError."""
    known = await batches.all()
    exact = [batch for batch in known if wanted == batch.id]
    alike = [batch for batch in known if batch.id.startswith(wanted) or batch.name.casefold() == wanted.casefold()]
    found = exact or alike
    if len(found) == 1:
        return found[0]
    if found:
        raise InvalidArgumentError(f"Several batches are called “{wanted}”. Use an id from “batch list --all”.")
    raise InvalidArgumentError(f"There is no batch “{wanted}”. “batch list --all” lists them.")


def _line(batch: Batch) -> str:
    summary = batch.summary
    counts = f"{summary.done:,} of {summary.total:,} done, {summary.waiting:,} waiting, {summary.failed:,} failed"
    cost = "free (demo)"
    if not summary.is_free:
        cost = f"{format_dollars(summary.spent)} of {format_dollars(summary.estimate)}"
    return f"{batch.id[:8]}  {batch.state.value:<8}  {counts}  {cost}  {single_line(batch.name)}"


def _as_object(batch: Batch) -> JsonObject:
    summary = batch.summary
    counts: JsonObject = {state.value: count for state, count in sorted(summary.counts.items())}
    return {
        "id": batch.id,
        "name": batch.name,
        "state": batch.state.value,
        "created_at": batch.created_at.isoformat(),
        "low_priority": batch.low_priority,
        "max_cost": None if batch.max_cost is None else str(batch.max_cost),
        "total": summary.total,
        "counts": counts,
        "spent": str(summary.spent),
        "estimate": str(summary.estimate),
        "is_free": summary.is_free,
    }


def _job_object(job: JobLine) -> JsonObject:
    return {
        "id": job.id,
        "place": job.place,
        "state": job.state,
        "endpoint": job.endpoint,
        "prompt": job.prompt,
        "estimate": job.estimate,
        "request_id": job.request_id,
        "error": None if job.error_message is None else str(Message.parse(job.error_message)),
    }


def _json(value: JsonValue) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2)


_ACTIONS: dict[str, Callable[[Library, BatchController, argparse.Namespace], Awaitable[Outcome]]] = {
    "list": _list,
    "show": _show,
    "pause": _changing(BatchController.pause),
    "resume": _changing(BatchController.resume),
    "cancel": _changing(BatchController.cancel_rest),
}
