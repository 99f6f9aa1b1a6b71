"""The Ideogram models that do one thing to an image: remove objects, cut out, upscale.

Fields, their order, defaults and prices are those of fal's model pages (2026-11).
"""

from __future__ import annotations

from decimal import Decimal

from imagineart_desktop.models.common_fields import INSTRUCTION, SEED, SYNC
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.ideogram_fields import EXPAND, IMAGE, MASK, WORKING_SIZE
from imagineart_desktop.models.model_spec import MaskPolarity, ModelSpec, Task
from imagineart_desktop.models.output_size import InputSize, ScaledSize
from imagineart_desktop.models.price_rule import FixedPrice, UnknownPrice

_MAX_FILE = 10 * 2**20
"""Maximum size of an image or a mask, in bytes."""

_SMALL_IMAGE = IMAGE.model_copy(update={"max_bytes": _MAX_FILE})

IDEOGRAM_OBJECT_REMOVAL = ModelSpec(
    endpoint="fal-ai/ideogram/object-removal",
    label="Ideogram Object Removal",
    short_label="Object Removal",
    tasks=(Task.INPAINT, Task.REMOVE),
    fields=(_SMALL_IMAGE, MASK.model_copy(update={"max_bytes": _MAX_FILE}), SYNC),
    price_rule=FixedPrice(amount=Decimal("0.03")),
    size_rule=InputSize(),
    typical_seconds=10,
    note="Removes what you mask; no prompt",
    mask_polarity=MaskPolarity.PAINTED_WHITE,
    # Any image of 2.5 megapixels is below 10 MB, even if it can't be compressed at all.
    working_size=WORKING_SIZE.model_copy(update={"max_pixels": 2_500_000}),
    has_single_result=True,
)

IDEOGRAM_REMOVE_BACKGROUND = ModelSpec(
    endpoint="fal-ai/ideogram/remove-background",
    label="Ideogram Remove Background",
    short_label="Remove Background",
    tasks=(Task.EDIT, Task.CUT_OUT),
    fields=(_SMALL_IMAGE, SYNC),
    price_rule=FixedPrice(amount=Decimal("0.01")),
    size_rule=InputSize(),
    typical_seconds=8,
    note="Cuts out the subject; transparent",
    has_single_result=True,
)


def _percent(name: str, label: str, help_: str) -> FieldSpec:
    return FieldSpec(name=name, kind=FieldKind.INTEGER, label=label, help=help_, default=50, minimum=1, maximum=100)


IDEOGRAM_UPSCALE = ModelSpec(
    endpoint="fal-ai/ideogram/upscale",
    label="Ideogram Upscale",
    short_label="Upscale",
    tasks=(Task.EDIT, Task.UPSCALE),
    fields=(
        IMAGE,
        INSTRUCTION.model_copy(update={"required": False, "default": ""}),
        _percent("resemblance", "Resemblance", "How closely the result follows the image: 100 is closest."),
        _percent("detail", "Detail", "How much detail is added."),
        EXPAND.model_copy(update={"default": False}),
        SEED,
        SYNC,
    ),
    price_rule=UnknownPrice(),
    size_rule=ScaledSize(factor=2),
    typical_seconds=20,
    note="Twice the size, with more detail",
    returns_seed=True,
)
