"""Composites results into the full-fidelity source. Pixels outside the mask stay bit-identical."""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.errors import SizeMismatchError
from imagineart_desktop.imaging.files.color_transfer import to_colors_of
from imagineart_desktop.imaging.files.full_image import FullImage, Samples
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.inpaint.diagnostics import diagnose
from imagineart_desktop.imaging.inpaint.outpainting import enlarge_canvas, original_area
from imagineart_desktop.imaging.inpaint.registration import Registration, register
from imagineart_desktop.imaging.inpaint.request_images import flatten_alpha
from imagineart_desktop.imaging.inpaint.seam import Weights, seam_weights
from imagineart_desktop.imaging.inpaint.sent_preview import SentPart, SentPreview
from imagineart_desktop.imaging.inpaint.settings import Margins
from imagineart_desktop.imaging.inpaint.tone import ToneMatch, match_tone
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, coverage, no_progress
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_STRIP_PIXELS = 60_000
"""Pixels that one thread blends at a time: few enough that a strip's values stay below the block size that the
allocator maps on every request (see `support/memory.py`), and that all threads finish together.
"""

_SEEN, _PLACED, _TONED, _WEIGHED = 0.1, 0.3, 0.4, 0.7
"""Progress for one result after the source is read, the result registered, its tone matched, and its seam computed."""


@dataclass(frozen=True, slots=True, eq=False)
class RawResult:
    """One raw result and where it belongs.

    raw: as the service returned it, height × width × 3 or 4, uint8, sRGB. mask: of the whole canvas, uint8, 255 =
    painted. box: the part of the canvas that was sent, at the size `sent`. feather, tone_match, overlap: see
    `InpaintSettings`. preview: see `preview_sent`; None to make it when it's needed.
    """

    raw: Pixels
    mask: Mask
    box: Rect
    sent: Size
    feather: int = 0
    tone_match: bool = False
    overlap: int = 0
    preview: SentPreview | None = None


@dataclass(frozen=True, slots=True, eq=False)
class CompositeResult:
    """The image with its results composited. findings: anything unusual in the results."""

    picture: FullImage
    findings: tuple[Message, ...]


def composite(
    source: FullImage, margins: Margins, results: Sequence[RawResult], reach: ReportProgress = no_progress
) -> CompositeResult:
    """Return the source, enlarged by the margins, with the results in the painted areas.

    Every unpainted pixel (less than half painted, as in the mask that was sent) keeps the source's bits. reach: called
    with the share done; may raise WorkCanceledError. Raises SizeMismatchError if a mask doesn't have the canvas size.
    """
    canvas, original = enlarge_canvas(source, margins), original_area(source.size, margins)
    said: dict[Message, None] = {}
    with ThreadPoolExecutor(1) as pool:
        # Results are compared with the canvas as it was sent, not as earlier ones changed it, so it's copied unless it
        # was made here for one. Measuring only reads it, so meanwhile the copy and the seams are made.
        is_copied = canvas is source or len(results) > 1
        copying = pool.submit(_copied, canvas.samples) if is_copied else None
        for number, result in enumerate(results):

            def part(share: float, number: int = number) -> None:
                reach((number + share) / len(results))

            height, width = result.mask.shape
            if (width, height) != canvas.size:
                raise SizeMismatchError((width, height), canvas.size)
            seaming = pool.submit(_seam_of, result, original, Rect.of_size((result.box.width, result.box.height)))
            placed, tone, found = _measured(canvas, result, part)
            said.update(dict.fromkeys(found))
            if _shows_through(canvas, original, result):
                said[Message("result.opaque")] = None
            samples = canvas.samples if copying is None else copying.result()
            seam = seaming.result()
            if placed.covers != seam.covers:
                seam = _seam_of(result, original, placed.covers)
            part(_WEIGHED)
            _blend(canvas, samples[result.box.slices], seam, placed.settled(), tone, part)
        made = canvas.samples if copying is None else copying.result()
    return CompositeResult(canvas.with_samples(made), tuple(said))


def preview_sent(canvas: FullImage, mask: Mask, box: Rect) -> SentPreview:
    """Return a reduced copy of what was sent, to measure results by. mask: of the whole canvas; box: what was sent.

    It doesn't depend on the results, so it can be made before they arrive, and once for all seams.
    """
    return SentPreview.of(_sent_part(canvas, box)(Rect.of_size((box.width, box.height))), mask[box.slices])


def _sent_part(canvas: FullImage, box: Rect) -> SentPart:
    return lambda area: flatten_alpha(canvas.shown(area.moved(box.left, box.top)))


