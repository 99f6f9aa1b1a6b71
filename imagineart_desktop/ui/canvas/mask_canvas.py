"""The canvas of the Inpaint tab: a picture, the mask over it, and the tools that paint it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import cv2
import numpy as np
from PySide6.QtCore import QEvent, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPainterPath, QPen, QTabletEvent, QTransform

from imagineart_desktop.imaging import Brush, Combine, Coverage, Mask, Pixels, Rect, coverage
from imagineart_desktop.imaging.brush import MAX_SIZE, MIN_SIZE
from imagineart_desktop.ui.canvas.mask_document import MaskDocument
from imagineart_desktop.ui.canvas.mask_overlay import MaskOverlay, MaskView
from imagineart_desktop.ui.canvas.picture_canvas import PictureCanvas
from imagineart_desktop.ui.canvas.pyramid import Pyramid
from imagineart_desktop.ui.canvas.tools import (
    CLICKING,
    PAINTING,
    Action,
    PolygonAction,
    ShapeAction,
    SmartAction,
    StrokeAction,
    ToolKind,
    WandOptions,
    click_work,
    combine_of,
)
from imagineart_desktop.ui.loop import spawn

_ZOOM_CLICK = 2.0
_LONGEST_STRING = 80.0
"""Logical pixels that the pointer is ahead of the brush at full smoothing."""

_OUTLINE_EDGE = 1024
"""Pixels of the longer edge at which the mask's outline is traced."""


