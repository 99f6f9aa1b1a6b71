"""How many columns the tiles of a batch stand in: as many as make them largest in the room that they have."""

from __future__ import annotations

from PySide6.QtCore import QSize, QSizeF, Qt

LEAST_TILE = QSize(96, 88)
"""Pixels; where tiles would become smaller, they are scrolled."""


def best_columns(count: int, room: QSize, spacing: int, shape: QSizeF) -> int:
    """Return the number of columns for tiles of which all are seen at once, if there is room for that.

    room: pixels without margins; shape: of the images in the tiles, for its ratio alone.
    """
    fitting = max(1, (room.width() + spacing) // (LEAST_TILE.width() + spacing))
    choices = range(1, min(count, fitting) + 1)
    seen = [columns for columns in choices if _tile(count, columns, room, spacing).height() >= LEAST_TILE.height()]
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
