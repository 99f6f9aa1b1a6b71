"""Every bit is read from files with more than 8 per channel; losses are reported; HDR is displayed tone-mapped."""

from __future__ import annotations

import io
import struct
from dataclasses import replace
from typing import Literal

import numpy as np
import pillow_heif
import pytest
from numpy.typing import NDArray
from PIL import Image
from PIL.TiffImagePlugin import ImageFileDirectory_v2

from imagineart_desktop.imaging import (
    FullImage,
    PictureError,
    describe_losses,
    encode_full_image,
    load_full_image,
    load_picture,
    make_thumbnail,
)
from imagineart_desktop.imaging.files.cicp import Cicp
from imagineart_desktop.imaging.files.file_metadata import FileMetadata
from imagineart_desktop.imaging.files.jxl_header import jxl_bits
from imagineart_desktop.imaging.files.tiff_file import encode_tiff
from imagineart_desktop.support.pixel_libraries import cv2
from tests.imaging.inpaint_fixtures import scene, source_of

DEEP = source_of("rgb16", 60, 40)
P3, PQ, HLG = Cicp(12, 13), Cicp(9, 16), Cicp(9, 18)


def avif(samples: NDArray[np.uint16], depth: int) -> bytes:
    order = cv2.COLOR_RGB2BGR if samples.shape[2] == 3 else cv2.COLOR_RGBA2BGRA
    options = [cv2.IMWRITE_AVIF_DEPTH, depth, cv2.IMWRITE_AVIF_QUALITY, 100]
    done, encoded = cv2.imencode(".avif", cv2.cvtColor(samples >> (16 - depth), order), options)
    assert done
    return encoded.tobytes()


def heic(samples: NDArray[np.uint16], **options: int) -> bytes:
    height, width, channels = samples.shape
    held = io.BytesIO()
    image = pillow_heif.from_bytes("RGB;16" if channels == 3 else "I;16", (width, height), samples.tobytes())
    image.save(held, quality=-1, chroma=444, matrix_coefficients=0, **options)
    return held.getvalue()


def tiff(
    samples: NDArray[np.uint16], colors: int, extra: tuple[int, ...] = (), order: Literal["<", ">"] = "<"
) -> bytes:
    """Build an uncompressed TIFF. colors: the tag's value; extra: meaning of the channels after the colors."""
    height, width, channels = samples.shape
    data = samples.astype(samples.dtype.newbyteorder(order)).tobytes()
    tags = ImageFileDirectory_v2(prefix=b"II" if order == "<" else b"MM")
    bits = (samples.dtype.itemsize * 8,) * channels
    values = {256: width, 257: height, 258: bits, 259: 1, 262: colors, 273: 0, 277: channels, 278: height}
    for tag, value in (values | {279: len(data)}).items():
        tags[tag] = value
    if extra:
        tags[338] = extra
    held = io.BytesIO()
    tags.save(held)
    return held.getvalue() + data


def colors_of(picture: FullImage) -> NDArray[np.float64]:
    return picture.shown()[:, :, :3].reshape(-1, 3).astype(float)


@pytest.mark.parametrize("order", ["<", ">"])
def test_16_bits_of_cmyk_are_kept(order: Literal["<", ">"]) -> None:
    samples = np.asarray(source_of("cmyk16", 61, 40).samples, np.uint16)
    data = tiff(samples, 5, order=order)
    picture = load_full_image(data)
    assert np.array_equal(picture.samples, samples)
    assert not picture.losses
    assert not describe_losses(data)
    assert np.array_equal(picture.shown(), load_picture(data).pixels)


