"""Pixels without a window."""

from imagineart_desktop.imaging.brush import Brush, PulledString, Stroke
from imagineart_desktop.imaging.combining import Combine
from imagineart_desktop.imaging.composite import keep_outside
from imagineart_desktop.imaging.encoding import encode_grey_png, encode_png, png_chunk
from imagineart_desktop.imaging.errors import (
    EmptyMaskError,
    FullMaskError,
    MaskError,
    PictureError,
    SizeMismatchError,
)
from imagineart_desktop.imaging.export import ExportPair, export_mask, export_pair
from imagineart_desktop.imaging.geometry import EMPTY, Rect, Size
from imagineart_desktop.imaging.loading import (
    RESULT_FORMATS,
    USER_FORMATS,
    Picture,
    PictureInfo,
    Pixels,
    load_picture,
    probe_picture,
)
from imagineart_desktop.imaging.mask import Coverage, Mask, coverage, new_mask
from imagineart_desktop.imaging.mask_file import Fit, MaskFormat, MaskReading, encode_mask, read_mask
from imagineart_desktop.imaging.patches import Patch, Recorder
from imagineart_desktop.imaging.sending import sendable
from imagineart_desktop.imaging.thumbnail import make_thumbnail, reduce_to, thumbnail_of

__all__ = [
    "EMPTY",
    "RESULT_FORMATS",
    "USER_FORMATS",
    "Brush",
    "Combine",
    "Coverage",
    "EmptyMaskError",
    "ExportPair",
    "Fit",
    "FullMaskError",
    "Mask",
    "MaskError",
    "MaskFormat",
    "MaskReading",
    "Patch",
    "Picture",
    "PictureError",
    "PictureInfo",
    "Pixels",
    "PulledString",
    "Recorder",
    "Rect",
    "Size",
    "SizeMismatchError",
    "Stroke",
    "coverage",
    "encode_grey_png",
    "encode_mask",
    "encode_png",
    "export_mask",
    "export_pair",
    "keep_outside",
    "load_picture",
    "make_thumbnail",
    "new_mask",
    "png_chunk",
    "probe_picture",
    "read_mask",
    "reduce_to",
    "sendable",
    "thumbnail_of",
]
