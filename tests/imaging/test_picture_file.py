"""Exported files: other libraries read what was written, and whatever couldn't be preserved is reported."""

from __future__ import annotations

import io
import struct
import tempfile
from collections.abc import Mapping
from threading import Event
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image, ImageCms

from imagineart_desktop.imaging import (
    ExportProfile,
    ExportSettings,
    FileFormat,
    PictureError,
    SizeRule,
    encode_picture,
    full_image_of,
    load_full_image,
    load_picture,
)
from imagineart_desktop.imaging.files import encode_progress, profiles
from imagineart_desktop.support import WorkCanceledError
from imagineart_desktop.support.pixel_libraries import features
from tests.imaging.inpaint_fixtures import other_profile, source_of

KINDS = ("grey", "grey_alpha", "rgb", "rgba", "cmyk", "rgb_profile", "grey16", "grey_alpha16", "rgb16", "rgba16")
EXACT = (FileFormat.PNG, FileFormat.TIFF)


def by_opencv(data: bytes) -> NDArray[np.generic]:
    read = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    assert read is not None
    if read.ndim == 3:
        read = read[:, :, [2, 1, 0, 3][: read.shape[2]]]
    return np.asarray(read)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("form", list(FileFormat))
@pytest.mark.parametrize("profile", list(ExportProfile))
def test_every_picture_can_be_written_in_every_format_and_is_read_by_another_library(
    kind: str, form: FileFormat, profile: ExportProfile
) -> None:
    picture = source_of(kind, 121, 83)
    file = encode_picture(picture, ExportSettings(form, 95, profile=profile))
    shown = by_opencv(file.data)
    assert shown.shape[:2] == (83, 121)
    with Image.open(io.BytesIO(file.data)) as image:
        assert (image.format or "").upper() == form.name
        embedded = image.info.get("icc_profile")
    if profile is ExportProfile.SRGB:
        assert "sRGB" in ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(embedded or b"")))
    elif profile is ExportProfile.NONE:
        assert embedded is None
    elif form in EXACT and kind != "cmyk":
        assert embedded == picture.profile


@pytest.mark.parametrize(
    ("form", "kind"),
    [(form, kind) for form in EXACT for kind in ("rgb", "rgba", "grey", "rgb16", "rgba16", "grey16")],
)
def test_png_and_tiff_keep_every_bit_as_opencv_reads_them(form: FileFormat, kind: str) -> None:
    picture = source_of(kind, 701, 503)
    file = encode_picture(picture, ExportSettings(form, profile=ExportProfile.KEPT))
    if (form, kind) == (FileFormat.TIFF, "rgba"):
        # OpenCV multiplies this one by its alpha.
        read: NDArray[np.generic] = np.asarray(Image.open(io.BytesIO(file.data)))
    else:
        read = by_opencv(file.data)
    assert read.dtype == picture.samples.dtype
    assert np.array_equal(read.reshape(picture.samples.shape), picture.samples)
    assert file.remarks == ()


def test_cmyk_and_its_profile_stay_in_a_tiff_and_become_srgb_in_a_png() -> None:
    picture = source_of("cmyk", 60, 40)
    kept = load_full_image(encode_picture(picture, ExportSettings(FileFormat.TIFF, profile=ExportProfile.KEPT)).data)
    assert np.array_equal(kept.samples, picture.samples)
    png = encode_picture(picture, ExportSettings(FileFormat.PNG, profile=ExportProfile.KEPT))
    assert np.array_equal(by_opencv(png.data), picture.shown())
    assert "sRGB" in png.remarks[0]


def test_colours_of_another_profile_become_srgb_on_request() -> None:
    picture = source_of("rgb_profile", 60, 40)
    assert picture.profile == other_profile()
    file = encode_picture(picture, ExportSettings(FileFormat.PNG, profile=ExportProfile.SRGB))
    assert np.array_equal(by_opencv(file.data), picture.shown())
    assert not np.array_equal(picture.shown(), picture.samples)


def test_transparency_is_put_on_white_for_a_jpeg_and_said() -> None:
    picture = source_of("rgba", 64, 64)
    samples = picture.samples.copy()
    samples[:, :32, 3], samples[:, 32:, 3] = 0, 255
    file = encode_picture(picture.with_samples(samples), ExportSettings(FileFormat.JPEG, 95))
    read = by_opencv(file.data)
    assert read[:, :28].min() >= 250
    assert any("white" in remark for remark in file.remarks)


@pytest.mark.parametrize("form", [FileFormat.JPEG, FileFormat.WEBP, FileFormat.AVIF])
def test_sixteen_bits_become_eight_where_the_format_has_no_more_and_it_is_said(form: FileFormat) -> None:
    picture = source_of("rgb16", 64, 64)
    file = encode_picture(picture, ExportSettings(form, 95))
    read = by_opencv(file.data)
    assert read.dtype == np.uint8
    assert any("16 bits" in remark for remark in file.remarks)


@pytest.mark.parametrize(
    ("rule", "amount", "size"),
    [
        (SizeRule.ORIGINAL, 10, (400, 300)),
        (SizeRule.LONG_EDGE, 200, (200, 150)),
        (SizeRule.LONG_EDGE, 4000, (400, 300)),
        (SizeRule.PERCENT, 25, (100, 75)),
        (SizeRule.PERCENT, 150, (600, 450)),
        (SizeRule.PERCENT, 1, (4, 3)),
    ],
)
@pytest.mark.parametrize("kind", ["rgb", "rgba16"])
def test_the_size_is_the_one_asked_for(rule: SizeRule, amount: int, size: tuple[int, int], kind: str) -> None:
    file = encode_picture(source_of(kind, 400, 300), ExportSettings(FileFormat.PNG, rule=rule, amount=amount))
    assert file.size == size
    assert by_opencv(file.data).shape[1::-1] == size


