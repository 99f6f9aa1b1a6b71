"""Registers results with what was sent: services return other sizes, other aspect ratios, and shifted images.

Everything is measured against what was sent, on the parts that weren't supposed to change.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from imagineart_desktop.imaging.files.grayscale import Grey, grey_of
from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Rect, Size
from imagineart_desktop.imaging.inpaint.sent_preview import SentPreview
from imagineart_desktop.support.pixel_libraries import cv2, np

_SAME_RATIO = 0.02
_MAX_SHIFT = 0.08
"""Relative to the longer edge; a larger offset isn't a shift."""

_MIN_SHIFT = 0.6
"""Pixels of the box; a smaller shift isn't worth resampling the result."""

_COARSE = 128
"""Longer edge in pixels of the copy on which every shift is tried."""

_FINE = 0.25
"""Precision of the shift, in pixels of the box."""

_MIN_UNPAINTED = 250
"""Out of 255: how much of a small copy's pixel must be unpainted."""

_CLEARLY_BETTER = 0.7
_MIN_PIXELS = 1024
"""Number of unpainted pixels below which nothing can be measured."""


@dataclass(frozen=True, slots=True, eq=False)
class Registration:
    """A result registered to its box. raw: height × width × 3 or 4, uint8.

    scale, offset: map the box's pixels to the raw's, with pixel centers at half coordinates. covers: the part of the
    box for which there is a result. shift: the shift that was found and is undone, in pixels of the box. fit: how a
    different aspect ratio was handled; “” if it was the same.
    """

    raw: Pixels
    box: Size
    scale: tuple[float, float]
    offset: tuple[float, float]
    covers: Rect
    shift: tuple[float, float] = (0.0, 0.0)
    fit: str = ""
    _reduced_raws: dict[Size, Pixels] = field(default_factory=dict, repr=False)
    """Cache of reduced copies of the raw result, which are requested repeatedly."""
    small: dict[Size, Pixels] = field(default_factory=dict, init=False, repr=False)
    """The result on its whole box at other sizes, likewise. Nothing changes them."""

    def part(self, area: Rect) -> Pixels:
        """Return the result for a part of the box within `covers`.

        Lanczos when enlarging, area averages when reducing.
        """
        if self._exact:
            left, top = (round(value) for value in self.offset)
            return self.raw[area.top + top : area.bottom + top, area.left + left : area.right + left]
        settled = self.settled()
        return self._sampled(area) if settled is self else settled.part(area)

    def settled(self) -> Registration:
        """Return a copy with the raw reduced to what the box needs.

        Parts of it are then quick to get and skip no detail.
        """
        return self._shrunk() if min(self.scale) > 1.0 else self

    @property
    def _exact(self) -> bool:
        height, width = self.raw.shape[:2]
        left, top = self.offset
        inside = left >= 0 and left + self.box[0] <= width and top >= 0 and top + self.box[1] <= height
        return self.scale == (1.0, 1.0) and left == round(left) and top == round(top) and inside

    def _shrunk(self) -> Registration:
        height, width = self.raw.shape[:2]
        size = max(1, round(width / self.scale[0])), max(1, round(height / self.scale[1]))
        if size not in self._reduced_raws:
            self._reduced_raws[size] = np.asarray(cv2.resize(self.raw, size, interpolation=cv2.INTER_AREA), np.uint8)
        raw = self._reduced_raws[size]
        by = size[0] / width, size[1] / height
        # The remaining scale is due to rounding, and at most 1.
        scale = min(1.0, self.scale[0] * by[0]), min(1.0, self.scale[1] * by[1])
        offset = self.offset[0] * by[0], self.offset[1] * by[1]
        return replace(self, raw=raw, scale=scale, offset=offset, _reduced_raws={})

    def _sampled(self, area: Rect) -> Pixels:
        (across, down), (left, top) = self.scale, self.offset
        matrix = np.array(
            [
                [across, 0, left + (area.left + 0.5) * across - 0.5],
                [0, down, top + (area.top + 0.5) * down - 0.5],
            ],
            np.float64,
        )
        way = cv2.INTER_LANCZOS4 | cv2.WARP_INVERSE_MAP
        size = (area.width, area.height)
        warped = cv2.warpAffine(self.raw, matrix, size, flags=way, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(warped, np.uint8).reshape(area.height, area.width, self.raw.shape[2])


def register(raw: Pixels, look: SentPreview) -> Registration:
    """Determine where the result belongs in the box. look: what was sent."""
    return _without_shift(_best_fit(raw, look), look)


def preview_of_result(placed: Registration, look: SentPreview) -> Pixels:
    """Return the result for its whole box, at the size of `look`: height × width × 3."""
    if look.size not in placed.small:
        placed.small[look.size] = reduced_result(placed, Rect.of_size(placed.box), look.size)
    return placed.small[look.size]


def reduced_result(placed: Registration, area: Rect, size: Size) -> Pixels:
    """Return the result for a part of its box, at another size, (width, height): height × width × 3."""
    by = area.width / size[0], area.height / size[1]
    scale = placed.scale[0] * by[0], placed.scale[1] * by[1]
    offset = placed.offset[0] + area.left * placed.scale[0], placed.offset[1] + area.top * placed.scale[1]
    whole = Rect.of_size(size)
    return replace(placed, box=size, scale=scale, offset=offset, covers=whole).part(whole)[:, :, :3]


def _difference(placed: Registration, look: SentPreview) -> float:
    """Return the mean difference of the unpainted pixels, corrected for overall brightness and contrast changes."""
    covered = look.area(placed.covers)
    seen = np.zeros_like(look.seen)
    seen[covered.slices] = look.seen[covered.slices]
    marked = seen > 0
    if np.count_nonzero(marked) < _MIN_PIXELS // 4:
        return float("inf")
    own, other = look.grey[marked], grey_of(preview_of_result(placed, look))[marked]
    own, other = own - own.mean(), other - other.mean()
    gain = float(np.clip((own * other).sum() / max(1e-6, (other * other).sum()), 0.3, 3.0))
    return float(np.abs(own - gain * other).mean())


def _best_fit(raw: Pixels, look: SentPreview) -> Registration:
    height, width = raw.shape[:2]
    box = look.box
    scale = width / box[0], height / box[1]
    whole = Registration(raw, box, scale, (0.0, 0.0), Rect.of_size(box))
    if abs(scale[0] / scale[1] - 1) <= _SAME_RATIO or abs(width - round(box[0] * scale[1])) <= 1:
        return whole
    stretched = replace(whole, fit="stretched")
    fits = (stretched, _cut(raw, box, max(scale)), _padded(raw, box, min(scale)))
    return min(fits, key=lambda fit: _difference(fit, look))


def _cut(raw: Pixels, box: Size, scale: float) -> Registration:
    """Return the fit that assumes the service kept only the middle of the image."""
    height, width = raw.shape[:2]
    offset = (width - box[0] * scale) / 2, (height - box[1] * scale) / 2
    left, top = max(0, round(-offset[0] / scale)), max(0, round(-offset[1] / scale))
    covers = Rect(left, top, box[0] - left, box[1] - top)
    return Registration(raw, box, (scale, scale), offset, covers, fit="cut")


def _padded(raw: Pixels, box: Size, scale: float) -> Registration:
    """Return the fit that assumes the service added a border around the image."""
    height, width = raw.shape[:2]
    offset = (width - box[0] * scale) / 2, (height - box[1] * scale) / 2
    return Registration(raw, box, (scale, scale), offset, Rect.of_size(box), fit="padded")


def _without_shift(placed: Registration, look: SentPreview) -> Registration:
    """Undo a shift if there clearly is one."""
    if np.count_nonzero(look.seen) < _MIN_PIXELS:
        return placed
    before = _difference(placed, look)
    if before < 1.0:
        return placed
    found = _shift_of(grey_of(preview_of_result(placed, look)), look)
    if found is None:
        return placed
    shift = found[0] * look.box[0] / look.size[0], found[1] * look.box[1] / look.size[1]
    longest = max(abs(shift[0]), abs(shift[1]))
    if longest < _MIN_SHIFT or longest > max(8.0, _MAX_SHIFT * max(look.box)):
        return placed
    shift = _refine_shift(placed, shift, look)
    whole = placed.scale == (1.0, 1.0)
    if whole and max(abs(value - round(value)) for value in shift) < 0.3:
        # Shifting by whole pixels is lossless.
        shift = float(round(shift[0])), float(round(shift[1]))
    moved = _moved(placed, shift)
    return moved if _difference(moved, look) < _CLEARLY_BETTER * before else placed


def _moved(placed: Registration, shift: tuple[float, float]) -> Registration:
    offset = placed.offset[0] + shift[0] * placed.scale[0], placed.offset[1] + shift[1] * placed.scale[1]
    return replace(placed, offset=offset, shift=shift)


def _refine_shift(placed: Registration, shift: tuple[float, float], look: SentPreview) -> tuple[float, float]:
    """Refine the shift to minimize the difference, in decreasing steps, in pixels of the box."""
    least = _difference(_moved(placed, shift), look)
    tried = {shift}
    step = max(1.0, look.box[0] / look.size[0])
    while step >= _FINE:
        for across, down in ((step, 0.0), (-step, 0.0), (0.0, step), (0.0, -step)):
            beside = shift[0] + across, shift[1] + down
            if beside in tried:
                continue
            tried.add(beside)
            off = _difference(_moved(placed, beside), look)
            if off < least:
                shift, least = beside, off
        step /= 2
    return shift


def _shift_of(result: Grey, look: SentPreview) -> tuple[float, float] | None:
    """Return the result's shift to the right and down, in pixels of `look`; None if it can't be determined."""
    across, down = _coarse_shift(result, look)
    # What was shifted in from beyond the edge shows something else.
    margin = max(abs(across), abs(down))
    there = Rect.of_size(look.size).grown(-round(margin + 2) if margin else 0)
    inner = np.zeros_like(look.seen)
    inner[there.slices] = look.seen[there.slices]
    warp = np.array([[1, 0, across], [0, 1, down]], np.float32)
    criteria = (cv2.TERM_CRITERIA_EPS | cv2.TERM_CRITERIA_COUNT, 40, 1e-3)
    best: tuple[float, float] | None = None
    best_fit = 0.0
    for start in (warp, np.eye(2, 3, dtype=np.float32)):
        try:
            fit, refined = cv2.findTransformECC(
                look.grey, result, start.copy(), cv2.MOTION_TRANSLATION, criteria, inner, 5
            )
        except cv2.error:
            continue
        if fit > best_fit:
            best, best_fit = (float(refined[0, 2]), float(refined[1, 2])), fit
    return best


def _coarse_shift(result: Grey, look: SentPreview) -> tuple[float, float]:
    """Return the best whole-pixel shift on a small copy, in pixels of `look`."""
    scale = min(1.0, _COARSE / max(look.size))
    size = max(1, round(look.size[0] * scale)), max(1, round(look.size[1] * scale))
    own, other, seen = (
        np.asarray(cv2.resize(values, size, interpolation=cv2.INTER_AREA), np.float32)
        for values in (look.grey, result, look.seen.astype(np.float32))
    )
    far = max(1, min(round(_MAX_SHIFT * max(size)) + 1, min(size) // 3))
    inner = Rect.of_size(size).grown(-far)
    if inner.width < 4 or inner.height < 4:
        return 0.0, 0.0
    marked = seen[inner.slices] > _MIN_UNPAINTED
    if np.count_nonzero(marked) < _MIN_PIXELS // 16:
        return 0.0, 0.0
    here = own[inner.slices][marked]
    rows, columns = np.nonzero(marked)
    at = (rows + inner.top) * size[0] + columns + inner.left
    moves = np.arange(-far, far + 1)
    best, least = (0, 0), float("inf")
    for down in range(-far, far + 1):
        apart = here - other.ravel().take(at + (down * size[0] + moves)[:, None])
        apart -= apart.mean(axis=1, keepdims=True)
        off = np.abs(apart, out=apart).mean(axis=1)
        nearest = int(off.argmin())
        if off[nearest] < least:
            best, least = (int(moves[nearest]), down), float(off[nearest])
    return best[0] * look.size[0] / size[0], best[1] * look.size[1] / size[1]
