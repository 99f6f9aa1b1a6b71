"""Encodes full-fidelity images as TIFF: 8 or 16 bits, gray, RGB, or CMYK, with alpha and profile.

Pillow writes at most 8 bits for multiple channels, and OpenCV writes neither the profile nor the meaning of alpha. Tags
follow the TIFF 6.0 specification; Pillow writes the file's directory.
"""

from __future__ import annotations

import io
import zlib
from itertools import accumulate

from imagineart_desktop.imaging.files.full_image import ColorModel, FullImage, Samples
from imagineart_desktop.imaging.strips import strip_by_strip
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import TiffImagePlugin, np

_WIDTH, _HEIGHT, _BITS, _COMPRESSION, _COLOURS = 256, 257, 258, 259, 262
_OFFSETS, _SAMPLES, _ROWS, _COUNTS, _PREDICTOR = 273, 277, 278, 279, 317
_ACROSS, _DOWN, _UNIT, _INCH = 282, 283, 296, 2
_EXTRA, _XMP, _PROFILE = 338, 700, 34675
_DEFLATE, _DIFFERENCES, _STRAIGHT_ALPHA = 8, 2, 2
_MEANING = {ColorModel.GREY: 1, ColorModel.RGB: 2, ColorModel.CMYK: 5}

_STRIP = 2**20
"""Bytes of image data per strip."""


def encode_tiff(picture: FullImage, xmp: bytes | None = None, reach: ReportProgress | None = None) -> bytes:
    """Encode the image losslessly. xmp: a packet to include; reach: see `strip_by_strip`."""
    width, height = picture.size
    channels = picture.samples.shape[2]
    rows = max(1, _STRIP // max(1, picture.samples[0].nbytes))
    starts = range(0, height, rows)
    strips = list(strip_by_strip(lambda start: _strip(picture.samples[start : start + rows]), starts, reach))
    lengths = [len(strip) for strip in strips]
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    for tag, value in {
        _WIDTH: width,
        _HEIGHT: height,
        _BITS: (16 if picture.deep else 8,) * channels,
        _COMPRESSION: _DEFLATE,
        _COLOURS: _MEANING[picture.colours],
        _OFFSETS: tuple(accumulate(lengths[:-1], initial=0)),
        _SAMPLES: channels,
        _ROWS: rows,
        _COUNTS: tuple(lengths),
        _PREDICTOR: _DIFFERENCES,
    }.items():
        tags[tag] = value
    if picture.facts.dpi is not None:
        tags[_ACROSS], tags[_DOWN] = picture.facts.dpi
        tags[_UNIT] = _INCH
    for tag, value in picture.facts.tags().items():
        tags[tag] = value
    if picture.alpha:
        tags[_EXTRA] = _STRAIGHT_ALPHA
    if picture.profile is not None:
        tags[_PROFILE] = picture.profile
    if xmp is not None:
        tags[_XMP] = xmp
    held = io.BytesIO()
    tags.save(held)
    return b"".join([held.getvalue(), *strips])


def _strip(samples: Samples) -> bytes:
    differences = samples.copy()
    np.subtract(samples[:, 1:], samples[:, :-1], out=differences[:, 1:])
    return zlib.compress(differences.astype(samples.dtype.newbyteorder("<")).data, 6)
