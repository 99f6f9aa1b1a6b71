"""Lucide icons, rendered at the requested size and scale in the theme's current colors."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.theme.current import tokens

Tone = str
"""Name of a color in `Tokens`."""


@lru_cache(maxsize=256)
def _renderer(name: str, colour: str) -> QSvgRenderer:
    source = resource_path("icons", f"{name}.svg").read_text(encoding="utf-8")
    return QSvgRenderer(QByteArray(source.replace("currentColor", colour).encode()))


def paint_icon(painter: QPainter, name: str, colour: str, area: QRectF) -> None:
    """Draw an icon into a rectangle. colour: #rrggbb."""
    _renderer(name, colour).render(painter, area)


class IconEngine(QIconEngine):
    """Draws one icon. The color is looked up on each paint, so changing the theme doesn't require new icons."""

    def __init__(self, name: str, tone: Tone) -> None:
        super().__init__()
        self._name = name
        self._tone = tone

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, _state: QIcon.State) -> None:
        """Draw the icon into a rectangle."""
        edge = min(rect.width(), rect.height())
        square = QRectF(0, 0, edge, edge)
        square.moveCenter(QRectF(rect).center())
        paint_icon(painter, self._name, self._color(mode), square)

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        """Return the icon as a pixmap, rendered once per size and color."""
        key = f"icon {self._name} {self._color(mode)} {size.width()} {size.height()}"
        picture = QPixmap()
        if QPixmapCache.find(key, picture):
            return picture
        picture = QPixmap(size)
        picture.fill(Qt.GlobalColor.transparent)
        painter = QPainter(picture)
        self.paint(painter, QRect(QPoint(0, 0), size), mode, state)
        painter.end()
        QPixmapCache.insert(key, picture)
        return picture

    def _color(self, mode: QIcon.Mode) -> str:
        color: str = getattr(tokens(), "text_faint" if mode == QIcon.Mode.Disabled else self._tone)
        return color

    def clone(self) -> QIconEngine:
        """Return a copy of the engine."""
        return IconEngine(self._name, self._tone)


def icon(name: str, tone: Tone = "text_muted") -> QIcon:
    """Return an icon from resources/icons. tone: name of a color of the theme."""
    return QIcon(IconEngine(name, tone))
