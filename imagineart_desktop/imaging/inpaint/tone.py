"""Matches the result's lightness and color to its surroundings: mean and deviation in Lab.

Two things are measured. On a ring outside the mask, source and result show the same content, so any difference there is
a color cast of the whole result. Along the mask's edge, the painted content meets the source: if both sides differ
little all around, the painted content has a cast of its own; if they differ a lot, it's different content and keeps its
colors.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from imagineart_desktop.imaging.files.loading import Pixels
from imagineart_desktop.imaging.geometry import Rect
from imagineart_desktop.imaging.inpaint.registration import Registration, preview_of_result, reduced_result
from imagineart_desktop.imaging.inpaint.sent_preview import SentPart, SentPreview
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Mask
from imagineart_desktop.support.pixel_libraries import cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Values: TypeAlias = "NDArray[np.float32]"
"""height × width × 3, float32."""

_LEAST_PIXELS = 48
"""Pixels below which nothing is measured."""

_LEAST_GAIN, _MOST_GAIN = 0.67, 1.5
_FLAT = 1.5
"""Deviation in Lab below which it's negligible."""

_RING = 0.04
"""Width of the ring, relative to the longer edge of the examined area."""

_EDGE = 0.025
"""Width of the band on each side of the mask's edge, relative to the longer edge of the examined area."""

_CLOSE = 512
"""Longer edge in pixels of the copy on which the mask's edge is examined."""

_ANOTHER_THING = 30.0
"""Distance in Lab between the edge's sides from which they show different content."""

_LEAST_ALIKE = 0.4
"""Share of the edge that must show the same content on both sides."""

_LITTLE = 0.02
"""Share of a neighborhood that must belong to a band to represent it."""

_MOST_SHIFT = 16.0
_BY_CHANCE = 1.2
"""Factor by which the deviations on both sides of an edge differ in unedited photographs."""

_MIDDLE = 0.5
"""Share of the edge's correction that remains in the middle of the painted area."""


@dataclass(frozen=True, slots=True)
class Tone:
    """Linear correction: value → (value − before) × gain + after, for L, a, and b each."""

    before: tuple[float, float, float]
    gain: tuple[float, float, float]
    after: tuple[float, float, float]

    def applied(self, lab: Values) -> Values:
        """Return corrected Lab values."""
        gain = np.array(self.gain, np.float32)
        return np.asarray(lab * gain + (np.array(self.after, np.float32) - np.array(self.before, np.float32) * gain))


@dataclass(frozen=True, slots=True, eq=False)
class EdgeTone:
    """A correction that's strongest at the mask's edge. share: its strength, on a reduced copy of the area."""

    tone: Tone
    share: NDArray[np.float32]
    area: Rect

    def applied(self, lab: Values, part: Rect) -> Values:
        """Return corrected Lab values. part: their position in the box."""
        height, width = self.share.shape
        across, down = width / self.area.width, height / self.area.height
        left, top = part.left - self.area.left + 0.5, part.top - self.area.top + 0.5
        matrix = np.array([[across, 0, left * across - 0.5], [0, down, top * down - 0.5]], np.float64)
        way = cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP
        size = (part.width, part.height)
        share = cv2.warpAffine(self.share, matrix, size, flags=way, borderMode=cv2.BORDER_REPLICATE)
        return np.asarray(lab + (self.tone.applied(lab) - lab) * share.reshape(part.height, part.width, 1))


@dataclass(frozen=True, slots=True)
class ToneMatch:
    """How to correct a result. everywhere: what the service also changed outside; edge: what it changed only inside.

    Each is None if there's nothing to measure it by.
    """

    everywhere: Tone | None
    edge: EdgeTone | None

    def applied(self, rgb: Pixels, part: Rect) -> Values:
        """Return the corrected image: float32, 0 to 255.

        rgb: height × width × 3, uint8, sRGB; part: its position in the box.
        """
        if self.everywhere is None and self.edge is None:
            return rgb.astype(np.float32)
        lab = _lab(rgb)
        if self.everywhere is not None:
            lab = self.everywhere.applied(lab)
        if self.edge is not None:
            lab = self.edge.applied(lab, part)
        back = cv2.cvtColor(lab, cv2.COLOR_Lab2RGB)
        return np.asarray(np.clip(back * np.float32(255), 0, 255), np.float32)


def match_tone(placed: Registration, look: SentPreview, sent: SentPart, mask: Mask) -> ToneMatch:
    """Measure the correction. mask: of the box, 255 = painted."""
    everywhere = _around(look.sent, preview_of_result(placed, look), look.painted)
    return ToneMatch(everywhere, _along_edge(placed, everywhere, sent, mask, look.bounds))


def _around(sent: Pixels, result: Pixels, mask: Mask) -> Tone | None:
    ring = _ring(mask)
    if np.count_nonzero(ring) < _LEAST_PIXELS:
        return None
    before, after = _lab(result)[ring], _lab(sent)[ring]
    gain = _gains(before.std(axis=0), after.std(axis=0))
    return Tone(_three(before.mean(axis=0)), gain, _three(after.mean(axis=0)))


