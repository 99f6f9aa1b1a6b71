"""What a form has to say is scrolled into sight."""

from __future__ import annotations

from PySide6.QtWidgets import QScrollArea, QWidget

_MARGIN = 16
"""Pixels above and below what comes into sight."""


def area_around(widget: QWidget) -> QScrollArea | None:
    """Return the innermost area that scrolls a widget."""
    around = widget.parentWidget()
    while around is not None and not isinstance(around, QScrollArea):
        around = around.parentWidget()
    return around


def come_into_sight(widget: QWidget) -> None:
    """Scroll a form so that a part of it doesn't lie below the edge."""
    area = area_around(widget)
    if area is not None and widget.isVisible():
        area.ensureWidgetVisible(widget, 0, _MARGIN)
