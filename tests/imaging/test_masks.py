"""Masks match values computed by hand, are undone exactly, and are sent in two colors at the picture's size."""

from __future__ import annotations

import io
import math
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from imagineart_desktop.imaging import (
    BooleanOp,
    Brush,
    EmptyMaskError,
    FullMaskError,
    Mask,
    Rect,
    SizeMismatchError,
    Stroke,
    TileRecorder,
    added_since,
    blend_inside_mask,
    coverage,
    encode_grey_png,
    export_pair,
    load_picture,
    new_mask,
    read_mask,
)
from imagineart_desktop.imaging.mask.mask import clear, fill, invert
from imagineart_desktop.imaging.mask.morphology import feather, grow, shrink
from imagineart_desktop.imaging.mask.shapes import ellipse, polygon, rectangle

sizes = st.tuples(st.integers(1, 70), st.integers(1, 70))


def random_mask(size: tuple[int, int], seed: int) -> Mask:
    return np.random.default_rng(seed).integers(0, 256, (size[1], size[0]), dtype=np.uint8)


def disc(size: tuple[int, int], x: float, y: float, radius: float) -> Mask:
    """Return an antialiased disc computed from scratch. Pixel centers are at + ½."""
    rows, columns = np.mgrid[0 : size[1], 0 : size[0]]
    distance = np.hypot(columns + 0.5 - x, rows + 0.5 - y)
    return np.asarray(np.rint(np.clip(radius + 0.5 - distance, 0, 1) * 255), np.uint8)


def test_a_hard_dab_is_the_disc_it_should_be() -> None:
    mask = new_mask((60, 50))
    Stroke(mask, Brush(size=20, hardness=1.0)).move_to(30.5, 25.5)
    assert np.array_equal(mask, disc((60, 50), 30.5, 25.5, 10))


def test_a_stroke_is_the_union_of_its_dabs_and_does_not_build_up() -> None:
    brush = Brush(size=16, hardness=0.5, opacity=0.5, spacing=0.25)
    mask = new_mask((120, 60))
    stroke = Stroke(mask, brush)
    for point in ((20.5, 30.5), (100.5, 30.5), (20.5, 30.5)):
        stroke.move_to(*point)
    expected = new_mask((120, 60))
    for x in np.arange(20.5, 100.6, brush.spacing_at(1.0)):
        single = new_mask((120, 60))
        Stroke(single, brush).move_to(float(x), 30.5)
        expected = np.maximum(expected, single)
    assert int(mask.max()) == round(255 * 0.5)
    assert np.abs(mask.astype(int) - expected.astype(int)).max() <= 1


def test_the_eraser_takes_away() -> None:
    mask = new_mask((40, 40))
    fill(mask)
    Stroke(mask, Brush(size=10, hardness=1.0), BooleanOp.SUBTRACT).move_to(20.5, 20.5)
    assert np.array_equal(mask, 255 - disc((40, 40), 20.5, 20.5, 5))


@settings(max_examples=40, deadline=None)
@given(
    st.lists(st.tuples(st.floats(-20, 320), st.floats(-20, 320)), min_size=1, max_size=6),
    st.floats(1, 90),
    st.sampled_from([BooleanOp.ADD, BooleanOp.SUBTRACT]),
)
def test_undo_and_redo_are_exact(points: list[tuple[float, float]], size: float, combine: BooleanOp) -> None:
    mask = random_mask((300, 280), 1)
    before = mask.copy()
    recorder = TileRecorder(mask)
    stroke = Stroke(mask, Brush(size=size), combine, recorder)
    for x, y in points:
        stroke.move_to(x, y)
    after = mask.copy()
    patch = recorder.finish()
    patch.swap(mask)
    assert np.array_equal(mask, before)
    patch.compress()
    patch.swap(mask)
    assert np.array_equal(mask, after)


def test_a_rectangle_covers_whole_pixels_and_combines() -> None:
    mask = new_mask((50, 40))
    rectangle(mask, (30, 30), (10, 5), BooleanOp.ADD)
    expected = new_mask((50, 40))
    expected[5:30, 10:30] = 255
    assert np.array_equal(mask, expected)
    rectangle(mask, (0, 0), (20, 20), BooleanOp.INTERSECT)
    expected[:] = 0
    expected[5:20, 10:20] = 255
    assert np.array_equal(mask, expected)
    rectangle(mask, (0, 0), (50, 10), BooleanOp.SUBTRACT)
    assert coverage(mask).bounds == Rect(10, 10, 20, 20)


def test_ellipse_and_lasso_have_the_area_they_should() -> None:
    mask = new_mask((200, 200))
    ellipse(mask, (20, 40), (180, 160), BooleanOp.ADD)
    assert coverage(mask).painted == pytest.approx(math.pi * 80 * 60, rel=0.01)
    clear(mask)
    polygon(mask, [(10, 10), (110, 10), (10, 110)], BooleanOp.ADD)
    assert coverage(mask).painted == pytest.approx(5000, rel=0.02)


