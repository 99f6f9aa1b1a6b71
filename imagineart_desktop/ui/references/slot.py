"""A slot for a reference image: shows it or accepts one, and is dragged to reorder references."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QMenu, QWidget

from imagineart_desktop.support import parse_int
from imagineart_desktop.ui.theme import paint_icon, paint_image, tokens
from imagineart_desktop.workspace.mime import accepts_mime, clipboard_data, sources_from_mime
from imagineart_desktop.workspace.reference_list import Reference

_ORDER_MIME = "application/x-imagineart-reference"
_WORDS = "Drop, paste or\nclick to add"
_SIGN = 16
"""Pixels of the icon that stands for the words where they don't fit."""


class Slot(QWidget):
    """A slot for one reference. enlarges: whether a click on the reference enlarges it, or asks for another."""

    asked = Signal()
    enlarged = Signal()
    cleared = Signal()
    removed = Signal()
    dropped = Signal(list)
    moved_here = Signal(int)

    def __init__(self, number: int, *, enlarges: bool) -> None:
        super().__init__()
        self.number = number
        self._enlarges = enlarges
        self.reference: Reference | None = None
        self.is_next = False
        self._is_named = False
        self._pressed: QPoint | None = None
        # Repaint when the pointer comes and goes: the cross is there only under it.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAcceptDrops(True)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_reference(self, reference: Reference | None, *, is_next: bool) -> None:
        """Show a reference, or an empty slot if None. is_next: it's the first empty one, which says what it's for."""
        self.reference, self.is_next = reference, is_next
        takes_keys = reference is not None or is_next
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if takes_keys else Qt.FocusPolicy.NoFocus)
        name = f"Reference {self.number}" if reference else "Add a reference image"
        self.setAccessibleName(name)
        self.setToolTip("Drag to reorder, right-click for more" if reference else name)
        self.update()

    def set_named(self, named: bool) -> None:
        """Set whether the prompt names this reference where its cursor is."""
        if named != self._is_named:
            self._is_named = named
            self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Paint the image with its number, or the dashed empty slot."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(area, 6, 6)
        if self.reference is None:
            self._paint_empty(painter, area, shape)
            return
        painter.setClipPath(shape)
        image = self.reference.image
        scaled = QSize(image.size()).scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        place = QRectF(0, 0, scaled.width(), scaled.height())
        place.moveCenter(area.center())
        paint_image(painter, place, image)
        painter.setClipping(False)
        if self.hasFocus() or self._is_named:
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawPath(shape)
        self._paint_number(painter)
        if self.underMouse():
            self._paint_cross(painter)

    def _paint_empty(self, painter: QPainter, area: QRectF, shape: QPainterPath) -> None:
        t = tokens()
        if self.is_next:
            painter.fillPath(shape, QColor(t.field))
        painter.setPen(QPen(QColor(t.accent if self.hasFocus() else t.line), 1, Qt.PenStyle.DashLine))
        painter.drawPath(shape)
        if not self.is_next:
            return
        if painter.boundingRect(QRectF(), 0, _WORDS).width() < area.width() - _SIGN:
            painter.setPen(QColor(t.text_faint))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), _WORDS)
        else:
            sign = QRectF(0, 0, _SIGN, _SIGN)
            sign.moveCenter(area.center())
            paint_icon(painter, "image-plus", t.text_faint, sign)

    def _paint_number(self, painter: QPainter) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(tokens().accent_strong))
        disc = QRectF(8, 8, 20, 20)
        painter.drawEllipse(disc)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(self.number))

    def _paint_cross(self, painter: QPainter) -> None:
        cross = self._cross()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(16, 17, 19, 200))
        painter.drawEllipse(cross)
        painter.setPen(QPen(QColor("#ffffff"), 1.5))
        inner = cross.adjusted(7, 7, -7, -7)
        painter.drawLine(inner.topLeft(), inner.bottomRight())
        painter.drawLine(inner.topRight(), inner.bottomLeft())

    def _cross(self) -> QRectF:
        return QRectF(self.width() - 28, 8, 20, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Start what may become a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drag the reference to another slot."""
        if self._pressed is None or self.reference is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        drag = QDrag(self)
        mime = QMimeData()
        mime.setData(_ORDER_MIME, str(self.number).encode())
        drag.setMimeData(mime)
        drag.setPixmap(QPixmap.fromImage(self.reference.image).scaledToWidth(96))
        drag.exec(Qt.DropAction.MoveAction)
        # A drag swallows the pointer's leaving.
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, self.rect().contains(self.mapFromGlobal(QCursor.pos())))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Remove the reference at the cross, enlarge it, or ask for one."""
        if self._pressed is None:
            return
        self._pressed = None
        if self.reference is not None and self._cross().contains(event.position()):
            self.removed.emit()
        else:
            self._open()

    def _open(self) -> None:
        """Enlarge the reference, or ask for one."""
        (self.enlarged if self._enlarges and self.reference is not None else self.asked).emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enlarge the reference or ask for one on Enter and Space; remove it on Delete."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._open()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.reference is not None:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Offer to choose or paste an image, or to replace or remove the one shown."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        clipboard = clipboard_data()
        if self.reference is None:
            menu.addAction("Choose files…", self.asked.emit)
            paste = menu.addAction(
                "Paste an image or its address", lambda: self.dropped.emit(sources_from_mime(clipboard))
            )
            paste.setEnabled(accepts_mime(clipboard))
        else:
            if self._enlarges:
                menu.addAction("Enlarge", self.enlarged.emit)
            menu.addAction("Replace…", self.asked.emit)
            menu.addSeparator()
            menu.addAction("Remove", self.removed.emit)
            menu.addAction("Remove all", self.cleared.emit)
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Accept images and other slots."""
        if event.mimeData().hasFormat(_ORDER_MIME) or accepts_mime(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take an image, or a reference from another slot."""
        event.acceptProposedAction()
        if event.mimeData().hasFormat(_ORDER_MIME):
            # Another program may use the same name for something else.
            place = parse_int(bytes(event.mimeData().data(_ORDER_MIME).data()).decode("ascii", "replace"), 0)
            if place is not None:
                self.moved_here.emit(place)
        else:
            self.dropped.emit(sources_from_mime(event.mimeData()))