@pytest.mark.parametrize("depth", [10, 12])
@pytest.mark.parametrize("channels", [3, 4])
def test_all_bits_of_an_avif_are_kept(depth: int, channels: int) -> None:
    samples = np.asarray(source_of("rgb16" if channels == 3 else "rgba16", 60, 40).samples, np.uint16)
    data = avif(samples, depth)
    picture = load_full_image(data)
    assert picture.deep
    assert not picture.losses
    assert not describe_losses(data)
    assert len(np.unique(picture.samples & 0x3F)) > 1  # white is 65535
    assert np.abs(picture.shown().astype(int) - load_picture(data).pixels).max() <= 2


def test_all_bits_of_a_heic_are_kept() -> None:
    for samples in (DEEP.samples, DEEP.samples[:, :, :1]):
        data = heic(np.ascontiguousarray(samples, np.uint16))
        picture = load_full_image(data)
        assert picture.deep
        assert not picture.losses
        assert not describe_losses(data)
        # The file itself has 10 bits.
        assert np.abs(picture.samples.astype(int) - samples).max() <= 128
        assert np.abs(picture.shown().astype(int) - load_picture(data).pixels).max() <= 1


def test_an_image_whose_bits_cannot_be_read_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    data = avif(np.asarray(DEEP.samples, np.uint16), 10)
    monkeypatch.setattr(cv2, "imdecode", lambda *_: None)
    said = ("This image has 10 bits per channel; only 8 are kept. Pixels outside the mask change slightly too.",)
    assert load_full_image(data).losses == describe_losses(data) == said


def test_an_image_that_opencv_cannot_read_leaves_no_trace_on_stderr(capfd: pytest.CaptureFixture[str]) -> None:
    data = tiff(np.asarray(DEEP.samples, np.uint16), 2)
    with pytest.raises(PictureError, match="damaged"):
        load_full_image(data[:-9000])
    assert capfd.readouterr().err == ""


def test_what_else_is_lost_is_said() -> None:
    rgba = np.asarray(source_of("rgba16", 60, 40).samples, np.uint16)
    lab = io.BytesIO()
    Image.fromarray(scene(30, 20)).convert("LAB").save(lab, "TIFF")
    floating = io.BytesIO()
    Image.fromarray(scene(30, 20)).convert("F").save(floating, "TIFF")
    five = np.asarray(np.dstack([rgba, rgba[:, :, :1]]), np.uint16)
    for data, words in (
        (lab.getvalue(), "Lab colors"),
        (floating.getvalue(), "Floating-point values"),
        (tiff(rgba, 2, (1,)), "16 bits per channel"),
        (tiff(rgba, 2, (0,)), "extra channels"),
        (tiff((five >> 8).astype(np.uint8), 5, (0,)), "extra channels"),
    ):
        losses = describe_losses(data)
        assert words in " ".join(losses)
        picture = load_full_image(data)
        assert picture.losses == losses
        assert np.array_equal(picture.shown(), load_picture(data).pixels)


def test_layouts_of_tiff_that_cannot_be_opened_are_named() -> None:
    rgba = np.asarray(source_of("rgba16", 60, 40).samples, np.uint16)
    for data in (tiff(rgba[:, :, :3], 8), tiff(np.dstack([rgba, rgba[:, :, :1]]), 5, (0,))):
        with pytest.raises(PictureError, match="“a” is a kind of TIFF that can’t be opened here"):
            load_picture(data, name="a")


@pytest.mark.parametrize("kind", ["grey", "grey_alpha", "rgb", "rgba", "cmyk", "grey16", "rgb16", "rgba16"])
def test_what_is_kept_is_not_said(kind: str) -> None:
    picture = source_of(kind, 60, 40)
    for data in (encode_full_image(picture), encode_tiff(picture)):
        assert not describe_losses(data)
        assert not load_full_image(data).losses


def test_lab_is_shown_without_transparency() -> None:
    held = io.BytesIO()
    image = Image.fromarray(scene(30, 20))
    image.convert("LAB").save(held, "TIFF")
    pixels = load_picture(held.getvalue()).pixels
    assert pixels.shape[2] == 3
    assert np.abs(pixels.astype(int) - np.asarray(image)).mean() < 4


