"""The magic wand."""

from __future__ import annotations

from functools import partial

from imagineart_desktop.imaging import BooleanOp, Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.selections import select_by_color
from imagineart_desktop.ui.canvas.tools.context import ToolContext
from imagineart_desktop.ui.canvas.tools.gesture import PointerState
from imagineart_desktop.ui.canvas.tools.options import IntOption, SwitchOption
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mask_document import UNCHANGED_MESSAGE


class WandTool(Tool):
    """Selects the pixels that resemble the clicked one.

    tolerance: the largest difference per color channel. contiguous: select only connected pixels.
    """

    id = "magic wand"
    label = "Magic wand"
    icon = "wand"
    shortcut = "W"
    acts_at_press = True

    def __init__(self, context: ToolContext) -> None:
        super().__init__(context)
        self.tolerance = IntOption("tolerance", "Tolerance", "How much colors may differ", (0, 255), 32)
        tip = "Select only pixels connected to the clicked one"
        self.contiguous = SwitchOption("contiguous", "Contiguous", tip, default=True)
        self.options = (self.tolerance, self.contiguous)

    def press(self, pointer: PointerState, pixels: Pixels) -> None:
        """Select on a worker thread."""
        work = partial(
            _select,
            pixels=pixels,
            at=(pointer.point.x(), pointer.point.y()),
            tolerance=self.tolerance.value,
            contiguous=self.contiguous.value,
            combine=self.context.selection_combine(pointer),
        )
        document = self.context.document
        spawn_owned(document, document.operate(self.label, work, unchanged=UNCHANGED_MESSAGE))


def _select(
    mask: Mask, *, pixels: Pixels, at: tuple[float, float], tolerance: int, contiguous: bool, combine: BooleanOp
) -> Rect:
    return select_by_color(mask, pixels, at, tolerance=tolerance, contiguous=contiguous, combine=combine)
