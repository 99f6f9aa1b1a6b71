"""The Ideogram family. Fields, their order, defaults and prices are those of fal's model pages (2026-11)."""

from __future__ import annotations

from typing import Annotated, Literal

from imagineart_desktop.models.field_kinds import FieldKind
from imagineart_desktop.models.model import MaskPolarity, Model, Task, WorkingSize
from imagineart_desktop.models.price import fixed_price
from imagineart_desktop.models.request import FieldUi, ImageReference, Instruction, ModelRequest, Seed


class IdeogramV2EditRequest(ModelRequest):
    """Ideogram V2 Edit: repaint the masked part of an image. Image and mask have the same width and height."""

    prompt: Annotated[Instruction, FieldUi("Prompt", FieldKind.PROMPT)]
    image_url: Annotated[ImageReference, FieldUi("Image", FieldKind.PICTURE)]
    mask_url: Annotated[ImageReference, FieldUi("Mask", FieldKind.MASK)]
    seed: Annotated[Seed | None, FieldUi("Seed", FieldKind.SEED)] = None
    style: Annotated[
        Literal["auto", "general", "realistic", "design", "render_3D", "anime"],
        FieldUi("Style", FieldKind.CHOICE),
    ] = "auto"
    expand_prompt: Annotated[
        bool, FieldUi("Expand prompt with MagicPrompt", FieldKind.SWITCH, short="Expand prompt")
    ] = True
    sync_mode: Annotated[
        bool,
        FieldUi(
            "Keep out of fal’s history",
            FieldKind.HIDDEN,
            "The result comes inline and is not kept by the service.",
        ),
    ] = False


# Ideogram's API reference lists the resolutions of its output: about 1024 × 1024, no edge above 1536, 1:3 to 3:1. For
# input images it documents no size with V2; its later models require at least 256 per edge. fal accepts 25 MB, about
# the size of a 16-megapixel photo as PNG.
_WORKING_SIZE = WorkingSize(native_pixels=1024 * 1024, max_edge=1536, widest=3.0, min_edge=256, max_pixels=4096 * 4096)

IDEOGRAM_V2_EDIT = Model(
    endpoint="fal-ai/ideogram/v2/edit",
    label="Ideogram V2 Edit",
    short_label="Ideogram",
    task=Task.INPAINT,
    request_type=IdeogramV2EditRequest,
    price=lambda _request: fixed_price("0.08"),
    output_size=lambda _request, inputs: inputs[0] if inputs else None,
    typical_seconds=20,
    note="Repaints what you mask, in a chosen style",
    mask_polarity=MaskPolarity.PAINTED_BLACK,
    working_size=_WORKING_SIZE,
    returns_seed=True,
)
