"""The commands that send requests without a window: one per task, `run` and `resume`."""

from __future__ import annotations

import argparse
import asyncio
from collections.abc import AsyncIterator, Coroutine, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import TypeVar

from imagineart_desktop.batches.input_reading import ReadInput, read_input
from imagineart_desktop.cli.arguments import InvalidArgumentError, quote_argument
from imagineart_desktop.cli.consent import can_confirm, check_max_cost, confirm_cost
from imagineart_desktop.cli.exit_codes import ExitCode
from imagineart_desktop.cli.folders import check_library_room, prepare_output_folder
from imagineart_desktop.cli.inpaint import composite_batches, prepare_requests
from imagineart_desktop.cli.inputs import read_references
from imagineart_desktop.cli.job_report import MakeReport, make_report
from imagineart_desktop.cli.library_notices import print_notices
from imagineart_desktop.cli.outcome import EXPECTED_ERRORS, Outcome, outcome_of_error
from imagineart_desktop.cli.progress import JobFollower
from imagineart_desktop.cli.recipe_source import read_recipe_file, recipe_of_image
from imagineart_desktop.cli.reframe import reframe_fields
from imagineart_desktop.cli.repeated import repeated_requests
from imagineart_desktop.cli.request_arguments import field_flag, field_values, named_problems
from imagineart_desktop.cli.request_spec import RequestSpec, Sources, seeds_from
from imagineart_desktop.cli.style_images import read_style_images
from imagineart_desktop.fal import ServiceKind, describe_unusable_variables
from imagineart_desktop.fal.key_store import environment_key
from imagineart_desktop.imaging import normalize_for_upload, probe_picture
from imagineart_desktop.jobs import DEMO_WAITS, InputImage, Job, JobEvent, JobState
from imagineart_desktop.library import DatabaseDamagedError, Library
from imagineart_desktop.library.recovery.startup_notices import unreadable_notice
from imagineart_desktop.models import UNKNOWN_PRICE, InvalidRequestError, ModelSpec, Price
from imagineart_desktop.models.file_limits import file_problem
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import Core, open_core
from imagineart_desktop.support import UserError, print_notice
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import format_duration, pluralize
from imagineart_desktop.workspace.job_texts import unavailable_words
from imagineart_desktop.workspace.quote import LIVE_NOW, not_sent

T = TypeVar("T")

_NOT_SENT = (JobState.WAITING, JobState.UPLOADING, JobState.FAILED)


async def run_task(options: argparse.Namespace, places: AppPaths) -> Outcome:
    """Send the requests described by the arguments. Jobs of earlier runs aren't touched."""
    try:
        wanted = await _read_arguments(options)
        # Refused before anything is opened.
        try:
            wanted.quote()
        except InvalidRequestError as error:
            raise named_problems(options, error) from None
        async with opened_core(options, places) as parts:
            return await _agree_and_send(parts, wanted, options)
    except EXPECTED_ERRORS as error:
        return outcome_of_error(error)


async def run_recipe(options: argparse.Namespace, places: AppPaths) -> Outcome:
    """Send the requests of a recipe again. Jobs of earlier runs aren't touched."""
    try:
        source = options.recipe
        recipe = None if isinstance(source, int) else await asyncio.to_thread(read_recipe_file, source)
        async with opened_core(options, places) as parts:
            found = recipe or await recipe_of_image(parts.library, source)
            return await _agree_and_send(parts, await repeated_requests(found, parts.library, options), options)
    except EXPECTED_ERRORS as error:
        return outcome_of_error(error)


@asynccontextmanager
async def opened_core(options: argparse.Namespace, places: AppPaths) -> AsyncIterator[Core]:
    """Open the library and connect, without resuming earlier jobs, once it's sure that results can be stored."""
    environment_key()
    check_library_room(places.library)
    if options.out is not None:
        prepare_output_folder(options.out)
    key_wait = None if can_confirm(options.yes) else DEMO_WAITS
    async with open_core(places, resume=False, key_wait=key_wait, on_slow_key=_say_slow_key) as parts:
        await _print_startup_notices(parts)
        yield parts


async def _agree_and_send(parts: Core, wanted: RequestSpec, options: argparse.Namespace) -> Outcome:
    """Send the requests if the user agrees to their price, and wait for them."""
    quote = wanted.quote()
    if left := await parts.worker.left():
        print_notice(unfinished_notice(left))
    # While the user is being asked, a key that arrives late can change where requests go.
    agreed = parts.account.kind
    if agreed is ServiceKind.LIVE:
        check_max_cost(quote.price, options.max_cost)
        await parts.worker.budget.check(quote.price.amount, is_known=quote.price.is_known)
    if not await confirm_cost(agreed is ServiceKind.LIVE, quote.price, quote.total_requests, options.yes):
        return Outcome(ExitCode.NOT_AGREED)
    if parts.account.kind is not agreed:
        print_notice(not_sent(LIVE_NOW, quote.price))
        return Outcome(ExitCode.NOT_AGREED)
    progress = JobFollower(parts.worker, options.wait)
    jobs, error = await _submit(parts, agreed, wanted)
    if error is not None:
        print_notice(str(error))
    if agreed is ServiceKind.LIVE and (caution := await parts.worker.budget.caution()):
        print_notice(caution)
    outcome = await wait_and_report(progress, jobs, parts, options)
    return outcome if error is None or outcome.code is not ExitCode.OK else Outcome(ExitCode.FAILED, outcome.report)


