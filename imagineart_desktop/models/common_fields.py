"""Fields that several families of models have in common."""

from __future__ import annotations

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.request import INLINE
from imagineart_desktop.models.value_schemas import MAX_SEED

PROMPT = FieldSpec(name="prompt", kind=FieldKind.PROMPT, label="Prompt", required=True)
"""Describes the image to make."""

INSTRUCTION = PROMPT.model_copy(update={"describes": "change"})
"""Describes the change to an image."""

NEGATIVE_PROMPT = FieldSpec(
    name="negative_prompt", kind=FieldKind.TEXT, label="Negative prompt", hint="What to leave out", default=""
)


def images_per_request(maximum: int) -> FieldSpec:
    """Return the field for how many images one request makes.

    It has no value for a single image, so that such a request is the same as before the field was known.
    """
    return FieldSpec(name="num_images", kind=FieldKind.COUNT, label="Images", minimum=1, maximum=maximum)


SEED = FieldSpec(name="seed", kind=FieldKind.SEED, label="Seed", maximum=MAX_SEED)

SYNC = FieldSpec(
    name=INLINE,
    kind=FieldKind.HIDDEN,
    label="Keep out of fal’s history",
    help="The result comes inline and is not kept by the service.",
    default=False,
)
