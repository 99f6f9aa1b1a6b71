"""The fill tool."""

from __future__ import annotations

from functools import partial

from imagineart_desktop.imaging import BooleanOp, Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.selections import select_region
from imagineart_desktop.ui.canvas.tools.gesture import PointerState
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mask_document import UNCHANGED_MESSAGE


class FillTool(Tool):
    """Fills the part of the mask that is clicked."""

    id = "fill"
    label = "Fill"
    icon = "paint-bucket"
    shortcut = "G"
    acts_at_press = True

    def press(self, pointer: PointerState, _pixels: Pixels) -> None:
        """Fill on a worker thread."""
        document = self.context.document
        at = pointer.point.x(), pointer.point.y()
        work = partial(_fill, at=at, combine=self.context.selection_combine(pointer))
        spawn_owned(document, document.operate(self.label, work, unchanged=UNCHANGED_MESSAGE))


def _fill(mask: Mask, *, at: tuple[float, float], combine: BooleanOp) -> Rect:
    return select_region(mask, at, combine)
