"""`batch run`: the requests of recipes and of files with a request per row, as one batch per file."""

from __future__ import annotations

import argparse
import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.batches.library_images import library_images
from imagineart_desktop.batches.plan import BatchPlan, RecipeError, is_recipe, read_recipe
from imagineart_desktop.batches.preview import make_preview
from imagineart_desktop.batches.row import RequestRow, RowTotals
from imagineart_desktop.batches.row_images import RowImages
from imagineart_desktop.batches.sending import batch_requests
from imagineart_desktop.batches.wildcards import Wildcards
from imagineart_desktop.cli.arguments import InvalidArgumentError
from imagineart_desktop.cli.consent import check_max_cost, confirm_cost
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.job_report import Composite, JsonReport, make_report
from imagineart_desktop.cli.outcome import EXPECTED_ERRORS, Outcome, outcome_of_error
from imagineart_desktop.cli.progress import JobFollower
from imagineart_desktop.cli.requests import opened_core, unfinished_notice, wait_and_report
from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Job, JobEvent, JobState
from imagineart_desktop.library import Library
from imagineart_desktop.models import UNKNOWN_PRICE, Price
from imagineart_desktop.studio import Core
from imagineart_desktop.support import print_notice
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.batch_sender import batch_name, seeds_of
from imagineart_desktop.workspace.quote import LIVE_NOW, not_sent

if TYPE_CHECKING:
    from imagineart_desktop.places import AppPaths


@dataclass(frozen=True, slots=True)
class _File:
    """A file with its requests."""

    path: Path
    plan: BatchPlan
    rows: Sequence[RequestRow]

    @property
    def sent(self) -> list[RequestRow]:
        return [row for row in self.rows if row.is_sent]


async def run_files(options: argparse.Namespace, places: AppPaths) -> Outcome:
    """Send the requests of the files if the user agrees to their price, and wait for them."""
    try:
        plans = [await asyncio.to_thread(_plan_of, path, options) for path in options.file]
        async with opened_core(options, places) as parts:
            files = [await _read(path, plan, parts.library) for path, plan in zip(options.file, plans, strict=True)]
            _check_rows(files, options)
            return await _agree_and_send(parts, files, options)
    except RecipeError as error:
        print_notice(str(error))
        return Outcome(ExitCode.WRONG_REQUEST)
    except EXPECTED_ERRORS as error:
        return outcome_of_error(error)


def _plan_of(path: Path, options: argparse.Namespace) -> BatchPlan:
    """Return the plan of a file. Raises RecipeError, OSError."""
    path.stat()
    if not is_recipe(path):
        return BatchPlan(model=options.model, rows=str(path.absolute()), low_priority=options.low_priority)
    plan = read_recipe(path)
    rows = str(path.absolute().parent / plan.rows) if plan.rows else ""
    low = plan.low_priority or options.low_priority
    return plan.model_copy(update={"rows": rows, "low_priority": low, "name": plan.name or path.stem})


async def _read(path: Path, plan: BatchPlan, library: Library) -> _File:
    """Make the rows of a file. Raises InvalidArgumentError, LibraryError."""
    folder = Path(plan.rows).parent if plan.rows else path.absolute().parent
    images = RowImages(folder, await library_images(plan, library))
    wildcards = Wildcards(library.files.root)
    preview = await asyncio.to_thread(make_preview, plan, library.models, wildcards, images)
    if preview.problem:
        raise InvalidArgumentError(f"{path.name}: {preview.problem}")
    return _File(path, plan, preview.rows)


def _check_rows(files: Sequence[_File], options: argparse.Namespace) -> None:
    """Print what is wrong with each row. Raises InvalidArgumentError, unless the others are to be sent."""
    wrong = 0
    for file in files:
        for row in file.rows:
            if row.problems and row.is_enabled:
                wrong += 1
                place = f"row {row.index}" if row.line is None else f"line {row.line}"
                print_notice(f"{file.path.name}, {place}: {' '.join(row.problems)}")
    if wrong and not options.skip_wrong:
        are = "1 request is" if wrong == 1 else f"{wrong:,} requests are"
        raise InvalidArgumentError(f"Nothing was sent: {are} wrong. Correct them, or add --skip-wrong.")
    if not any(file.sent for file in files):
        raise InvalidArgumentError("Nothing was sent: there are no requests.")


