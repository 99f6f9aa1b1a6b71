"""Operations on the whole mask, with the text the user sees for each."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from imagineart_desktop.workspace.mask_document import AS_IT_WAS


class MaskText(NamedTuple):
    """The texts of a mask operation.

    name: in the undo history. unchanged: shown if nothing changed. doing: shown meanwhile; empty for “Applying “name””.
    """

    name: str
    unchanged: str = AS_IT_WAS
    doing: str = ""


class MaskOperation(Enum):
    """Operations on the whole mask."""

    INVERT = MaskText("Invert")
    CLEAR = MaskText("Clear")
    FILL = MaskText("Fill")
    GROW = MaskText("Grow")
    SHRINK = MaskText("Shrink")
    FEATHER = MaskText("Feather")
    SMOOTH = MaskText("Smooth")
    REMOVE_SPECKS = MaskText("Remove specks")
    FILL_HOLES = MaskText("Fill holes")
    FROM_TRANSPARENCY = MaskText("From transparency", unchanged="No part of the image is transparent.")
    FROM_LUMINOSITY = MaskText("From luminosity")
    LOAD = MaskText("Load mask", unchanged="", doing="Loading the mask")
    PASTE = MaskText("Paste mask", unchanged="", doing="Pasting the mask")
