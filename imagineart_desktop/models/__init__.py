"""The hosted models as data: their fields, prices and limits, and the requests that follow from them."""

from imagineart_desktop.models.exclusions import excluded_fields, refused_options
from imagineart_desktop.models.field_kinds import TRAITS, Images, for_each_kind
from imagineart_desktop.models.field_spec import MAX_PROMPT, FieldKind, FieldSpec, is_source, option_text
from imagineart_desktop.models.ideogram import (
    IDEOGRAM_45,
    IDEOGRAM_45_EDIT,
    IDEOGRAM_V2_EDIT,
    IDEOGRAM_V3,
    IDEOGRAM_V3_EDIT,
    IDEOGRAM_V3_REFRAME,
    IDEOGRAM_V3_REMIX,
    IDEOGRAM_V3_REPLACE_BACKGROUND,
)
from imagineart_desktop.models.ideogram_tools import (
    IDEOGRAM_OBJECT_REMOVAL,
    IDEOGRAM_REMOVE_BACKGROUND,
    IDEOGRAM_UPSCALE,
)
from imagineart_desktop.models.imagineart import (
    IMAGINEART_15,
    IMAGINEART_15_PRO,
    IMAGINEART_20,
    IMAGINEART_20_EDIT,
)
from imagineart_desktop.models.model_spec import MaskPolarity, ModelSpec, Task, WorkingSize, is_endpoint
from imagineart_desktop.models.price import (
    PRICES_READ_ON,
    UNKNOWN_PRICE,
    Price,
    format_dollars,
    parse_units,
    split_amount,
)
from imagineart_desktop.models.price_list import list_price, placeholder_images, price_per_image
from imagineart_desktop.models.problems import FieldProblem, InvalidRequestError
from imagineart_desktop.models.ratio_size import value_for_ratio
from imagineart_desktop.models.registry import BUILT_IN, ModelRegistry
from imagineart_desktop.models.request import ModelRequest, unpacked_prompt
from imagineart_desktop.models.setting_texts import SettingText, setting_texts
from imagineart_desktop.models.size import Size, nearest_ratio, parse_ratio, size_for
from imagineart_desktop.models.spec_json import (
    MAX_SPEC_BYTES,
    InvalidSpecError,
    NewerSpecError,
    spec_from_json,
    spec_to_json,
)
from imagineart_desktop.models.style_fields import is_style_field, style_values
from imagineart_desktop.models.unavailable import StoredRequest, UnavailableModel
from imagineart_desktop.models.value_schemas import (
    MAX_SEED,
    input_reference,
    is_input_reference,
    length_problem,
    referenced_sha256,
)

__all__ = [
    "BUILT_IN",
    "IDEOGRAM_45",
    "IDEOGRAM_45_EDIT",
    "IDEOGRAM_OBJECT_REMOVAL",
    "IDEOGRAM_REMOVE_BACKGROUND",
    "IDEOGRAM_UPSCALE",
    "IDEOGRAM_V2_EDIT",
    "IDEOGRAM_V3",
    "IDEOGRAM_V3_EDIT",
    "IDEOGRAM_V3_REFRAME",
    "IDEOGRAM_V3_REMIX",
    "IDEOGRAM_V3_REPLACE_BACKGROUND",
    "IMAGINEART_15",
    "IMAGINEART_15_PRO",
    "IMAGINEART_20",
    "IMAGINEART_20_EDIT",
    "MAX_PROMPT",
    "MAX_SEED",
    "MAX_SPEC_BYTES",
    "PRICES_READ_ON",
    "TRAITS",
    "UNKNOWN_PRICE",
    "FieldKind",
    "FieldProblem",
    "FieldSpec",
    "Images",
    "InvalidRequestError",
    "InvalidSpecError",
    "MaskPolarity",
    "ModelRegistry",
    "ModelRequest",
    "ModelSpec",
    "NewerSpecError",
    "Price",
    "SettingText",
    "Size",
    "StoredRequest",
    "Task",
    "UnavailableModel",
    "WorkingSize",
    "excluded_fields",
    "for_each_kind",
    "format_dollars",
    "input_reference",
    "is_endpoint",
    "is_input_reference",
    "is_source",
    "is_style_field",
    "length_problem",
    "list_price",
    "nearest_ratio",
    "option_text",
    "parse_ratio",
    "parse_units",
    "placeholder_images",
    "price_per_image",
    "referenced_sha256",
    "refused_options",
    "setting_texts",
    "size_for",
    "spec_from_json",
    "spec_to_json",
    "split_amount",
    "style_values",
    "unpacked_prompt",
    "value_for_ratio",
]
