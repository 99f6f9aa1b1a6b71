"""The values of a request that the user is composing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from imagineart_desktop.models import ModelSpec, Size
from imagineart_desktop.workspace.quote import FieldValue
from imagineart_desktop.workspace.seed import SeedChoice


@dataclass(frozen=True, slots=True)
class DraftValues:
    """The values of a draft. options: of the model's fields; kept: of the fields that models before it had.

    requests: how many each image takes. is_repriced: see `RequestDraft`. picture_ids: see `DraftState`.
    """

    model: ModelSpec
    options: Mapping[str, FieldValue]
    kept: Mapping[str, FieldValue]
    seed: SeedChoice
    prompt: str = ""
    count: int = 1
    input_sizes: tuple[Size, ...] = ()
    requests: int = 1
    is_measuring: bool = False
    is_free: bool = False
    is_repriced: bool = False
    picture_ids: Mapping[str, int] = field(default_factory=dict)
