"""Pressure, smoothing and spacing of the brush."""

from __future__ import annotations

import numpy as np
import pytest

from imagineart_desktop.imaging import BooleanOp, Brush, Mask, Stroke, StrokeStabilizer, new_mask
from imagineart_desktop.imaging.mask.brush import DabCache


def test_pressure_makes_the_line_thinner_along_its_way() -> None:
    mask = new_mask((400, 100))
    stroke = Stroke(mask, Brush(size=40, hardness=1.0))
    stroke.move_to(30, 50, 1.0)
    stroke.move_to(370, 50, 0.1)
    widths = [int(np.count_nonzero(mask[:, column] >= 128)) for column in (40, 120, 200, 280, 360)]
    assert widths == sorted(widths, reverse=True)
    assert widths[0] >= 38
    assert widths[-1] <= 7


def test_pressure_can_change_the_opacity_instead() -> None:
    mask = new_mask((200, 60))
    stroke = Stroke(mask, Brush(size=20, hardness=1.0, pressure_size=False, pressure_opacity=True))
    stroke.move_to(20, 30, 0.25)
    stroke.move_to(180, 30, 1.0)
    line = mask[30, 20:181].astype(int)
    assert abs(line[0] - 64) < 12
    assert line[-1] == 255
    assert (np.diff(line) >= 0).all()


def test_without_a_pen_nothing_changes() -> None:
    plain, pressed = new_mask((200, 60)), new_mask((200, 60))
    for mask, extra in ((plain, ()), (pressed, (1.0,))):
        stroke = Stroke(mask, Brush(size=20, hardness=0.5))
        for point in ((20, 30), (90, 12), (180, 50)):
            stroke.move_to(*point, *extra)
    assert np.array_equal(plain, pressed)


@pytest.mark.parametrize("events", [200, 2000, 20_000])
def test_smoothing_does_not_depend_on_the_number_of_events(events: int) -> None:
    """The brush damps a trembling hand, and ends within the string's length of the pointer."""
    x = np.linspace(0, 1000, events)
    y = 100 + 6 * np.sin(x / 7)
    string = StrokeStabilizer(40)
    path = np.array([string.pull(*point) for point in zip(x.tolist(), y.tolist(), strict=True)])
    later = path[path[:, 0] > 200]
    assert np.ptp(later[:, 1]) < 3.5
    assert 30 <= np.hypot(*(path[-1] - (x[-1], y[-1]))) <= 40.01
    free = StrokeStabilizer(0)
    assert free.pull(3, 4) == (3, 4)
    assert free.pull(5, 4) == (5, 4)


def test_spacing_sets_the_dabs_apart() -> None:
    mask = new_mask((300, 40))
    stroke = Stroke(mask, Brush(size=10, hardness=1.0, spacing=2.0))
    stroke.move_to(20, 20)
    stroke.move_to(280, 20)
    painted = (mask[20] >= 128).astype(int)
    assert np.count_nonzero(np.diff(painted) == 1) == 14


def over(before: Mask, covered: Mask, combine: BooleanOp) -> np.ndarray:
    """Return the mask after a stroke fills its share of what was unpainted, or removes that of what was there."""
    share = covered / 255
    return before * (1 - share) if combine is BooleanOp.SUBTRACT else before + (255 - before) * share


def test_a_faint_brush_builds_up_from_stroke_to_stroke_and_not_within_one() -> None:
    mask = new_mask((100, 60))
    expected = 0.0
    for _ in range(6):
        stroke = Stroke(mask, Brush(size=20, hardness=1.0, opacity=0.4))
        for x in (20, 80, 20):
            stroke.move_to(x, 30)
        expected += (255 - expected) * 0.4
        assert abs(int(mask.max()) - expected) < 1.5
    assert mask.max() > 240
    for _ in range(3):
        Stroke(mask, Brush(size=20, hardness=1.0, opacity=0.4), BooleanOp.SUBTRACT).move_to(50, 30)
        expected *= 0.6
        assert abs(int(mask[30, 50]) - expected) < 1.5


