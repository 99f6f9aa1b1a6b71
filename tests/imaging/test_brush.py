"""Pressure, smoothing and spacing of the brush."""

from __future__ import annotations

import numpy as np
import pytest

from imagineart_desktop.imaging import Brush, PulledString, Stroke, new_mask


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
    """A trembling hand: the brush trembles less, and arrives within the string's length of the pointer."""
    x = np.linspace(0, 1000, events)
    y = 100 + 6 * np.sin(x / 7)
    string = PulledString(40)
    path = np.array([string.pull(*point) for point in zip(x.tolist(), y.tolist(), strict=True)])
    later = path[path[:, 0] > 200]
    assert np.ptp(later[:, 1]) < 3.5
    assert 30 <= np.hypot(*(path[-1] - (x[-1], y[-1]))) <= 40.01
    free = PulledString(0)
    assert free.pull(3, 4) == (3, 4)
    assert free.pull(5, 4) == (5, 4)


def test_spacing_sets_the_dabs_apart() -> None:
    mask = new_mask((300, 40))
    stroke = Stroke(mask, Brush(size=10, hardness=1.0, spacing=2.0))
    stroke.move_to(20, 20)
    stroke.move_to(280, 20)
    painted = (mask[20] >= 128).astype(int)
    assert np.count_nonzero(np.diff(painted) == 1) == 14