async def _agree_and_send(parts: Core, files: Sequence[_File], options: argparse.Namespace) -> Outcome:
    totals = RowTotals.of(row for file in files for row in file.rows)
    price = UNKNOWN_PRICE if totals.unknown else Price(totals.amount, "sum of all requests")
    if left := await parts.worker.left():
        print_notice(unfinished_notice(left))
    # While the user is being asked, a key that arrives late can change where requests go.
    agreed = parts.account.kind
    if agreed is ServiceKind.LIVE:
        check_max_cost(price, options.max_cost)
        await parts.worker.budget.check(totals.amount, is_known=price.is_known)
    if not await confirm_cost(agreed is ServiceKind.LIVE, price, totals.requests, options.yes):
        return Outcome(ExitCode.NOT_AGREED)
    if parts.account.kind is not agreed:
        print_notice(not_sent(LIVE_NOW, price))
        return Outcome(ExitCode.NOT_AGREED)
    return await _send(parts, files, agreed, options)


async def _send(parts: Core, files: Sequence[_File], kind: ServiceKind, options: argparse.Namespace) -> Outcome:
    """Add a batch per file, and wait for all of them. Raises UserError if none of the first was added."""
    progress = JobFollower(parts.worker, options.wait)
    rows: dict[str, tuple[_File, RequestRow]] = {}
    jobs: list[Job] = []
    problem: Exception | None = None
    for file in files:
        if not file.sent:
            continue
        try:
            added = await _add(parts, file, kind)
        except EXPECTED_ERRORS as error:
            if not jobs:
                raise
            problem = error
            break
        places = [row for row in file.sent for _ in range(row.requests)]
        rows |= {job.id: (file, places[job.place]) for job in added if job.place is not None}
        jobs += added
    if kind is ServiceKind.LIVE and (caution := await parts.worker.budget.caution()):
        print_notice(caution)

    async def report(
        events: Sequence[JobEvent], library: Library, out: Path | None, _wholes: Sequence[Composite]
    ) -> JsonReport:
        return await (_json_lines if options.json else _summary)(events, library, out, rows)

    outcome = await wait_and_report(progress, jobs, parts, options, report)
    if problem is None or outcome.code is not ExitCode.OK:
        return outcome
    return Outcome(outcome_of_error(problem).code, outcome.report)


async def _add(parts: Core, file: _File, kind: ServiceKind) -> list[Job]:
    """Add the batch of a file. Return its jobs, in order."""
    requests = await batch_requests(file.sent, parts.library, file.plan.picture_ids, seeds_of, lambda _share: None)
    worker, plan = parts.worker, file.plan
    name = batch_name(plan.name or file.path.stem, file.sent)
    batch = await worker.batches.add(name, requests, kind, low_priority=plan.low_priority, max_cost=plan.max_cost)
    print_notice(f"Batch {batch.id[:8]} “{batch.name}”: {pluralize(batch.summary.total, 'request')}.")
    return sorted((job for job in worker.jobs() if job.batch == batch.id), key=lambda job: job.place or 0)


_Rows = dict[str, tuple[_File, RequestRow]]


async def _json_lines(events: Sequence[JobEvent], library: Library, out: Path | None, rows: _Rows) -> JsonReport:
    """Return a line of JSON per request, with its row and its images."""
    lines, all_copied = [], True
    for event in events:
        made = await make_report([event], library, out, ())
        all_copied = all_copied and made.all_copied
        file, row = rows[event.job.id]
        found: JsonObject = {
            "file": str(file.path),
            "row": row.index,
            "line": row.line,
            "batch": event.job.batch,
            "job": event.job.id,
            "state": event.job.state.value,
            "model": event.job.model.endpoint,
            "prompt": event.job.prompt,
        }
        lines.append(json.dumps(found | json.loads(made.text), ensure_ascii=False))
    return JsonReport("\n".join(lines), all_copied)


async def _summary(events: Sequence[JobEvent], library: Library, out: Path | None, rows: _Rows) -> JsonReport:
    """Return how many requests were done, and what the others cost and lack."""
    made = await make_report(events, library, out, ())
    done = sum(event.job.state is JobState.DONE for event in events)
    where = "the library" if out is None else str(out)
    return JsonReport(
        f"{done:,} of {pluralize(len(rows), 'request')} done. The images are in {where}.", made.all_copied
    )
