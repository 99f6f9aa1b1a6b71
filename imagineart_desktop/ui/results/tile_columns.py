"""The number of columns for the tiles of a batch that makes them largest in the available space."""

from __future__ import annotations

from PySide6.QtCore import QSize, QSizeF, Qt

MIN_TILE = QSize(96, 88)
"""Minimum tile size in pixels; smaller tiles would be scrolled instead."""


def best_columns(count: int, room: QSize, spacing: int, shape: QSizeF) -> int:
    """Return the number of columns in which all tiles are visible at once, if there is room.

    room: pixels without margins; shape: of the images in the tiles, for its ratio alone.
    """
    fitting = max(1, (room.width() + spacing) // (MIN_TILE.width() + spacing))
    choices = range(1, min(count, fitting) + 1)
    seen = [columns for columns in choices if _tile(count, columns, room, spacing).height() >= MIN_TILE.height()]
    if not seen:
        return max(1, min(count, fitting))

    def area(columns: int) -> float:
        image = shape.scaled(_tile(count, columns, room, spacing), Qt.AspectRatioMode.KeepAspectRatio)
        return image.width() * image.height()

    return max(seen, key=area)


def _tile(count: int, columns: int, room: QSize, spacing: int) -> QSizeF:
    rows = -(-count // columns)
    return QSizeF(
        (room.width() - (columns - 1) * spacing) / columns,
        (room.height() - (rows - 1) * spacing) / rows,
    )
