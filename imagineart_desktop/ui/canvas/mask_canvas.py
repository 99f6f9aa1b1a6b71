"""The canvas of the Inpaint tab: an image, its mask, and the tools that paint the mask."""

from __future__ import annotations

import asyncio
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPointingDevice, QTabletEvent

from imagineart_desktop.imaging import BooleanOp, Brush, Margins, Pixels
from imagineart_desktop.imaging.mask.brush import MAX_SIZE, MIN_SIZE, prerender_dabs
from imagineart_desktop.ui.canvas.masked_image_canvas import MaskedImageCanvas
from imagineart_desktop.ui.canvas.tool_controller import ToolController
from imagineart_desktop.ui.canvas.tool_cursor import ToolCursor
from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.canvas.tools.tool import Tools
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.follow_up import DeferredCall
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.mask_document import MaskDocument

_BRUSH_SETTLE_S = 0.05
"""Seconds without change after which a brush counts as chosen."""


class MaskCanvas(MaskedImageCanvas):
    """Shows an image with its mask, and lets the user paint the mask with tools."""

    can_turn = True
    tool_changed = Signal(object)
    """The `Tool` now in use."""
    brush_changed = Signal(object)
    combine_changed = Signal()
    """The current tool's combine mode changed."""
    modifier_changed = Signal(object)
    """`CanvasModifier`: the modifier key for gestures changed."""
    corners_changed = Signal()
    """Corners were added, closed or removed."""
    pointer_moved = Signal(QPointF)
    margins_dragged = Signal(object)
    """`Margins` by which to extend the image."""
    margins_released = Signal()
    """The dragged edges were released."""

    def __init__(self, document: MaskDocument | None = None, tools: Tools = TOOLS) -> None:
        super().__init__(document)
        self.tool_controller = ToolController(self.document, self, tools)
        self._pointer = QPointF()
        self._pointer_update = DeferredCall(self, self._show_pointer)
        self.tool_cursor = ToolCursor(self, self.tool_controller, lambda: self.viewport_state)
        self.document.stroke_ending.connect(self._finish_stroke)
        self.setAccessibleName("Mask canvas")

    def set_picture(self, pixels: Pixels, pyramid: ImagePyramid, *, keep_view: bool = False) -> None:
        """Show another image; see `MaskedImageCanvas.set_picture`."""
        self.tool_controller.set_image(pixels)
        super().set_picture(pixels, pyramid, keep_view=keep_view)
        self.corners_changed.emit()
        self.update_cursor()

    def clear_image(self) -> None:
        """Show no image."""
        self.tool_controller.set_image(None)
        super().clear_image()
        self.corners_changed.emit()

    @property
    def is_drawing(self) -> bool:
        """Return whether a tool is drawing on the mask."""
        return self.tool_controller.drawing is not None

    def end_drawing(self) -> None:
        """Finish what a tool is drawing; abandon corners that aren't closed."""
        if self.tool_controller.is_multi_click:
            self.tool_controller.abandon()
        else:
            self.tool_controller.close()

    def _finish_stroke(self) -> None:
        """Finish a stroke before the button is released; further moves paint nothing."""
        if self.tool_controller.is_painting:
            self.tool_controller.close()
            self.update()

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the guides, the gesture in progress and the brush cursor."""
        super().paint_above(painter, exposed)
        if self.tool_controller.gesture is not None:
            self.tool_controller.gesture.paint(painter, self.viewport_state.transform())
        self.tool_cursor.paint(painter, exposed, described=self.pixels is not None and not self._overlays_are_hidden)

    # Input

    def wants_pan(self, event: QMouseEvent) -> bool:
        """Also pan where the tool does."""
        view = self.viewport_state
        left = event.button() == Qt.MouseButton.LeftButton
        pans = left and self.tool_controller.tool.pans_at(view.to_image(event.position()), view.scale)
        return pans or super().wants_pan(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start an action of the tool."""
        self.setFocus()
        modified = bool(event.modifiers() & self.tool_controller.modifier.key)
        if event.button() == Qt.MouseButton.RightButton and modified:
            self.tool_cursor.take_hold(event.position())
        elif self.wants_pan(event):
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self.pixels is not None:
            looks_elsewhere = (self._result_shown or self._overlays_hidden) and self._preview is None
            if looks_elsewhere and self.tool_controller.tool.needs_source:
                self.source_requested.emit()
            point = self.viewport_state.to_image(event.position())
            self.tool_controller.press(point, event.modifiers(), self.viewport_state.scale)
            self.corners_changed.emit()
            self.update_gesture()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close an outline that is set corner by corner."""
        if self.tool_controller.is_multi_click and event.button() == Qt.MouseButton.LeftButton:
            self.tool_controller.close()
            self.corners_changed.emit()
            self.update()
        else:
            self.mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Continue the action.

        A stroke takes every point at once; the cursor follows only the latest of the queued points.
        """
        if not event.buttons():
            self.end_press()
        if (brush := self.tool_cursor.brush_at(event.position())) is not None:
            self.set_brush(brush)
            return
        if self.tool_controller.is_painting and not self.is_panning:
            self._pointer = event.position()
            self.tool_controller.move(self.viewport_state.to_image(self._pointer), event.modifiers())
            self._pointer_update.ask()
            return
        super().mouseMoveEvent(event)
        self.tool_cursor.move_to(event.position())
        point = self.viewport_state.to_image(event.position())
        if not self.is_panning:
            if self.tool_controller.tool.cursor_follows_pointer and self.tool_controller.gesture is None:
                self.update_cursor()
            self.tool_controller.move(point, event.modifiers())
            self.update_gesture()
        self.pointer_moved.emit(point)

    def _show_pointer(self) -> None:
        self.tool_cursor.move_to(self._pointer)
        self.pointer_moved.emit(self.viewport_state.to_image(self._pointer))

    def update_gesture(self) -> None:
        """Repaint gestures that draw an outline; strokes repaint themselves."""
        if self.tool_controller.gesture is not None and not self.tool_controller.is_painting:
            self.update()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Record the pen's pressure and which end is used; Qt resends the ignored event as a mouse event there."""
        held = event.type() != QEvent.Type.TabletRelease and bool(event.buttons())
        self.tool_controller.pressure = min(max(event.pressure(), 0.0), 1.0) if held else 1.0
        self.tool_controller.uses_eraser_end = held and event.pointerType() == QPointingDevice.PointerType.Eraser
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the action; releasing the middle button during a stroke only ends its own pan."""
        if event.button() == Qt.MouseButton.LeftButton or not event.buttons():
            self.end_press()
        else:
            super().end_press()

    @property
    def acts_at_press(self) -> bool:
        """Return whether the tool acts on a click or sets a corner."""
        return self.tool_controller.tool.acts_at_press

    def end_press(self) -> None:
        """Finish the stroke or shape; open corners stay."""
        super().end_press()
        self.tool_cursor.let_go()
        if self.tool_controller.gesture is not None and not self.tool_controller.is_multi_click:
            self.tool_controller.release()
            self.update()

    def zoom_by(self, factor: float, about: QPointF) -> None:
        """Zoom around an image point."""
        self.zoom_to(self.zoom * factor, self.viewport_state.to_widget(about))

    def drag_margins(self, margins: Margins) -> None:
        """Report the margins by which a drag extends the image."""
        self.margins_dragged.emit(margins)

    def release_margins(self) -> None:
        """Bring the extended image into view, and report that the drag ended."""
        area = self.viewport_state.rect_to_widget(self.extend_guides.area())
        if not QRectF(self.rect()).adjusted(0, 0, 0, -self.covered()).contains(area):
            self.fit()
        self.margins_released.emit()

    def give_up_press(self) -> None:
        """Undo what the first finger began because a second one came; corners set earlier stay."""
        super().give_up_press()
        if not self.tool_controller.is_multi_click:
            self.tool_controller.abandon()
        self.update()

    def undo(self) -> None:
        """Remove the last corner while corners are open, otherwise undo the last step."""
        if self.tool_controller.is_multi_click:
            self.tool_controller.take_back()
            self.corners_changed.emit()
            self.update()
        else:
            self.document.undo()

    def needs_key(self, event: QKeyEvent) -> bool:
        """Give keys of the gesture in progress priority over shortcuts."""
        return self.tool_controller.claims_key(event.key()) or super().needs_key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Offer the key to what is being drawn."""
        if self.tool_controller.use_key(event.key()):
            self.corners_changed.emit()
            self.update()
        else:
            super().keyPressEvent(event)

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush cursor."""
        self._pointer_update.do_now()
        self.tool_cursor.move_to(None)
        super().leaveEvent(event)

    def update_cursor(self) -> None:
        """Set the cursor of the tool."""
        super().update_cursor()
        if self.cursor().shape() == Qt.CursorShape.ArrowCursor and self.has_picture:
            view, pointer = self.viewport_state, self.tool_cursor.at
            point = None if pointer is None else view.to_image(pointer)
            self.setCursor(self.tool_controller.tool.cursor(point, view.scale))

    def set_tool(self, tool_id: str) -> None:
        """Switch to another tool."""
        self.tool_controller.set_tool(tool_id)
        self.tool_changed.emit(self.tool_controller.tool)
        self.tool_cursor.flash()
        self.corners_changed.emit()
        self.combine_changed.emit()
        self.update_cursor()
        self.update()

    def set_modifier(self, modifier: CanvasModifier) -> None:
        """Change the modifier key for gestures."""
        self.tool_controller.modifier = modifier
        self.modifier_changed.emit(modifier)

    def set_combine(self, combine: BooleanOp) -> None:
        """Set how selections and the brush combine with the mask."""
        self.tool_controller.combine = combine
        self.update()
        self.combine_changed.emit()

    def set_brush(self, brush: Brush) -> None:
        """Set the brush, clamping size and hardness."""
        size = min(max(brush.size, MIN_SIZE), MAX_SIZE)
        self.tool_controller.brush = replace(brush, size=size, hardness=min(max(brush.hardness, 0.0), 1.0))
        self.tool_cursor.flash()
        self.update()
        self.brush_changed.emit(self.tool_controller.brush)
        spawn_owned(self, self._prepare(self.tool_controller.brush))

    async def _prepare(self, brush: Brush) -> None:
        await asyncio.sleep(_BRUSH_SETTLE_S)
        if brush is self.tool_controller.brush:
            await asyncio.to_thread(prerender_dabs, brush)
