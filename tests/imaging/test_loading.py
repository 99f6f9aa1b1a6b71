"""Every picture either opens, upright and in sRGB, or is refused with a message that names it and the reason."""

from __future__ import annotations

import io
import struct
import zlib
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from imagineart_desktop.imaging import (
    RESULT_FORMATS,
    PictureError,
    encode_png,
    load_full_image,
    load_picture,
    make_thumbnail,
    normalize_for_upload,
    png_chunk,
    probe_picture,
)
from imagineart_desktop.imaging.files import progressive_preview
from imagineart_desktop.imaging.files.png_texts import png_chunks
from imagineart_desktop.support import WorkCanceledError

SUITE = sorted((Path(__file__).parent.parent / "data" / "pngsuite").glob("*.png"))

WRONG_CHECKSUM_ALONE = "xcsn0g01"
"""Broken on purpose, but its pixels are complete: decoders differ, ours opens it."""


def saved(image: Image.Image, kind: str, **options: Any) -> bytes:
    target = io.BytesIO()
    image.save(target, kind, **options)
    return target.getvalue()


@pytest.mark.parametrize("path", SUITE, ids=lambda path: path.stem)
def test_pngsuite(path: Path) -> None:
    if path.name.startswith("x") and path.stem != WRONG_CHECKSUM_ALONE:
        with pytest.raises(PictureError, match=path.name):
            load_picture(path)
        return
    picture = load_picture(path)
    with Image.open(path) as image:
        assert picture.size == image.size == probe_picture(path).size
    assert picture.pixels.dtype == np.uint8
    assert picture.pixels.shape[2] in (3, 4)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16", "I", "F"])
def test_every_mode_opens(mode: str) -> None:
    kind = {"CMYK": "TIFF", "F": "TIFF", "I": "TIFF"}.get(mode, "PNG")
    picture = load_picture(saved(Image.new(mode, (7, 5)), kind))
    assert picture.size == (7, 5)


def test_sixteen_bits_keep_their_scale() -> None:
    grey = np.full((4, 4), 0x8080, np.uint16)
    assert load_picture(saved(Image.fromarray(grey), "PNG")).pixels[0, 0, 0] == 0x80


@pytest.mark.parametrize("orientation", range(1, 9))
def test_rotated_photographs_are_upright(orientation: int) -> None:
    image = Image.new("RGB", (40, 20), "white")
    exif = Image.Exif()
    exif[0x0112] = orientation
    data = saved(image, "JPEG", exif=exif)
    expected = (20, 40) if orientation >= 5 else (40, 20)
    assert load_picture(data).size == probe_picture(data).size == expected
    sent = normalize_for_upload(data)
    assert probe_picture(sent).size == expected
    assert (sent == data) is (orientation == 1)


@pytest.mark.parametrize("kind", ["GIF", "WEBP", "PNG"])
def test_of_an_animation_the_first_frame_counts(kind: str) -> None:
    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    data = saved(frames[0], kind, save_all=True, append_images=frames[1:])
    assert load_picture(data).pixels[4, 4, 0] > 200
    assert Image.open(io.BytesIO(normalize_for_upload(data))).format == "PNG"


def test_a_jpeg_with_more_images_after_the_first_is_sent_as_it_is(photos: Path) -> None:
    held = io.BytesIO()
    with Image.open(photos / "coffee.png") as image:
        first = image.convert("RGB")
    first.save(held, "MPO", save_all=True, append_images=[first.resize((60, 40))])
    assert normalize_for_upload(held.getvalue()) == held.getvalue()
    held = io.BytesIO()
    first.save(held, "WEBP", save_all=True, append_images=[first.rotate(90)])
    assert normalize_for_upload(held.getvalue()) != held.getvalue()


@pytest.mark.parametrize("size", [(1, 1), (1, 20000), (20000, 1)])
def test_odd_shapes(size: tuple[int, int]) -> None:
    assert load_picture(saved(Image.new("RGB", size), "PNG")).size == size
    assert make_thumbnail(saved(Image.new("RGB", size), "PNG"), 256)


