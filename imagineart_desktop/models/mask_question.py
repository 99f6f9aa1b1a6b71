"""What a document of a model with a mask doesn't say: which part of the mask the model repaints."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from imagineart_desktop.models.model_spec import MaskPolarity

PAINTED: Mapping[str, MaskPolarity] = MappingProxyType(
    {
        "black": MaskPolarity.PAINTED_BLACK,
        "white": MaskPolarity.PAINTED_WHITE,
        "transparent": MaskPolarity.PAINTED_TRANSPARENT,
    }
)
"""The possible answers."""


@dataclass(frozen=True, slots=True)
class MaskQuestion:
    """A question that only the user can answer. label: of the model."""

    label: str

    @property
    def sentence(self) -> str:
        """The question."""
        return f"Which part of {self.label}’s mask is repainted?"

    @property
    def choices(self) -> str:
        """The possible answers, in words."""
        *others, last = PAINTED
        return f"{', '.join(others)} or {last}"

    @property
    def hint(self) -> str:
        """Where the answer is."""
        return "The model’s page says so."
