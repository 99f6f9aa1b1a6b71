"""Image processing without a GUI: loading, masks, compositing, encoding."""

from imagineart_desktop.imaging.difference import MAX_GAIN, Difference, difference
from imagineart_desktop.imaging.errors import (
    EmptyMaskError,
    FullMaskError,
    MaskError,
    PictureError,
    SizeMismatchError,
    UnreadablePictureError,
)
from imagineart_desktop.imaging.files.encoding import encode_grey_png, encode_png, png_chunk
from imagineart_desktop.imaging.files.file_input import read_file
from imagineart_desktop.imaging.files.formats import ENDINGS, FORMATS, RESULT_FORMATS, USER_FORMATS
from imagineart_desktop.imaging.files.full_image import Colours, DeepPicture, deep_of, load_deep, losses_of
from imagineart_desktop.imaging.files.full_image_codec import encode_deep
from imagineart_desktop.imaging.files.image_file import (
    MAX_PERCENT,
    FileFormat,
    FileSettings,
    PictureFile,
    Profile,
    SizeRule,
    encode_picture,
)
from imagineart_desktop.imaging.files.integrity import is_whole
from imagineart_desktop.imaging.files.loading import (
    Picture,
    PictureInfo,
    Pixels,
    has_own_colours,
    load_picture,
    open_checked,
    probe_picture,
)
from imagineart_desktop.imaging.files.metadata import exif_of
from imagineart_desktop.imaging.files.png_strip import stripped_png
from imagineart_desktop.imaging.files.progressive_preview import ShowRows
from imagineart_desktop.imaging.files.thumbnail import make_thumbnail, reduce_to, thumbnail_of
from imagineart_desktop.imaging.files.upload_format import sendable
from imagineart_desktop.imaging.geometry import EMPTY, Rect, Size
from imagineart_desktop.imaging.inpaint.blend import keep_outside
from imagineart_desktop.imaging.inpaint.compositing import Homecoming, Returned, bring_home
from imagineart_desktop.imaging.inpaint.outpainting import (
    enlarged,
    enlarged_mask,
    kept_area,
    margins_for_ratio,
    original_area,
    overlapped,
)
from imagineart_desktop.imaging.inpaint.request_images import Outgoing, Reach, outgoing, remark_on, requests_of
from imagineart_desktop.imaging.inpaint.seam import widest_seam
from imagineart_desktop.imaging.inpaint.settings import MAX_FEATHER, InpaintPlan, Margins, Mode, RoundTrip
from imagineart_desktop.imaging.mask.brush import Brush, PulledString
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Coverage, Mask, coverage, new_mask
from imagineart_desktop.imaging.mask.mask_export import ExportPair, export_mask, export_pair
from imagineart_desktop.imaging.mask.mask_file import Fit, MaskFormat, MaskReading, encode_mask, read_mask
from imagineart_desktop.imaging.mask.mask_ops import Combine, added_since
from imagineart_desktop.imaging.mask.stroke import Stroke
from imagineart_desktop.imaging.mask.undo_tiles import Patch, Recorder, patch_between

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