class MaskCanvas(PictureCanvas):
    """pixels of the picture: height × width × 3 or 4, uint8; the mask has its size."""

    coverage_changed = Signal(object)
    """`Coverage`, after every action."""
    brush_changed = Signal(object)
    pointer_moved = Signal(QPointF)

    def __init__(self) -> None:
        super().__init__()
        self.document = MaskDocument(self)
        self.tool = ToolKind.BRUSH
        self.brush = Brush()
        self.combine = Combine.ADD
        self.wand = WandOptions()
        self.mask_shown = True
        self.mask_view = MaskView.TINT
        self.pixels: Pixels | None = None
        self._source: Pyramid | None = None
        self._overlay = MaskOverlay()
        self._outline = QPainterPath()
        self._action: Action | None = None
        self._pointer: QPointF | None = None
        self._pressure = 1.0
        self._last_end: QPointF | None = None
        self._dragging_brush: tuple[QPointF, Brush] | None = None
        self._counting = 0
        self._coverage = coverage(self.document.mask)
        self.document.changed.connect(self._mask_changed)
        self.document.settled.connect(lambda: spawn(self._count()))
        self.setAccessibleName("Mask canvas")

    # Picture and mask

    @property
    def coverage(self) -> Coverage:
        """What the mask covers, as last counted."""
        return self._coverage

    def set_picture(self, pixels: Pixels, pyramid: Pyramid, *, keep_mask: bool = False) -> None:
        """Another picture. The mask starts anew, unless it is to be kept and the size is the same."""
        size = int(pixels.shape[1]), int(pixels.shape[0])
        keep_mask = keep_mask and self.document.size == size and self.pixels is not None
        self.pixels = pixels
        self._source = pyramid
        self.show_pyramid(pyramid, keep_view=keep_mask)
        if not keep_mask:
            self._last_end = None
            self.document.start_new(size)
            self._overlay.wrap(self.document.mask)
        self.update_cursor()

    def show_result(self, result: Pyramid | None) -> None:
        """Shows a result in the picture's place; None shows the picture again."""
        self.show_pyramid(result or self._source, keep_view=True)

    def set_mask_shown(self, shown: bool) -> None:
        """Shows or hides the tint."""
        self.mask_shown = shown
        self.update()

    def set_mask_view(self, view: MaskView) -> None:
        """Tint, black and white, or its outline alone."""
        self.mask_view = view
        self._overlay.show_as(view)
        self.update()

    def _mask_changed(self, area: Rect) -> None:
        self._overlay.changed(area)
        box = self.viewport_state.rect_to_widget(QRectF(area.left, area.top, area.width, area.height))
        self.update(box.toAlignedRect().adjusted(-2, -2, 2, 2))

    async def _count(self) -> None:
        """Coverage and outline, off the thread; only the last of several counts."""
        self._counting += 1
        turn, mask = self._counting, self.document.mask
        counted, lines = await asyncio.to_thread(lambda: (coverage(mask), _traced(mask)))
        if turn == self._counting:
            self._coverage = counted
            self._outline = _path_of(lines)
            self.update()
            self.coverage_changed.emit(counted)

    # Painting

    def paint_picture(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        """Picture, tint, outline, the shape being drawn, and the dab at the pointer."""
        super().paint_picture(painter, target, exposed)
        if self.mask_shown and self.pixels is not None:
            self._paint_mask(painter, target, exposed)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._action is not None:
            self._stroke_twice(painter, self._to_widget(self._action.outline()), dashed=True)
        if self._pointer is not None and self.tool in PAINTING:
            radius = self.brush.size / 2 * self.viewport_state.scale
            dab = QPainterPath()
            dab.addEllipse(self._pointer, radius, radius)
            self._stroke_twice(painter, dab, dashed=False)

    def _paint_mask(self, painter: QPainter, target: QRectF, exposed: QRectF) -> None:
        if self.mask_view is not MaskView.OUTLINE:
            self._overlay.paint(painter, target, exposed, self.zoom)
        if self._action is None:
            pen = QPen(QColor(255, 150, 175), 1.2, Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4, 3])
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPath(self._to_widget(self._outline))

    def _stroke_twice(self, painter: QPainter, path: QPainterPath, *, dashed: bool) -> None:
        """Light on dark, so that it is seen on any ground."""
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(0, 0, 0, 150), 3))
        painter.drawPath(path)
        painter.setPen(QPen(QColor("#ffffff"), 1.5, Qt.PenStyle.DashLine if dashed else Qt.PenStyle.SolidLine))
        painter.drawPath(path)

    def _to_widget(self, path: QPainterPath) -> QPainterPath:
        origin, scale = self.viewport_state.to_widget(QPointF(0, 0)), self.viewport_state.scale
        return QTransform(scale, 0, 0, scale, origin.x(), origin.y()).map(path)

    # Hands

    def wants_pan(self, event: QMouseEvent) -> bool:
        """The hand tool moves, too."""
        hand = self.tool is ToolKind.HAND and event.button() == Qt.MouseButton.LeftButton
        return hand or super().wants_pan(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Starts an action of the tool."""
        self.setFocus()
        alt = bool(event.modifiers() & Qt.KeyboardModifier.AltModifier)
        if event.button() == Qt.MouseButton.RightButton and alt:
            self._dragging_brush = (event.position(), self.brush)
        elif self.wants_pan(event):
            super().mousePressEvent(event)
        elif event.button() == Qt.MouseButton.LeftButton and self.pixels is not None and not self.document.busy:
            self._begin(event)

    def _begin(self, event: QMouseEvent) -> None:
        point = self.viewport_state.to_picture(event.position())
        if self.tool in PAINTING:
            erase = self.tool is ToolKind.ERASER
            combine = Combine.SUBTRACT if erase else combine_of(event.modifiers(), self.combine)
            if combine is Combine.INTERSECT:
                combine = Combine.SUBTRACT
            name = "Eraser stroke" if combine is Combine.SUBTRACT else "Brush stroke"
            string = self.brush.smoothing * _LONGEST_STRING / self.viewport_state.scale
            self._action = stroke = StrokeAction(self.document, self.brush, combine, name, string)
            if event.modifiers() & Qt.KeyboardModifier.ShiftModifier and self._last_end is not None:
                stroke.move_to(self._last_end, self._pressure)
            stroke.move_to(point, self._pressure)
            self._last_end = stroke.at
        else:
            self._begin_selection(point, combine_of(event.modifiers(), self.combine), event)

    def _begin_selection(self, point: QPointF, combine: Combine, event: QMouseEvent) -> None:
        if self.pixels is None:
            return
        if self.tool is ToolKind.ZOOM:
            out = event.modifiers() & Qt.KeyboardModifier.AltModifier
            self.zoom_to(self.zoom / _ZOOM_CLICK if out else self.zoom * _ZOOM_CLICK, event.position())
        elif self.tool in CLICKING:
            work = click_work(self.tool, self.pixels, point, self.wand, combine)
            spawn(self.document.operate(self.tool.value, work))
        elif isinstance(self._action, PolygonAction):
            self._action.add(point)
            self.update()
        elif self.tool is ToolKind.POLYGON:
            self._action = PolygonAction(self.document, point, combine)
        elif self.tool is ToolKind.SMART:
            self._action = SmartAction(self.document, self.pixels, point, combine)
        else:
            self._action = ShapeAction(self.document, self.tool, point, combine)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Closes a polygon."""
        if isinstance(self._action, PolygonAction) and event.button() == Qt.MouseButton.LeftButton:
            self._end_action()
        else:
            self.mousePressEvent(event)

    def _end_action(self) -> None:
        action, self._action = self._action, None
        if action is not None:
            action.finish()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Goes on with it."""
        if self._dragging_brush is not None:
            self._drag_brush(event.position())
            return
        super().mouseMoveEvent(event)
        self._show_pointer(event.position())
        point = self.viewport_state.to_picture(event.position())
        if self._action is not None and not self.is_panning:
            if isinstance(self._action, StrokeAction):
                self._action.move_to(point, self._pressure)
                self._last_end = self._action.at
            else:
                self._action.move_to(point)
                self.update()
        self.pointer_moved.emit(point)

    def tabletEvent(self, event: QTabletEvent) -> None:
        """Takes note of the pen's pressure; Qt turns what is ignored into a mouse event at the same place."""
        released = event.type() == QEvent.Type.TabletRelease
        self._pressure = 1.0 if released else min(max(event.pressure(), 0.0), 1.0)
        event.ignore()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Ends it."""
        self._dragging_brush = None
        if event.button() == Qt.MouseButton.LeftButton and not isinstance(self._action, PolygonAction):
            self._end_action()
        super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape abandons what is being drawn; Enter closes a polygon, Backspace takes its last corner back."""
        action = self._action
        if event.key() == Qt.Key.Key_Escape and action is not None:
            self._abandon_action()
        elif isinstance(action, PolygonAction) and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._end_action()
        elif isinstance(action, PolygonAction) and event.key() == Qt.Key.Key_Backspace:
            if not action.take_back():
                self._action = None
            self.update()
        else:
            super().keyPressEvent(event)

    def _abandon_action(self) -> None:
        action, self._action = self._action, None
        if action is not None:
            action.abandon()
            self.update()

    def leaveEvent(self, event: QEvent) -> None:
        """The dab goes with the pointer."""
        self._show_pointer(None)
        super().leaveEvent(event)

    def update_cursor(self) -> None:
        """The dab is the brush's cursor."""
        super().update_cursor()
        if self.cursor().shape() == Qt.CursorShape.ArrowCursor and self.has_picture:
            shapes = {ToolKind.HAND: Qt.CursorShape.OpenHandCursor}
            painting = Qt.CursorShape.BlankCursor if self.tool in PAINTING else Qt.CursorShape.CrossCursor
            self.setCursor(shapes.get(self.tool, painting))

    def set_tool(self, tool: ToolKind) -> None:
        """Another tool; a polygon that is not closed is abandoned."""
        if tool is not self.tool and isinstance(self._action, PolygonAction):
            self._abandon_action()
        self.tool = tool
        self.update_cursor()
        self.update()

    def set_brush(self, brush: Brush) -> None:
        """Another size, hardness or opacity, brought into range."""
        size = min(max(brush.size, MIN_SIZE), MAX_SIZE)
        self.brush = replace(brush, size=size, hardness=min(max(brush.hardness, 0.0), 1.0))
        self._show_pointer(self._pointer)
        self.update()
        self.brush_changed.emit(self.brush)

    def _drag_brush(self, at: QPointF) -> None:
        """Sideways the size, up and down the hardness."""
        if self._dragging_brush is None:
            return
        start, brush = self._dragging_brush
        moved = at - start
        self.set_brush(
            replace(
                brush,
                size=brush.size + moved.x() / self.viewport_state.scale,
                hardness=brush.hardness - moved.y() / 200,
            )
        )

    def _show_pointer(self, at: QPointF | None) -> None:
        for point in (self._pointer, at):
            if point is not None:
                radius = self.brush.size / 2 * self.viewport_state.scale + 4
                box = QRectF(point.x() - radius, point.y() - radius, 2 * radius, 2 * radius)
                self.update(box.toAlignedRect() if self.tool in PAINTING else QRect())
        self._pointer = at


def _traced(mask: Mask) -> list[np.ndarray]:
    """The painted area's outlines in picture pixels, traced on a reduced copy."""
    height, width = mask.shape
    scale = min(1.0, _OUTLINE_EDGE / max(width, height))
    small = mask
    if scale < 1:
        size = max(1, round(width * scale)), max(1, round(height * scale))
        small = np.asarray(cv2.resize(mask, size, interpolation=cv2.INTER_NEAREST), np.uint8)
    _, marked = cv2.threshold(small, 127, 255, cv2.THRESH_BINARY)
    lines, _ = cv2.findContours(np.pad(np.asarray(marked), 1), cv2.RETR_LIST, cv2.CHAIN_APPROX_SIMPLE)
    factor = np.array([width / small.shape[1], height / small.shape[0]])
    return [(line[:, 0, :] - 0.5) * factor for line in lines]


def _path_of(lines: list[np.ndarray]) -> QPainterPath:
    path = QPainterPath()
    for line in lines:
        path.moveTo(*line[0])
        for x, y in line[1:]:
            path.lineTo(x, y)
        path.closeSubpath()
    return path
