"""Imports results into the library: downloads, verifies, composites if there's a mask, and stores them."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from imagineart_desktop.fal import (
    MAX_IMAGES,
    BadDownloadError,
    Downloader,
    FalError,
    OnReceived,
    Output,
    OutputFile,
    RetryLimit,
    RetryRules,
    Service,
)
from imagineart_desktop.imaging import (
    RESULT_FORMATS,
    CompositeResult,
    InpaintPlan,
    MaskError,
    Picture,
    PictureError,
    blend_inside_mask,
    encode_full_image,
    encode_png,
    load_picture,
)
from imagineart_desktop.jobs.composed_cache import CompositeCache
from imagineart_desktop.jobs.download_progress import DownloadProgress
from imagineart_desktop.jobs.inpainting import MissingError, load_result_set
from imagineart_desktop.jobs.job import Job
from imagineart_desktop.library import Library, PictureSummary, Recipe, StoredResult, write_atomic
from imagineart_desktop.models import (
    FieldKind,
    MaskPolarity,
    ModelSpec,
    Task,
    is_input_reference,
    parse_units,
    referenced_sha256,
    split_amount,
)
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import np

log = logging.getLogger(__name__)

_SHORTENED = Message("result.shortened", count=MAX_IMAGES)

OnRetry = Callable[[FalError], None]


class MissingImagesError(Exception):
    """Some images of a request can't be fetched; the others are kept.

    problems: why, one for each missing image; total: of all images.
    """

    def __init__(self, problems: Sequence[FalError | PictureError], total: int) -> None:
        super().__init__(f"{len(problems)} of {total} images")
        self.problems, self.total = problems, total

    @property
    def message(self) -> Message:
        """How many are missing, and why."""
        return Message(
            "job.images_missing", count=len(self.problems), total=self.total, problem=self.problems[0].message
        )


@dataclass(frozen=True, slots=True)
class _WantedImage:
    """An image to fetch.

    position: its index in the output. cost, billed_units: its shares; None if the service told no units.
    """

    output: Output
    position: int
    cost: Decimal
    billed_units: Decimal | None


class ResultImporter:
    """Fetches and stores the results of one service's jobs.

    composed: for a window that shows results; None if none does.
    """

    def __init__(
        self,
        service: Service,
        downloader: Downloader,
        library: Library,
        rules: RetryRules,
        composed: CompositeCache | None = None,
    ) -> None:
        self._service = service
        self._downloader = downloader
        self._library = library
        self._rules = rules
        self._composed = composed

    async def keep(self, job: Job, on_wait: OnRetry, progress: DownloadProgress) -> list[PictureSummary]:
        """Fetch and keep the pictures of a job whose result is known, and return all of them in order.

        A picture that the library already has is left as it is, and one that the user deleted stays deleted. One that
        can't be fetched doesn't stop the others.
        on_wait: called with errors that are waited out.

        An image that is composed here is handed to whoever shows it before its file is written; until that is there the
        bytes as they came are on the disk. Bytes that are no picture are kept beside the raw results. Raises FalError
        or PictureError for the only image of a job, MissingImagesError, LibraryError, and OSError when a file cannot be
        written.
        """
        output = await asyncio.to_thread(Output.parse, job.result or "")
        if not any(file.url for file in output.images):
            raise PictureError(Message("job.no_image"))
        kept = await self._library.stored_results(job.id)
        failed: list[FalError | PictureError] = []
        patience = RetryLimit.LIMITED
        for position in range(len(output.images)):
            if position in kept and not kept[position].is_missing:
                continue
            try:
                wanted = _wanted(job, output, position, kept)
                kept[position] = await self._keep_image(job, wanted, patience, on_wait, progress)
            except (FalError, PictureError) as error:
                failed.append(error)
                if isinstance(error, FalError) and error.repeatable:
                    # The server is in trouble: it isn't waited for once per image.
                    patience = RetryLimit.ONCE
        if failed and len(output.images) == 1:
            raise failed[0]
        if failed:
            raise MissingImagesError(failed, len(output.images))
        return [picture for position in sorted(kept) if (picture := kept[position].picture) is not None]

    async def _keep_image(
        self,
        job: Job,
        wanted: _WantedImage,
        patience: RetryLimit,
        on_wait: OnRetry,
        progress: DownloadProgress,
    ) -> StoredResult:
        output, position = wanted.output, wanted.position
        try:
            target = await asyncio.to_thread(self._library.files.incoming, f"{job.id}-{position}")
            on_received = progress.of_image(position, len(output.images))
            await self._fetch(output.images[position], target, patience, on_wait, on_received)
            picture = await self._store(job, wanted, target)
            return StoredResult(wanted.cost, wanted.billed_units or Decimal(0), picture)
        except BaseException:
            if self._composed is not None:
                self._composed.lose(job.id, position)
            raise

    async def _store(self, job: Job, wanted: _WantedImage, target: Path) -> PictureSummary:
        """Composite a downloaded image if it's an inpaint, and store it."""
        position = wanted.position
        findings: tuple[Message, ...] = ()
        made: bytes | None = None
        try:
            if job.plan is not None:
                findings, made = await self._composite_into_source(job, job.plan, position, target)
            elif job.damaged_plan:
                # It may have been a part of the image: there is no saying where the result belongs.
                findings = (_not_composited(Message("missing.plan")),)
            elif job.task is Task.INPAINT and (polarity := _polarity_of(job)) is not None:
                findings = await self._composite_into_sent(job, polarity, position, target)
            recipe = _recipe(job, wanted, findings)
            if made is None:
                return await self._library.store_result(target, recipe)
            stored = await self._library.keep_made(made, recipe)
            await asyncio.to_thread(target.unlink, missing_ok=True)
        except PictureError:
            await asyncio.to_thread(target.replace, self._library.files.raw(job.id, position, "unreadable"))
            raise
        return stored

    async def _fetch(
        self, file: OutputFile, target: Path, patience: RetryLimit, on_wait: OnRetry, on_received: OnReceived
    ) -> None:
        if not file.url:
            raise BadDownloadError(Message("fal.image_url_invalid"))
        url = file.url if file.url.startswith("data:") else self._service.update_stored_url(file.url)
        await self._rules.run(
            lambda: self._downloader.fetch_result(url, target, on_received),
            patience=patience,
            on_wait=on_wait,
        )

    async def _composite_into_source(
        self, job: Job, plan: InpaintPlan, position: int, target: Path
    ) -> tuple[tuple[Message, ...], bytes | None]:
        """Composite the result into its source, and keep the raw result meanwhile.

        Return findings about the result, and the encoded composite: None if source or mask are missing or unreadable.
        The result then stays as received, because it's paid for.
        """
        reading = asyncio.ensure_future(asyncio.to_thread(_read, target))
        # Source and mask are read meanwhile.
        composing = asyncio.ensure_future(self._composed_result(job, plan, position, reading))
        composing.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        try:
            place = self._library.files.raw(job.id, position, (await reading).format.lower())
        except BaseException:
            composing.cancel()
            raise
        del reading
        # Meanwhile the result is composed and seen; nothing else is written before it.
        keeping = asyncio.ensure_future(asyncio.to_thread(_keep_raw, target, place))
        try:
            home = await composing
        except (MissingError, PictureError, MaskError) as error:
            log.warning("job %s could not be composited: what was sent is gone", job.id)
            return (_not_composited(error.message),), None
        finally:
            await keeping
        return home.findings, await asyncio.to_thread(encode_full_image, home.picture)

    async def _composed_result(
        self, job: Job, plan: InpaintPlan, position: int, reading: Awaitable[Picture]
    ) -> CompositeResult:
        """Composite a result that may still be decoding, and hand it to whoever shows it.

        Raises MissingError, PictureError, MaskError.
        """
        composition = await load_result_set(self._library, [(plan, reading)])
        home = await asyncio.to_thread(composition.made)
        if self._composed is not None:
            await self._composed.put(job, position, home)
        return home

    async def _composite_into_sent(
        self, job: Job, polarity: MaskPolarity, position: int, target: Path
    ) -> tuple[Message, ...]:
        """Composite the result of a job without a plan, whose whole image was sent: what was sent is the source.

        Return findings about the result. It stays as received if what was sent is missing or unreadable.
        """
        result = await asyncio.to_thread(_read, target)
        place = self._library.files.raw(job.id, position, result.format.lower())
        await asyncio.to_thread(_keep_raw, target, place)
        try:
            sent = [await self._sent_file(job, role) for role in (FieldKind.PICTURE, FieldKind.MASK)]
            await asyncio.to_thread(_blend_into, sent[0], sent[1], result, polarity, target)
        except (MissingError, PictureError, MaskError) as error:
            log.warning("job %s could not be composited: what was sent is gone", job.id)
            return (_not_composited(error.message),)
        return ()

    async def _sent_file(self, job: Job, role: FieldKind) -> Path:
        """Return the file of the image or the mask that was sent. Raises MissingError."""
        for name, reference in job.request.images():
            kept = (
                await self._library.inputs.find(referenced_sha256(reference)) if is_input_reference(reference) else None
            )
            if name == role and kept is not None:
                return kept.path
        raise MissingError(Message("missing.mask" if role is FieldKind.MASK else "missing.source"))