def test_a_reduced_picture_looks_the_same_and_transparency_leaves_no_dark_edge() -> None:
    picture = source_of("rgba", 200, 200)
    samples = np.zeros_like(picture.samples)
    samples[60:140, 60:140] = (250, 120, 30, 255)
    settings = ExportSettings(FileFormat.PNG, rule=SizeRule.PERCENT, amount=37)
    read = by_opencv(encode_picture(picture.with_samples(samples), settings).data).astype(int)
    seen = read[read[:, :, 3] > 20]
    assert np.abs(seen[:, :3] - (250, 120, 30)).max() <= 6


def test_the_same_image_makes_the_same_file_at_any_time(monkeypatch: pytest.MonkeyPatch) -> None:
    picture, settings = source_of("rgb", 40, 30), ExportSettings(FileFormat.PNG, profile=ExportProfile.SRGB)
    first = encode_picture(picture, settings).data
    made, years = profiles._srgb(), struct.pack(">6H", 1999, 12, 31, 23, 59, 59)
    later = made.tobytes()
    monkeypatch.setattr(
        profiles, "_srgb", lambda: ImageCms.ImageCmsProfile(io.BytesIO(later[:24] + years + later[36:]))
    )
    assert profiles._srgb().tobytes()[24:36] == years
    assert encode_picture(picture, settings).data == first
    assert ImageCms.getProfileDescription(ImageCms.ImageCmsProfile(io.BytesIO(profiles.srgb_profile())))


def test_a_lower_quality_makes_a_smaller_file() -> None:
    picture = source_of("rgb", 400, 300)
    for form in FileFormat:
        lengths = [len(encode_picture(picture, ExportSettings(form, quality)).data) for quality in (30, 95)]
        assert (lengths[0] < lengths[1]) is form.has_quality


def test_avif_is_refused_plainly_where_it_cannot_be_written(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(features, "check", lambda name: name != "avif")
    with pytest.raises(PictureError, match="AVIF cannot be written on this computer"):
        encode_picture(source_of("rgb", 8, 8), ExportSettings(FileFormat.AVIF))


def test_what_a_format_cannot_hold_is_refused_before_any_work() -> None:
    with pytest.raises(PictureError, match="too large for WebP"):
        encode_picture(source_of("grey", 5000, 1), ExportSettings(FileFormat.WEBP, rule=SizeRule.PERCENT, amount=400))


@pytest.mark.parametrize("kind", [FileFormat.JPEG, FileFormat.WEBP, FileFormat.AVIF])
def test_an_encoder_under_way_tells_how_far_it_is_and_is_left_when_nobody_wants_its_file(
    kind: FileFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(encode_progress, "_MIN_PIXELS", 1)
    monkeypatch.setattr(encode_progress, "_PAUSE", 0.001)
    picture = full_image_of(np.random.default_rng(1).integers(0, 255, (96, 64, 3), np.uint8))
    settings = ExportSettings(kind)
    told: list[float] = []
    data = encode_picture(picture, settings, reach=told.append).data
    assert np.array_equal(load_picture(data).pixels, load_picture(encode_picture(picture, settings).data).pixels)
    encode, may_end, started = encode_progress._encode, Event(), list[int]()

    def held(image: Image.Image, name: str, options: Mapping[str, Any]) -> bytes:
        if image.height == 96:
            started.append(96)
            may_end.wait()
        return encode(image, name, options)

    def give_up(share: float) -> None:
        told.append(share)
        if len(told) == 4:
            raise WorkCanceledError

    monkeypatch.setattr(encode_progress, "_encode", held)
    told.clear()
    with pytest.raises(WorkCanceledError):
        encode_picture(picture, settings, reach=give_up)
    assert told == sorted(told)
    assert 0 < told[0] < told[-1] < 1
    # The canceled encoding keeps its image until it ends: another one waits for that, and can be canceled meanwhile.
    with pytest.raises(WorkCanceledError):
        encode_picture(picture, settings, reach=give_up_at_once)
    assert started == [96]
    may_end.set()
    again = encode_picture(picture, settings, reach=told.append).data
    assert np.array_equal(load_picture(again).pixels, load_picture(data).pixels)
    assert started == [96, 96]


def give_up_at_once(share: float) -> None:
    assert share == 0
    raise WorkCanceledError


def test_a_timeout_of_the_encoder_ends_the_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(encode_progress, "_MIN_PIXELS", 1)
    monkeypatch.setattr(encode_progress, "_PAUSE", 0.001)
    told: list[float] = []

    def fail(image: Image.Image, name: str, options: Mapping[str, Any]) -> bytes:
        if image.height == 96:
            raise TimeoutError
        return b""

    def reach(share: float) -> None:
        told.append(share)
        assert len(told) < 1000

    monkeypatch.setattr(encode_progress, "_encode", fail)
    with pytest.raises(PictureError, match="cannot be written as JPEG"):
        encode_picture(source_of("rgb", 64, 96), ExportSettings(FileFormat.JPEG), reach=reach)


def test_no_format_needs_room_for_temporary_files(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", "/nowhere")
    picture = source_of("rgb", 300, 200)
    for kind in FileFormat:
        assert load_picture(encode_picture(picture, ExportSettings(kind)).data).pixels.shape == (200, 300, 3)
