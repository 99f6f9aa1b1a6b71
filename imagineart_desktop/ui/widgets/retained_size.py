"""Layout space for hidden widgets."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

_CHANGES_SIZE = {QEvent.Type.Polish, QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.LayoutRequest}


class _SizeReporter(QObject):
    """Reports each change of a hidden widget's size hint to the surrounding layout."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES_SIZE and isinstance(watched, QWidget) and not watched.isVisible():
            if (layout := watched.layout()) is not None:
                # A layout posts its next request only after it was activated.
                layout.activate()
            watched.updateGeometry()
        return super().eventFilter(watched, event)


def retain_size(widget: QWidget) -> None:
    """Reserve the space of a hidden widget, so that showing it moves nothing. Call this once it has all its children.

    `QSizePolicy.setRetainSizeWhenHidden` alone reserves the size of the unstyled widget: Qt styles widgets when they
    are first shown, and propagates size hints only between visible ones.
    """
    set_size_retained(widget, True)
    reporter = _SizeReporter(widget)
    for part in (widget, *widget.findChildren(QWidget)):
        part.installEventFilter(reporter)


def set_size_retained(widget: QWidget, on: bool) -> None:
    """Set whether the space of a widget that `retain_size` was called for stays reserved."""
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(on)
    widget.setSizePolicy(policy)
