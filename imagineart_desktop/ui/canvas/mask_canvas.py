"""The canvas of the Inpaint tab: an image, its mask, and the tools that paint the mask."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHideEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPointingDevice,
    QRegion,
    QShowEvent,
    QTabletEvent,
)

from imagineart_desktop.imaging import EMPTY, BooleanOp, Brush, Coverage, Margins, Mask, Pixels, Rect, coverage
from imagineart_desktop.imaging.mask.brush import MAX_SIZE, MIN_SIZE, prerender_dabs
from imagineart_desktop.imaging.mask.mask import painted_bounds
from imagineart_desktop.ui.canvas.accessibility import MaskAnnouncer
from imagineart_desktop.ui.canvas.canvas_extend import ExtendGuides
from imagineart_desktop.ui.canvas.image_canvas import ImageCanvas
from imagineart_desktop.ui.canvas.marching_ants import MarchingAnts
from imagineart_desktop.ui.canvas.mask_overlay import MaskOverlay, MaskView
from imagineart_desktop.ui.canvas.outline import stroke_two_tone
from imagineart_desktop.ui.canvas.tool_controller import ToolController
from imagineart_desktop.ui.canvas.tool_cursor import ToolCursor
from imagineart_desktop.ui.canvas.tools import CLICK_TOOLS, CORNER_TOOLS, PAINT_TOOLS, ToolKind
from imagineart_desktop.workspace.background import PendingWorkPresenter, spawn_owned
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.follow_up import DeferredCall
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.mask_document import MaskDocument

_CLICK_ZOOM_FACTOR = 2.0
_BRUSH_SETTLE_S = 0.05
"""Seconds without change after which a brush counts as chosen."""
_MAX_SYNC_PIXELS = 2**21
"""Pixels of a change that the overlay follows immediately; it follows larger changes on a worker thread."""


class MaskCanvas(ImageCanvas):
    """Shows an image with its mask, and lets the user paint the mask.

    pixels: height × width × 3 or 4, uint8; the mask has the same size. waiting: see `MaskDocument`.
    """

    can_turn = True
    coverage_changed = Signal(object)
    """`Coverage`, after every action."""
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
    source_requested = Signal()
    """A tool was used while a result was shown: work continues on the source."""
    margins_released = Signal()
    """The dragged edges were released."""

    def __init__(self, waiting: PendingWorkPresenter | None = None) -> None:
        super().__init__()
        self.document = MaskDocument(self, waiting)
        self.tool_controller = ToolController(self.document, self.update)
        self.mask_shown = True
        self.mask_view = MaskView.TINT
        self.pixels: Pixels | None = None
        self._source: ImagePyramid | None = None
        self._preview: ImagePyramid | None = None
        self._result: ImagePyramid | None = None
        self._overlays_hidden = False
        self.extend_guides = ExtendGuides()
        self._overlay = MaskOverlay()
        self._pointer = QPointF()
        self._pointer_update = DeferredCall(self, self._show_pointer)
        self.tool_cursor = ToolCursor(self, self.tool_controller, lambda: self.viewport_state)
        self.marching_ants = MarchingAnts(self, self._has_ants, self._line_region)
        self._count_token = 0
        self._announcer = MaskAnnouncer(self, self.document.undo_stack)
        self._coverage = Coverage(0, 1, EMPTY)
        self.document.changed.connect(self._mask_changed)
        self.document.mask_replaced.connect(self._mask_replaced)
        self.zoom_changed.connect(lambda _zoom: self.marching_ants.moved())
        self.document.settled.connect(lambda: spawn_owned(self, self._count()))
        self.setAccessibleName("Mask canvas")

    # Image and mask

    @property
    def coverage(self) -> Coverage:
        """Return what the mask covered when last counted."""
        return self._coverage

    def set_picture(self, pixels: Pixels, pyramid: ImagePyramid, mask: Mask | None = None) -> None:
        """Show another image.

        mask: has the image's size and keeps the undo history; without one, mask and history are reset.
        """
        size = int(pixels.shape[1]), int(pixels.shape[0])
        self.pixels = pixels
        self._source = pyramid
        self._result, self._overlays_hidden = None, False
        self.extend_guides.size, self.extend_guides.margins = size, Margins()
        self.tool_controller.set_image(pixels)
        self.show_pyramid(pyramid, keep_view=mask is not None)
        if mask is None:
            self.document.start_new(size)
            self._overlay.set_mask(self.document.mask)
        else:
            self.document.exchange(mask)
        self.corners_changed.emit()
        self.update_cursor()

    def clear_image(self) -> None:
        """Show no image; clear mask and history."""
        self.pixels = self._source = None
        self._result, self._overlays_hidden = None, False
        self.extend_guides.size, self.extend_guides.margins, self.extend_guides.boxes = (1, 1), Margins(), ()
        self.tool_controller.set_image(None)
        self.show_pyramid(None)
        self.document.start_new((1, 1))
        self._overlay.set_mask(self.document.mask)
        self.corners_changed.emit()

    @property
    def source(self) -> ImagePyramid | None:
        """Return the source image that is being painted, even while a result is shown."""
        return self._source

    @property
    def _result_shown(self) -> bool:
        return self._result is not None

    def show_result(self, result: ImagePyramid | None) -> None:
        """Show a result in place of the source; None shows the source again."""
        self._result = result
        self.show_pyramid(result or self._source, keep_view=True)

    def show_preview(self, preview: ImagePyramid | None) -> None:
        """Show an image that is still decoding, during which painting is locked; None ends the preview."""
        if preview is not None and self._preview is None:
            self.document.hold()
        elif preview is None and self._preview is not None:
            self.document.let_go()
            if self._pyramid is self._preview:
                # The image didn't load.
                self.show_pyramid(self._result or self._source, keep_view=True)
        self._preview = preview
        if preview is not None:
            self.show_pyramid(preview, keep_view=True)
        self.marching_ants.look()
        self.update()

    def set_mask_shown(self, shown: bool) -> None:
        """Show or hide the mask."""
        self.mask_shown = shown
        self.marching_ants.look()
        self.update()

    def set_overlays_hidden(self, bare: bool) -> None:
        """Show images without mask and guides, as when comparing a result with its source."""
        self._overlays_hidden = bare
        self.marching_ants.look()
        self.update()

    @property
    def _overlays_are_hidden(self) -> bool:
        return self._overlays_hidden or self._preview is not None

    @property
    def is_mask_visible(self) -> bool:
        """Return whether the mask is visible."""
        return self.mask_shown and not self._overlays_are_hidden

    def set_mask_view(self, view: MaskView) -> None:
        """Show the mask as a tint, in black and white, or as an outline only."""
        self.mask_view = view
        self._overlay.set_view(view)
        self.marching_ants.look()
        self.update()

    @property
    def tint(self) -> QColor:
        """Return the tint's color; its alpha is the strength."""
        return self._overlay.tint

    def set_tint(self, tint: QColor) -> None:
        """Change the tint's color and strength."""
        self._overlay.set_tint(tint)
        self.update()

    def show_guides(self, margins: Margins, boxes: Sequence[Rect], overlap: int = 0) -> None:
        """Show the guides: how far to extend the image, what is sent, and how far the new area overlaps the old."""
        grown = margins != self.extend_guides.margins
        self.extend_guides.margins, self.extend_guides.boxes, self.extend_guides.overlap = margins, boxes, overlap
        if grown and self._fitted and not self.extend_guides.is_dragging and self.has_picture:
            self.fit()
        self.update()

    def shown_area(self) -> QRectF | None:
        """Return the image plus its extension."""
        return None if self._result_shown or self._overlays_are_hidden else self.extend_guides.area()

    def _mask_replaced(self) -> None:
        self._overlay.set_mask(self.document.mask)
        self._mask_changed(Rect.of_shape(self.document.mask.shape))

    def _has_ants(self) -> bool:
        painted = not self._coverage.bounds.is_empty
        return self.is_mask_visible and self.mask_view is MaskView.OUTLINE and painted and self.has_picture

    def _line_region(self) -> QRegion:
        view = self.viewport_state
        region = self._overlay.outline_region(view.image_rect(), view.upright(QRectF(self.rect())), self.zoom)
        return view.rotation_transform().map(region) if view.angle else region

    def _mask_changed(self, area: Rect) -> None:
        self.marching_ants.moved()
        if self._result_shown or self._overlays_hidden:
            self.source_requested.emit()
        if area.width * area.height > _MAX_SYNC_PIXELS:
            spawn_owned(self, self._follow(area))
            return
        self._overlay.changed(area)
        box = self.viewport_state.rect_to_widget(QRectF(area.left, area.top, area.width, area.height))
        self.update(box.toAlignedRect().adjusted(-2, -2, 2, 2))

    async def _follow(self, area: Rect) -> None:
        overlay = self._overlay
        overlay.mark_changed_async(area)
        await asyncio.to_thread(overlay.follow, area)
        overlay.follow(overlay.changed_meanwhile)
        overlay.levels_updated()
        self.update()

    async def _count(self) -> None:
        """Count the coverage on a worker thread; discard all but the latest count."""
        self._count_token += 1
        turn, mask = self._count_token, self.document.mask
        self._overlay.begin_bounds_update()
        overlay, stale = self._overlay, self._overlay.stale()

        def count() -> tuple[Coverage, Rect]:
            overlay.follow(stale)
            return coverage(mask), painted_bounds(mask)

        counted, bounds = await asyncio.to_thread(count)
        overlay.levels_updated()
        if turn == self._count_token:
            self._coverage = counted
            self._overlay.set_painted_bounds(bounds)
            self.marching_ants.look()
            self._announcer.tell(counted)
            self.update()
            self.coverage_changed.emit(counted)

    # Painting

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """Draw the image, the tint and the outline.

        While something is being drawn, only the outline view keeps the mask's outline.
        """
        super().paint_picture(painter, target, exposed)
        if self.is_mask_visible and self.pixels is not None:
            lined = self.tool_controller.action is None or self.mask_view is MaskView.OUTLINE
            phase = self.marching_ants.phase if self.mask_view is MaskView.OUTLINE else 0
            self._overlay.paint(painter, target, exposed, self.zoom, outlined=lined, phase=phase)

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the shape in progress, the guides and the brush cursor."""
        action, to_widget = self.tool_controller.action, self.viewport_state.transform()
        if self.pixels is not None and not self._overlays_are_hidden:
            self.extend_guides.paint(painter, to_widget, exposed)
        if action is not None and self.tool_controller.tool not in PAINT_TOOLS:
            stroke_two_tone(painter, to_widget.map(action.outline()), dashed=True)
        self.tool_cursor.paint(painter, exposed, described=self.pixels is not None and not self._overlays_are_hidden)

    # Input

    def wants_pan(self, event: QMouseEvent) -> bool:
        """Also pan with the Hand tool, and with Extend away from an edge."""
        moves = self.tool_controller.tool is ToolKind.HAND
        if self.tool_controller.tool is ToolKind.EXTEND:
            view = self.viewport_state
            moves = not self.extend_guides.edges_at(view.to_image(event.position()), view.scale)
        return (moves and event.button() == Qt.MouseButton.LeftButton) or super().wants_pan(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start an action of the tool."""
        self.setFocus()
        modified = bool(event.modifiers() & self.tool_controller.modifier.key)
        if event.button() == Qt.MouseButton.RightButton and modified:
            self.tool_cursor.take_hold(event.position())
        elif self.wants_pan(event):
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self.pixels is not None:
            if self.tool_controller.tool is ToolKind.ZOOM:
                self.zoom_to(
                    self.zoom / _CLICK_ZOOM_FACTOR if modified else self.zoom * _CLICK_ZOOM_FACTOR, event.position()
                )
                return
            if (self._result_shown or self._overlays_hidden) and self._preview is None:
                self.source_requested.emit()
            point = self.viewport_state.to_image(event.position())
            if self.tool_controller.tool is ToolKind.EXTEND:
                self.extend_guides.take_hold(point, self.viewport_state.scale)
                return
            self.tool_controller.press(point, event.modifiers(), self.viewport_state.scale)
            self.corners_changed.emit()
            self.update_action_outline()

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
        if self.extend_guides.is_dragging:
            evenly = bool(event.modifiers() & self.tool_controller.modifier.key)
            self.margins_dragged.emit(self.extend_guides.drag_to(point, evenly=evenly))
        elif not self.is_panning:
            if self.tool_controller.tool is ToolKind.EXTEND:
                self.update_cursor()
            self.tool_controller.move(point, event.modifiers())
            self.update_action_outline()
        self.pointer_moved.emit(point)

    def _show_pointer(self) -> None:
        self.tool_cursor.move_to(self._pointer)
        self.pointer_moved.emit(self.viewport_state.to_image(self._pointer))

    def update_action_outline(self) -> None:
        """Repaint actions that draw an outline; strokes repaint themselves."""
        if self.tool_controller.action is not None and self.tool_controller.tool not in PAINT_TOOLS:
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
        return self.tool_controller.tool in CLICK_TOOLS | CORNER_TOOLS | {ToolKind.ZOOM}

    def end_press(self) -> None:
        """Finish the stroke or shape; open corners stay."""
        super().end_press()
        self.tool_cursor.let_go()
        if self.extend_guides.is_dragging:
            self.extend_guides.let_go()
            self._ensure_edges_visible()
            self.margins_released.emit()
        if self.tool_controller.action is not None and not self.tool_controller.is_multi_click:
            self.tool_controller.release()
            self.update()

    def _ensure_edges_visible(self) -> None:
        area = self.viewport_state.rect_to_widget(self.extend_guides.area())
        if not QRectF(self.rect()).adjusted(0, 0, 0, -self.covered()).contains(area):
            self.fit()

    def give_up_press(self) -> None:
        """Undo what the first finger began because a second one came; corners set earlier stay."""
        super().give_up_press()
        self.extend_guides.let_go()
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
        """Give keys of the active tool priority over shortcuts."""
        drawing = event.key() == Qt.Key.Key_Escape and self.tool_controller.action is not None
        closing = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.tool_controller.is_multi_click
        return drawing or closing or super().needs_key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape abandons the current drawing; Enter closes corners, Backspace removes the last one."""
        if event.key() == Qt.Key.Key_Escape and self.tool_controller.action is not None:
            self.tool_controller.abandon()
        elif self.tool_controller.is_multi_click and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.tool_controller.close()
        elif self.tool_controller.is_multi_click and event.key() == Qt.Key.Key_Backspace:
            self.tool_controller.take_back()
        else:
            super().keyPressEvent(event)
            return
        self.corners_changed.emit()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Resume the outline animation."""
        super().showEvent(event)
        self.marching_ants.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Pause the outline animation."""
        super().hideEvent(event)
        self._overlay.hidden()
        self.marching_ants.look()

    def changeEvent(self, event: QEvent) -> None:
        """Pause the outline animation while another window is active."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.marching_ants.look()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush cursor."""
        self._pointer_update.do_now()
        self.tool_cursor.move_to(None)
        super().leaveEvent(event)

    def update_cursor(self) -> None:
        """Set the cursor for the tool; brushes hide it because their outline serves as the cursor."""
        super().update_cursor()
        if self.cursor().shape() == Qt.CursorShape.ArrowCursor and self.has_picture:
            shapes = {ToolKind.HAND: Qt.CursorShape.OpenHandCursor}
            if self.tool_controller.tool is ToolKind.EXTEND and (pointer := self.tool_cursor.at) is not None:
                view = self.viewport_state
                shapes[ToolKind.EXTEND] = self.extend_guides.cursor_at(view.to_image(pointer), view.scale)
            painting = (
                Qt.CursorShape.BlankCursor if self.tool_controller.tool in PAINT_TOOLS else Qt.CursorShape.CrossCursor
            )
            self.setCursor(shapes.get(self.tool_controller.tool, painting))

    def set_tool(self, tool: ToolKind) -> None:
        """Switch to another tool."""
        self.tool_controller.set_tool(tool)
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