def as_jxl(*fields: tuple[int, int]) -> bytes:
    """Build the header of a JPEG XL image. fields: value and number of bits."""
    bits = "".join(format(value, f"0{count}b")[::-1] for value, count in ((0x0AFF, 16), *fields))
    return int(bits[::-1], 2).to_bytes(64, "little")


def test_the_depth_of_a_jpeg_xl_is_known() -> None:
    small = ((1, 1), (4, 5), (1, 3))
    large = ((0, 1), (1, 2), (4000, 13), (0, 3), (1, 2), (6000, 13))
    for size in (small, large):
        assert jxl_bits(as_jxl(*size, (1, 1))) == 8
        assert jxl_bits(as_jxl(*size, (0, 1), (0, 1), (0, 1), (1, 2))) == 10
        assert jxl_bits(as_jxl(*size, (0, 1), (1, 1), (5, 3), (0, 3), (0, 1), (3, 2), (15, 6))) == 16
        assert jxl_bits(as_jxl(*size, (0, 1), (0, 1), (1, 1), (0, 2))) == 32
    boxed = struct.pack(">I4s", 12, b"JXL ") + b"\r\n\x87\n" + struct.pack(">I4s", 0, b"jxlc")
    assert jxl_bits(boxed + as_jxl(*small, (0, 1), (0, 1), (0, 1), (2, 2))) == 12
    assert jxl_bits(b"") == jxl_bits(b"\0" * 40) == 8


def test_display_p3_by_code_points_is_shown_and_kept() -> None:
    red = np.zeros((40, 60, 3), np.uint16)
    red[:, :, 0] = 180 * 257
    plain, wide = (load_full_image(heic(red, color_primaries=code, transfer_characteristic=13)) for code in (1, 12))
    assert plain.profile is None
    assert wide.profile is not None
    assert colors_of(wide)[:, 0].mean() > colors_of(plain)[:, 0].mean() + 10
    again = load_full_image(encode_full_image(wide))
    assert again.facts.cicp == P3
    assert np.array_equal(again.samples, wide.samples)
    assert np.array_equal(again.shown(), wide.shown())


@pytest.mark.parametrize("cicp", [PQ, HLG])
def test_hdr_is_shown_tone_mapped_and_said(cicp: Cicp) -> None:
    steps = np.linspace(0, 65535, 256).astype(np.uint16)
    ramp = np.repeat(np.tile(steps, (8, 1))[:, :, None], 3, axis=2)
    picture = FullImage(ramp, DEEP.colours, False, cicp.profile, FileMetadata(cicp=cicp))
    data = encode_full_image(picture)
    (said,) = describe_losses(data)
    assert "HDR" in said
    assert load_full_image(data).losses == (said,)
    row = load_picture(data).pixels[0, :, 1].astype(int)
    assert (np.diff(row) >= 0).all()
    # Diffuse white, at 58% of PQ and 75% of HLG, is bright and leaves room for highlights.
    white = row[round(255 * (0.58 if cicp is PQ else 0.75))]
    assert 200 < white < 245
    assert row[-1] == 255
    with Image.open(io.BytesIO(make_thumbnail(data, 64))) as small:
        assert np.asarray(small).max() > 240


def test_a_profile_in_the_file_goes_before_code_points() -> None:
    held = io.BytesIO()
    Image.fromarray(scene(60, 40)).save(held, "AVIF", icc_profile=PQ.profile)
    data = held.getvalue()
    assert describe_losses(data) == ()
    assert load_full_image(data).profile == PQ.profile


def test_images_without_code_points_say_nothing() -> None:
    assert replace(DEEP).facts.cicp is None
    held = io.BytesIO()
    Image.fromarray(scene(60, 40)).save(held, "AVIF")
    picture = load_full_image(held.getvalue())
    assert picture.profile is None
    assert not picture.losses
