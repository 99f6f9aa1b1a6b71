"""Pixels without a window."""

from imagineart_desktop.imaging.brush import Brush, PulledString
from imagineart_desktop.imaging.combining import Combine, added_since
from imagineart_desktop.imaging.composite import keep_outside
from imagineart_desktop.imaging.deep import Colours, DeepPicture, deep_of, load_deep, losses_of
from imagineart_desktop.imaging.deep_file import encode_deep
from imagineart_desktop.imaging.difference import MAX_GAIN, Difference, difference
from imagineart_desktop.imaging.encoding import encode_grey_png, encode_png, png_chunk
from imagineart_desktop.imaging.errors import (
    EmptyMaskError,
    FullMaskError,
    MaskError,
    PictureError,
    SizeMismatchError,
    UnreadablePictureError,
)
from imagineart_desktop.imaging.export import ExportPair, export_mask, export_pair
from imagineart_desktop.imaging.file_input import read_file
from imagineart_desktop.imaging.formats import ENDINGS, FORMATS, RESULT_FORMATS, USER_FORMATS
from imagineart_desktop.imaging.geometry import EMPTY, Rect, Size
from imagineart_desktop.imaging.homeward import Homecoming, Returned, bring_home
from imagineart_desktop.imaging.loading import (
    Picture,
    PictureInfo,
    Pixels,
    has_own_colours,
    load_picture,
    open_checked,
    probe_picture,
)
from imagineart_desktop.imaging.mask import THRESHOLD, Coverage, Mask, coverage, new_mask
from imagineart_desktop.imaging.mask_file import Fit, MaskFormat, MaskReading, encode_mask, read_mask
from imagineart_desktop.imaging.metadata import exif_of
from imagineart_desktop.imaging.outpainting import (
    enlarged,
    enlarged_mask,
    kept_area,
    margins_for_ratio,
    original_area,
    overlapped,
)
from imagineart_desktop.imaging.outward import Outgoing, Reach, outgoing, remark_on, requests_of
from imagineart_desktop.imaging.patches import Patch, Recorder, patch_between
from imagineart_desktop.imaging.picture_file import (
    MAX_PERCENT,
    FileFormat,
    FileSettings,
    PictureFile,
    Profile,
    SizeRule,
    encode_picture,
)
from imagineart_desktop.imaging.png_strip import stripped_png
from imagineart_desktop.imaging.round_trip import MAX_FEATHER, InpaintPlan, Margins, Mode, RoundTrip
from imagineart_desktop.imaging.rows_so_far import ShowRows
from imagineart_desktop.imaging.seam import widest_seam
from imagineart_desktop.imaging.sending import sendable
from imagineart_desktop.imaging.stroke import Stroke
from imagineart_desktop.imaging.thumbnail import make_thumbnail, reduce_to, thumbnail_of
from imagineart_desktop.imaging.wholeness import is_whole

__all__ = [
    "EMPTY",
    "ENDINGS",
    "FORMATS",
    "MAX_FEATHER",
    "MAX_GAIN",
    "MAX_PERCENT",
    "RESULT_FORMATS",
    "THRESHOLD",
    "USER_FORMATS",
    "Brush",
    "Colours",
    "Combine",
    "Coverage",
    "DeepPicture",
    "Difference",
    "EmptyMaskError",
    "ExportPair",
    "FileFormat",
    "FileSettings",
    "Fit",
    "FullMaskError",
    "Homecoming",
    "InpaintPlan",
    "Margins",
    "Mask",
    "MaskError",
    "MaskFormat",
    "MaskReading",
    "Mode",
    "Outgoing",
    "Patch",
    "Picture",
    "PictureError",
    "PictureFile",
    "PictureInfo",
    "Pixels",
    "Profile",
    "PulledString",
    "Reach",
    "Recorder",
    "Rect",
    "Returned",
    "RoundTrip",
    "ShowRows",
    "Size",
    "SizeMismatchError",
    "SizeRule",
    "Stroke",
    "UnreadablePictureError",
    "added_since",
    "bring_home",
    "coverage",
    "deep_of",
    "difference",
    "encode_deep",
    "encode_grey_png",
    "encode_mask",
    "encode_picture",
    "encode_png",
    "enlarged",
    "enlarged_mask",
    "exif_of",
    "export_mask",
    "export_pair",
    "has_own_colours",
    "is_whole",
    "keep_outside",
    "kept_area",
    "load_deep",
    "load_picture",
    "losses_of",
    "make_thumbnail",
    "margins_for_ratio",
    "new_mask",
    "open_checked",
    "original_area",
    "outgoing",
    "overlapped",
    "patch_between",
    "png_chunk",
    "probe_picture",
    "read_file",
    "read_mask",
    "reduce_to",
    "remark_on",
    "requests_of",
    "sendable",
    "stripped_png",
    "thumbnail_of",
    "widest_seam",
]
