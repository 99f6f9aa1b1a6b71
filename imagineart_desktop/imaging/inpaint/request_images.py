"""Builds what is sent from a full-fidelity image and its mask: one image and mask pair per request."""

from __future__ import annotations

from dataclasses import dataclass

from imagineart_desktop.imaging.errors import EmptyMaskError, FullMaskError, SizeMismatchError
from imagineart_desktop.imaging.files.full_image import FullImage
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.inpaint.crop import WorkingSize, crop_box, crop_send_size, full_send_size
from imagineart_desktop.imaging.inpaint.outpainting import enlarge_canvas, enlarge_mask
from imagineart_desktop.imaging.inpaint.settings import InpaintSettings, SendMode
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask, coverage
from imagineart_desktop.imaging.mask.mask_export import ImageMaskPair, export_pair
from imagineart_desktop.imaging.mask.regions import connected_regions, region_bounds
from imagineart_desktop.support.pixel_libraries import cv2, np

_BACKGROUND = 255
"""Gray behind transparent parts of the image that is sent."""

_BAND = 256
"""Rows flattened together, because the intermediate values are larger than the pixels."""


@dataclass(frozen=True, slots=True, eq=False)
class RequestImages:
    """One request. box: the part of the canvas that is sent; mask: of the whole canvas, uint8, 255 = painted."""

    pair: ImageMaskPair
    box: Rect
    mask: Mask


@dataclass(frozen=True, slots=True)
class RequestArea:
    """The area one request would cover, computed without encoding anything. sent: (width, height) in pixels."""

    box: Rect
    sent: Size


def plan_areas(mask: Mask, settings: InpaintSettings, working: WorkingSize) -> list[RequestArea]:
    """Return the areas that would be sent, one per request: for the outline on the canvas and the price.

    mask: of the image without its margins. Empty if nothing is painted.
    """
    canvas = enlarge_mask(mask, settings.margins, settings.overlap)
    size = canvas.shape[1], canvas.shape[0]
    if settings.each_island:
        return [_reach(bounds, size, settings, working) for bounds in region_bounds(canvas)]
    painted = coverage(canvas).bounds
    return [] if painted.is_empty else [_reach(painted, size, settings, working)]


def suggest_split(mask: Mask, settings: InpaintSettings, working: WorkingSize) -> str:
    """Return a sentence about how this mask would be sent that the user should know; “” if there's nothing to say.

    mask: of the image without its margins.
    """
    if settings.mode is SendMode.WHOLE or settings.each_island:
        return ""
    apart = plan_areas(mask, settings.model_copy(update={"each_island": True}), working)
    together = plan_areas(mask, settings, working)
    spent = sum(_pixels(reach.box) for reach in together)
    if len(apart) < 2 or spent <= working.native_pixels or sum(_pixels(reach.box) for reach in apart) * 2 > spent:
        return ""
    many = "Two" if len(apart) == 2 else str(len(apart))
    return f"{many} areas lie far apart: one request for each keeps more detail."


def _pixels(box: Rect) -> int:
    return box.width * box.height


def build_requests(
    picture: FullImage, mask: Mask, settings: InpaintSettings, working: WorkingSize, painted: int
) -> list[RequestImages]:
    """Return what to send, one pair per request.

    mask: of the image without its margins, uint8, height × width, 255 = painted; may be empty if there are margins.
    painted: 0 or 255, the value the model expects for painted pixels. Transparent parts are sent as white. Raises
    EmptyMaskError, FullMaskError, SizeMismatchError.
    """
    height, width = mask.shape
    if (width, height) != picture.size:
        raise SizeMismatchError((width, height), picture.size)
    canvas, canvas_mask = (
        enlarge_canvas(picture, settings.margins),
        enlarge_mask(mask, settings.margins, settings.overlap),
    )
    parts = _parts(canvas_mask, settings)
    if not parts:
        raise EmptyMaskError
    size = canvas.size
    return [_outgoing(canvas, part, _reach(coverage(part).bounds, size, settings, working), painted) for part in parts]


def flatten_alpha(pixels: Pixels) -> Pixels:
    """Flatten transparency, as when sending. pixels: height × width × 3 or 4. Returns height × width × 3."""
    if pixels.shape[2] == 3:
        return pixels
    result = np.empty((*pixels.shape[:2], 3), np.uint8)
    for top in range(0, len(pixels), _BAND):
        part = pixels[top : top + _BAND]
        alpha = part[:, :, 3:].astype(np.uint16)
        result[top : top + _BAND] = (part[:, :, :3] * alpha + _BACKGROUND * (255 - alpha) + 127) // 255
    return result


def _parts(canvas_mask: Mask, settings: InpaintSettings) -> list[Mask]:
    if not coverage(canvas_mask).painted:
        return []
    if not settings.each_island:
        return [canvas_mask]
    return connected_regions(canvas_mask)


def _reach(painted: Rect, size: Size, settings: InpaintSettings, working: WorkingSize) -> RequestArea:
    if settings.mode is SendMode.WHOLE:
        return RequestArea(Rect.of_size(size), full_send_size(size, working))
    box = crop_box(painted, size, settings.context, working)
    return RequestArea(box, crop_send_size((box.width, box.height), size, working))


def _outgoing(canvas: FullImage, mask: Mask, reach: RequestArea, painted: int) -> RequestImages:
    pixels, part = flatten_alpha(canvas.shown(reach.box)), mask[reach.box.slices]
    if (pixels.shape[1], pixels.shape[0]) != reach.sent:
        pixels, part = _pixels_at(pixels, reach.sent), _mask_at(part, reach.sent)
    return RequestImages(export_pair(pixels, part, painted), reach.box, mask)


def _pixels_at(pixels: Pixels, size: Size) -> Pixels:
    way = cv2.INTER_AREA if size[0] < pixels.shape[1] else cv2.INTER_LANCZOS4
    return np.asarray(cv2.resize(pixels, size, interpolation=way), np.uint8)


def _mask_at(mask: Mask, size: Size) -> Mask:
    """Resize the mask so that it keeps both painted and unpainted pixels. A smaller one covers everything painted."""
    marked = (mask >= THRESHOLD).astype(np.uint8) * 255
    if marked.all():
        raise FullMaskError
    smaller = size[0] < mask.shape[1]
    scaled = np.asarray(
        cv2.resize(marked, size, interpolation=cv2.INTER_AREA if smaller else cv2.INTER_LINEAR), np.uint8
    )
    two_sided = np.where(scaled > 0, 255, 0) if smaller else np.where(scaled >= THRESHOLD, 255, 0)
    if two_sided.all():
        two_sided = np.where(scaled >= THRESHOLD, 255, 0)
    if two_sided.all():
        two_sided[np.unravel_index(int(scaled.argmin()), scaled.shape)] = 0
    if not two_sided.any():
        two_sided[np.unravel_index(int(scaled.argmax()), scaled.shape)] = 255
    return two_sided.astype(np.uint8)