async def resume(options: argparse.Namespace, places: AppPaths) -> Outcome:
    """Resume unfinished jobs and wait for them. Those never sent to fal.ai are sent only with the user's consent."""
    try:
        environment_key()
        if options.out is not None:
            prepare_output_folder(options.out)
        async with open_core(places, hold_unsent=True, on_slow_key=_say_slow_key) as parts:
            await _print_startup_notices(parts)
            worker = parts.worker
            progress = JobFollower(worker, options.wait)
            known = [job for job in worker.jobs() if job.state is not JobState.FAILED]
            unfinished = [job for job in known if not worker.admission.is_paused(job)]
            if paused := len(known) - len(unfinished):
                print_notice(f"{pluralize(paused, 'request')} of paused batches: “batch resume” continues.")
            left = [job for job in unfinished if job.can_proceed or job.state is JobState.UNCONFIRMED]
            for job in unfinished:
                if notice := unavailable_words(job):
                    print_notice(f"{job.model.label}: {job.state.value}. {notice}")
            jobs = [job for job in left if worker.is_connected(job.service)]
            if out_of_reach := len(left) - len(jobs):
                wait = "1 request waits" if out_of_reach == 1 else f"{out_of_reach} requests wait"
                print_notice(f"{wait} for a fal.ai key: set FAL_KEY.")
            agreed = await _release_held(parts, [job for job in jobs if job.id in worker.held], options.yes)
            for job in jobs:
                if options.find and job.state is JobState.UNCONFIRMED:
                    await worker.look_for(job.id)
            followed = [job for job in jobs if job.id not in worker.held]
            outcome = await wait_and_report(progress, followed, parts, options)
            if outcome.code is ExitCode.OK and (not agreed or len(jobs) < len(unfinished)):
                return Outcome(ExitCode.STALLED if agreed else ExitCode.NOT_AGREED, outcome.report)
            return outcome
    except EXPECTED_ERRORS as error:
        return outcome_of_error(error)


async def _read_arguments(options: argparse.Namespace) -> RequestSpec:
    """Read the arguments and the images they name. Raises PictureError, MaskError, OddArgumentError."""
    model = options.models.get(options.model)
    _refuse_foreign(options, model)
    fields = field_values(options, model)
    if model.needs_prompt and "prompt" not in fields:
        raise InvalidArgumentError(f"{model.label} needs --prompt.")
    seeds = seeds_from(_seed_of(fields), options.count, model)
    prepared = await prepare_requests(options, model) if options.task.takes_mask else []
    sources = await _read_sources(options, model) if not prepared and options.task.takes_image else []
    style = await read_style_images(options, model)
    return RequestSpec(model, options.task, fields | style.fields, seeds, sources, prepared, style)


async def _read_sources(options: argparse.Namespace, model: ModelSpec) -> list[Sources]:
    """Read the images to change: all for one request, or a request for each if the task is that of a command.

    Raises PictureError, InvalidRequestError, InvalidArgumentError.
    """
    if options.task.has_tab:
        return [Sources(model.image_fields(await read_references(options.image, model), options.task))]
    read = [await read_input(source) for source in options.image]
    given = [InputImage(normalize_for_upload(image.data, name=image.name)) for image in read]
    sizes = [probe_picture(image.data, name=image.name).size for image in read]
    sources = [
        Sources(model.image_fields([image], options.task), reframe_fields(options, model, size))
        for image, size in zip(given, sizes, strict=True)
    ]
    _refuse_large(model, zip(read, sources, strict=True))
    return sources


def _refuse_large(model: ModelSpec, sources: Iterable[tuple[ReadInput, Sources]]) -> None:
    """Raise InvalidArgumentError for an image that is larger than its field takes, before any other one is sent."""
    for read, source in sources:
        for name, images in source.images.items():
            sizes = [len(image.source) for image in images if isinstance(image.source, bytes)]
            if too_large := file_problem(model.fields_by_name[name], sum(sizes)):
                raise InvalidArgumentError(f"{quote_argument(single_line(read.name))}: {too_large}")


def _seed_of(fields: dict[str, JsonValue]) -> int | None:
    """Take the seed out of the fields."""
    seed = fields.pop("seed", None)
    return seed if isinstance(seed, int) else None


def _refuse_foreign(options: argparse.Namespace, model: ModelSpec) -> None:
    """Raise InvalidArgumentError for an argument that belongs to another model: it would change nothing."""
    for other in options.models.for_task(options.task):
        for name in other.fields_by_name.keys() - model.fields_by_name.keys():
            if name in options.field_dests and vars(options)[options.field_dests[name]] is not None:
                raise InvalidArgumentError(f"{model.label} does not take {field_flag(options, name)}.")


