"""Diagnoses what is unusual about a result, as messages for the user."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.imaging.inpaint.registration import Registration, preview_of_result
from imagineart_desktop.imaging.inpaint.sent_preview import SentPart, SentPreview
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask
from imagineart_desktop.support.messages import Message
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_UNCHANGED = 2.0
_REPAINTED = 14.0
_RECOLOURED = 4.0
"""Mean difference in levels, out of 255."""

_LEAST_SEEN = 64

_FITS = {"stretched": "result.stretched", "cut": "result.cut", "padded": "result.padded"}
"""How a result of another ratio was made to fit → code of the message."""


@dataclass(frozen=True, slots=True)
class ResultDifference:
    """Mean differences in levels, inside and outside the mask; tint: difference of the mean colors outside."""

    inside: float
    outside: float
    tint: float


def diagnose(
    placed: Registration, look: SentPreview, sent: SentPart, sent_size: Size, mask: Mask, *, tone_match: bool
) -> tuple[Message, ...]:
    """Return messages about a result; none if it's as expected.

    sent_size: the size that the box was sent at; mask: of the box; tone_match: whether tone matching is on.
    """
    height, width = placed.raw.shape[:2]
    said = []
    if placed.fit or (width, height) != sent_size:
        code = _FITS[placed.fit] if placed.fit else "result.scaled"
        said.append(Message(code, width=width, height=height, sent_width=sent_size[0], sent_height=sent_size[1]))
    if any(placed.shift):
        said.append(Message("result.shifted", count=round(max(abs(placed.shift[0]), abs(placed.shift[1])))))
    return (*said, *_about_content(_seen(placed, look, sent, mask), tone_match))


def _about_content(seen: ResultDifference | None, tone_match: bool) -> list[Message]:
    if seen is None:
        return []
    if seen.inside < _UNCHANGED:
        if seen.outside > _REPAINTED:
            return [Message("result.mask_inverted")]
        return [Message("result.unchanged")]
    if seen.outside > _REPAINTED and seen.tint < seen.outside / 2:
        return [Message("result.all_changed")]
    if seen.tint > _RECOLOURED:
        return [Message("result.recolored_matched") if tone_match else Message("result.recolored")]
    return []


def _seen(placed: Registration, look: SentPreview, sent: SentPart, mask: Mask) -> ResultDifference | None:
    before, after = look.sent, np.ascontiguousarray(preview_of_result(placed, look))
    far = np.asarray(cv2.absdiff(after, before), np.uint8)
    covered = np.zeros(far.shape[:2], bool)
    covered[look.area(placed.covers).slices] = True
    inside, outside = ((look.painted >= THRESHOLD) & covered, (look.seen > 0) & covered)
    changed = (
        float(_means(far, inside).mean())
        if np.count_nonzero(inside) >= _LEAST_SEEN
        else _full_size_difference(placed, look, sent, mask)
    )
    if changed is None:
        return None
    if np.count_nonzero(outside) < _LEAST_SEEN:
        return ResultDifference(changed, 0.0, 0.0)
    tint = np.abs(_means(after, outside) - _means(before, outside)).max()
    return ResultDifference(changed, float(_means(far, outside).mean()), float(tint))


def _means(pixels: Pixels, where: NDArray[np.bool_]) -> NDArray[np.float64]:
    """Return the mean of each channel over some pixels. pixels: height × width × 3."""
    return np.array(cv2.mean(pixels, where.view(np.uint8))[:3], np.float64)


def _full_size_difference(placed: Registration, look: SentPreview, sent: SentPart, mask: Mask) -> float | None:
    """Return the difference inside an area that's too small to show in a reduced copy."""
    area = look.bounds.intersected(placed.covers)
    painted = mask[area.slices] >= THRESHOLD
    if not painted.any():
        return None
    far = np.abs(placed.part(area)[:, :, :3].astype(np.float32) - sent(area))
    return float(far[painted].mean())
