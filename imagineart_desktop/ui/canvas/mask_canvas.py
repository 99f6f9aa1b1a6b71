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
from imagineart_desktop.ui.canvas.accessibility import Telling
from imagineart_desktop.ui.canvas.canvas_extend import Extending
from imagineart_desktop.ui.canvas.image_canvas import PictureCanvas
from imagineart_desktop.ui.canvas.marching_ants import Marching
from imagineart_desktop.ui.canvas.mask_overlay import MaskOverlay, MaskView
from imagineart_desktop.ui.canvas.outline import stroke_twice
from imagineart_desktop.ui.canvas.tool_controller import Stylus
from imagineart_desktop.ui.canvas.tool_cursor import ToolCursor
from imagineart_desktop.ui.canvas.tools import CLICKING, CORNERS, PAINTING, ToolKind
from imagineart_desktop.workspace.background import PendingWorkPresenter, spawn_owned
from imagineart_desktop.workspace.canvas_modifier import CanvasModifier
from imagineart_desktop.workspace.follow_up import FollowUp
from imagineart_desktop.workspace.image_pyramid import Pyramid
from imagineart_desktop.workspace.mask_document import MaskDocument

_ZOOM_CLICK = 2.0
_BRUSH_RESTS = 0.05
"""Seconds without change after which a brush counts as chosen."""
_MOST_AT_ONCE = 2**21
"""Pixels of a change that the overlay follows immediately; it follows larger changes on a worker thread."""


