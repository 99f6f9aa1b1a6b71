"""The tools of a canvas, the one in use, and its gesture between press and release.

Points are in image pixels; the canvas handles whether they come from mouse, pen or finger.
"""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.imaging import Pixels
from imagineart_desktop.ui.canvas.tools.context import ToolCanvas, ToolContext
from imagineart_desktop.ui.canvas.tools.gesture import CLOSING_KEYS, Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.tool import Tools
from imagineart_desktop.workspace.mask_document import MaskDocument

Modifiers = Qt.KeyboardModifier


class ToolController(ToolContext):
    """Turns presses and moves into gestures of the active tool. tools: by id; the first is active at first."""

    def __init__(self, document: MaskDocument, canvas: ToolCanvas, tools: Tools) -> None:
        super().__init__(document, canvas)
        self.tools = {kind.id: kind(self) for kind in tools}
        self.tool = self.tools[tools[0].id]
        self.gesture: Gesture | None = None
        self._scale = 1.0

    @property
    def drawing(self) -> Gesture | None:
        """Return the gesture if it draws on the mask."""
        return self.gesture if self.gesture is not None and self.gesture.edits_mask else None

    @property
    def is_multi_click(self) -> bool:
        """Return whether the gesture continues after release: corners are set one by one."""
        return self.gesture is not None and self.gesture.is_multi_click

    @property
    def is_painting(self) -> bool:
        """Return whether a stroke is in progress."""
        return self.gesture is not None and self.gesture.is_stroke

    @property
    def dab(self) -> float:
        """Return the current brush diameter, in image pixels."""
        return self.brush.size_at(self.pressure) if self.drawing is not None else self.brush.size

    def set_image(self, pixels: Pixels | None) -> None:
        """Use another image; straight lines don't continue from the previous one."""
        self.pixels = pixels
        self.last_stroke_end = None
        for tool in self.tools.values():
            tool.image_changed()

    def set_tool(self, tool_id: str) -> None:
        """Use another tool; open corners are abandoned."""
        tool = self.tools[tool_id]
        if tool is not self.tool and self.is_multi_click:
            self.abandon()
        self.tool = tool

    def press(self, point: QPointF, keys: Modifiers, scale: float) -> None:
        """Start a gesture or add a corner. scale: logical pixels per image pixel."""
        self.release()
        self._scale = scale
        if self.pixels is None:
            return
        if self.tool.edits_mask and self.document.is_locked:
            self.document.refuse()
        elif self.gesture is not None:
            self.gesture.press(self._pointer(point, keys))
        else:
            self.gesture = self.tool.press(self._pointer(point, keys), self.pixels)

    def move(self, point: QPointF, keys: Modifiers) -> None:
        """Continue to a point."""
        if self.gesture is not None:
            self.gesture.move(self._pointer(point, keys))

    def _pointer(self, point: QPointF, keys: Modifiers) -> PointerState:
        return PointerState(
            point=point,
            scale=self._scale,
            shift=bool(keys & Modifiers.ShiftModifier),
            modified=bool(keys & self.modifier.key),
            pressure=self.pressure,
        )

    def claims_key(self, key: int) -> bool:
        """Return whether a key takes priority over shortcuts because of the gesture."""
        return self.gesture is not None and key in self.gesture.claimed_keys

    def use_key(self, key: int) -> bool:
        """Abandon the drawing with Escape, close corners with Enter, take one back with Backspace.

        Other keys are the gesture's own. Return whether the key meant anything.
        """
        if key == Qt.Key.Key_Escape and self.drawing is not None:
            self.abandon()
        elif self.is_multi_click and key in CLOSING_KEYS:
            self.close()
        elif self.is_multi_click and key == Qt.Key.Key_Backspace:
            self.take_back()
        else:
            return self.gesture is not None and self.gesture.key(key)
        return True

    def release(self) -> None:
        """Finish gestures that end on release."""
        if not self.is_multi_click:
            self.close()

    def close(self) -> None:
        """Finish the gesture; open corners stay while a long operation is running."""
        if self.is_multi_click and self.document.operations.doing:
            self.document.refuse()
            return
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.finish()

    def take_back(self) -> None:
        """Remove the last corner."""
        if self.gesture is not None and self.gesture.is_multi_click and not self.gesture.take_back():
            self.gesture = None

    def abandon(self) -> None:
        """Abandon what is being drawn."""
        gesture, self.gesture = self.gesture, None
        if gesture is not None:
            gesture.abandon()