@pytest.mark.parametrize("pixels", [1, 5, 12])
def test_grow_shrink_and_feather_equal_the_whole_picture_operation(pixels: int) -> None:
    original = new_mask((300, 200))
    polygon(original, [(60, 50), (200, 60), (150, 160)], BooleanOp.ADD)
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (2 * pixels + 1, 2 * pixels + 1))
    for work, whole in ((grow, cv2.dilate(original, kernel)), (shrink, cv2.erode(original, kernel))):
        mask = original.copy()
        changed = work(mask, pixels)
        assert np.array_equal(mask, whole)
        untouched = np.ones(mask.shape, bool)
        untouched[changed.slices] = False
        assert np.array_equal(mask[untouched], original[untouched])
    mask = original.copy()
    feather(mask, pixels)
    blurred = cv2.GaussianBlur(original, (0, 0), pixels / 2, borderType=cv2.BORDER_REPLICATE)
    assert np.abs(mask.astype(int) - np.asarray(blurred, int)).max() <= 2


def test_shrinking_does_not_eat_from_the_pictures_edge() -> None:
    mask = new_mask((40, 40))
    mask[:, :20] = 255
    shrink(mask, 4)
    assert coverage(mask).bounds == Rect(0, 0, 16, 40)


def test_invert_and_coverage() -> None:
    mask = new_mask((10, 10))
    mask[2:4, 3:7] = 255
    assert coverage(mask).share == 0.08
    invert(mask)
    assert coverage(mask).share == 0.92


@settings(max_examples=60, deadline=None)
@given(sizes, st.integers(0, 2**31), st.sampled_from([0, 255]))
def test_what_is_sent_has_one_size_and_two_colours(size: tuple[int, int], seed: int, painted: int) -> None:
    mask = random_mask(size, seed)
    pixels = np.repeat(random_mask(size, seed + 1)[:, :, None], 3, axis=2)
    try:
        pair = export_pair(pixels, mask, painted)
    except EmptyMaskError:
        assert coverage(mask).painted == 0
        return
    except FullMaskError:
        assert coverage(mask).painted == mask.size
        return
    sent_mask = np.asarray(Image.open(io.BytesIO(pair.mask_png)))
    sent_picture = np.asarray(Image.open(io.BytesIO(pair.image_png)))
    assert sent_mask.shape == sent_picture.shape[:2] == mask.shape
    assert set(np.unique(sent_mask)) == {0, 255}
    assert np.array_equal(sent_mask == painted, mask >= 128)
    assert np.array_equal(sent_picture, pixels)


