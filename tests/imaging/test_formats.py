"""HEIC and JPEG XL open; formats that can't be opened are named."""

from __future__ import annotations

import io
import subprocess
import sys
from pathlib import Path

import numpy as np
import pillow_heif
import pillow_jxl
import pytest
from PIL import Image

from imagineart_desktop.imaging import (
    PictureError,
    is_complete,
    load_full_image,
    load_picture,
    make_thumbnail,
    probe_picture,
)
from imagineart_desktop.imaging.files.formats import ENDINGS, FORMATS

assert pillow_jxl
KINDS = {"HEIC": "HEIF", "JPEG XL": "JXL"}


@pytest.fixture(autouse=True, scope="module")
def encoders() -> None:
    pillow_heif.register_heif_opener()


def saved(photos: Path, kind: str, **options: object) -> bytes:
    held = io.BytesIO()
    with Image.open(photos / "coffee.png") as image:
        image.convert("RGB").save(held, KINDS[kind], **options)
    return held.getvalue()


@pytest.mark.parametrize("kind", KINDS)
def test_it_opens_with_its_size_and_its_colors(photos: Path, tmp_path: Path, kind: str) -> None:
    data = saved(photos, kind, quality=95)
    info = probe_picture(data)
    assert (info.format, info.size) == (kind, (600, 400))
    with Image.open(photos / "coffee.png") as image:
        wanted = np.asarray(image.convert("RGB"), np.float32)
    for pixels in (load_picture(data).pixels, load_full_image(data).samples):
        assert np.abs(pixels[:, :, :3].astype(np.float32) - wanted).mean() < 4
    path = tmp_path / f"photo{next(one.extensions[0] for one in FORMATS if one.name == kind)}"
    path.write_bytes(data)
    assert is_complete(path)
    with Image.open(io.BytesIO(make_thumbnail(path, 64))) as small:
        assert max(small.size) == 64


@pytest.mark.parametrize("kind", KINDS)
def test_a_cut_file_is_told(photos: Path, kind: str) -> None:
    with pytest.raises(PictureError, match="“a” is damaged"):
        load_picture(saved(photos, kind)[:2000], name="a")


def test_a_turned_photo_is_upright(photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    assert probe_picture(saved(photos, "HEIC", exif=exif.tobytes())).size == (400, 600)


def test_a_jpeg_xl_is_turned_by_its_header_alone(photos: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    data = saved(photos, "JPEG XL", exif=exif.tobytes())
    assert probe_picture(data).size == load_picture(data).size == load_full_image(data).size == (600, 400)


def test_the_decoders_are_loaded_for_such_files_alone() -> None:
    script = (
        "import sys; from imagineart_desktop.imaging import probe_picture; from imagineart_desktop.resources import"
        " resource_path; probe_picture(resource_path('photos', 'coffee.png'));"
        " print([name for name in ('pillow_heif', 'pillow_jxl') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", script], check=True, capture_output=True, text=True)  # noqa: S603
    assert done.stdout == "[]\n"


def floating(order: str, bits: int) -> bytes:
    """Build a TIFF of 2 × 2 pixels with three floating-point channels, and its directory after the pixels."""

    def number(value: int, size: int) -> bytes:
        return value.to_bytes(size, "little" if order == "II" else "big")

    def entry(tag: int, kind: int, count: int, value: int) -> bytes:
        held = number(value, 2) + b"\0\0" if kind == 3 and count == 1 else number(value, 4)
        return number(tag, 2) + number(kind, 2) + number(count, 4) + held

    pixels = b"\0" * 48
    lists = number(bits, 2) * 3 + number(3, 2) * 3
    at = 8 + len(pixels)
    entries = [
        entry(256, 3, 1, 2),
        entry(257, 3, 1, 2),
        entry(258, 3, 3, at),
        entry(259, 3, 1, 1),
        entry(262, 3, 1, 2),
        entry(273, 4, 1, 8),
        entry(277, 3, 1, 3),
        entry(278, 3, 1, 2),
        entry(279, 4, 1, 48),
        entry(339, 3, 3, at + 6),
    ]
    head = order.encode() + number(42, 2) + number(at + len(lists), 4)
    return head + pixels + lists + number(len(entries), 2) + b"".join(entries) + number(0, 4)


@pytest.mark.parametrize("order", ["II", "MM"])
def test_floating_point_of_an_odd_width_is_named(order: str) -> None:
    assert load_picture(floating(order, 32)).pixels.tolist() == [[[0, 0, 0]] * 2] * 2
    with pytest.raises(PictureError, match="“a” is a floating-point TIFF"):
        load_picture(floating(order, 24), name="a")


@pytest.mark.parametrize(
    ("marker", "bits", "words"),
    [
        (0xC9, 8, "uses arithmetic coding"),
        (0xC3, 8, "uses lossless or hierarchical coding"),
        (0xC5, 8, "uses lossless or hierarchical coding"),
        (0xC1, 12, "has 12 bits per channel"),
    ],
)
def test_rare_kinds_of_jpeg_are_named(photos: Path, marker: int, bits: int, words: str) -> None:
    held = io.BytesIO()
    with Image.open(photos / "coffee.png") as image:
        image.convert("RGB").save(held, "JPEG")
    data = bytearray(held.getvalue())
    frame = data.index(b"\xff\xc0")
    data[frame + 1], data[frame + 4] = marker, bits
    with pytest.raises(PictureError, match=f"“a” {words}"):
        load_picture(bytes(data[:5000]), name="a")


def test_no_ending_belongs_to_two_formats() -> None:
    assert len(set(ENDINGS)) == len(ENDINGS)


def test_all_bits_of_a_gray_jpeg_xl_are_read() -> None:
    gray = np.arange(30 * 20, dtype=np.uint16).reshape(20, 30) * 109
    held = io.BytesIO()
    Image.fromarray(gray).save(held, "JXL", lossless=True)
    picture = load_full_image(held.getvalue())
    assert np.array_equal(picture.samples[:, :, 0], gray)
    assert not picture.losses