async def _submit(parts: Core, kind: ServiceKind, wanted: RequestSpec) -> tuple[list[Job], UserError | None]:
    """Submit the requests. Return their jobs, and why those after them weren't submitted.

    kind: the service that the user agreed to, even if the account changes meanwhile. Raises UserError if there are no
    jobs; the first ones are charged, so they're waited for whatever becomes of the others.
    """
    worker = parts.worker
    await wanted.style.store(parts.library)
    if wanted.prepared:
        return await worker.inpaint(wanted.model, kind, wanted.fields, wanted.prepared, wanted.seeds), None
    jobs: list[Job] = []
    for source in wanted.sources or [Sources()]:
        try:
            jobs += await worker.add(wanted.model, kind, wanted.fields | source.fields, source.images, wanted.seeds)
        except UserError as error:
            if not jobs:
                raise
            return jobs, error
    return jobs, None


async def _release_held(parts: Core, held: Sequence[Job], yes: bool) -> bool:
    """Ask for consent to send held requests, and release them. Returns whether the user agreed."""
    if not held:
        return True
    amount = sum((job.estimate for job in held[1:]), held[0].estimate)
    price = Price(amount, " + ".join(f"${job.estimate}" for job in held) if len(held) < 5 else "sum of all requests")
    known = all(job.has_known_price for job in held)
    agreed = await confirm_cost(True, price if known else UNKNOWN_PRICE, len(held), yes)
    if agreed:
        parts.worker.release()
    return agreed


async def wait_and_report(
    progress: JobFollower,
    jobs: Sequence[Job],
    parts: Core,
    options: argparse.Namespace,
    report_on: MakeReport = make_report,
) -> Outcome:
    """Wait for the jobs to end and report them. report_on: makes the report. Raises LibraryError."""
    try:
        ended, stalled = await _unless_damaged(progress.wait_for(jobs), parts.library)
    except DatabaseDamagedError as error:
        print_notice(str(error))
        followed = {job.id for job in jobs}
        sent = any(job.id in followed and job.state not in _NOT_SENT for job in parts.worker.jobs())
        return Outcome(ExitCode.UNCONFIRMED if sent else ExitCode.FAILED)
    if any(job.state is JobState.SUBMITTING for job in stalled):
        # `stop` waits for pending responses; only after that is the outcome of these jobs known.
        await parts.worker.stop()
        ended, stalled = progress.current(jobs)
    events = [*ended, *(JobEvent(job) for job in stalled)]
    made = await report_on(events, parts.library, options.out, await composite_batches(parts.library, ended))
    report = made.text
    states = {event.job.state for event in ended} - {JobState.DONE}
    if stalled:
        many, are = pluralize(len(stalled), "request"), "is" if len(stalled) == 1 else "are"
        print_notice(f"{many} {are} unfinished. Nothing is lost: once the problem is solved, “resume” continues.")
    doubtful = sum(job.state is JobState.SUBMITTING for job in stalled)
    if doubtful:
        requests, them = pluralize(doubtful, "request"), "it" if doubtful == 1 else "them"
        print_notice(f"No answer to {requests} was saved. “resume --find” asks the service for {them}.")
    if JobState.UNCONFIRMED in states or doubtful:
        return Outcome(ExitCode.UNCONFIRMED, report)
    if stalled:
        return Outcome(ExitCode.STALLED, report)
    if states:
        return Outcome(ExitCode.FAILED, report)
    return Outcome(ExitCode.OK if made.all_copied else ExitCode.NO_OUTPUT, report)


async def _unless_damaged(work: Coroutine[object, None, T], library: Library) -> T:
    """Return the result of `work`. Raises DatabaseDamagedError as soon as the library is found to be damaged."""
    task, damage = asyncio.create_task(work), asyncio.create_task(library.damage_seen.wait())
    try:
        await asyncio.wait((task, damage), return_when=asyncio.FIRST_COMPLETED)
        if task.done():
            return task.result()
        raise DatabaseDamagedError(library.files.database)
    finally:
        task.cancel()
        damage.cancel()


def _say_slow_key(seconds: float) -> None:
    print_notice(f"Waiting up to {format_duration(seconds)} for the system’s keychain. Unlock it, or set FAL_KEY.")


async def _print_startup_notices(parts: Core) -> None:
    """Print what the user must know about the library, the key and the environment.

    The demo uses nothing from the environment, but unusable settings would cause trouble once there's a key.
    """
    jobs = unreadable_notice(parts.worker.unreadable)
    print_notices(parts.library)
    demo = parts.account.kind is ServiceKind.DEMO
    unusable = await asyncio.to_thread(describe_unusable_variables) if demo else ()
    for sentence in (*([jobs] if jobs else []), *parts.account.findings, *unusable):
        print_notice(sentence)


def unfinished_notice(count: int) -> str:
    """Return a sentence about unfinished requests of earlier commands."""
    many = "1 earlier request is" if count == 1 else f"{count} earlier requests are"
    return f"{many} unfinished: “resume” continues {'it' if count == 1 else 'them'}."