class MaskCanvas(PictureCanvas):
    """Shows an image with its mask, and lets the user paint the mask.

    pixels: height × width × 3 or 4, uint8; the mask has the same size. waiting: see `MaskDocument`.
    """

    can_turn = True
    coverage_changed = Signal(object)
    """`Coverage`, after every action."""
    brush_changed = Signal(object)
    joining_changed = Signal()
    """The current tool's combine mode changed."""
    modifier_changed = Signal(object)
    """`CanvasModifier`: the modifier key for gestures changed."""
    corners_changed = Signal()
    """Corners were added, closed or removed."""
    pointer_moved = Signal(QPointF)
    margins_dragged = Signal(object)
    """`Margins` by which to extend the image."""
    source_wanted = Signal()
    """A tool was used while a result was shown: work continues on the source."""
    margins_settled = Signal()
    """The dragged edges were released."""

    def __init__(self, waiting: PendingWorkPresenter | None = None) -> None:
        super().__init__()
        self.document = MaskDocument(self, waiting)
        self.stylus = Stylus(self.document, self.update)
        self.mask_shown = True
        self.mask_view = MaskView.TINT
        self.pixels: Pixels | None = None
        self._source: Pyramid | None = None
        self._preview: Pyramid | None = None
        self._result: Pyramid | None = None
        self._bare = False
        self.extending = Extending()
        self._overlay = MaskOverlay()
        self._pointer = QPointF()
        self._pointer_shown = FollowUp(self, self._show_pointer)
        self.tool_cursor = ToolCursor(self, self.stylus, lambda: self.viewport_state)
        self.marching = Marching(self, self._has_ants, self._line_region)
        self._counting = 0
        self._telling = Telling(self, self.document.undo_stack)
        self._coverage = Coverage(0, 1, EMPTY)
        self.document.changed.connect(self._mask_changed)
        self.document.exchanged.connect(self._mask_exchanged)
        self.zoom_changed.connect(lambda _zoom: self.marching.moved())
        self.document.settled.connect(lambda: spawn_owned(self, self._count()))
        self.setAccessibleName("Mask canvas")

    # Image and mask

    @property
    def coverage(self) -> Coverage:
        """Return what the mask covered when last counted."""
        return self._coverage

    def set_picture(self, pixels: Pixels, pyramid: Pyramid, mask: Mask | None = None) -> None:
        """Show another image.

        mask: has the image's size and keeps the undo history; without one, mask and history are reset.
        """
        size = int(pixels.shape[1]), int(pixels.shape[0])
        self.pixels = pixels
        self._source = pyramid
        self._result, self._bare = None, False
        self.extending.size, self.extending.margins = size, Margins()
        self.stylus.use_picture(pixels)
        self.show_pyramid(pyramid, keep_view=mask is not None)
        if mask is None:
            self.document.start_new(size)
            self._overlay.wrap(self.document.mask)
        else:
            self.document.exchange(mask)
        self.corners_changed.emit()
        self.update_cursor()

    def close_picture(self) -> None:
        """Show no image; clear mask and history."""
        self.pixels = self._source = None
        self._result, self._bare = None, False
        self.extending.size, self.extending.margins, self.extending.boxes = (1, 1), Margins(), ()
        self.stylus.use_picture(None)
        self.show_pyramid(None)
        self.document.start_new((1, 1))
        self._overlay.wrap(self.document.mask)
        self.corners_changed.emit()

    @property
    def source(self) -> Pyramid | None:
        """Return the source image that is being painted, even while a result is shown."""
        return self._source

    @property
    def _result_shown(self) -> bool:
        return self._result is not None

    def show_result(self, result: Pyramid | None) -> None:
        """Show a result in place of the source; None shows the source again."""
        self._result = result
        self.show_pyramid(result or self._source, keep_view=True)

    def show_preview(self, preview: Pyramid | None) -> None:
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
        self.marching.look()
        self.update()

    def set_mask_shown(self, shown: bool) -> None:
        """Show or hide the mask."""
        self.mask_shown = shown
        self.marching.look()
        self.update()

    def set_bare(self, bare: bool) -> None:
        """Show images without mask and guides, as when comparing a result with its source."""
        self._bare = bare
        self.marching.look()
        self.update()

    @property
    def _is_bare(self) -> bool:
        return self._bare or self._preview is not None

    @property
    def mask_seen(self) -> bool:
        """Return whether the mask is visible."""
        return self.mask_shown and not self._is_bare

    def set_mask_view(self, view: MaskView) -> None:
        """Show the mask as a tint, in black and white, or as an outline only."""
        self.mask_view = view
        self._overlay.show_as(view)
        self.marching.look()
        self.update()

    @property
    def tint(self) -> QColor:
        """Return the tint's color; its alpha is the strength."""
        return self._overlay.tint

    def set_tint(self, tint: QColor) -> None:
        """Change the tint's color and strength."""
        self._overlay.tint_with(tint)
        self.update()

    def show_guides(self, margins: Margins, boxes: Sequence[Rect], overlap: int = 0) -> None:
        """Show the guides: how far to extend the image, what is sent, and how far the new area overlaps the old."""
        grown = margins != self.extending.margins
        self.extending.margins, self.extending.boxes, self.extending.overlap = margins, boxes, overlap
        if grown and self._fitted and not self.extending.is_held and self.has_picture:
            self.fit()
        self.update()

    def shown_area(self) -> QRectF | None:
        """Return the image plus its extension."""
        return None if self._result_shown or self._is_bare else self.extending.area()

    def _mask_exchanged(self) -> None:
        self._overlay.wrap(self.document.mask)
        self._mask_changed(Rect.of_shape(self.document.mask.shape))

    def _has_ants(self) -> bool:
        painted = not self._coverage.bounds.is_empty
        return self.mask_seen and self.mask_view is MaskView.OUTLINE and painted and self.has_picture

    def _line_region(self) -> QRegion:
        view = self.viewport_state
        region = self._overlay.outline_region(view.picture_rect(), view.upright(QRectF(self.rect())), self.zoom)
        return view.turning().map(region) if view.angle else region

    def _mask_changed(self, area: Rect) -> None:
        self.marching.moved()
        if self._result_shown or self._bare:
            self.source_wanted.emit()
        if area.width * area.height > _MOST_AT_ONCE:
            spawn_owned(self, self._follow(area))
            return
        self._overlay.changed(area)
        box = self.viewport_state.rect_to_widget(QRectF(area.left, area.top, area.width, area.height))
        self.update(box.toAlignedRect().adjusted(-2, -2, 2, 2))

    async def _follow(self, area: Rect) -> None:
        overlay = self._overlay
        overlay.changed_later(area)
        await asyncio.to_thread(overlay.follow, area)
        overlay.follow(overlay.meanwhile)
        overlay.followed()
        self.update()

    async def _count(self) -> None:
        """Count the coverage on a worker thread; discard all but the latest count."""
        self._counting += 1
        turn, mask = self._counting, self.document.mask
        self._overlay.start_counting()
        overlay, stale = self._overlay, self._overlay.stale()

        def count() -> tuple[Coverage, Rect]:
            overlay.follow(stale)
            return coverage(mask), painted_bounds(mask)

        counted, bounds = await asyncio.to_thread(count)
        overlay.followed()
        if turn == self._counting:
            self._coverage = counted
            self._overlay.counted(bounds)
            self.marching.look()
            self._telling.tell(counted)
            self.update()
            self.coverage_changed.emit(counted)

    # Painting

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """Draw the image, the tint and the outline.

        While something is being drawn, only the outline view keeps the mask's outline.
        """
        super().paint_picture(painter, target, exposed)
        if self.mask_seen and self.pixels is not None:
            lined = self.stylus.action is None or self.mask_view is MaskView.OUTLINE
            phase = self.marching.phase if self.mask_view is MaskView.OUTLINE else 0
            self._overlay.paint(painter, target, exposed, self.zoom, outlined=lined, phase=phase)

    def paint_above(self, painter: QPainter, exposed: QRectF) -> None:
        """Draw the shape in progress, the guides and the brush cursor."""
        action, to_widget = self.stylus.action, self.viewport_state.transform()
        if self.pixels is not None and not self._is_bare:
            self.extending.paint(painter, to_widget, exposed)
        if action is not None and self.stylus.tool not in PAINTING:
            stroke_twice(painter, to_widget.map(action.outline()), dashed=True)
        self.tool_cursor.paint(painter, exposed, described=self.pixels is not None and not self._is_bare)

    # Input

    def wants_pan(self, event: QMouseEvent) -> bool:
        """Also pan with the Hand tool, and with Extend away from an edge."""
        moves = self.stylus.tool is ToolKind.HAND
        if self.stylus.tool is ToolKind.EXTEND:
            view = self.viewport_state
            moves = not self.extending.edges_at(view.to_picture(event.position()), view.scale)
        return (moves and event.button() == Qt.MouseButton.LeftButton) or super().wants_pan(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start an action of the tool."""
        self.setFocus()
        modified = bool(event.modifiers() & self.stylus.modifier.key)
        if event.button() == Qt.MouseButton.RightButton and modified:
            self.tool_cursor.take_hold(event.position())
        elif self.wants_pan(event):
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self.pixels is not None:
            if self.stylus.tool is ToolKind.ZOOM:
                self.zoom_to(self.zoom / _ZOOM_CLICK if modified else self.zoom * _ZOOM_CLICK, event.position())
                return
            if (self._result_shown or self._bare) and self._preview is None:
                self.source_wanted.emit()
            point = self.viewport_state.to_picture(event.position())
            if self.stylus.tool is ToolKind.EXTEND:
                self.extending.take_hold(point, self.viewport_state.scale)
                return
            self.stylus.press(point, event.modifiers(), self.viewport_state.scale)
            self.corners_changed.emit()
            self.update_drawn()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Close an outline that is set corner by corner."""
        if self.stylus.goes_on and event.button() == Qt.MouseButton.LeftButton:
            self.stylus.close()
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
        if self.stylus.paints and not self.is_panning:
            self._pointer = event.position()
            self.stylus.move(self.viewport_state.to_picture(self._pointer), event.modifiers())
            self._pointer_shown.ask()
            return
        super().mouseMoveEvent(event)
        self.tool_cursor.move_to(event.position())
        point = self.viewport_state.to_picture(event.position())
        if self.extending.is_held:
            evenly = bool(event.modifiers() & self.stylus.modifier.key)
            self.margins_dragged.emit(self.extending.drag_to(point, evenly=evenly))
        elif not self.is_panning:
            if self.stylus.tool is ToolKind.EXTEND:
                self.update_cursor()
            self.stylus.move(point, event.modifiers())
            self.update_drawn()
        self.pointer_moved.emit(point)

    def _show_pointer(self) -> None:
        self.tool_cursor.move_to(self._pointer)
        self.pointer_moved.emit(self.viewport_state.to_picture(self._pointer))

    def update_drawn(self) -> None:
        """Repaint actions that draw an outline; strokes repaint themselves."""
        if self.stylus.action is not None and self.stylus.tool not in PAINTING:
            self.update()

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Record the pen's pressure and which end is used; Qt resends the ignored event as a mouse event there."""
        held = event.type() != QEvent.Type.TabletRelease and bool(event.buttons())
        self.stylus.pressure = min(max(event.pressure(), 0.0), 1.0) if held else 1.0
        self.stylus.erasing = held and event.pointerType() == QPointingDevice.PointerType.Eraser
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
        return self.stylus.tool in CLICKING | CORNERS | {ToolKind.ZOOM}

    def end_press(self) -> None:
        """Finish the stroke or shape; open corners stay."""
        super().end_press()
        self.tool_cursor.let_go()
        if self.extending.is_held:
            self.extending.let_go()
            self._bring_edges_into_sight()
            self.margins_settled.emit()
        if self.stylus.action is not None and not self.stylus.goes_on:
            self.stylus.release()
            self.update()

    def _bring_edges_into_sight(self) -> None:
        area = self.viewport_state.rect_to_widget(self.extending.area())
        if not QRectF(self.rect()).adjusted(0, 0, 0, -self.covered()).contains(area):
            self.fit()

    def give_up_press(self) -> None:
        """Undo what the first finger began because a second one came; corners set earlier stay."""
        super().give_up_press()
        self.extending.let_go()
        if not self.stylus.goes_on:
            self.stylus.abandon()
        self.update()

    def undo(self) -> None:
        """Remove the last corner while corners are open, otherwise undo the last step."""
        if self.stylus.goes_on:
            self.stylus.take_back()
            self.corners_changed.emit()
            self.update()
        else:
            self.document.undo()

    def needs_key(self, event: QKeyEvent) -> bool:
        """Give keys of the active tool priority over shortcuts."""
        drawing = event.key() == Qt.Key.Key_Escape and self.stylus.action is not None
        closing = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.stylus.goes_on
        return drawing or closing or super().needs_key(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape abandons the current drawing; Enter closes corners, Backspace removes the last one."""
        if event.key() == Qt.Key.Key_Escape and self.stylus.action is not None:
            self.stylus.abandon()
        elif self.stylus.goes_on and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stylus.close()
        elif self.stylus.goes_on and event.key() == Qt.Key.Key_Backspace:
            self.stylus.take_back()
        else:
            super().keyPressEvent(event)
            return
        self.corners_changed.emit()
        self.update()

    def showEvent(self, event: QShowEvent) -> None:
        """Resume the outline animation."""
        super().showEvent(event)
        self.marching.look()

    def hideEvent(self, event: QHideEvent) -> None:
        """Pause the outline animation."""
        super().hideEvent(event)
        self._overlay.hidden()
        self.marching.look()

    def changeEvent(self, event: QEvent) -> None:
        """Pause the outline animation while another window is active."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.ActivationChange:
            self.marching.look()

    def leaveEvent(self, event: QEvent) -> None:
        """Hide the brush cursor."""
        self._pointer_shown.do_now()
        self.tool_cursor.move_to(None)
        super().leaveEvent(event)

    def update_cursor(self) -> None:
        """Set the cursor for the tool; brushes hide it because their outline serves as the cursor."""
        super().update_cursor()
        if self.cursor().shape() == Qt.CursorShape.ArrowCursor and self.has_picture:
            shapes = {ToolKind.HAND: Qt.CursorShape.OpenHandCursor}
            if self.stylus.tool is ToolKind.EXTEND and (pointer := self.tool_cursor.at) is not None:
                view = self.viewport_state
                shapes[ToolKind.EXTEND] = self.extending.cursor_at(view.to_picture(pointer), view.scale)
            painting = Qt.CursorShape.BlankCursor if self.stylus.tool in PAINTING else Qt.CursorShape.CrossCursor
            self.setCursor(shapes.get(self.stylus.tool, painting))

    def set_tool(self, tool: ToolKind) -> None:
        """Switch to another tool."""
        self.stylus.use_tool(tool)
        self.tool_cursor.flash()
        self.corners_changed.emit()
        self.joining_changed.emit()
        self.update_cursor()
        self.update()

    def set_modifier(self, modifier: CanvasModifier) -> None:
        """Change the modifier key for gestures."""
        self.stylus.modifier = modifier
        self.modifier_changed.emit(modifier)

    def set_combine(self, combine: BooleanOp) -> None:
        """Set how selections and the brush combine with the mask."""
        self.stylus.combine = combine
        self.update()
        self.joining_changed.emit()

    def set_brush(self, brush: Brush) -> None:
        """Set the brush, clamping size and hardness."""
        size = min(max(brush.size, MIN_SIZE), MAX_SIZE)
        self.stylus.brush = replace(brush, size=size, hardness=min(max(brush.hardness, 0.0), 1.0))
        self.tool_cursor.flash()
        self.update()
        self.brush_changed.emit(self.stylus.brush)
        spawn_owned(self, self._prepare(self.stylus.brush))

    async def _prepare(self, brush: Brush) -> None:
        await asyncio.sleep(_BRUSH_RESTS)
        if brush is self.stylus.brush:
            await asyncio.to_thread(prerender_dabs, brush)
