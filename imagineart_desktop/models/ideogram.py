"""The Ideogram family. Fields, their order, defaults and prices are those of fal's model pages (2026-11)."""

from __future__ import annotations

from decimal import Decimal

from imagineart_desktop.models.common_fields import INSTRUCTION, NEGATIVE_PROMPT, PROMPT, SEED, SYNC, images_per_request
from imagineart_desktop.models.field_spec import OWN_SIZE, FieldKind, FieldSpec
from imagineart_desktop.models.ideogram_fields import EXPAND, IMAGE, MASK, WORKING_SIZE
from imagineart_desktop.models.model_spec import MaskPolarity, ModelSpec, Task
from imagineart_desktop.models.output_size import InputSize, PresetSize
from imagineart_desktop.models.price_rule import FixedPrice, OptionPrice

_COUNT = images_per_request(8)

_SPEED = FieldSpec(
    name="rendering_speed",
    kind=FieldKind.CHOICE,
    label="Rendering speed",
    short="Speed",
    help="Turbo is fastest and cheapest, Quality follows the prompt best.",
    options=("TURBO", "BALANCED", "QUALITY"),
    default="BALANCED",
)
_STYLE = FieldSpec(
    name="style",
    kind=FieldKind.CHOICE,
    label="Style",
    options=("AUTO", "GENERAL", "REALISTIC", "DESIGN"),
    default="AUTO",
)
_PRESETS = (
    "80S_ILLUSTRATION 90S_NOSTALGIA ABSTRACT_ORGANIC ANALOG_NOSTALGIA ART_BRUT ART_DECO ART_POSTER AURA AVANT_GARDE"
    " BAUHAUS BLUEPRINT BLURRY_MOTION BRIGHT_ART C4D_CARTOON CHILDRENS_BOOK COLLAGE COLORING_BOOK_I COLORING_BOOK_II"
    " CUBISM DARK_AURA DOODLE DOUBLE_EXPOSURE DRAMATIC_CINEMA EDITORIAL EMOTIONAL_MINIMAL ETHEREAL_PARTY EXPIRED_FILM"
    " FLAT_ART FLAT_VECTOR FOREST_REVERIE GEO_MINIMALIST GLASS_PRISM GOLDEN_HOUR GRAFFITI_I GRAFFITI_II HALFTONE_PRINT"
    " HIGH_CONTRAST HIPPIE_ERA ICONIC JAPANDI_FUSION JAZZY LONG_EXPOSURE MAGAZINE_EDITORIAL MINIMAL_ILLUSTRATION"
    " MIXED_MEDIA MONOCHROME NIGHTLIFE OIL_PAINTING OLD_CARTOONS PAINT_GESTURE POP_ART RETRO_ETCHING RIVIERA_POP"
    " SPOTLIGHT_80S STYLIZED_RED SURREAL_COLLAGE TRAVEL_POSTER VINTAGE_GEO VINTAGE_POSTER WATERCOLOR WEIRD"
    " WOODBLOCK_PRINT"
)
_STYLE_PRESET = FieldSpec(
    name="style_preset",
    kind=FieldKind.CHOICE,
    label="Style preset",
    options=tuple(_PRESETS.split()),
    option_labels={"CHILDRENS_BOOK": "Children’s book"},
)
_SIZES = {
    "square_hd": (1024, 1024),
    "square": (512, 512),
    "portrait_4_3": (768, 1024),
    "portrait_16_9": (576, 1024),
    "landscape_4_3": (1024, 768),
    "landscape_16_9": (1024, 576),
}
_IMAGE_SIZE = FieldSpec(
    name="image_size",
    kind=FieldKind.CHOICE,
    label="Image size",
    options=tuple(_SIZES),
    option_labels={
        "square_hd": "Square, large",
        "square": "Square, small",
        "portrait_4_3": "Portrait 3:4",
        "portrait_16_9": "Portrait 9:16",
        "landscape_4_3": "Landscape 4:3",
        "landscape_16_9": "Landscape 16:9",
    },
    default="square_hd",
)
# Ideogram's API reference lists the resolutions of V3: edges of 512 to 1536 pixels.
_OWN_SIZE = _IMAGE_SIZE.model_copy(update={"kind": FieldKind.SIZE, "minimum": 512, "maximum": 1536})

_MAX_LISTED = 16
"""Maximum number of colors, codes or style images. The service documents none; more are a mistake."""

