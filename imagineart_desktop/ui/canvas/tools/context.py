"""What the tools of one canvas share."""

from __future__ import annotations

from typing import Protocol

from PySide6.QtCore import QPointF

from imagineart_desktop.imaging import BooleanOp, Brush, Margins, Pixels
from imagineart_desktop.ui.canvas.canvas_extend import ExtendGuides
from imagineart_desktop.ui.canvas.tools.gesture import PointerState
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.mask_document import MaskDocument


class ToolCanvas(Protocol):
    """What tools use of the canvas besides its mask."""

    extend_guides: ExtendGuides

    def update(self) -> None:
        """Repaint the canvas."""

    def zoom_by(self, factor: float, about: QPointF) -> None:
        """Zoom around an image point."""

    def drag_margins(self, margins: Margins) -> None:
        """Report the margins by which a drag extends the image."""

    def release_margins(self) -> None:
        """Report that the drag of the margins ended."""


class ToolContext:
    """The mask, the image, the brush, and the state of pen and keys.

    combine: how selections combine with the mask. pressure: of a pen, 0 to 1; 1 without one. uses_eraser_end: whether
    the pen's eraser end is used. last_stroke_end: where a straight line may continue the last stroke.
    """

    def __init__(self, document: MaskDocument, canvas: ToolCanvas) -> None:
        self.document = document
        self.canvas = canvas
        self.pixels: Pixels | None = None
        self.modifier = CanvasModifier.ALT
        self.brush = Brush()
        self.combine = BooleanOp.ADD
        self.pressure = 1.0
        self.uses_eraser_end = False
        self.last_stroke_end: QPointF | None = None

    def selection_combine(self, pointer: PointerState) -> BooleanOp:
        """Return how a selection combines: the modifier subtracts, with Shift intersects; else as chosen in the bar."""
        if self.uses_eraser_end:
            return BooleanOp.SUBTRACT
        if pointer.modified:
            return BooleanOp.INTERSECT if pointer.shift else BooleanOp.SUBTRACT
        return self.combine
