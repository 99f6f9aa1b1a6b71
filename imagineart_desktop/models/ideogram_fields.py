"""Fields that models of the Ideogram family have in common."""

from __future__ import annotations

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import WorkingSize

IMAGE = FieldSpec(name="image_url", kind=FieldKind.PICTURE, label="Image", required=True)
MASK = FieldSpec(name="mask_url", kind=FieldKind.MASK, label="Mask", required=True)
EXPAND = FieldSpec(
    name="expand_prompt",
    kind=FieldKind.SWITCH,
    label="Expand prompt with MagicPrompt",
    short="Expand prompt",
    default=True,
)
# Ideogram's API reference lists the resolutions of its output: about 1024 × 1024, no edge above 1536, 1:3 to 3:1. For
# input images it documents no size with V2; its later models require at least 256 per edge. fal accepts 25 MB, about
# the size of a 16-megapixel photo as PNG.
WORKING_SIZE = WorkingSize(native_pixels=1024 * 1024, max_edge=1536, widest=3.0, min_edge=256, max_pixels=4096 * 4096)