def _wanted(job: Job, output: Output, position: int, kept: Mapping[int, StoredResult]) -> _WantedImage:
    """Return an image to fetch, with its share of what the request cost and of the units billed.

    Images that are there or were deleted keep their shares, though an earlier response may have had another number of
    images; the others share the rest.
    """
    costs = {place: result.cost for place, result in kept.items()}
    units = {place: result.billed_units for place, result in kept.items()}
    billed = parse_units(job.billed_units)
    count = len(output.images)
    return _WantedImage(
        output,
        position,
        _share(job.estimate, costs, position, count),
        None if billed is None else _share(billed, units, position, count),
    )


def _share(total: Decimal, given: Mapping[int, Decimal], position: int, count: int) -> Decimal:
    """Return the share of one of `count` images. given: position → share of those that have one."""
    if position in given:
        return given[position]
    rest = max(total - sum(given.values()), Decimal(0))
    return split_amount(rest, sum(place not in given for place in range(count)))[0]


def _recipe(job: Job, wanted: _WantedImage, findings: tuple[Message, ...]) -> Recipe:
    """Return the recipe of one image of a job."""
    output = wanted.output
    return Recipe(
        endpoint=job.model.endpoint,
        request=job.request.to_fields(),
        seed=output.seed if output.seed is not None else job.seed,
        parents=job.made_from(),
        cost=wanted.cost,
        billed_units=job.billed_units if wanted.billed_units is None else f"{wanted.billed_units:f}",
        request_id=job.request_id,
        job_id=job.id,
        position=wanted.position,
        batch=job.batch,
        demo=job.service.value == "demo",
        plan=job.plan,
        spec=job.spec or None,
        findings=(*_count_findings(job, output), *findings),
        created_at=job.finished_at or job.created_at,
        submitted_at=job.submitted_at,
        started_at=job.started_at,
        finished_at=job.finished_at,
    )


