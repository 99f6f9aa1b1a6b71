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
from imagineart_desktop.imaging.files.full_image import (
    ColorModel,
    FullImage,
    describe_losses,
    full_image_of,
    load_full_image,
)
from imagineart_desktop.imaging.files.full_image_codec import encode_full_image
from imagineart_desktop.imaging.files.image_file import (
    MAX_PERCENT,
    EncodedImage,
    ExportProfile,
    ExportSettings,
    FileFormat,
    SizeRule,
    encode_picture,
)
from imagineart_desktop.imaging.files.integrity import is_complete
from imagineart_desktop.imaging.files.loading import (
    Picture,
    PictureInfo,
    Pixels,
    has_non_srgb_colors,
    load_picture,
    open_checked,
    probe_picture,
)
from imagineart_desktop.imaging.files.metadata import exif_of
from imagineart_desktop.imaging.files.png_strip import strip_png
from imagineart_desktop.imaging.files.progressive_preview import OnRows
from imagineart_desktop.imaging.files.thumbnail import make_thumbnail, reduce_to, thumbnail_of
from imagineart_desktop.imaging.files.upload_format import normalize_for_upload
from imagineart_desktop.imaging.geometry import EMPTY, Rect, Size
from imagineart_desktop.imaging.inpaint.blend import blend_inside_mask
from imagineart_desktop.imaging.inpaint.compositing import CompositeResult, RawResult, composite
from imagineart_desktop.imaging.inpaint.outpainting import (
    enlarge_canvas,
    enlarge_mask,
    kept_area,
    margins_for_ratio,
    original_area,
    overlap_pixels,
)
from imagineart_desktop.imaging.inpaint.request_images import (
    RequestArea,
    RequestImages,
    build_requests,
    plan_areas,
    suggest_split,
)
from imagineart_desktop.imaging.inpaint.seam import max_feather_of
from imagineart_desktop.imaging.inpaint.settings import MAX_FEATHER, InpaintPlan, InpaintSettings, Margins, SendMode
from imagineart_desktop.imaging.mask.brush import Brush, StrokeStabilizer
from imagineart_desktop.imaging.mask.mask import THRESHOLD, Coverage, Mask, coverage, new_mask
from imagineart_desktop.imaging.mask.mask_export import ImageMaskPair, export_mask, export_pair, with_transparency
from imagineart_desktop.imaging.mask.mask_file import MaskFit, MaskFormat, ReadMask, encode_mask, read_mask
from imagineart_desktop.imaging.mask.mask_ops import BooleanOp, added_since
from imagineart_desktop.imaging.mask.stroke import Stroke
from imagineart_desktop.imaging.mask.undo_tiles import TilePatch, TileRecorder, patch_between

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
    "BooleanOp",
    "Brush",
    "ColorModel",
    "CompositeResult",
    "Coverage",
    "Difference",
    "EmptyMaskError",
    "EncodedImage",
    "ExportProfile",
    "ExportSettings",
    "FileFormat",
    "FullImage",
    "FullMaskError",
    "ImageMaskPair",
    "InpaintPlan",
    "InpaintSettings",
    "Margins",
    "Mask",
    "MaskError",
    "MaskFit",
    "MaskFormat",
    "OnRows",
    "Picture",
    "PictureError",
    "PictureInfo",
    "Pixels",
    "RawResult",
    "ReadMask",
    "Rect",
    "RequestArea",
    "RequestImages",
    "SendMode",
    "Size",
    "SizeMismatchError",
    "SizeRule",
    "Stroke",
    "StrokeStabilizer",
    "TilePatch",
    "TileRecorder",
    "UnreadablePictureError",
    "added_since",
    "blend_inside_mask",
    "build_requests",
    "composite",
    "coverage",
    "describe_losses",
    "difference",
    "encode_full_image",
    "encode_grey_png",
    "encode_mask",
    "encode_picture",
    "encode_png",
    "enlarge_canvas",
    "enlarge_mask",
    "exif_of",
    "export_mask",
    "export_pair",
    "full_image_of",
    "has_non_srgb_colors",
    "is_complete",
    "kept_area",
    "load_full_image",
    "load_picture",
    "make_thumbnail",
    "margins_for_ratio",
    "max_feather_of",
    "new_mask",
    "normalize_for_upload",
    "open_checked",
    "original_area",
    "overlap_pixels",
    "patch_between",
    "plan_areas",
    "png_chunk",
    "probe_picture",
    "read_file",
    "read_mask",
    "reduce_to",
    "strip_png",
    "suggest_split",
    "thumbnail_of",
    "with_transparency",
]
