"""A layout that wraps items into lines, so that no row needs more width than is available."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize, Qt
from PySide6.QtWidgets import QLayout, QLayoutItem, QSizePolicy, QWidget

_EXPANDING = (QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)


class FlowLayout(QLayout):
    """Items keep their size hint; expanding ones share the remaining width of their line.

    spacing: pixels between items and between lines; centered: whether lines are centered horizontally.
    """

    def __init__(self, spacing: int = 6, *, centered: bool = False) -> None:
        self._centered = centered
        self._items: list[QLayoutItem] = []
        self._heights: dict[int, int] = {}
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(spacing)

    def addItem(self, item: QLayoutItem) -> None:
        """Append an item."""
        self._items.append(item)

    def count(self) -> int:
        """Return the number of items."""
        return len(self._items)

    def itemAt(self, index: int) -> QLayoutItem | None:
        """Return an item, or None if there is none at the index."""
        return self._items[index] if 0 <= index < len(self._items) else None

    def takeAt(self, index: int) -> QLayoutItem | None:
        """Remove an item and return it, or None."""
        return self._items.pop(index) if 0 <= index < len(self._items) else None

    def expandingDirections(self) -> Qt.Orientation:
        """Return none: the layout takes no more space than needed."""
        return Qt.Orientation(0)

    def hasHeightForWidth(self) -> bool:
        """Return True: the lines depend on the width."""
        return True

    def heightForWidth(self, width: int) -> int:
        """Return the height of all lines."""
        if width not in self._heights:
            edges = self.contentsMargins()
            inner = width - edges.left() - edges.right()
            height = self._place(QRect(0, 0, inner, 0), moves=False)
            self._heights[width] = height + edges.top() + edges.bottom()
        return self._heights[width]

    def invalidate(self) -> None:
        """Discard the cached heights."""
        self._heights.clear()
        super().invalidate()

    def setGeometry(self, rect: QRect) -> None:
        """Place the items."""
        super().setGeometry(rect)
        self._place(rect.marginsRemoved(self.contentsMargins()), moves=True)

    def sizeHint(self) -> QSize:
        """Return the size with one item per line."""
        return self.minimumSize()

    def minimumSize(self) -> QSize:
        """Return the width of the widest item."""
        size = QSize()
        for item in self._items:
            size = size.expandedTo(item.minimumSize())
        return size.grownBy(self.contentsMargins())

    def _place(self, rect: QRect, *, moves: bool) -> int:
        """Place the items, or only measure them. Return the height."""
        top = rect.y()
        for line in self._lines(rect.width()):
            height = max(item.sizeHint().height() for item in line)
            if moves:
                self._place_line(line, QRect(rect.x(), top, rect.width(), height))
            top += height + self.spacing()
        return max(0, top - self.spacing() - rect.y())

    def _lines(self, width: int) -> list[list[QLayoutItem]]:
        """Return the visible items, line by line."""
        lines: list[list[QLayoutItem]] = []
        left = 0
        for item in self._items:
            if item.isEmpty():
                continue
            needed = _width_of(item, width)
            if not lines or needed > left:
                lines.append([])
                left = width
            lines[-1].append(item)
            left -= needed + self.spacing()
        return lines

    def _place_line(self, line: list[QLayoutItem], rect: QRect) -> None:
        widths = [_width_of(item, rect.width()) for item in line]
        growing = [place for place, item in enumerate(line) if _grows(item)]
        for place in growing:
            widths[place] += (rect.width() - sum(widths) - self.spacing() * (len(line) - 1)) // len(growing)
        left = rect.width() - sum(widths) - self.spacing() * (len(line) - 1)
        x = rect.x() + (left // 2 if self._centered else 0)
        for item, width in zip(line, widths, strict=True):
            height = item.sizeHint().height()
            item.setGeometry(QRect(x, rect.y() + (rect.height() - height) // 2, width, height))
            x += width + self.spacing()


def _grows(item: QLayoutItem) -> bool:
    widget = item.widget()
    if widget is None or widget.maximumWidth() <= widget.minimumWidth():
        return False
    return widget.sizePolicy().horizontalPolicy() in _EXPANDING


def _width_of(item: QLayoutItem, most: int) -> int:
    wanted = item.minimumSize() if _grows(item) else item.sizeHint()
    return min(wanted.width(), most)


def spacer() -> QWidget:
    """Return a spacer that pushes the rest of a line to the right."""
    made = QWidget()
    made.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
    return made


class WrappingBar(QWidget):
    """A bar for the top of a view, which wraps into as many lines as it needs."""

    def __init__(self, *parts: QWidget) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._row = FlowLayout()
        self._row.setContentsMargins(12, 6, 12, 6)
        self.setLayout(self._row)
        self.add(*parts)

    def add(self, *parts: QWidget) -> None:
        """Append widgets."""
        for part in parts:
            self._row.addWidget(part)
