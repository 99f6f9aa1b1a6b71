"""The extend tool drags the edges of the image outward."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.ui.canvas.tools.context import ToolCanvas
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.tool import Tool


class ExtendGesture(Gesture):
    """A drag of the edges that the guides hold."""

    edits_mask = False
    claimed_keys = frozenset()

    def __init__(self, canvas: ToolCanvas) -> None:
        self._canvas = canvas

    def move(self, pointer: PointerState) -> None:
        """Move the edges; with the modifier, the opposite ones too."""
        self._canvas.drag_margins(self._canvas.extend_guides.drag_to(pointer.point, evenly=pointer.modified))

    def finish(self) -> None:
        """Let go of the edges."""
        self._canvas.extend_guides.let_go()
        self._canvas.release_margins()

    def abandon(self) -> None:
        """Let go of the edges where they are."""
        self._canvas.extend_guides.let_go()


class ExtendTool(Tool):
    """Extends the image by its edges; pans away from them."""

    id = "extend"
    label = "Extend"
    icon = "expand"
    shortcut = "X"
    edits_mask = False
    cursor_follows_pointer = True
    combine_choices = frozenset()

    def cursor(self, point: QPointF | None, scale: float) -> Qt.CursorShape:
        """Return arrows at the edges, a hand elsewhere."""
        return (
            super().cursor(point, scale) if point is None else self.context.canvas.extend_guides.cursor_at(point, scale)
        )

    def pans_at(self, point: QPointF, scale: float) -> bool:
        """Return whether there is no edge."""
        return not self.context.canvas.extend_guides.edges_at(point, scale)

    def press(self, pointer: PointerState, _pixels: Pixels) -> Gesture | None:
        """Grab the edges at the pointer."""
        canvas = self.context.canvas
        return ExtendGesture(canvas) if canvas.extend_guides.take_hold(pointer.point, pointer.scale) else None
