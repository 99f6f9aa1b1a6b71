"""What can be wrong with a picture or a mask. The text of each error is a sentence for the user."""

from __future__ import annotations

from imagineart_desktop.imaging.geometry import Size


class PictureError(Exception):
    """The picture cannot be used; the text names it and says why."""


class UnreadablePictureError(PictureError):
    """The picture could not be read now, whatever it holds: the system refused, or memory ran out."""


class MaskError(Exception):
    """The mask cannot be used as it is."""


class EmptyMaskError(MaskError):
    """Nothing is painted."""

    def __init__(self) -> None:
        super().__init__("Paint the area to change.")


class FullMaskError(MaskError):
    """Everything is painted, so that the two colours that a model wants are not both there."""

    def __init__(self) -> None:
        super().__init__("The whole image is painted. Leave the part to keep unpainted.")


class SizeMismatchError(MaskError):
    """Mask and picture differ in size; both are (width, height)."""

    def __init__(self, mask: Size, picture: Size) -> None:
        super().__init__(f"The mask is {mask[0]} × {mask[1]}, the image {picture[0]} × {picture[1]}.")
        self.mask = mask
        self.picture = picture