@pytest.mark.parametrize("combine", [BooleanOp.ADD, BooleanOp.SUBTRACT])
@pytest.mark.parametrize("size", [24.0, 150.0])
@pytest.mark.parametrize("opacity", [1.0, 0.45])
def test_a_stroke_over_a_painted_mask_is_all_its_dabs_laid_over_it_once(
    combine: BooleanOp, size: float, opacity: float
) -> None:
    random = np.random.default_rng(5)
    brush = Brush(size=size, hardness=0.3, opacity=opacity, spacing=0.2)
    before = random.integers(0, 256, (420, 520), dtype=np.uint8)
    before[:, 260:] = 0
    path = [(60.5, 60.5), (430.5, 60.5), (300.5, 330.5), (300.5, 90.5), (120.5, 380.5), (10.5, -20.5)]
    mask, covered = before.copy(), np.zeros_like(before)
    stroke = Stroke(mask, brush, combine)
    left = brush.spacing_at(1.0)
    for start, end in zip([path[0], *path], path, strict=False):
        old = mask.copy()
        changed = stroke.move_to(*end)
        length = float(np.hypot(end[0] - start[0], end[1] - start[1]))
        places = [end] if start == end else []
        while left <= length:
            share = left / length
            places.append((start[0] + (end[0] - start[0]) * share, start[1] + (end[1] - start[1]) * share))
            left += brush.spacing_at(1.0)
        left -= length
        for place in places:
            single = np.zeros_like(before)
            Stroke(single, brush).move_to(*place)
            covered = np.maximum(covered, single)
        old[changed.slices] = mask[changed.slices]
        assert np.array_equal(old, mask)
    assert np.abs(mask - over(before, covered, combine)).max() <= 1


@pytest.mark.parametrize("size", [1, 3])
def test_a_thin_hard_brush_draws_a_line_as_wide_as_it_says(size: int) -> None:
    """At 100% a mouse points at the corners of pixels."""
    for end in ((80, 20), (20, 80)):
        mask = new_mask((100, 100))
        stroke = Stroke(mask, Brush(size=size))
        stroke.move_to(20, 20)
        stroke.move_to(*end)
        assert set(np.unique(mask)) <= ({0, 255} if size == 1 else {0, 149, 255})
        across = mask[20 - 5 : 20 + 6, 50] if end[1] == 20 else mask[50, 20 - 5 : 20 + 6]
        assert np.count_nonzero(across) == size
    mask = new_mask((100, 100))
    stroke = Stroke(mask, Brush(size=1))
    stroke.move_to(5, 5)
    stroke.move_to(95, 40)
    assert np.count_nonzero(mask[:, 5:96].any(axis=0)) >= 90
    assert np.count_nonzero(mask) <= 1.2 * 91


@pytest.mark.parametrize(("at", "middle"), [(30.24, 30.25), (30.12, 30.0), (30.13, 30.25), (30.99, 31.0), (30.5, 30.5)])
def test_a_dab_lies_at_the_nearest_quarter_of_a_pixel(at: float, middle: float) -> None:
    mask = new_mask((60, 60))
    Stroke(mask, Brush(size=9, hardness=1.0)).move_to(at, 30.5)
    weights = mask.sum(axis=0, dtype=float)
    assert float(weights @ (np.arange(60) + 0.5) / weights.sum()) == pytest.approx(middle, abs=0.02)


def test_dabs_of_all_sizes_take_no_more_memory_than_they_may() -> None:
    cache = DabCache(200_000)
    first = cache.dab(100.0, 0.5, 1.0, 0, 0)
    for size in np.linspace(100, 400, 40):
        cache.dab(float(size), 0.5, 1.0, 0, 0)
        assert cache.held_bytes <= max(200_000, (size + 4) ** 2)
    again = cache.dab(100.0, 0.5, 1.0, 0, 0)
    assert again is not first
    assert np.array_equal(again, first)
    assert cache.dab(100.0, 0.5, 1.0, 0, 0) is again