_PALETTE = FieldSpec(
    name="color_palette",
    kind=FieldKind.PALETTE,
    label="Color palette",
    help="A preset, or your own colors. A larger weight gives a color more of the image.",
    options=("EMBER", "FRESH", "JUNGLE", "MAGIC", "MELON", "MOSAIC", "PASTEL", "ULTRAMARINE"),
    max_items=_MAX_LISTED,
)
_STYLE_CODES = FieldSpec(
    name="style_codes",
    kind=FieldKind.CODES,
    label="Style codes",
    help="Codes of 8 hexadecimal digits, separated by commas.",
    hint="8 hex digits each",
    max_items=_MAX_LISTED,
    excludes=("style", "image_urls"),
)
_STYLE_IMAGES = FieldSpec(
    name="image_urls",
    kind=FieldKind.STYLE,
    label="Style images",
    help="Images whose style the result follows.",
    max_items=_MAX_LISTED,
    max_bytes=10 * 2**20,
)
_V3_PRICE = OptionPrice(
    field="rendering_speed",
    amounts={"TURBO": Decimal("0.03"), "BALANCED": Decimal("0.06"), "QUALITY": Decimal("0.09")},
)

IDEOGRAM_V3 = ModelSpec(
    endpoint="fal-ai/ideogram/v3",
    label="Ideogram V3",
    short_label="V3",
    tasks=(Task.GENERATE,),
    fields=(
        PROMPT,
        _OWN_SIZE,
        _SPEED,
        _PALETTE,
        _STYLE,
        _STYLE_CODES,
        _STYLE_IMAGES,
        _STYLE_PRESET,
        NEGATIVE_PROMPT,
        _COUNT,
        SEED,
        EXPAND,
        SYNC,
    ),
    price_rule=_V3_PRICE,
    size_rule=PresetSize(field="image_size", sizes=_SIZES),
    typical_seconds=15,
    note="Lettering; 62 style presets",
    returns_seed=True,
)

IDEOGRAM_V3_EDIT = ModelSpec(
    endpoint="fal-ai/ideogram/v3/edit",
    label="Ideogram V3 Edit",
    short_label="V3 Edit",
    tasks=(Task.INPAINT,),
    fields=(
        INSTRUCTION,
        IMAGE,
        MASK,
        _SPEED,
        _PALETTE,
        _STYLE_CODES,
        _STYLE_IMAGES,
        _STYLE_PRESET,
        _COUNT,
        SEED,
        EXPAND,
        SYNC,
    ),
    price_rule=_V3_PRICE,
    size_rule=InputSize(),
    typical_seconds=15,
    note="Repaints what you mask; 62 style presets",
    mask_polarity=MaskPolarity.PAINTED_BLACK,
    working_size=WORKING_SIZE,
    returns_seed=True,
)

IDEOGRAM_V3_REMIX = ModelSpec(
    endpoint="fal-ai/ideogram/v3/remix",
    label="Ideogram V3 Remix",
    short_label="V3 Remix",
    tasks=(Task.EDIT,),
    fields=(
        INSTRUCTION,
        IMAGE,
        FieldSpec(
            name="strength",
            kind=FieldKind.NUMBER,
            label="Strength",
            help="How closely the result follows the image: 1 is closest.",
            default=0.8,
            minimum=0.01,
            maximum=1.0,
            step=0.01,
        ),
        _OWN_SIZE,
        _SPEED,
        _PALETTE,
        _STYLE,
        _STYLE_CODES,
        _STYLE_IMAGES,
        _STYLE_PRESET,
        NEGATIVE_PROMPT,
        _COUNT,
        SEED,
        EXPAND,
        SYNC,
    ),
    price_rule=_V3_PRICE,
    size_rule=PresetSize(field="image_size", sizes=_SIZES),
    typical_seconds=15,
    note="Variations of an image",
    returns_seed=True,
)

IDEOGRAM_V3_REPLACE_BACKGROUND = ModelSpec(
    endpoint="fal-ai/ideogram/v3/replace-background",
    label="Ideogram V3 Replace Background",
    short_label="V3 Background",
    tasks=(Task.EDIT, Task.REPLACE_BACKGROUND),
    fields=(
        INSTRUCTION,
        IMAGE,
        _SPEED,
        _PALETTE,
        _STYLE,
        _STYLE_CODES,
        _STYLE_IMAGES,
        _STYLE_PRESET,
        _COUNT,
        SEED,
        EXPAND,
        SYNC,
    ),
    price_rule=_V3_PRICE,
    size_rule=InputSize(),
    typical_seconds=15,
    note="Keeps the subject, new background",
    returns_seed=True,
)

IDEOGRAM_V3_REFRAME = ModelSpec(
    endpoint="fal-ai/ideogram/v3/reframe",
    label="Ideogram V3 Reframe",
    short_label="V3 Reframe",
    tasks=(Task.EDIT, Task.REFRAME),
    fields=(
        IMAGE,
        # The service has no default here. A wide frame extends most images; a square one would extend few.
        _OWN_SIZE.model_copy(update={"required": True, "default": "landscape_16_9"}),
        _SPEED,
        _PALETTE,
        _STYLE,
        _STYLE_CODES,
        _STYLE_IMAGES,
        _STYLE_PRESET,
        _COUNT,
        SEED,
        SYNC,
    ),
    price_rule=_V3_PRICE,
    size_rule=PresetSize(field="image_size", sizes=_SIZES),
    typical_seconds=15,
    note="Extends an image to another size",
    returns_seed=True,
)