def _ring(mask: Mask) -> NDArray[np.bool_]:
    away = cv2.distanceTransform((mask < THRESHOLD).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    width = max(6, round(_RING * max(mask.shape)))
    return np.asarray((away > 1.5) & (away <= width), np.bool_)


def _along_edge(
    placed: Registration, everywhere: Tone | None, sent: SentPart, mask: Mask, bounds: Rect
) -> EdgeTone | None:
    around = bounds.grown(16 + max(bounds.width, bounds.height) // 8)
    area = around.intersected(Rect.of_shape(mask.shape)).intersected(placed.covers)
    if area.is_empty:
        return None
    scale = min(1.0, _CLOSE / max(area.width, area.height))
    size = max(1, round(area.width * scale)), max(1, round(area.height * scale))
    _, two_colours = cv2.threshold(mask[area.slices], THRESHOLD - 1, 255, cv2.THRESH_BINARY)
    painted = np.asarray(cv2.resize(two_colours, size, interpolation=cv2.INTER_AREA), np.uint8)
    source = _lab(np.asarray(cv2.resize(sent(area), size, interpolation=cv2.INTER_AREA), np.uint8))
    result = _lab(reduced_result(placed, area, size))
    if everywhere is not None:
        result = everywhere.applied(result)
    tone = _edge_tone(source, result, painted)
    return None if tone is None else EdgeTone(tone, _share(painted), area)


def _edge_tone(source: Values, result: Values, painted: Mask) -> Tone | None:
    """Measure the correction from both sides of the edge, where they show the same content."""
    width = max(3, round(_EDGE * max(painted.shape)))
    inside, outside = (_band(marked, width) for marked in (painted == 255, painted == 0))
    here, there = _EdgeSide.of(result, inside, width), _EdgeSide.of(source, outside, width)
    met = inside & (cv2.dilate((painted < 255).astype(np.uint8), np.ones((3, 3), np.uint8)) > 0)
    met &= (here.near > _LITTLE) & (there.near > _LITTLE)
    shifts = (there.mean - here.mean)[met]
    alike = np.linalg.norm(shifts, axis=1) < _ANOTHER_THING
    count = np.count_nonzero(alike)
    if count < max(_LEAST_PIXELS, _LEAST_ALIKE * len(shifts)):
        return None
    # Of adjacent values along the edge, only every second band width is an independent measurement.
    doubt = shifts[alike].std(axis=0) * np.sqrt(2 * width / count)
    found = shifts[alike].mean(axis=0)
    shift = np.clip(_surely(found, doubt), -_MOST_SHIFT, _MOST_SHIFT)
    spreads = (np.sqrt(side.variance[met][alike].mean(axis=0)) for side in (here, there))
    mean = here.mean[met][alike].mean(axis=0)
    gain = [float(np.sign(g - 1) * max(0.0, abs(np.log(g)) - np.log(_BY_CHANCE))) for g in _gains(*spreads)]
    return Tone(_three(mean), _three(np.exp(gain)), _three(mean + shift))


def _surely(found: NDArray[np.float32], doubt: NDArray[np.float32]) -> NDArray[np.float32]:
    """Shrink a measurement by its uncertainty: to zero if it may be chance."""
    return np.asarray(found * np.clip(1 - (doubt / np.maximum(np.abs(found), 1e-3)) ** 2, 0, 1), np.float32)


def _band(marked: NDArray[np.bool_], width: int) -> NDArray[np.bool_]:
    """Return the marked pixels within `width` pixels of an unmarked one; the border of the copy isn't an edge."""
    distance = cv2.distanceTransform(marked.astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5)
    return np.asarray(marked & (distance <= width), np.bool_)


@dataclass(frozen=True, slots=True, eq=False)
class _EdgeSide:
    """One side of the edge. mean, variance: of the band's values around each pixel.

    near: share of the pixel's neighborhood that belongs to the band, 0 to 1.
    """

    mean: Values
    variance: Values
    near: NDArray[np.float32]

    @classmethod
    def of(cls, values: Values, band: NDArray[np.bool_], width: int) -> _EdgeSide:
        weight = band.astype(np.float32)

        def blurred(what: NDArray[np.float32]) -> NDArray[np.float32]:
            return np.asarray(cv2.GaussianBlur(what, (0, 0), width / 2, borderType=cv2.BORDER_CONSTANT), np.float32)

        near = blurred(weight)
        share = np.maximum(near, np.float32(1e-6))[:, :, None]
        weighted = values * weight[:, :, None]
        mean = np.asarray(blurred(weighted) / share, np.float32)
        squares = np.asarray(blurred(weighted * values) / share, np.float32)
        return cls(mean, np.maximum(squares - mean * mean, np.float32(0)), near)


def _share(painted: Mask) -> NDArray[np.float32]:
    """Return 1 at the edge of the painted area, `_MIDDLE` at its deepest point."""
    depth = np.asarray(cv2.distanceTransform((painted > 0).astype(np.uint8), cv2.DIST_L2, cv2.DIST_MASK_5), np.float32)
    deep = depth / np.float32(max(1.0, float(depth.max())))
    return np.asarray(1 - np.float32(1 - _MIDDLE) * deep * deep * (3 - 2 * deep), np.float32)


def _gains(before: NDArray[np.float32], after: NDArray[np.float32]) -> tuple[float, float, float]:
    """Return gains from deviations in L, a, and b."""
    gains = [
        1.0 if was < _FLAT or shall < _FLAT else float(np.clip(shall / was, _LEAST_GAIN, _MOST_GAIN))
        for was, shall in zip(before, after, strict=True)
    ]
    return gains[0], gains[1], gains[2]


def _lab(rgb: Pixels) -> Values:
    return np.asarray(cv2.cvtColor(rgb.astype(np.float32) / np.float32(255), cv2.COLOR_RGB2Lab), np.float32)


def _three(values: NDArray[np.float32]) -> tuple[float, float, float]:
    return float(values[0]), float(values[1]), float(values[2])
