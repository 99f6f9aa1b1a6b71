"""The Ideogram family. Fields, their order, defaults and prices are those of fal's model pages (2026-11)."""

from __future__ import annotations

from decimal import Decimal

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.model_spec import MaskPolarity, ModelSpec, Task, WorkingSize
from imagineart_desktop.models.output_size import InputSize
from imagineart_desktop.models.price_rule import FixedPrice
from imagineart_desktop.models.value_schemas import MAX_SEED

_PROMPT = FieldSpec(name="prompt", kind=FieldKind.PROMPT, label="Prompt", describes="change", required=True)
_IMAGE = FieldSpec(name="image_url", kind=FieldKind.PICTURE, label="Image", required=True)
_MASK = FieldSpec(name="mask_url", kind=FieldKind.MASK, label="Mask", required=True)
_SEED = FieldSpec(name="seed", kind=FieldKind.SEED, label="Seed", maximum=MAX_SEED)
_EXPAND = FieldSpec(
    name="expand_prompt",
    kind=FieldKind.SWITCH,
    label="Expand prompt with MagicPrompt",
    short="Expand prompt",
    default=True,
)
_SYNC = FieldSpec(
    name="sync_mode",
    kind=FieldKind.HIDDEN,
    label="Keep out of fal’s history",
    help="The result comes inline and is not kept by the service.",
    default=False,
)

# Ideogram's API reference lists the resolutions of its output: about 1024 × 1024, no edge above 1536, 1:3 to 3:1. For
# input images it documents no size with V2; its later models require at least 256 per edge. fal accepts 25 MB, about
# the size of a 16-megapixel photo as PNG.
_WORKING_SIZE = WorkingSize(native_pixels=1024 * 1024, max_edge=1536, widest=3.0, min_edge=256, max_pixels=4096 * 4096)

IDEOGRAM_V2_EDIT = ModelSpec(
    endpoint="fal-ai/ideogram/v2/edit",
    label="Ideogram V2 Edit",
    short_label="Ideogram",
    family="Ideogram",
    task=Task.INPAINT,
    fields=(
        _PROMPT,
        _IMAGE,
        _MASK,
        _SEED,
        FieldSpec(
            name="style",
            kind=FieldKind.CHOICE,
            label="Style",
            options=("auto", "general", "realistic", "design", "render_3D", "anime"),
            default="auto",
        ),
        _EXPAND,
        _SYNC,
    ),
    price_rule=FixedPrice(amount=Decimal("0.08")),
    size_rule=InputSize(),
    typical_seconds=20,
    note="Repaints what you mask, in a chosen style",
    mask_polarity=MaskPolarity.PAINTED_BLACK,
    working_size=_WORKING_SIZE,
    returns_seed=True,
)
