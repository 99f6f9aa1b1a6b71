"""Full images: a file's samples are kept bit for bit, and displayed as `load_picture` decodes them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from PIL import Image, ImageOps

from imagineart_desktop.imaging import ColorModel, PictureError, encode_full_image, load_full_image, load_picture
from tests.imaging.inpaint_fixtures import other_profile, scene, source_of

PNGSUITE = Path(__file__).parents[1] / "data" / "pngsuite"
KINDS = (
    "grey",
    "grey_alpha",
    "rgb",
    "rgba",
    "cmyk",
    "rgb_profile",
    "grey16",
    "grey_alpha16",
    "rgb16",
    "rgba16",
    "cmyk16",
)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("size", [(1, 1), (1, 70), (70, 1), (313, 207)])
def test_a_file_of_ours_holds_every_bit(tmp_path: Path, kind: str, size: tuple[int, int]) -> None:
    picture = source_of(kind, *size)
    path = tmp_path / "picture"
    path.write_bytes(encode_full_image(picture))
    for again in (load_full_image(path), load_full_image(path.read_bytes())):
        assert np.array_equal(again.samples, picture.samples)
        assert again.samples.dtype == picture.samples.dtype
        assert (again.colours, again.alpha, again.profile) == (picture.colours, picture.alpha, picture.profile)
    assert np.array_equal(load_picture(path).pixels, picture.shown())


@pytest.mark.parametrize("kind", ["rgb16", "rgba16", "grey16"])
def test_a_png_of_16_bits_is_read_alike_by_another_library(kind: str) -> None:
    picture = source_of(kind, 313, 207)
    read = np.asarray(cv2.imdecode(np.frombuffer(encode_full_image(picture), np.uint8), cv2.IMREAD_UNCHANGED))
    if read.ndim == 3:
        read = read[:, :, [2, 1, 0, 3][: read.shape[2]]]
    assert np.array_equal(read.reshape(picture.samples.shape), picture.samples)


def test_strips_of_a_large_picture_make_one_sound_file() -> None:
    picture = source_of("rgb", 3001, 2003)
    with Image.open(io.BytesIO(encode_full_image(picture))) as image:
        assert np.array_equal(np.asarray(image), picture.samples)
    with Image.open(io.BytesIO(encode_full_image(picture))) as image:
        image.verify()


@pytest.mark.parametrize("turned", range(1, 9))
@pytest.mark.parametrize("kind", ["PNG", "TIFF", "JPEG"])
def test_a_turned_picture_is_upright(turned: int, kind: str) -> None:
    exif = Image.Exif()
    exif[0x0112] = turned
    held = io.BytesIO()
    Image.fromarray(scene(40, 24)).save(held, kind, exif=exif)
    picture = load_full_image(held.getvalue())
    with Image.open(io.BytesIO(held.getvalue())) as image:
        assert np.array_equal(picture.samples, np.asarray(ImageOps.exif_transpose(image)))
    assert np.array_equal(picture.shown(), load_picture(held.getvalue()).pixels)


@pytest.mark.parametrize("turned", range(1, 9))
def test_a_turned_picture_of_16_bits_is_upright(turned: int) -> None:
    picture = source_of("rgb16", 40, 24)
    exif = Image.Exif()
    exif[0x0112] = turned
    eight = io.BytesIO()
    Image.fromarray((picture.samples >> 8).astype(np.uint8)).save(eight, "PNG", exif=exif)
    deep = encode_full_image(picture)
    data = eight.getvalue()
    start = data.index(b"eXIf") - 4
    chunk = data[start : start + 12 + int.from_bytes(data[start : start + 4], "big")]
    read = load_full_image(deep[:33] + chunk + deep[33:])
    assert read.deep
    assert np.array_equal((read.samples >> 8).astype(np.uint8), load_picture(data).pixels)


def test_a_tiff_of_16_bits_keeps_them() -> None:
    samples = np.asarray(source_of("rgb16", 50, 30).samples)
    done, encoded = cv2.imencode(".tiff", np.ascontiguousarray(samples[:, :, ::-1]))
    assert done
    assert np.array_equal(load_full_image(encoded.tobytes()).samples, samples)
    grey = samples[:, :, :1]
    held = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(grey[:, :, 0])).save(held, "TIFF")
    assert np.array_equal(load_full_image(held.getvalue()).samples, grey)


def of_mode(mode: str) -> Image.Image:
    return Image.fromarray(scene(30, 20)).convert(mode)


@pytest.mark.parametrize(
    ("mode", "kind", "colours", "channels"),
    [
        ("1", "PNG", ColorModel.GREY, 1),
        ("P", "PNG", ColorModel.RGB, 3),
        ("P", "GIF", ColorModel.RGB, 3),
        ("L", "JPEG", ColorModel.GREY, 1),
        ("CMYK", "JPEG", ColorModel.CMYK, 4),
        ("CMYK", "TIFF", ColorModel.CMYK, 4),
        ("F", "TIFF", ColorModel.GREY, 1),
        ("RGB", "WEBP", ColorModel.RGB, 3),
        ("RGB", "BMP", ColorModel.RGB, 3),
    ],
)
def test_other_files_are_read_as_they_are_shown(mode: str, kind: str, colours: ColorModel, channels: int) -> None:
    held = io.BytesIO()
    of_mode(mode).save(held, kind)
    picture = load_full_image(held.getvalue())
    assert (picture.colours, picture.samples.shape[2]) == (colours, channels)
    assert np.array_equal(picture.shown(), load_picture(held.getvalue()).pixels)


def test_a_transparent_colour_becomes_transparency() -> None:
    for mode, key in (("L", 200), ("RGB", (1, 2, 3)), ("P", 3)):
        held = io.BytesIO()
        image = of_mode(mode)
        image.putpixel((4, 5), key)
        image.save(held, "PNG", transparency=key)
        picture = load_full_image(held.getvalue())
        assert picture.alpha
        assert picture.samples[5, 4, -1] == 0
        assert np.array_equal(picture.shown(), load_picture(held.getvalue()).pixels)


def test_a_profile_is_gone_through_for_what_is_shown_and_kept_with_the_rest() -> None:
    held = io.BytesIO()
    Image.fromarray(scene(60, 40)).save(held, "PNG", icc_profile=other_profile())
    picture = load_full_image(held.getvalue())
    assert picture.profile == other_profile()
    shown = load_picture(held.getvalue()).pixels
    assert np.array_equal(picture.shown(), shown)
    assert not np.array_equal(shown, picture.samples)


@pytest.mark.parametrize("damage", ["cut", "text", "empty"])
def test_what_is_damaged_is_refused(damage: str) -> None:
    whole = encode_full_image(source_of("rgb16", 60, 40))
    data: Any = {"cut": whole[: len(whole) // 2], "text": b"not a picture", "empty": b""}[damage]
    with pytest.raises(PictureError):
        load_full_image(data)


@pytest.mark.parametrize("path", sorted(PNGSUITE.glob("[!x]*.png")), ids=lambda path: path.stem)
def test_the_suite_of_pngs_is_shown_as_it_is_loaded(path: Path) -> None:
    shown = load_full_image(path).shown().astype(int)
    loaded = load_picture(path).pixels
    # 16-bit gray with a transparent value is rounded differently.
    assert shown.shape == loaded.shape
    assert np.abs(shown - loaded).max() <= (1 if path.stem == "tbwn0g16" else 0)
