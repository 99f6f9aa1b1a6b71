"""The zoom tool."""

from __future__ import annotations

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.ui.canvas.tools.gesture import PointerState
from imagineart_desktop.ui.canvas.tools.tool import Tool

_FACTOR = 2.0


class ZoomTool(Tool):
    """Zooms in on a click, out with the modifier."""

    id = "zoom"
    label = "Zoom"
    icon = "zoom-in"
    shortcut = "Z"
    edits_mask = False
    needs_source = False
    acts_at_press = True
    combine_choices = frozenset()

    def press(self, pointer: PointerState, _pixels: Pixels) -> None:
        """Zoom around the pointer."""
        self.context.canvas.zoom_by(1 / _FACTOR if pointer.modified else _FACTOR, pointer.point)