@pytest.mark.parametrize("size", [(600, 400), (451, 300), (4000, 3000)])
def test_photographs_are_sent_whole_and_painted_is_black(photos: Path, size: tuple[int, int]) -> None:
    pixels = np.asarray(cv2.resize(load_picture(photos / "coffee.png").pixels, size), np.uint8)
    mask = new_mask(size)
    Stroke(mask, Brush(size=90)).move_to(size[0] / 2, size[1] / 2)
    pair = export_pair(pixels, mask, 0)
    with Image.open(io.BytesIO(pair.mask_png)) as sent:
        assert sent.size == size
        assert sent.mode == "L"
        assert sorted(value for _, value in sent.getcolors() or ()) == [0, 255]
        assert np.asarray(sent)[size[1] // 2, size[0] // 2] == 0
    with Image.open(io.BytesIO(pair.image_png)) as picture:
        assert picture.size == size


def test_a_mask_of_another_size_is_told_in_figures() -> None:
    with pytest.raises(SizeMismatchError, match=r"The mask is 600 × 400, the image 1200 × 800\."):
        read_mask(encode_grey_png(new_mask((600, 400))), (1200, 800))


def test_masks_from_files_follow_the_rule(tmp_path: Path) -> None:
    painted = new_mask((20, 10))
    painted[2:5, 3:9] = 255
    assert np.array_equal(read_mask(encode_grey_png(painted), (20, 10)).mask, painted)
    hole = Image.new("RGBA", (20, 10), "red")
    hole.putalpha(Image.fromarray(255 - painted))
    path = tmp_path / "hole.png"
    hole.save(path)
    assert np.array_equal(read_mask(path, (20, 10)).mask, painted)
    assert read_mask(encode_grey_png(255 - painted), (20, 10)).doubtful


def layer(painted: Mask, pixels: NDArray[np.uint8], opacity: int = 255) -> bytes:
    """Return a transparent layer with these colors, both where it's painted and where they're invisible."""
    held = io.BytesIO()
    alpha = (painted.astype(np.uint16) * opacity // 255).astype(np.uint8)
    Image.fromarray(np.dstack([pixels, alpha])).save(held, "PNG")
    return held.getvalue()


def test_strokes_on_a_transparent_layer_are_what_is_painted() -> None:
    painted = new_mask((40, 20))
    painted[2:9, 3:35] = 255
    colorful = np.random.default_rng(3).integers(0, 256, (20, 40, 3), dtype=np.uint8)
    for color in (0, 255, (255, 0, 0)):
        flat = np.full((20, 40, 3), color, np.uint8)
        reading = read_mask(layer(painted, flat), (40, 20))
        assert np.array_equal(reading.mask, painted)
        assert (reading.opaque_is_painted, reading.doubtful) == (True, False)
    soft = read_mask(layer(painted, np.full((20, 40, 3), 255, np.uint8), 200), (40, 20))
    assert soft.mask[5, 10] == 200
    assert not soft.mask[15, 10]
    # Most of a photograph cut away, or an object alone on a layer: the user is asked about both.
    hole = read_mask(layer(painted, colorful), (40, 20))
    assert np.array_equal(hole.mask, 255 - painted)
    assert (hole.opaque_is_painted, hole.doubtful) == (False, True)
    little = new_mask((40, 20))
    little[2:9, 3:15] = 255
    cut_out = read_mask(layer(little, colorful), (40, 20))
    assert np.array_equal(cut_out.mask, little)
    assert (cut_out.opaque_is_painted, cut_out.doubtful) == (True, True)
    # A hole in a canvas of one color is still read as a hole.
    assert np.array_equal(read_mask(layer(255 - little, np.zeros((20, 40, 3), np.uint8)), (40, 20)).mask, little)


@settings(max_examples=40, deadline=None)
@given(sizes, sizes, st.integers(0, 2**31), st.sampled_from([3, 4]), st.sampled_from([3, 4]))
def test_outside_the_mask_not_one_byte_differs(
    size: tuple[int, int], result_size: tuple[int, int], seed: int, channels: int, result_channels: int
) -> None:
    rng = np.random.default_rng(seed)
    source = rng.integers(0, 256, (size[1], size[0], channels), dtype=np.uint8)
    result = rng.integers(0, 256, (result_size[1], result_size[0], result_channels), dtype=np.uint8)
    mask = random_mask(size, seed)
    combined = blend_inside_mask(source, result, mask)
    assert combined.shape == source.shape
    assert np.array_equal(combined[mask < 128], source[mask < 128])


@pytest.mark.parametrize(
    ("picture", "painted"),
    [
        (Image.fromarray(np.array([[0, 1], [0, 1]], np.uint8)), [[0, 255], [0, 255]]),
        (Image.fromarray(np.array([[0, 255], [0, 0]], np.uint16)), [[0, 255], [0, 0]]),
        (
            Image.merge("RGB", [Image.fromarray(np.array([[255, 0]], np.uint8)), *[Image.new("L", (2, 1))] * 2]),
            [[255, 0]],
        ),
        (
            Image.merge("LA", [Image.fromarray(np.array([[255, 0]], np.uint8)), Image.new("L", (2, 1), 254)]),
            [[255, 0]],
        ),
        (Image.fromarray(np.array([[0, 100], [50, 0]], np.uint8)), [[0, 100], [50, 0]]),
    ],
    ids=["0 and 1", "16 bits", "red on black", "alpha alike everywhere", "soft"],
)
def test_odd_masks_from_elsewhere_mean_what_they_show(picture: Image.Image, painted: list[list[int]]) -> None:
    held = io.BytesIO()
    picture.save(held, "PNG")
    assert read_mask(held.getvalue(), picture.size, foreign=True).mask.tolist() == painted


def _painted(*boxes: Rect, value: int = 255) -> NDArray[np.uint8]:
    mask = new_mask((120, 80))
    for box in boxes:
        mask[box.slices] = value
    return mask


def test_what_was_painted_since_is_told_from_what_was_there() -> None:
    before, new = Rect(10, 10, 40, 40), Rect(60, 20, 90, 50)
    sent = _painted(before)
    assert added_since(sent.copy(), sent) is None
    assert added_since(_painted(), sent) is None
    both = added_since(_painted(before, new), sent)
    assert both is not None
    assert np.array_equal(both, _painted(new))
    overlapping = added_since(_painted(before, Rect(30, 20, 60, 30)), sent)
    assert overlapping is not None
    assert np.array_equal(overlapping, _painted(Rect(40, 20, 60, 30)))
    # After clearing and repainting, paint over the old mask counts as new as well.
    painted_since = _painted(Rect(20, 20, 30, 30))
    kept = added_since(painted_since, sent)
    assert kept is not None
    assert np.array_equal(kept, painted_since)


def test_a_soft_edge_that_was_left_out_of_what_was_sent_is_not_new() -> None:
    sent = _painted(Rect(10, 10, 40, 40))
    soft = _painted(Rect(8, 8, 42, 42), value=60)
    now = np.maximum(soft, sent)
    assert added_since(now, sent) is None
    now[60:70, 60:70] = 255
    now[58:60, 60:70] = 60
    added = added_since(now, sent)
    assert added is not None
    assert coverage(added).painted == 100
    assert (added[58:60, 60:70] == 60).all()
    assert not added[:50].any()
