"""The hand pans the view."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.ui.canvas.tools.tool import Tool


class HandTool(Tool):
    """Pans wherever it's pressed."""

    id = "hand"
    label = "Hand"
    icon = "hand"
    shortcut = "H"
    edits_mask = False
    needs_source = False
    combine_choices = frozenset()

    def cursor(self, _point: QPointF | None, _scale: float) -> Qt.CursorShape:
        """Return an open hand."""
        return Qt.CursorShape.OpenHandCursor

    def pans_at(self, _point: QPointF, _scale: float) -> bool:
        """Return True: it always pans."""
        return True
