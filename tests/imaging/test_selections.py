"""Selections that depend on the picture, and operations that clean up a mask."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest

from imagineart_desktop.imaging import BooleanOp, load_picture, new_mask
from imagineart_desktop.imaging.mask.mask import fill_holes, fill_small_holes, remove_small_regions, small_holes
from imagineart_desktop.imaging.mask.morphology import smooth
from imagineart_desktop.imaging.mask.selections import (
    MagneticLasso,
    from_luminosity,
    from_transparency,
    select_by_color,
    smart_select,
)


def scene() -> tuple[np.ndarray, np.ndarray]:
    """Return (pixels, mask of the disc): a red disc and a red square on gray with a little noise."""
    noise = np.random.default_rng(3).integers(-4, 5, (300, 400, 3))
    pixels = np.full((300, 400, 3), 120) + noise
    disc = np.zeros((300, 400), np.uint8)
    cv2.circle(disc, (150, 150), 60, 255, -1)
    pixels[disc > 0] = (200, 40, 40) + noise[disc > 0]
    pixels[20:60, 320:380] = (200, 40, 40) + noise[20:60, 320:380]
    return pixels.clip(0, 255).astype(np.uint8), disc


def test_the_wand_takes_what_is_connected_or_all_that_is_alike() -> None:
    pixels, disc = scene()
    mask = new_mask((400, 300))
    changed = select_by_color(mask, pixels, (150.5, 150.5), tolerance=20, contiguous=True)
    assert np.array_equal(mask, disc)
    assert (changed.left, changed.top, changed.right, changed.bottom) == (90, 90, 211, 211)
    select_by_color(mask, pixels, (150.5, 150.5), tolerance=20, contiguous=False)
    assert np.count_nonzero(mask) == np.count_nonzero(disc) + 40 * 60
    select_by_color(mask, pixels, (350, 40), tolerance=20, contiguous=True, combine=BooleanOp.SUBTRACT)
    assert np.array_equal(mask, disc)
    mask[:] = 255
    select_by_color(mask, pixels, (350, 40), tolerance=20, contiguous=True, combine=BooleanOp.INTERSECT)
    assert np.count_nonzero(mask) == 40 * 60
    assert select_by_color(mask, pixels, (-3, 40), tolerance=20, contiguous=True).is_empty


def test_the_wand_does_what_floodfill_does_on_a_photograph(photos: Path) -> None:
    pixels = load_picture(photos / "coffee.png").pixels
    for point, tolerance in (((300, 200), 30), ((10, 10), 12), ((599, 399), 60)):
        mask = new_mask((600, 400))
        select_by_color(mask, pixels, point, tolerance=tolerance, contiguous=True)
        centre = pixels[point[1], point[0]].astype(int)
        alike = (np.abs(pixels[:, :, :3].astype(int) - centre).max(axis=2) <= tolerance).astype(np.uint8)
        _, labels = cv2.connectedComponents(alike, connectivity=4)
        assert np.array_equal(mask > 0, labels == labels[point[1], point[0]])


@pytest.mark.parametrize("factor", [1, 4])
def test_smart_select_finds_the_thing_in_the_box(factor: int) -> None:
    pixels, disc = scene()
    size = (400 * factor, 300 * factor)
    pixels = np.asarray(cv2.resize(pixels, size, interpolation=cv2.INTER_CUBIC), np.uint8)
    disc = np.asarray(cv2.resize(disc, size, interpolation=cv2.INTER_LINEAR), np.uint8)
    mask = new_mask(size)
    smart_select(mask, pixels, (70 * factor, 75 * factor), (230 * factor, 228 * factor))
    found, wanted = mask >= 128, disc >= 128
    overlap = np.count_nonzero(found & wanted) / np.count_nonzero(found | wanted)
    assert overlap > 0.98
    assert not mask[: 70 * factor].any()
    before = mask.copy()
    assert smart_select(mask, pixels, (5, 5), (5, 5)).is_empty
    assert np.array_equal(mask, before)


def test_pinholes_in_what_was_found_are_closed_and_larger_holes_are_not() -> None:
    pixels, _ = scene()
    # Spots in the colors of the background, which cause holes: tiny ones, and one large enough to be part of the shape.
    ground = pixels[20:60, 20:60].copy()
    for y, x in ((120, 150), (150, 130), (180, 165)):
        pixels[y : y + 2, x : x + 3] = ground[:2, :3]
    pixels[140:164, 150:174] = ground[:24, :24]
    mask = new_mask((400, 300))
    smart_select(mask, pixels, (70, 75), (230, 228))
    assert mask[120, 151] == mask[151, 131] == mask[181, 166] == 255
    assert mask[152, 162] == 0
    assert small_holes(mask, 0.1)[0] == 1
    assert small_holes(mask, 0.01) == (0, 0)


def test_faint_spots_and_pinholes_are_painted_by_the_size_of_what_is_found() -> None:
    mask = new_mask((200, 200))
    mask[20:180, 20:180] = 255
    mask[18:20, 20:180] = 100
    mask[50, 50:53] = 0
    mask[60:62, 60:62] = 200
    mask[100:120, 100:120] = 0
    fill_small_holes(mask, 0.002)
    assert (mask[20:100, 20:180] == 255).all()
    assert (mask[18:20, 20:180] == 100).all()
    assert not mask[100:120, 100:120].any()
    fill_small_holes(empty := new_mask((9, 9)), 0.5)
    assert not empty.any()


def test_a_line_follows_the_edge() -> None:
    pixels, disc = scene()
    follower = MagneticLasso(pixels)
    follower.start_from((150, 90))
    line = follower.line_to((210, 150))
    assert len(line) > 40
    distance = [abs(np.hypot(x - 150.5, y - 150.5) - 60) for x, y in line]
    assert np.median(distance) < 1.5
    assert max(distance) < 5
    large = MagneticLasso(np.asarray(cv2.resize(pixels, (4000, 3000)), np.uint8))
    large.start_from((1500, 900))
    last = large.line_to((2100, 1500))[-1]
    assert np.hypot(last[0] - 2100, last[1] - 1500) < 8
    assert disc.any()


def test_masks_from_the_picture_itself() -> None:
    pixels = np.zeros((4, 5, 4), np.uint8)
    pixels[..., 3] = 255
    pixels[1, 2, 3] = 55
    pixels[2, :, :3] = 255
    mask = new_mask((5, 4))
    from_transparency(mask, pixels)
    assert mask[1, 2] == 200
    assert np.count_nonzero(mask) == 1
    assert from_transparency(mask, pixels[:, :, :3]).is_empty
    from_luminosity(mask, pixels)
    assert (mask[2] == 255).all()


def test_specks_go_and_holes_are_filled() -> None:
    mask = new_mask((60, 50))
    mask[5:30, 5:30] = 255
    mask[10:14, 10:14] = 0
    mask[20, 20] = 0
    mask[40, 40] = mask[41, 41] = 255
    mask[45:48, 0:9] = 255
    remove_small_regions(mask, 3)
    assert mask[40, 40] == mask[41, 41] == 0
    assert mask[45:48, 0:9].all()
    fill_holes(mask, 5)
    assert mask[20, 20] == 255
    assert mask[11, 11] == 0
    fill_holes(mask)
    assert mask[5:30, 5:30].all()
    assert not mask[31:45, 31:].any()
    assert remove_small_regions(new_mask((9, 9)), 3).is_empty


def test_smoothing_rounds_what_is_ragged() -> None:
    mask = new_mask((200, 200))
    mask[50:150, 50:150] = 255
    mask[48, 50:150:2] = 255
    smooth(mask, 8)
    assert mask[100, 100] == 255
    assert mask[49, 50] == 0
    assert not mask[46, 60:140].any()
    assert (mask[54, 70:130] == 255).all()
