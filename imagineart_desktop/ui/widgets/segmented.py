"""Selection of one of a few options: segmented buttons, and aspect ratios drawn to shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QButtonGroup, QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QWidget

from imagineart_desktop.models import option_text, parse_ratio
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets.buttons import button

_TILES_PER_ROW = 7


class _ExclusiveButtons(QButtonGroup):
    """Exclusive buttons. The Tab key stops at the checked one; the arrow keys move to the others."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.buttonToggled.connect(_halt_where_chosen)

    def take_in(self, made: QAbstractButton) -> None:
        """Add a button."""
        made.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.addButton(made)


def _halt_where_chosen(made: QAbstractButton, chosen: bool) -> None:
    made.setFocusPolicy(Qt.FocusPolicy.StrongFocus if chosen else Qt.FocusPolicy.ClickFocus)


class Segmented(QFrame):
    """Selects exactly one of a few options. options: value → text."""

    changed = Signal(str)

    def __init__(self, options: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field")
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self._row = layout = QHBoxLayout(self)
        layout.setContentsMargins(2, 2, 2, 2)
        layout.setSpacing(2)
        self._group = _ExclusiveButtons(self)
        self._buttons = {}
        for value, word in options.items():
            made = button(word, kind="segment")
            made.setCheckable(True)
            self._group.take_in(made)
            self._buttons[value] = made
            layout.addWidget(made, 1)
            made.clicked.connect(partial(self.changed.emit, value))
        next(iter(self._buttons.values())).setChecked(True)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give longer text more space if equal segments are too narrow."""
        super().resizeEvent(event)
        tight = event.size().width() < self.sizeHint().width()
        for place, made in enumerate(self._buttons.values()):
            self._row.setStretch(place, made.sizeHint().width() if tight else 1)

    def sizeHint(self) -> QSize:
        """Return a size with space for the longest text in every segment, as all have the same width."""
        wanted = super().sizeHint()
        widths = [made.sizeHint().width() for made in self._buttons.values()]
        return QSize(wanted.width() + max(widths) * len(widths) - sum(widths), wanted.height())

    def value(self) -> str:
        """Return the selected value."""
        return next(value for value, made in self._buttons.items() if made.isChecked())

    def set_value(self, value: str) -> None:
        """Select a value without emitting a signal; ignore an unknown one."""
        if value in self._buttons:
            self._buttons[value].setChecked(True)

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order; only the checked one accepts the Tab key."""
        return list(self._buttons.values())


class RatioButton(QAbstractButton):
    """One aspect ratio: its shape and its name."""

    def __init__(self, ratio: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.ratio = ratio
        self._shows_focus_ring = False
        self.setCheckable(True)
        self.setAccessibleName(f"Aspect ratio {ratio}")
        self.setToolTip(ratio)

    def sizeHint(self) -> QSize:
        """Return the size in a row of seven."""
        return QSize(37, 46)

    def minimumSizeHint(self) -> QSize:
        """Return the minimum size at which the name fits, even if a scroll bar takes some of the row."""
        return QSize(28, 46)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show a focus ring, unless the focus comes from the mouse."""
        self._shows_focus_ring = event.reason() != Qt.FocusReason.MouseFocusReason
        super().focusInEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        self._shows_focus_ring = False
        super().focusOutEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tile."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        chosen = self.isChecked()
        line = 2 if self._shows_focus_ring else 1
        tile = QRectF(self.rect()).adjusted(line / 2, line / 2, -line / 2, -line / 2)
        painter.setPen(QPen(QColor(t.accent if chosen or self._shows_focus_ring else t.line), line))
        painter.setBrush(QColor(t.accent_soft if chosen else t.raised if self.underMouse() else t.field))
        painter.drawRoundedRect(tile, 6, 6)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(t.text if chosen else t.text_faint), 1.2))
        centre_x = tile.center().x()
        if self.ratio == "auto":
            painter.drawRoundedRect(QRectF(centre_x - 8, 6, 16, 16), 3, 3)
            painter.drawLine(int(centre_x - 4), 14, int(centre_x + 4), 14)
        else:
            width, height = parse_ratio(self.ratio)
            scale = min(22 / width, 18 / height)
            shape = QRectF(0, 0, max(4, width * scale), max(4, height * scale))
            shape.moveCenter(QRectF(centre_x - 11, 5, 22, 19).center())
            painter.drawRoundedRect(shape, 1.5, 1.5)
        font = self.font()
        font.setPixelSize(10)
        painter.setFont(font)
        painter.setPen(QColor(t.text if chosen else t.text_muted))
        painter.drawText(QRectF(0, 27, self.width(), 16), int(Qt.AlignmentFlag.AlignCenter), option_text(self.ratio))


class RatioPicker(QWidget):
    """Aspect ratios, seven per row; the arrow keys move through them."""

    changed = Signal(str)

    def __init__(self, ratios: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setSpacing(6)
        self._group = _ExclusiveButtons(self)
        self._tiles = {ratio: RatioButton(ratio) for ratio in ratios}
        for index, tile in enumerate(self._tiles.values()):
            self._group.take_in(tile)
            tile.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
            grid.addWidget(tile, index // _TILES_PER_ROW, index % _TILES_PER_ROW)
            tile.clicked.connect(partial(self.changed.emit, tile.ratio))
        for column in range(_TILES_PER_ROW):
            grid.setColumnStretch(column, 1)
        next(iter(self._tiles.values())).setChecked(True)

    def value(self) -> str:
        """Return the selected ratio; empty if there is none."""
        return next((ratio for ratio, tile in self._tiles.items() if tile.isChecked()), "")

    def set_value(self, ratio: str) -> None:
        """Select a ratio without emitting a signal; ignore an unknown one."""
        if ratio in self._tiles:
            self._tiles[ratio].setChecked(True)

    def clear(self) -> None:
        """Select no ratio without emitting a signal. The Tab key stops at the first one then."""
        self._group.setExclusive(False)
        for tile in self._tiles.values():
            tile.setChecked(False)
        self._group.setExclusive(True)
        next(iter(self._tiles.values())).setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def set_sizes(self, size_of: Callable[[str], tuple[int, int] | None]) -> None:
        """Show in each tooltip the size in pixels that the ratio gives. size_of: returns None if it's unknown."""
        for ratio, tile in self._tiles.items():
            size = size_of(ratio)
            about = f"about {size[0]} × {size[1]} pixels" if size is not None else ""
            if ratio == "auto":
                about = f"same as the first reference, {about}" if about else "same as the first reference"
            tile.setToolTip(f"{option_text(ratio)}: {about}" if about else option_text(ratio))

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order; only the checked one accepts the Tab key."""
        return list(self._tiles.values())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Select with the arrow keys, Home and End."""
        ratios = list(self._tiles)
        chosen = ratios.index(self.value()) if self.value() else -1
        places = {
            Qt.Key.Key_Left: chosen - 1,
            Qt.Key.Key_Right: chosen + 1,
            Qt.Key.Key_Up: chosen - _TILES_PER_ROW,
            Qt.Key.Key_Down: chosen + _TILES_PER_ROW,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(ratios) - 1,
        }
        index = places.get(Qt.Key(event.key()))
        if index is None:
            super().keyPressEvent(event)
        elif 0 <= index < len(ratios):
            tile = self._tiles[ratios[index]]
            tile.setChecked(True)
            tile.setFocus()
            self.changed.emit(ratios[index])
