"""The inpaint settings that the user is composing: what a panel shows and what the next request is made with."""

from __future__ import annotations

from typing import Annotated

from pydantic import PlainSerializer, ValidationError, ValidatorFunctionWrapHandler, WrapValidator
from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import InpaintSettings, Margins

MAX_FEATHER = 128
"""Maximum seam and overlap, in pixels. All these limits are narrower than what a plan may hold."""

MAX_MARGIN = 8192
MIN_CONTEXT, MAX_CONTEXT = 16, 1024
CONTEXT_STEP = 16
"""The context in pixels is a multiple of this."""


def _read(found: object, validate: ValidatorFunctionWrapHandler) -> InpaintSettings | None:
    try:
        settings: InpaintSettings | None = validate(found or None)
    except ValidationError:
        return None
    return settings


def _write(settings: InpaintSettings | None) -> object:
    return {} if settings is None else settings.model_dump(mode="json")


SavedSettings = Annotated[InpaintSettings | None, WrapValidator(_read), PlainSerializer(_write)]
"""Settings as they are saved, all of them. None is saved as an empty object, and stands for invalid settings."""


class SessionSettings(QObject):
    """The settings of an inpaint session. They apply from the next request on; seam and tone also to viewed results."""

    changed = Signal()
    """`value` changed."""
    seam_changed = Signal()
    """The user chose another seam or tone. Follows `changed`."""
    extended = Signal(object, object, str)
    """The user extended the image: `Margins` before and after, and the gesture. Follows `changed`.

    Changes with the same gesture belong together.
    """

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._value = InpaintSettings()
        self._drags = 0

    @property
    def value(self) -> InpaintSettings:
        """The current settings, within the limits above."""
        return self._value

    @property
    def margins(self) -> Margins:
        """How much the image is extended."""
        return self._value.margins

    def set_value(self, value: InpaintSettings) -> None:
        """Replace all settings, as when those of another step are restored."""
        value = _limited(value)
        if value != self._value:
            self._value = value
            self.changed.emit()

    def set_margins(self, margins: Margins) -> None:
        """Set how much the image is extended, without an undo step."""
        self.set_value(self._value.model_copy(update={"margins": margins}))

    def set_seam(self, feather: int, *, tone_match: bool) -> None:
        """Set the seam, in pixels, and the tone with which the result is already being viewed."""
        self.set_value(self._value.model_copy(update={"feather": feather, "tone_match": tone_match}))

    # What the user does

    def edit(self, value: InpaintSettings, gesture: str = "") -> None:
        """Take over what the user set. gesture: see `extended`."""
        before = self._value
        self.set_value(value)
        after = self._value
        if (after.feather, after.tone_match) != (before.feather, before.tone_match):
            self.seam_changed.emit()
        if after.margins != before.margins:
            self.extended.emit(before.margins, after.margins, gesture)

    def edit_feather(self, feather: int) -> None:
        """Take over the seam that the user chose, in pixels."""
        self.edit(self._value.model_copy(update={"feather": feather}))

    def edit_margins(self, margins: Margins) -> None:
        """Take over how much the user extended the image."""
        self.edit(self._value.model_copy(update={"margins": margins}))

    def drag_margins(self, margins: Margins) -> None:
        """Take over margins while edges are dragged."""
        self.edit(self._value.model_copy(update={"margins": margins}), f"drag {self._drags}")

    def end_drag(self) -> None:
        """End the drag gesture."""
        self._drags += 1

    # Storage

    def restore(self, saved: InpaintSettings | None) -> None:
        """Restore saved settings. None changes nothing."""
        if saved is not None:
            self.set_value(saved)


def _limited(value: InpaintSettings) -> InpaintSettings:
    """Return settings of any origin as the window can show them."""
    context = value.context
    if context is not None:
        context = min(max(context // CONTEXT_STEP * CONTEXT_STEP, MIN_CONTEXT), MAX_CONTEXT)
    return value.model_copy(
        update={
            "context": context,
            "feather": min(value.feather, MAX_FEATHER),
            "overlap": min(value.overlap, MAX_FEATHER),
            "margins": Margins(*(min(margin, MAX_MARGIN) for margin in value.margins)),
        }
    )
