"""Smart select: a box around an object, which is then found."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from imagineart_desktop.imaging import BooleanOp, Mask, Pixels, Rect
from imagineart_desktop.imaging.mask.selections import smart_select
from imagineart_desktop.support import Progress
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.rectangle import RectangleGesture
from imagineart_desktop.ui.canvas.tools.tool import Tool
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mask_document import WORK_SHARE, MaskDocument


class SmartSelectGesture(RectangleGesture):
    """A box around an object, which is found on a worker thread."""

    def __init__(
        self, document: MaskDocument, name: str, start: QPointF, combine: BooleanOp, *, pixels: Pixels
    ) -> None:
        super().__init__(document, name, start, combine)
        self._pixels = pixels

    def finish(self) -> None:
        """Find and select the object."""
        if len(self._points) < 2:
            return
        start, end = ((point.x(), point.y()) for point in self._points)
        spawn_owned(self._document, self._select((start, end)))

    async def _select(self, box: tuple[tuple[float, float], tuple[float, float]]) -> None:
        document, pixels, combine = self._document, self._pixels, self._combine
        progress = Progress()
        reach = progress.part(0, WORK_SHARE)

        def select(mask: Mask) -> Rect:
            return smart_select(mask, pixels, *box, combine, reach)

        area = await document.operate(self._name, select, progress=progress, unchanged="Nothing was found in the box.")
        if combine is BooleanOp.ADD and not area.is_empty:
            document.object_selected.emit(area)


class SmartSelectTool(Tool):
    """Selects the object in a box."""

    id = "smart select"
    label = "Smart select"
    icon = "wand-sparkles"
    shortcut = "Shift+W"

    def press(self, pointer: PointerState, pixels: Pixels) -> Gesture:
        """Start a box."""
        combine = self.context.selection_combine(pointer)
        return SmartSelectGesture(self.context.document, self.label, pointer.point, combine, pixels=pixels)
