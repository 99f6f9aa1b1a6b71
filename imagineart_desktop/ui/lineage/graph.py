"""The lineage graph of an image: ancestors on the left, descendants on the right; navigated by keys and clicks."""

from __future__ import annotations

from collections import defaultdict

from PySide6.QtCore import QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QResizeEvent, QWheelEvent
from PySide6.QtWidgets import QGraphicsScene, QGraphicsView, QWidget

from imagineart_desktop.library.lineage import Lineage, Node, Presence, key_of
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.lineage.items import HEIGHT, WIDTH, EdgeItem, NodeItem
from imagineart_desktop.ui.theme import tokens

_COLUMN_WIDTH, _ROW_HEIGHT = WIDTH + 96.0, HEIGHT + 22.0
_MARGIN = 40.0
_ZOOM_STEP = 1.2
_MIN_ZOOM, _MAX_ZOOM = 0.2, 2.0
_ROLES = {"picture": "picture", "pictures": "reference", "mask": "mask", "style": "style", "result": "result"}


class LineageGraph(QGraphicsView):
    """A graph view whose nodes can be selected and opened.

    walked: a node was selected; opened: open an image; more_wanted: show the lineage of another image.
    """

    node_selected = Signal(object)
    opened = Signal(int)
    more_wanted = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.nodes: dict[str, NodeItem] = {}
        self.edges: list[EdgeItem] = []
        self._root: NodeItem | None = None
        self._is_fitted = True
        self._scene = QGraphicsScene(self)
        self.setScene(self._scene)
        self.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.setDragMode(QGraphicsView.DragMode.ScrollHandDrag)
        self.setTransformationAnchor(QGraphicsView.ViewportAnchor.AnchorUnderMouse)
        self.setFrameShape(QGraphicsView.Shape.NoFrame)
        self.setAccessibleName("Lineage")
        self._scene.selectionChanged.connect(self._selection_changed)

    def show_lineage(self, lineage: Lineage) -> None:
        """Show another graph, fitted, with its image selected."""
        self._scene.blockSignals(True)
        self._scene.clear()
        self.nodes, self.edges, self._root = {}, [], None
        masks = {edge.parent for edge in lineage.edges if edge.role == "mask"}
        for node in lineage.nodes:
            self.nodes[node.key] = _item_of(node, root=node.key == key_of(lineage.number), painted=node.key in masks)
        columns: dict[int, list[str]] = defaultdict(list)
        for node in lineage.nodes:
            columns[node.generation].append(node.key)
        links = [(edge.parent, edge.child, _ROLES.get(edge.role, edge.role)) for edge in lineage.edges]
        generations = {node.key: node.generation for node in lineage.nodes}
        for sign, counts in ((-1, lineage.hidden_parents), (1, lineage.more_below)):
            for number, count in counts.items():
                key = f"more {sign} {number}"
                self.nodes[key] = NodeItem("more…", f"{pluralize(count, 'further image')}", leads_to=number)
                columns[generations[key_of(number)] + sign].append(key)
                links.append((key, key_of(number), "") if sign < 0 else (key_of(number), key, ""))
        for generation, keys in columns.items():
            for place, key in enumerate(keys):
                self.nodes[key].setPos(generation * _COLUMN_WIDTH, (place - (len(keys) - 1) / 2) * _ROW_HEIGHT)
        for item in self.nodes.values():
            self._scene.addItem(item)
        for parent, child, role in links:
            edge = EdgeItem(self.nodes[parent], self.nodes[child], role)
            self.edges.append(edge)
            self._scene.addItem(edge)
        self.setSceneRect(self._scene.itemsBoundingRect().adjusted(-_MARGIN, -_MARGIN, _MARGIN, _MARGIN))
        self._scene.blockSignals(False)
        self._root = self.nodes[key_of(lineage.number)]
        self.select_node(self._root)
        self.fit()

    def fit(self) -> None:
        """Show the whole graph, at most at full size; of a very large one, only the surroundings of its image."""
        self._is_fitted = True
        scene, view = self.sceneRect(), self.viewport().size()
        if self._root is None or scene.isEmpty():
            return
        wanted = min(view.width() / scene.width(), view.height() / scene.height(), 1.0)
        self.resetTransform()
        self._zoom(wanted)
        self._is_fitted = True
        self.centerOn(scene.center() if wanted >= _MIN_ZOOM else self._root.sceneBoundingRect().center())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Fit the graph again, unless the user has chosen a zoom."""
        super().resizeEvent(event)
        if self._is_fitted:
            self.fit()

    def current(self) -> NodeItem | None:
        """Return the selected node."""
        return next((item for item in self.nodes.values() if item.isSelected()), None)

    def select_node(self, item: NodeItem) -> None:
        """Select a node and scroll to it."""
        self._scene.clearSelection()
        item.setSelected(True)
        self.ensureVisible(item, int(_MARGIN), int(_MARGIN))

    def open_current(self) -> None:
        """Open the selected image; for a node that stands for more images, show their lineage."""
        item = self.current()
        if item is None:
            return
        if item.next_lineage_id is not None:
            self.more_wanted.emit(item.next_lineage_id)
        elif item.picture is not None:
            self.opened.emit(item.picture.id)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Navigate with arrows, open with Enter, zoom with + and −, fit with 0, and show at full size with 1."""
        key = Qt.Key(event.key())
        ways = {Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0), Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1)}
        if key in ways:
            self._walk(*ways[key])
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.open_current()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal):
            self._zoom(_ZOOM_STEP)
        elif key == Qt.Key.Key_Minus:
            self._zoom(1 / _ZOOM_STEP)
        elif key == Qt.Key.Key_0:
            self.fit()
        elif key == Qt.Key.Key_1:
            self._zoom(1 / self.transform().m11())
        else:
            super().keyPressEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Zoom at the pointer."""
        self._zoom(_ZOOM_STEP ** (event.angleDelta().y() / 120))
        event.accept()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a node; elsewhere, pan the graph."""
        item = self.itemAt(event.position().toPoint())
        if event.button() == Qt.MouseButton.LeftButton and isinstance(item, NodeItem):
            self.select_node(item)
            event.accept()
        elif event.button() == Qt.MouseButton.LeftButton:
            chosen = self.current()
            super().mousePressEvent(event)
            self._choose_again(chosen)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End panning, keeping the selection, which Qt would clear after a click without a drag."""
        chosen = self.current()
        super().mouseReleaseEvent(event)
        self._choose_again(chosen)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """Open the clicked node."""
        if isinstance(self.itemAt(event.position().toPoint()), NodeItem):
            self.open_current()

    def drawBackground(self, painter: QPainter, rect: QRectF | QRect) -> None:
        """Fill the background."""
        painter.fillRect(rect, QColor(tokens().ground))

    def _choose_again(self, item: NodeItem | None) -> None:
        if item is not None and not item.isSelected():
            item.setSelected(True)

    def _walk(self, across: int, down: int) -> None:
        """Go along an edge to the nearest node on the left or right, or up and down within a generation."""
        item = self.current()
        if item is None:
            return
        if across:
            pairs = [(edge.parent_node, edge.child_node) for edge in self.edges]
            there = [b if across > 0 else a for a, b in pairs if (a if across > 0 else b) is item]
        else:
            there = [
                other
                for other in self.nodes.values()
                if other.pos().x() == item.pos().x() and (other.pos().y() - item.pos().y()) * down > 0
            ]
        if there:
            self.select_node(min(there, key=lambda other: _distance(other.pos(), item.pos())))

    def _zoom(self, factor: float) -> None:
        self._is_fitted = False
        wanted = min(max(self.transform().m11() * factor, _MIN_ZOOM), _MAX_ZOOM)
        step = wanted / self.transform().m11()
        self.scale(step, step)

    def _selection_changed(self) -> None:
        self.node_selected.emit(self.current())


def _item_of(node: Node, *, root: bool, painted: bool) -> NodeItem:
    """Return the item for a node. painted: whether it's a mask."""
    if node.picture is not None:
        words = " ".join(node.picture.title.split())
        note = node.presence.value if node.presence is Presence.TRASHED else "this image" if root else ""
        faint = node.presence is Presence.TRASHED
        return NodeItem(words, note, picture=node.picture, faint=faint, root=root)
    if node.presence is Presence.OUTSIDE:
        return NodeItem("Painted mask" if painted else "Imported reference", "sent with the request")
    note = "sent with the request" if node.kept is not None else "not in the library"
    return NodeItem("Gone", note, faint=True)


def _distance(one: QPointF, other: QPointF) -> float:
    return (one - other).manhattanLength()
