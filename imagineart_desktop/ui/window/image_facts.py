"""Text in the status bar about the displayed image: size, zoom, and on the canvas the pointer and the mask."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, QRectF

from imagineart_desktop.imaging import Size

if TYPE_CHECKING:
    from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas


def image_status(size: Size, zoom: float) -> str:
    """Return the size in pixels and the zoom."""
    return f"{size[0]} × {size[1]} · {zoom * 100:.0f}%"


def canvas_status(canvas: MaskCanvas, pointer: QPointF | None) -> str:
    """Return the same with the pixel under the pointer and the bounds of the mask."""
    size = canvas.document.size
    parts = [image_status(size, canvas.zoom)]
    bounds = canvas.coverage.bounds
    if not bounds.is_empty:
        share = f"{canvas.coverage.share * 100:.1f}%"
        parts.insert(0, f"mask {bounds.width} × {bounds.height} at {bounds.left}, {bounds.top} ({share})")
    drawing = canvas.tool_controller.drawing
    drawn = QRectF() if drawing is None else drawing.outline().boundingRect()
    if not drawn.isEmpty():
        parts.insert(0, f"drawing {drawn.width():.0f} × {drawn.height():.0f} at {drawn.left():.0f}, {drawn.top():.0f}")
    if pointer is not None and 0 <= pointer.x() < size[0] and 0 <= pointer.y() < size[1]:
        parts.insert(0, f"{int(pointer.x())}, {int(pointer.y())}")
    if canvas.document.operations.doing:
        parts.insert(0, f"{canvas.document.operations.doing} …")
    return " · ".join(parts)
