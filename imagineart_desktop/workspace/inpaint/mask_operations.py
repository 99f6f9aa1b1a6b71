"""Operations on the whole mask, with the text the user sees for each."""

from __future__ import annotations

from enum import Enum
from typing import NamedTuple

from imagineart_desktop.workspace.mask_document import UNCHANGED_MESSAGE


class MaskOperationText(NamedTuple):
    """The texts of a mask operation.

    name: in the undo history. unchanged: shown if nothing changed. doing: shown meanwhile; empty for “Applying “name””.
    """

    name: str
    unchanged: str = UNCHANGED_MESSAGE
    doing: str = ""


class MaskOperation(Enum):
    """Operations on the whole mask."""

    INVERT = MaskOperationText("Invert")
    CLEAR = MaskOperationText("Clear")
    FILL = MaskOperationText("Fill")
    GROW = MaskOperationText("Grow")
    SHRINK = MaskOperationText("Shrink")
    FEATHER = MaskOperationText("Feather")
    SMOOTH = MaskOperationText("Smooth")
    REMOVE_SPECKS = MaskOperationText("Remove specks")
    FILL_HOLES = MaskOperationText("Fill holes")
    FROM_TRANSPARENCY = MaskOperationText("From transparency", unchanged="No part of the image is transparent.")
    FROM_LUMINOSITY = MaskOperationText("From luminosity")
    LOAD = MaskOperationText("Load mask", unchanged="", doing="Loading the mask")
    PASTE = MaskOperationText("Paste mask", unchanged="", doing="Pasting the mask")