def bomb() -> bytes:
    head = struct.pack(">IIBBBBB", 40_000, 40_000, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + png_chunk(b"IHDR", head)
        + png_chunk(b"IDAT", zlib.compress(b"\0" * 1000))
        + png_chunk(b"IEND", b"")
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "is empty"),
        (b"hello, I am a text", "is not an image"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "is not an image"),
        (b"%PDF-1.7", "is not an image"),
        (b"\x89PNG\r\n\x1a\n", "cannot be opened|is not an image|is damaged"),
        (bomb(), "is too large: 40000 × 40000"),
    ],
)
def test_what_cannot_be_used_is_refused_by_name(data: bytes, reason: str, tmp_path: Path) -> None:
    path = tmp_path / "holiday.png"
    path.write_bytes(data)
    with pytest.raises(PictureError, match=reason) as caught:
        load_picture(path)
    assert "“holiday.png”" in str(caught.value)


def test_a_truncated_photograph_is_refused(photos: Path) -> None:
    data = (photos / "rocket.jpg").read_bytes()
    with pytest.raises(PictureError, match="damaged"):
        load_picture(data[: len(data) // 2], name="rocket.jpg")


def test_the_content_counts_not_the_extension(tmp_path: Path, photos: Path) -> None:
    path = tmp_path / "wrong.gif"
    path.write_bytes((photos / "chelsea.png").read_bytes())
    assert load_picture(path).format == "PNG"


def test_results_of_other_formats_are_refused() -> None:
    with pytest.raises(PictureError):
        load_picture(saved(Image.new("RGB", (4, 4)), "TIFF"), formats=RESULT_FORMATS)


def test_thumbnails_are_small_and_upright(photos: Path) -> None:
    with Image.open(io.BytesIO(make_thumbnail(photos / "hubble_deep_field.jpg", 256))) as small:
        assert max(small.size) == 256
        assert small.format == "JPEG"


def test_the_rows_so_far_of_a_large_picture_are_shown_while_it_is_decoded() -> None:
    pixels = np.random.default_rng(3).integers(1, 255, (3072, 768, 3), dtype=np.uint8)
    shown: list[tuple[NDArray[np.uint8], float]] = []
    told = [0.0]
    picture = load_full_image(
        encode_png(pixels), reach=told.append, show_rows=lambda rows, _size: shown.append((rows, told[-1]))
    )
    assert np.array_equal(picture.samples, pixels)
    assert told == sorted(told)
    first, share = shown[0]
    assert share < 0.3
    counts = [int(np.count_nonzero(rows[:, 0, 3])) for rows, _ in shown]
    assert counts == sorted(counts)
    assert 0 < counts[0] < 1024 * 0.3 < counts[-1]
    small = pixels[: counts[0] * 3].reshape(counts[0], 3, 256, 3, 3).mean(axis=(1, 3))
    assert np.abs(first[: counts[0], :, :3] - small).max() <= 1
    assert not first[counts[0] :].any()


def test_rows_that_are_decoded_while_they_are_read_are_shown_complete(monkeypatch: pytest.MonkeyPatch) -> None:
    pixels = np.random.default_rng(3).integers(1, 255, (3072, 768, 3), dtype=np.uint8)
    image = Image.new("RGB", (768, 3072))
    reached = 1250

    def strip_of(_image: Image.Image, top: int, bottom: int) -> Image.Image:
        """Read the upper half up to the middle of a row, let the decoder go on, then read the rest."""
        nonlocal reached
        strip = np.zeros((bottom - top, 768, 3), np.uint8)
        middle = (top + bottom) // 2
        for first, last in ((top, middle), (middle, bottom)):
            known = max(first, min(last, reached))
            strip[first - top : known - top] = pixels[first:known]
            if first <= reached < last:
                strip[reached - top, :300] = pixels[reached, :300]
                reached += 200
        return Image.fromarray(strip)

    monkeypatch.setattr(progressive_preview, "strip_of", strip_of)
    monkeypatch.setattr(progressive_preview, "STRIP_PIXELS", 768 * 400)
    shown: list[NDArray[np.uint8]] = []
    preview = progressive_preview.ProgressivePreview(image, lambda rows, _size: shown.append(rows))
    preview._takes = False
    preview.look(0.9)
    preview._wait()
    preview.close()
    (rows,) = shown
    count = int(np.count_nonzero(rows[:, 0, 3]))
    small = pixels[: count * 3].reshape(count, 3, 256, 3, 3).mean(axis=(1, 3))
    assert count > 50
    assert np.abs(rows[:count, :, :3] - small).max() <= 1


@pytest.mark.parametrize("orientation", [1, 3, 6])
def test_a_large_picture_that_is_followed_has_the_samples_of_its_file(orientation: int) -> None:
    pixels = np.random.default_rng(3).integers(0, 255, (3072, 1200, 4), dtype=np.uint8)
    # Rows of zeros look like rows that aren't decoded yet.
    pixels[:400] = pixels[1500:2000] = pixels[2900:] = 0
    exif = Image.Exif()
    exif[0x0112] = orientation
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "PNG", compress_level=1, exif=exif)
    shown: list[int] = []
    picture = load_full_image(
        held.getvalue(), reach=lambda _: None, show_rows=lambda rows, _size: shown.append(len(rows))
    )
    assert shown
    assert np.array_equal(picture.samples, load_full_image(held.getvalue()).samples)
    assert np.array_equal(picture.samples, np.rot90(pixels, {1: 0, 3: 2, 6: -1}[orientation]))


def test_a_picture_in_many_small_chunks_is_decoded_in_few_pieces_and_what_follows_is_read(photos: Path) -> None:
    pixels = load_picture(photos / "astronaut.png").pixels
    held = io.BytesIO()
    Image.fromarray(pixels).save(held, "PNG", compress_level=0)
    whole = held.getvalue()
    start, text = next(s for kind, s, _ in png_chunks(whole) if kind == b"IDAT"), b"Comment\0behind"

    packed = b"".join(whole[s + 8 : e - 4] for kind, s, e in png_chunks(whole) if kind == b"IDAT")
    pieces = [png_chunk(b"IDAT", packed[place : place + 1000]) for place in range(0, len(packed), 1000)]
    data = whole[:start] + b"".join(pieces) + png_chunk(b"tEXt", text) + png_chunk(b"IEND", b"")
    told: list[float] = []
    assert np.array_equal(load_full_image(data, reach=told.append).samples, pixels)
    assert len(told) <= 2 + len(packed) // 2**18
    for cut in (len(data) - 12, len(data) - 60, len(data) - 30, start + 1000):
        # A truncated file is accepted or refused just as it is when decoded in one piece.
        with_rows = without = None
        with suppress(PictureError):
            without = load_full_image(data[:cut]).samples
        with suppress(PictureError):
            with_rows = load_full_image(data[:cut], reach=told.append).samples
        assert (with_rows is None) == (without is None), cut


def test_decoding_ends_where_nobody_wants_the_rest() -> None:
    def end(share: float) -> None:
        if share > 0.5:
            raise WorkCanceledError

    with pytest.raises(WorkCanceledError):
        load_full_image(encode_png(np.zeros((2048, 2048, 3), np.uint8)), reach=end)


def test_a_tiff_that_is_turned_has_the_size_that_it_is_shown_in() -> None:
    held = io.BytesIO()
    with Image.new("RGB", (30, 20)) as image:
        exif = Image.Exif()
        exif[0x0112] = 6
        image.save(held, "TIFF", exif=exif)
    assert probe_picture(held.getvalue()).size == load_picture(held.getvalue()).size == (20, 30)
