"""TIFFs with floating-point samples open in every variant in which they're written, and losses are reported."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Sequence

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from imagineart_desktop.imaging import PictureError, load_picture, probe_picture
from imagineart_desktop.imaging.files.float_tiff import _with_values
from imagineart_desktop.imaging.files.full_image import ColorModel, describe_losses, load_full_image

FLOATS = np.linspace(-0.2, 1.4, 20 * 30 * 3, dtype=np.float32).reshape(20, 30, 3)
LOST = ("Floating-point values are clipped to 0–1 and kept with 16 bits. Pixels outside the mask change slightly too.",)


def wanted(floats: NDArray[np.floating]) -> NDArray[np.uint16]:
    return np.rint(np.clip(floats.astype(np.float32), 0, 1) * 65535).astype(np.uint16)


def encoded(floats: NDArray[np.floating], compression: int = 1) -> bytes:
    """Encode as OpenCV does. floats: RGB or gray."""
    bgr = np.ascontiguousarray(floats[:, :, ::-1]) if floats.ndim == 3 else floats
    done, data = cv2.imencode(".tiff", bgr, [cv2.IMWRITE_TIFF_COMPRESSION, compression])
    assert done
    return data.tobytes()


def written(
    samples: NDArray[np.floating],
    *,
    big: bool = False,
    predicted: bool = False,
    more: Sequence[tuple[int, int]] = (),
    wide: bool = False,
) -> bytes:
    """Build a TIFF of one deflated strip, tag by tag. more: additional tags with one short each; wide: as a BigTIFF."""
    order, (height, width, channels) = ">" if big else "<", samples.shape
    bits = samples.dtype.itemsize * 8
    rows = samples.astype(samples.dtype.newbyteorder(">" if big or predicted else "<"))
    if predicted:
        planes = rows.view(np.uint8).reshape(height, width * channels, bits // 8).transpose(0, 2, 1)
        flat = np.ascontiguousarray(planes).reshape(height, -1, channels)
        rows = np.diff(flat, axis=1, prepend=np.zeros((height, 1, channels), np.uint8))
    strip = zlib.compress(np.ascontiguousarray(rows).tobytes())
    lists = 8 + len(strip) + len(strip) % 2
    values = {
        256: (3, 1, width),
        257: (3, 1, height),
        258: (3, channels, lists),
        259: (3, 1, 8),
        262: (3, 1, 2),
        273: (4, 1, 8),
        277: (3, 1, channels),
        278: (3, 1, height),
        279: (4, 1, len(strip)),
        317: (3, 1, 3 if predicted else 1),
        339: (3, channels, lists + 2 * channels),
    } | {tag: (3, 1, value) for tag, value in more}
    if wide:
        values |= {258: (3, channels, bits), 273: (4, 1, 16), 339: (3, channels, 3)}
        fields = [
            struct.pack(f"{order}HHQ", tag, kind, count)
            + struct.pack(f"{order}{count}{'H' if kind == 3 else 'I'}", *[value] * count).ljust(8, b"\0")
            for tag, (kind, count, value) in sorted(values.items())
        ]
        head = (b"MM" if big else b"II") + struct.pack(f"{order}HHHQ", 43, 8, 0, 16 + len(strip))
        return head + strip + struct.pack(f"{order}Q", len(fields)) + b"".join(fields) + b"\0" * 8
    entries = [
        struct.pack(f"{order}HHI", tag, kind, count)
        + (struct.pack(f"{order}HH", value, 0) if (kind, count) == (3, 1) else struct.pack(f"{order}I", value))
        for tag, (kind, count, value) in sorted(values.items())
    ]
    body = (
        strip + b"\0" * (len(strip) % 2) + struct.pack(f"{order}{2 * channels}H", *[bits] * channels, *[3] * channels)
    )
    head = (b"MM" if big else b"II") + struct.pack(f"{order}HI", 42, 8 + len(body))
    return head + body + struct.pack(f"{order}H", len(entries)) + b"".join(entries) + b"\0" * 4


@pytest.mark.parametrize("kind", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize(("big", "wide"), [(False, False), (True, False), (False, True)])
@pytest.mark.parametrize("predicted", [False, True])
def test_all_widths_are_read(kind: type[np.floating], *, big: bool, predicted: bool, wide: bool) -> None:
    floats = FLOATS.astype(kind)
    data = written(floats, big=big, predicted=predicted, wide=wide)
    picture = load_full_image(data)
    assert np.array_equal(picture.samples, wanted(floats))
    assert (picture.colours, picture.alpha, picture.deep) == (ColorModel.RGB, False, True)
    assert picture.losses == describe_losses(data) == LOST
    assert np.array_equal(load_picture(data).pixels, picture.shown())


def test_a_big_tiff_that_pillow_cannot_read_is_refused_by_name() -> None:
    for samples in (FLOATS, FLOATS.astype(np.float16)):
        with pytest.raises(PictureError, match="is a big-endian BigTIFF, which can’t be opened here"):
            load_full_image(written(samples, big=True, wide=True))


@pytest.mark.parametrize("length", [20, 40, 300])
def test_a_big_tiff_that_is_cut_off_is_damaged(length: int) -> None:
    whole = written(FLOATS.astype(np.float16), wide=True)
    with pytest.raises(PictureError):
        load_full_image(whole[:length])
    with pytest.raises(ValueError, match="cut off"):
        _with_values(whole[:-100], {339: 1})


@pytest.mark.parametrize("compression", [1, 5, 8])
def test_gray_and_other_compressions_are_read(compression: int) -> None:
    assert np.array_equal(load_full_image(encoded(FLOATS, compression)).samples, wanted(FLOATS))
    gray = load_full_image(encoded(FLOATS[:, :, 0].copy(), compression))
    assert gray.colours is ColorModel.GREY
    assert np.array_equal(gray.samples[:, :, 0], wanted(FLOATS[:, :, 0]))


def test_transparency_is_kept_also_where_colors_are_multiplied_by_it() -> None:
    alpha = np.full((20, 30, 1), 0.5, np.float32)
    for meaning, colors in ((2, FLOATS), (1, FLOATS * alpha)):
        picture = load_full_image(written(np.concatenate((colors, alpha), axis=2), more=((338, meaning),)))
        assert picture.alpha
        assert np.array_equal(picture.samples[:, :, :3], wanted(FLOATS))
        assert np.all(picture.samples[:, :, 3] == 32768)


def test_what_is_no_number_is_black_and_what_is_turned_stands_upright() -> None:
    floats = FLOATS.copy()
    floats[0, 0], floats[0, 1] = np.nan, np.inf
    data = written(floats, more=((274, 6),))
    samples = load_full_image(data).samples
    assert samples.shape == (30, 20, 3)
    assert samples[0, -1].tolist() == [0, 0, 0]
    assert samples[1, -1].tolist() == [65535] * 3
    assert load_picture(data).size == (20, 30)
    assert probe_picture(data).size == (20, 30)