def _count_findings(job: Job, output: Output) -> tuple[Message, ...]:
    """Return what is unusual about the number of images."""
    if output.shortened:
        return (_SHORTENED,)
    requested, count = job.requested_images, len(output.images)
    if requested is None or requested == count:
        return ()
    return (Message("result.other_count", count=count, requested=requested),)


def _read(target: Path) -> Picture:
    """Decode a result, which verifies it. Raises PictureError."""
    return load_picture(target, name=Message("image.result"), formats=RESULT_FORMATS)


def _blend_into(source: Path, mask: Path, result: Picture, polarity: MaskPolarity, target: Path) -> None:
    """Replace the result by the source with the result inside the mask. Raises PictureError, SizeMismatchError."""
    picture, grey = load_picture(source), load_picture(mask).pixels[:, :, 0]
    painted = np.asarray(grey if polarity.painted == 255 else 255 - grey, np.uint8)
    write_atomic(target, encode_png(blend_inside_mask(picture.pixels, result.pixels, painted)))


def _polarity_of(job: Job) -> MaskPolarity | None:
    return job.model.mask_polarity if isinstance(job.model, ModelSpec) else None


def _not_composited(problem: Message) -> Message:
    return Message("result.not_composited", problem=problem)


def _keep_raw(target: Path, place: Path) -> None:
    write_atomic(place, target.read_bytes())
