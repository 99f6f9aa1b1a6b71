"""The session's steps as a tree. The highlighted step is on the canvas; selecting another goes there.

While a menu is open, the step it is for is highlighted.
"""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QColor, QIcon, QImage, QMouseEvent, QPainter, QResizeEvent
from PySide6.QtWidgets import QTreeWidget, QTreeWidgetItem, QWidget

from imagineart_desktop.ui.theme import over_checkerboard, tokens
from imagineart_desktop.workspace.inpaint.history import HistoryStep, SessionHistory
from imagineart_desktop.workspace.tooltip import plain_tip

_STEP_ID_ROLE = Qt.ItemDataRole.UserRole
_SHOWN_ROLE = Qt.ItemDataRole.UserRole + 1
"""What an item was made to show last; None after its image was set."""
_THUMB = QSize(34, 26)
_ROW_HEIGHT = 46
"""Row height in pixels: two lines of text."""

_MIN_WIDTH_FOR_IMAGES = 150
"""Minimum width, in pixels, to show images; if narrower, names take their space."""

_BADGE = 13


class StepTree(QTreeWidget):
    """The tree widget. Each step shows its id and image, so that branches can be told apart.

    wanted: id of the step to go to.
    """

    wanted = Signal(int)
    menu_wanted = Signal(int, QPoint)
    """Id of the step that the menu is for, and its screen position."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._images: dict[int, QImage] = {}
        self._steps: SessionHistory | None = None
        self._has_images = True
        self._items: dict[int, QTreeWidgetItem] = {}
        """The items by the ids of their steps."""
        self._placed: list[tuple[int, int | None]] = []
        """The ids of the steps that have items and of their parents, in order."""
        self.setAccessibleName("Steps of the session")
        self.setHeaderHidden(True)
        self.setIndentation(8)
        self.setIconSize(_THUMB)
        self.setWordWrap(True)
        self.setUniformRowHeights(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.currentItemChanged.connect(self._current_changed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._ask_menu)

    def has_picture(self, number: int) -> bool:
        """Return whether the step's image is known."""
        return number in self._images

    def set_picture(self, number: int, image: QImage) -> None:
        """Set the step's image."""
        self._images[number] = image.scaled(
            _THUMB * self.devicePixelRatioF(),
            Qt.AspectRatioMode.KeepAspectRatio,
            Qt.TransformationMode.SmoothTransformation,
        )
        if self._has_images and (item := self._items.get(number)) is not None:
            item.setIcon(0, self._icon(number, 0))
            item.setData(0, _SHOWN_ROLE, None)

    def show_steps(self, steps: SessionHistory) -> None:
        """Show the current steps."""
        self._steps = steps
        with QSignalBlocker(self):
            self._fill(steps)

    def _fill(self, steps: SessionHistory) -> None:
        visible = steps.visible()
        placed = [(step.id, step.parent) for step in visible]
        if self._placed != placed[: len(self._placed)]:
            # Steps were closed. Otherwise only new ones are added: a session may have a hundred.
            self.clear()
            self._items = {}
        self._placed = placed
        for step in visible:
            self._show_step(self._items.get(step.id) or self._add(step), step)
        current = steps.current
        if current is not None and (shown := self._items.get(current.id)) is not None:
            self.setCurrentItem(shown)

    def _add(self, step: HistoryStep) -> QTreeWidgetItem:
        item = self._items[step.id] = QTreeWidgetItem()
        item.setData(0, _STEP_ID_ROLE, step.id)
        item.setSizeHint(0, QSize(0, _ROW_HEIGHT))
        parent = None if step.parent is None else self._items.get(step.parent)
        if parent is None:
            self.addTopLevelItem(item)
        else:
            parent.addChild(item)
            parent.setExpanded(True)
        return item

    def _show_step(self, item: QTreeWidgetItem, step: HistoryStep) -> None:
        """Show a step's name and image, unless the item shows them already."""
        has_image = self._has_images and step.id in self._images
        words, tip = self._words(step), _tooltip_text(step)
        shown = [words, tip, has_image and step.fresh]
        if item.data(0, _SHOWN_ROLE) != shown:
            item.setText(0, words)
            item.setToolTip(0, plain_tip(tip))
            item.setIcon(0, self._icon(step.id, step.fresh) if has_image else QIcon())
            item.setData(0, _SHOWN_ROLE, shown)

    def _words(self, step: HistoryStep) -> str:
        """Return id and name, joined by non-breaking spaces so that the id isn't left alone on its line."""
        new = "" if self._has_images or not step.fresh else f" ({step.fresh} new)"
        return f"{step.id}\u00a0·\u00a0{step.label}{new}"

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Show images if there is room for them beside the names."""
        super().resizeEvent(event)
        # Not of the viewport, which a scroll bar may narrow for a moment.
        has_images = self.width() >= _MIN_WIDTH_FOR_IMAGES
        if has_images != self._has_images and self._steps is not None:
            self._has_images = has_images
            self.setIconSize(_THUMB if has_images else QSize(0, 0))
            self.show_steps(self._steps)
        self._has_images = has_images

    def highlight(self, number: int) -> None:
        """Highlight a step without going there."""
        self.blockSignals(True)
        if (item := self._items.get(number)) is not None:
            self.setCurrentItem(item)
        self.blockSignals(False)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Ignore the right button: it opens the menu and goes to no step."""
        if event.button() is not Qt.MouseButton.RightButton:
            super().mousePressEvent(event)

    def _icon(self, number: int, fresh: int) -> QIcon:
        """Return the step's image, with a badge for results not seen yet."""
        pixmap = over_checkerboard(self._images[number], self.devicePixelRatioF())
        if fresh:
            painter = QPainter(pixmap)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            size = pixmap.deviceIndependentSize()
            spot = QRectF(size.width() - _BADGE, 0, _BADGE, _BADGE)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens().accent_strong))
            painter.drawEllipse(spot)
            font = painter.font()
            font.setPixelSize(9)
            font.setBold(True)
            painter.setFont(font)
            painter.setPen(QColor(tokens().on_accent))
            painter.drawText(spot, int(Qt.AlignmentFlag.AlignCenter), str(min(fresh, 9)))
            painter.end()
        icon = QIcon(pixmap)
        # Otherwise Qt tints the selected step's image.
        icon.addPixmap(pixmap, QIcon.Mode.Selected)
        return icon

    def _current_changed(self, item: QTreeWidgetItem | None) -> None:
        if item is not None:
            self.wanted.emit(int(item.data(0, _STEP_ID_ROLE)))

    def _ask_menu(self, at: QPoint) -> None:
        item = self.itemAt(at)
        if item is not None:
            self.menu_wanted.emit(int(item.data(0, _STEP_ID_ROLE)), self.viewport().mapToGlobal(at))


def _tooltip_text(step: HistoryStep) -> str:
    new = f"\n{step.fresh} new result{'s' if step.fresh > 1 else ''}" if step.fresh else ""
    return f"Step {step.id}\n{step.words or step.label}{new}"
