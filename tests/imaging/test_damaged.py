"""Damaged files: complete pixels are shown whatever else is broken; anything else is refused with a message."""

from __future__ import annotations

import io
import random
import struct
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pillow_heif
import pillow_jxl
import pytest
from PIL import Image

from imagineart_desktop.imaging import (
    ExportProfile,
    MaskError,
    PictureError,
    has_non_srgb_colors,
    load_full_image,
    load_picture,
    make_thumbnail,
    normalize_for_upload,
    png_chunk,
    probe_picture,
    read_mask,
    strip_png,
)
from imagineart_desktop.library.metadata.file_probe import probe_file
from tests.imaging.inpaint_fixtures import scene

assert pillow_jxl
_DATA = Path(__file__).parents[1] / "data" / "damaged"

READERS: dict[str, Callable[[Path], object]] = {
    "probe": probe_picture,
    "load": load_picture,
    "load small": lambda path: load_picture(path, at_least=16),
    "load in full": load_full_image,
    "thumbnail": lambda path: make_thumbnail(path, 16),
    "mask": lambda path: read_mask(path, (64, 48)),
    "colours": has_non_srgb_colors,
    "send": lambda path: normalize_for_upload(path.read_bytes()),
    "strip": lambda path: strip_png(path, ExportProfile.NONE),
    "import": probe_file,
}


def encoded(kind: str, **options: object) -> bytes:
    held = io.BytesIO()
    Image.fromarray(scene(64, 48)).save(held, kind, **options)
    return held.getvalue()


def exif(turned: int = 6) -> bytes:
    block = Image.Exif()
    block[0x0112], block[0x010E], block[0x011A] = turned, "a scene", 300.0
    block.get_ifd(0x8769)[0x9286] = b"ASCII\x00\x00\x00a comment"
    return block.tobytes()


@pytest.mark.parametrize("reader", [name for name in READERS if name != "mask"])
def test_a_cut_exif_block_costs_nothing(reader: str) -> None:
    path = _DATA / "truncated_exif_dpi.jpg"
    READERS[reader](path)
    assert load_picture(path).size == probe_picture(path).size == load_full_image(path).size == (480, 640)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP"])
def test_an_exif_block_that_is_cut_or_scrambled_costs_no_pixel(kind: str, tmp_path: Path) -> None:
    whole = exif()
    rng = random.Random(5)  # noqa: S311 - for the same blocks in each run
    path = tmp_path / "picture"
    for attempt in range(24):
        block = bytearray(whole[: rng.randrange(7, len(whole))] if attempt % 2 else whole)
        for _ in range(attempt // 4):
            block[rng.randrange(6, len(block))] = rng.randrange(256)
        path.write_bytes(encoded(kind, exif=bytes(block)))
        size = load_picture(path).size
        assert sorted(size) == [48, 64]
        assert probe_picture(path).size == load_full_image(path).size == size
        for reader in ("thumbnail", "load small", "send", "import"):
            READERS[reader](path)


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "WEBP", "AVIF", "TIFF", "GIF", "BMP"])
def test_no_reader_lets_anything_but_its_own_error_through(kind: str, tmp_path: Path) -> None:
    whole = encoded(kind, **({"exif": exif()} if kind not in ("GIF", "BMP") else {}))
    rng = random.Random(7)  # noqa: S311 - for the same damage in each run
    path, refused = tmp_path / "picture", set()
    for attempt in range(30):
        data = bytearray(whole[: rng.randrange(1, len(whole))] if attempt % 3 == 0 else whole)
        for _ in range(1 + attempt % 5):
            data[rng.randrange(min(len(data), 400))] = rng.randrange(256)
        path.write_bytes(data)
        for name, reader in READERS.items():
            try:
                reader(path)
            except (PictureError, MaskError):
                refused.add(name)
    assert refused == set(READERS)


KINDS = ["PNG", "JPEG", "WEBP", "AVIF", "GIF", "TIFF", "BMP", "HEIF", "JXL"]


@pytest.mark.parametrize("kind", KINDS)
def test_a_file_with_a_broken_head_is_damaged_and_no_other_kind_of_file(kind: str) -> None:
    pillow_heif.register_heif_opener()
    whole = encoded(kind)
    heads = {"cut": whole[:32], "noise": whole[:16] + bytes(range(1, 255)), "ones": whole[:16] + b"\xff" * 400}
    if kind == "PNG":
        heads |= {"check sum": whole[:29] + bytes(4) + whole[33:], "newlines": whole.replace(b"\r\n", b"\n")}
    for name, data in heads.items():
        for reader in (probe_picture, load_picture, load_full_image):
            with pytest.raises(PictureError, match=f"“{name}” is damaged"):
                reader(data, name=name)


@pytest.mark.parametrize(
    "text", [b"BMW, a car", b"RIFF....WAVEfmt ", b"\0\0\0 ftypqt  ....", b"GIFT list", b"II and MM"]
)
def test_a_file_that_only_begins_like_an_image_is_not_called_damaged(text: bytes) -> None:
    with pytest.raises(PictureError, match="“a” is not an image"):
        probe_picture(text * 20, name="a")


@pytest.mark.parametrize("raised", [struct.error, KeyError, MemoryError, RecursionError])
def test_whatever_a_decoder_raises_is_told_as_a_sentence(
    raised: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(_image: Image.Image) -> None:
        raise raised("from inside a decoder")

    monkeypatch.setattr("PIL.JpegImagePlugin.JpegImageFile.load_prepare", fail)
    for reader in (load_picture, load_full_image):
        with pytest.raises(PictureError, match="cup"):
            reader(encoded("JPEG"), name="cup.jpg")


def test_a_jpeg_with_a_second_picture_is_a_jpeg() -> None:
    held = io.BytesIO()
    first, second = Image.fromarray(scene(64, 48)), Image.fromarray(scene(32, 24))
    first.save(held, "MPO", save_all=True, append_images=[second])
    assert probe_picture(held.getvalue()).format == load_picture(held.getvalue()).format == "JPEG"
    assert load_picture(held.getvalue()).size == (64, 48)


def test_what_stands_behind_the_pixels_of_a_png_is_read_without_decoding_them(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    whole = encoded("PNG")
    data = whole[:-12] + png_chunk(b"eXIf", exif().removeprefix(b"Exif\x00\x00")) + whole[-12:]
    expected = load_picture(data).pixels
    assert expected.shape[:2] == (64, 48)
    assert np.array_equal(load_full_image(data).samples, expected)

    def fail(_image: Image.Image) -> None:
        raise AssertionError("decoded")

    monkeypatch.setattr("PIL.PngImagePlugin.PngImageFile.load_prepare", fail)
    assert probe_picture(data).size == (48, 64)
    assert probe_picture(encoded("PNG")).size == (64, 48)
