"""Items of the lineage graph: nodes with a thumbnail and a label, and edges with their role."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPainterPath, QPen
from PySide6.QtWidgets import QGraphicsItem, QGraphicsPathItem, QStyleOptionGraphicsItem, QWidget

from imagineart_desktop.library import PictureSummary
from imagineart_desktop.ui.theme import paint_icon, paint_image, tokens

WIDTH, HEIGHT = 148.0, 138.0
"""Size of a node, in scene units."""

_PICTURE = QRectF(6, 6, WIDTH - 12, 88)


class NodeItem(QGraphicsItem):
    """A node of the lineage graph.

    picture: an image of the library, or None; leads_to: for a node that stands for more images, the id of the image
    whose lineage to show when it's opened; faint: whether what it stands for no longer exists.
    """

    def __init__(
        self,
        label: str,
        note: str,
        *,
        picture: PictureSummary | None = None,
        leads_to: int | None = None,
        faint: bool = False,
        root: bool = False,
    ) -> None:
        super().__init__()
        self.label, self.note = label, note
        self.picture, self.next_lineage_id = picture, leads_to
        self._faint, self._root = faint, root
        self._image: QImage | None = None
        self.setFlag(QGraphicsItem.GraphicsItemFlag.ItemIsSelectable)
        self.setToolTip("")

    def show_image(self, image: QImage) -> None:
        """Set the thumbnail once it has loaded."""
        self._image = image
        self.update()

    @property
    def has_image(self) -> bool:
        """Whether the thumbnail has loaded."""
        return self._image is not None

    def boundingRect(self) -> QRectF:
        """Return the bounds, including the selection ring."""
        return QRectF(-2, -2, WIDTH + 4, HEIGHT + 4)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw card, thumbnail, label and note."""
        t = tokens()
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        chosen = self.isSelected()
        edge = t.accent if chosen else t.text_faint if self._root else t.line
        painter.setPen(QPen(QColor(edge), 2 if chosen or self._root else 1))
        painter.setBrush(QColor(t.accent_soft if chosen else t.field))
        painter.drawRoundedRect(QRectF(0, 0, WIDTH, HEIGHT), 6, 6)
        self._paint_picture(painter)
        metrics = painter.fontMetrics()
        for text, colour, top in ((self.label, t.text, 98), (self.note, t.text if chosen else t.text_muted, 116)):
            painter.setPen(QColor(colour))
            shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, int(WIDTH - 16))
            painter.drawText(QRectF(8, top, WIDTH - 16, 18), int(Qt.AlignmentFlag.AlignVCenter), shown)

    def _paint_picture(self, painter: QPainter) -> None:
        t = tokens()
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.ground))
        painter.drawRoundedRect(_PICTURE, 4, 4)
        if self._image is not None:
            size = self._image.size().toSizeF().scaled(_PICTURE.size(), Qt.AspectRatioMode.KeepAspectRatio)
            place = QRectF(QPointF(), size)
            place.moveCenter(_PICTURE.center())
            painter.setOpacity(0.45 if self._faint else 1.0)
            paint_image(painter, place, self._image)
            painter.setOpacity(1.0)
            return
        sign = QRectF(0, 0, 26, 26)
        sign.moveCenter(_PICTURE.center())
        name = "ellipsis" if self.next_lineage_id is not None else "circle-dashed" if self._faint else "image"
        paint_icon(painter, name, t.text_faint, sign)


class EdgeItem(QGraphicsPathItem):
    """An edge from a parent's right side to its child's left side."""

    def __init__(self, parent: NodeItem, child: NodeItem, role: str) -> None:
        super().__init__()
        self.parent_node, self.child_node, self.role = parent, child, role
        start = parent.pos() + QPointF(WIDTH, HEIGHT / 2)
        end = child.pos() + QPointF(0, HEIGHT / 2)
        reach = max(30.0, abs(end.x() - start.x()) / 2)
        path = QPainterPath(start)
        path.cubicTo(start + QPointF(reach, 0), end - QPointF(reach, 0), end)
        self.setPath(path)
        self.setZValue(-1)

    def boundingRect(self) -> QRectF:
        """Return the bounds, including the role's label."""
        return super().boundingRect().adjusted(-40, -12, 40, 12)

    def paint(self, painter: QPainter, _option: QStyleOptionGraphicsItem, _widget: QWidget | None = None) -> None:
        """Draw the line, with the role in its middle."""
        t = tokens()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.text_faint), 1.4))
        painter.drawPath(self.path())
        if not self.role:
            return
        font = painter.font()
        font.setPixelSize(11)
        painter.setFont(font)
        word = QRectF(0, 0, painter.fontMetrics().horizontalAdvance(self.role) + 8, 16)
        word.moveCenter(self.path().pointAtPercent(0.5))
        painter.fillRect(word, QColor(t.ground))
        painter.setPen(QColor(t.text_muted))
        painter.drawText(word, int(Qt.AlignmentFlag.AlignCenter), self.role)