_45_PRICES = {"low": Decimal("0.03"), "medium": Decimal("0.06"), "high": Decimal("0.22")}
_45_MAX_PROMPT = 10_000


_45_SIZES = (
    "1024x1024 1280x720 1152x864 1248x832 1280x800 1120x896 1440x720 720x1280 864x1152 832x1248 800x1280 896x1120"
    " 720x1440 2048x2048 2560x1440 2304x1728 2496x1664 2240x1792 1440x2560 1728x2304 1664x2496 1792x2240"
)
_45_IMAGE_SIZE = _IMAGE_SIZE.model_copy(
    update={
        "kind": FieldKind.SIZE,
        "sizes": tuple((int(width), int(height)) for width, height in (one.split("x") for one in _45_SIZES.split())),
    }
)


def _quality(*options: str) -> FieldSpec:
    return FieldSpec(name="quality", kind=FieldKind.CHOICE, label="Quality", options=options, default="medium")


IDEOGRAM_45 = ModelSpec(
    endpoint="ideogram/v4.5",
    label="Ideogram 4.5",
    short_label="4.5",
    tasks=(Task.GENERATE,),
    fields=(
        PROMPT.model_copy(update={"max_length": _45_MAX_PROMPT}),
        _45_IMAGE_SIZE,
        _quality(*_45_PRICES),
        EXPAND.model_copy(update={"name": "enable_prompt_expansion"}),
        _COUNT,
        SEED,
        SYNC,
    ),
    price_rule=OptionPrice(field="quality", amounts=_45_PRICES),
    size_rule=PresetSize(field="image_size"),
    typical_seconds=20,
    note="Latest; 3 quality levels",
    returns_seed=True,
)

IDEOGRAM_45_EDIT = ModelSpec(
    endpoint="ideogram/v4.5/edit",
    label="Ideogram 4.5 Edit",
    short_label="4.5 Edit",
    tasks=(Task.INPAINT, Task.EDIT),
    fields=(
        INSTRUCTION,
        IMAGE,
        FieldSpec(
            name="reference_image_urls",
            kind=FieldKind.PICTURES,
            label="Reference images",
            max_items=4,
            max_with_mask=3,
        ),
        # The service takes no other size than the image's beside a mask.
        FieldSpec(name="mask_url", kind=FieldKind.MASK, label="Mask", excludes=("image_size",)),
        FieldSpec(
            name="edit_precision",
            kind=FieldKind.CHOICE,
            label="Precision",
            help="High restores the pixels that the edit doesn’t change.",
            options=("regular", "high"),
            default="regular",
            refuses={"high": {"quality": ("very_low",), "image_size": (OWN_SIZE,)}},
        ),
        _quality("very_low", *_45_PRICES),
        FieldSpec(
            name="image_size",
            kind=FieldKind.SIZE,
            label="Image size",
            help="Auto keeps the size of the image.",
            options=("auto",),
            default="auto",
            minimum=256,
            maximum=4608,
            widest=6,
            max_pixels=2048 * 2048,
        ),
        _COUNT,
        SEED,
        SYNC,
    ),
    price_rule=OptionPrice(field="quality", amounts={"very_low": Decimal("0.008"), **_45_PRICES}),
    size_rule=InputSize(field="image_size"),
    typical_seconds=20,
    note="Latest; with or without a mask",
    mask_polarity=MaskPolarity.PAINTED_BLACK,
    working_size=WORKING_SIZE,
    returns_seed=True,
)

IDEOGRAM_V2_EDIT = ModelSpec(
    endpoint="fal-ai/ideogram/v2/edit",
    label="Ideogram V2 Edit",
    short_label="V2 Edit",
    tasks=(Task.INPAINT,),
    fields=(
        INSTRUCTION,
        IMAGE,
        MASK,
        SEED,
        FieldSpec(
            name="style",
            kind=FieldKind.CHOICE,
            label="Style",
            options=("auto", "general", "realistic", "design", "render_3D", "anime"),
            default="auto",
        ),
        EXPAND,
        SYNC,
    ),
    price_rule=FixedPrice(amount=Decimal("0.08")),
    size_rule=InputSize(),
    typical_seconds=20,
    note="Repaints what you mask, in a chosen style",
    mask_polarity=MaskPolarity.PAINTED_BLACK,
    working_size=WORKING_SIZE,
    returns_seed=True,
)
