"""Errors of images and masks. The text of each error is a sentence for the user."""

from __future__ import annotations

from imagineart_desktop.imaging.geometry import Size
from imagineart_desktop.support.errors import UserError
from imagineart_desktop.support.messages import Message


class PictureError(UserError):
    """The image can't be used; the text names it and says why."""


class UnreadablePictureError(PictureError):
    """The image couldn't be read right now, whatever its contents: the system refused, or memory ran out."""


class MaskError(UserError):
    """The mask can't be used as it is."""


class EmptyMaskError(MaskError):
    """Nothing is painted."""

    def __init__(self) -> None:
        super().__init__(Message("mask.empty"))


class FullMaskError(MaskError):
    """Everything is painted, but a model needs both mask colors."""

    def __init__(self) -> None:
        super().__init__(Message("mask.full"))


class SizeMismatchError(MaskError):
    """Mask and image differ in size; both sizes are (width, height)."""

    def __init__(self, mask: Size, picture: Size) -> None:
        width, height = picture
        super().__init__(Message("mask.size", mask_width=mask[0], mask_height=mask[1], width=width, height=height))
        self.mask = mask
        self.picture = picture
