"""The eraser takes away from the mask with the brush."""

from __future__ import annotations

from imagineart_desktop.imaging import BooleanOp
from imagineart_desktop.ui.canvas.tools.brush import BrushTool


class EraserTool(BrushTool):
    """Subtracts whatever mode is chosen."""

    id = "eraser"
    label = "Eraser"
    icon = "eraser"
    shortcut = "E"
    combine_choices = frozenset()

    @property
    def combine(self) -> BooleanOp:
        """Return that it subtracts."""
        return BooleanOp.SUBTRACT