def _measured(
    canvas: FullImage, result: RawResult, reach: ReportProgress
) -> tuple[Registration, ToneMatch | None, tuple[Message, ...]]:
    """Return where a result belongs, how to correct its tone if at all, and what is unusual about it."""
    mask, sent = result.mask[result.box.slices], _sent_part(canvas, result.box)
    look = preview_sent(canvas, result.mask, result.box) if result.preview is None else result.preview
    reach(_SEEN)
    placed = register(result.raw, look)
    reach(_PLACED)
    found = diagnose(placed, look, sent, result.sent, mask, tone_match=result.tone_match)
    tone = match_tone(placed, look, sent, mask) if result.tone_match else None
    reach(_TONED)
    return placed, tone, found


def _shows_through(canvas: FullImage, original: Rect, result: RawResult) -> bool:
    """Return whether the original image has transparency in the painted area."""
    area = original.intersected(result.box)
    if not canvas.alpha or area.is_empty:
        return False
    alpha = canvas.samples[area.slices][:, :, -1]
    return bool((alpha[result.mask[area.slices] >= THRESHOLD] < canvas.top).any())


def _copied(samples: Samples) -> Samples:
    """Return a copy made on all processors: touching new memory is what takes the time."""
    copy = np.empty_like(samples)
    parts = os.cpu_count() or 2
    rows = -(-samples.shape[0] // parts)

    def fill(top: int) -> None:
        copy[top : top + rows] = samples[top : top + rows]

    with ThreadPoolExecutor(parts) as pool:
        list(pool.map(fill, range(0, samples.shape[0], rows)))
    return copy


@dataclass(frozen=True, slots=True, eq=False)
class _Seam:
    """The weights of a result. covers: the part of the box they were made for; area: their position in the box."""

    covers: Rect
    area: Rect
    weights: Weights


def _seam_of(result: RawResult, original: Rect, covers: Rect) -> _Seam:
    mask = _covered(result.mask[result.box.slices], covers)
    area = coverage(mask).bounds
    if area.is_empty:
        return _Seam(covers, area, np.empty((0, 0), np.float32))
    # One extra pixel on each side tells the feather where the area's edge is.
    around = area.grown(1).intersected(Rect.of_shape(mask.shape))
    inner = Rect(area.left - around.left, area.top - around.top, area.right - around.left, area.bottom - around.top)
    corner = result.box.left + around.left, result.box.top + around.top
    own = original.moved(-corner[0], -corner[1]).intersected(Rect(0, 0, around.width, around.height))
    weights = seam_weights(mask[around.slices], result.feather, own, result.overlap)[inner.slices]
    return _Seam(covers, area, weights)


def _blend(
    canvas: FullImage, box: Samples, seam: _Seam, placed: Registration, tone: ToneMatch | None, reach: ReportProgress
) -> None:
    """Blend the result into the box's samples, strip by strip on all processors."""
    area = seam.area
    if area.is_empty:
        return
    target, rows = box[area.slices], max(1, _STRIP_PIXELS // area.width)

    def blend(top: int) -> None:
        reach(_WEIGHED + (1 - _WEIGHED) * top / area.height)
        strip = Rect(area.left, area.top + top, area.right, min(area.bottom, area.top + top + rows))
        share = seam.weights[top : top + rows]
        if share.any():
            _blend_strip(canvas, target[top : top + rows], placed.part(strip), share, strip, tone)

    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        list(pool.map(blend, range(0, area.height, rows)))


def _covered(mask: Mask, covers: Rect) -> Mask:
    """Return the mask clipped to where there is a result; the seam follows that edge as well."""
    if covers == Rect.of_shape(mask.shape):
        return mask
    cut = np.zeros_like(mask)
    cut[covers.slices] = mask[covers.slices]
    return cut


def _blend_strip(
    canvas: FullImage, target: Samples, raw: Pixels, share: Weights, strip: Rect, tone: ToneMatch | None
) -> None:
    """Blend one strip into `target` in place, where the share isn't zero. strip: its position in the box."""
    taken = share > 0
    if raw.shape[2] == 4:
        # Where the service returned transparency, the source shows through.
        share = share * (raw[:, :, 3] * np.float32(1 / 255))
    rgb = np.ascontiguousarray(raw[:, :, :3])
    own = to_colors_of(canvas, rgb.astype(np.float32) if tone is None else tone.applied(rgb, strip))
    part, top = share[:, :, None], np.float32(canvas.top)
    channels = canvas.colours.channels
    before = target[:, :, :channels].astype(np.float32)
    if canvas.alpha:
        alpha = target[:, :, channels:].astype(np.float32) / top
        opaque = alpha + (1 - alpha) * part
        by_own = part / np.maximum(opaque, np.float32(1e-6))
        after = np.concatenate((before + (own - before) * np.minimum(by_own, 1), opaque * top), axis=2)
    else:
        after = before + (own - before) * part
    _put(target, np.rint(after).clip(0, canvas.top), taken)


def _put(target: Samples, values: NDArray[np.float32], where: NDArray[np.bool_]) -> None:
    np.copyto(target, values.astype(target.dtype), where=where[:, :, None])
