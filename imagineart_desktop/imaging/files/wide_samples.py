"""Reads images with several channels of more than 8 bits each, which Pillow reduces to 8."""

from __future__ import annotations

import io
import struct
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeAlias

from imagineart_desktop.imaging.files.decoding import upright
from imagineart_desktop.imaging.files.formats import is_float_tiff
from imagineart_desktop.imaging.files.jxl_header import jxl_bits
from imagineart_desktop.imaging.files.media_boxes import bits_per_channel, image_properties
from imagineart_desktop.imaging.files.metadata import orientation_of
from imagineart_desktop.support.pixel_libraries import Image, cv2, np

if TYPE_CHECKING:
    from numpy.typing import NDArray

Wide: TypeAlias = "NDArray[np.uint16]"
"""height × width × channels, upright, 0 to 65535."""

_BITS, _COLORS, _EXTRA, _KIND = 258, 262, 338, 339
_RGB, _SHORT, _UNSIGNED = 2, 3, 1
_PREMULTIPLIED = 1
"""Tags of a TIFF, and their values."""

_PNG_DEPTH, _PNG_KIND, _PNG_GREY_ALPHA = 24, 25, 4
"""Position of a PNG header's bit depth and color type, and the color type for gray with alpha."""


def bits_of(image: Image.Image, source: Path | bytes) -> int:
    """Return the bits per channel in the file of an opened image."""
    if image.format == "PNG":
        head = source[: _PNG_DEPTH + 1] if isinstance(source, bytes) else _head(source)
        return head[_PNG_DEPTH] if len(head) > _PNG_DEPTH else 8
    if image.format == "TIFF":
        return int(max(_tags(image).get(_BITS, (8,))))
    if image.format == "JXL":
        return jxl_bits(source)
    return bits_per_channel(image_properties(source)) if image.format in ("AVIF", "HEIF") else 8


def read_16_bit(image: Image.Image, data: bytes, bits: int) -> Wide | None:
    """Return all bits of an opened image with more than 8 per channel; None if that isn't possible.

    Gray images have one or two channels, others those of Pillow's mode.
    """
    if image.format == "HEIF":
        return _of_heif(data, bits)
    if is_float_tiff(image):
        return image.wide()
    if image.format == "JXL" or (image.format == "TIFF" and not _is_plain(image)):
        return None
    samples = _decoded(_as_rgb(data) if image.mode == "CMYK" else data)
    if samples is None or sorted(samples.shape[:2]) != sorted(image.size):
        return None
    if image.format == "AVIF":
        samples = _widened(samples, bits)
    # OpenCV applies a TIFF's orientation.
    orientation = 1 if image.format == "TIFF" else orientation_of(image)
    return np.ascontiguousarray(upright(_channels(samples, image, data), orientation))


def _decoded(data: bytes) -> Wide | None:
    """Decode with OpenCV: height × width × channels, colors as RGB."""
    try:
        samples = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_UNCHANGED)
    except cv2.error:
        return None
    if samples is None or samples.dtype != np.uint16:
        return None
    if samples.ndim == 3 and samples.shape[2] in (3, 4):
        samples = cv2.cvtColor(samples, cv2.COLOR_BGR2RGB if samples.shape[2] == 3 else cv2.COLOR_BGRA2RGBA)
    return np.asarray(samples[:, :, None] if samples.ndim == 2 else samples, np.uint16)


def _channels(samples: Wide, image: Image.Image, data: bytes) -> Wide:
    """Return the channels that the image has: OpenCV changes their number for some images."""
    key = image.info.get("transparency")
    if samples.shape[2] == 1 and isinstance(key, int):
        opaque = np.where(samples == key, 0, 65535).astype(np.uint16)
        return np.concatenate((samples, opaque), axis=2)
    if image.format == "PNG" and data[_PNG_KIND] == _PNG_GREY_ALPHA:
        # OpenCV expands gray to three equal channels.
        return samples[:, :, (0, 3)]
    if image.mode == "RGB" and samples.shape[2] == 4 and image.format == "TIFF":
        # The fourth channel isn't transparency.
        return samples[:, :, :3]
    return samples


def _widened(samples: Wide, bits: int) -> Wide:
    """Scale samples from `bits` to 16, keeping black and white."""
    return np.asarray(samples << (16 - bits) | samples >> (2 * bits - 16), np.uint16)


def _of_heif(data: bytes, bits: int) -> Wide | None:
    opened = import_module("pillow_heif").open_heif(io.BytesIO(data), convert_hdr_to_8bit=False)
    samples = np.asarray(opened)
    if samples.dtype != np.uint16:
        return None
    samples = samples[:, :, None] if samples.ndim == 2 else samples
    return np.ascontiguousarray(_widened(np.asarray(samples >> (16 - bits), np.uint16), bits))


def _is_plain(image: Image.Image) -> bool:
    """Return whether OpenCV can read a TIFF: 16 bits per channel, unsigned, no premultiplied alpha."""
    tags = _tags(image)
    return (
        image.mode in ("RGB", "RGBA", "CMYK")
        and all(kind == _UNSIGNED for kind in tags.get(_KIND, (_UNSIGNED,)))
        and set(tags.get(_BITS, ())) == {16}
        and _PREMULTIPLIED not in tags.get(_EXTRA, ())
        and (image.mode != "CMYK" or len(tags.get(_BITS, ())) == 4)
    )


def _as_rgb(data: bytes) -> bytes:
    """Return a CMYK TIFF relabeled as RGB with a fourth channel, which OpenCV reads sample by sample."""
    order = {b"II*\0": "<", b"MM\0*": ">"}.get(data[:4])
    if order is None:
        return data
    try:
        (start,) = struct.unpack_from(f"{order}I", data, 4)
        (count,) = struct.unpack_from(f"{order}H", data, start)
        entries = {
            struct.unpack_from(f"{order}H", data, place)[0]: data[place : place + 12]
            for place in range(start + 2, start + 2 + 12 * count, 12)
        }
    except struct.error:
        return data
    for tag, value in ((_COLORS, _RGB), (_EXTRA, 0)):
        entries[tag] = struct.pack(f"{order}HHIHH", tag, _SHORT, 1, value, 0)
    directory = struct.pack(f"{order}H", len(entries)) + b"".join(entries[tag] for tag in sorted(entries)) + b"\0" * 4
    padding = b"\0" * (len(data) % 2)
    return data[:4] + struct.pack(f"{order}I", len(data) + len(padding)) + data[8:] + padding + directory


def _tags(image: Image.Image) -> Any:
    return getattr(image, "tag_v2", {})


def _head(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(_PNG_DEPTH + 1)
