"""Encodes full-fidelity images as PNG, or as TIFF for CMYK, which PNG doesn't support.

PNG is compressed in strips on all processors: a 24-megapixel photograph takes a quarter of the usual time.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator
from typing import TYPE_CHECKING

from imagineart_desktop.imaging.files.encoding import png_chunk
from imagineart_desktop.imaging.files.full_image import ColorModel, FullImage, Samples
from imagineart_desktop.imaging.files.png_texts import PNG_SIGNATURE
from imagineart_desktop.imaging.files.tiff_file import encode_tiff
from imagineart_desktop.imaging.strips import strip_by_strip
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_PNG_KINDS = {
    (ColorModel.GREY, False): 0,
    (ColorModel.GREY, True): 4,
    (ColorModel.RGB, False): 2,
    (ColorModel.RGB, True): 6,
}
_SUB = 1
"""PNG filter that stores each byte's difference from the corresponding byte of the previous pixel."""

_STRIP = 900_000
"""Bytes of image data that one thread compresses at a time: below the block size that the allocator maps on every
request (see `support/memory.py`).
"""


def encode_full_image(picture: FullImage, reach: ReportProgress | None = None) -> bytes:
    """Encode the image with all its bits, alpha, profile, and metadata: as PNG, or as TIFF for CMYK.

    reach: see `strip_by_strip`.
    """
    if picture.colours is ColorModel.CMYK:
        return encode_tiff(picture, reach=reach)
    facts = picture.facts
    width, height = picture.size
    kind = _PNG_KINDS[picture.colours, picture.alpha]
    chunks = [
        PNG_SIGNATURE,
        png_chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 16 if picture.deep else 8, kind, 0, 0, 0)),
    ]
    if facts.cicp is not None and picture.colours is ColorModel.RGB:
        chunks.append(png_chunk(b"cICP", facts.cicp.chunk))
    if picture.profile is not None:
        chunks.append(png_chunk(b"iCCP", b"ICC profile\x00\x00" + zlib.compress(picture.profile)))
    if facts.dpi is not None:
        chunks.append(png_chunk(b"pHYs", facts.pixels_per_metre))
    if facts.exif:
        chunks.append(png_chunk(b"eXIf", facts.exif))
    chunks += [*_pixel_chunks(picture.samples, reach), png_chunk(b"IEND", b"")]
    return b"".join(chunks)


def _pixel_chunks(samples: Samples, reach: ReportProgress | None) -> Iterator[bytes]:
    height = samples.shape[0]
    rows = max(1, _STRIP // max(1, samples[0].nbytes))
    starts = range(0, height, rows)
    sum_of_all = 1
    yield png_chunk(b"IDAT", b"\x78\x01")
    for compressed, checksum, length in strip_by_strip(
        lambda start: _strip(samples[start : start + rows], last=start + rows >= height), starts, reach
    ):
        yield png_chunk(b"IDAT", compressed)
        sum_of_all = _adler_of_both(sum_of_all, checksum, length)
    yield png_chunk(b"IDAT", struct.pack(">I", sum_of_all))


def _strip(samples: Samples, *, last: bool) -> tuple[bytes, int, int]:
    """Return (raw deflate of the filtered rows, their Adler-32, their length in bytes)."""
    big_endian = samples.astype(">u2") if samples.dtype == np.uint16 else samples
    pixel = samples.shape[2] * samples.dtype.itemsize
    plain: NDArray[np.uint8] = np.ascontiguousarray(big_endian).view(np.uint8).reshape(samples.shape[0], -1)
    filtered = np.empty((plain.shape[0], plain.shape[1] + 1), np.uint8)
    filtered[:, 0] = _SUB
    filtered[:, 1 : pixel + 1] = plain[:, :pixel]
    np.subtract(plain[:, pixel:], plain[:, :-pixel], out=filtered[:, pixel + 1 :])
    # Encode runs only: differences of photographs have hardly anything else to compress, and it's twice as fast.
    squeeze = zlib.compressobj(1, zlib.DEFLATED, -15, 9, zlib.Z_RLE)
    data = squeeze.compress(filtered.data) + squeeze.flush(zlib.Z_FINISH if last else zlib.Z_SYNC_FLUSH)
    return data, zlib.adler32(filtered.data), filtered.size


def _adler_of_both(first: int, second: int, length: int) -> int:
    """Combine the Adler-32 of two parts, as zlib's adler32_combine does. length: bytes of the second."""
    base = 65521
    low, high = first & 0xFFFF, first >> 16
    joined_low = (low + (second & 0xFFFF) - 1) % base
    joined_high = (high + (second >> 16) + length % base * (low - 1)) % base
    return joined_high << 16 | joined_low
