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
        return f"{self._asked}?"

    @property
    def sentence_with_choices(self) -> str:
        """The question with the possible answers, for those who can't choose one from a list."""
        return f"{self._asked}: {self.choices}?"

    @property
    def choices(self) -> str:
        """The possible answers, in words."""
        *others, last = PAINTED
        return f"{', '.join(others)} or {last}"

    @property
    def hint(self) -> str:
        """Where the answer is."""
        return "The model’s page says so."

    @property
    def _asked(self) -> str:
        return f"Which part of {self.label}’s mask is repainted"
