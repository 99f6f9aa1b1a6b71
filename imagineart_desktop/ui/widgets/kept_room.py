"""Room that a hidden widget keeps in its layout."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtWidgets import QWidget

_CHANGES_SIZE = {QEvent.Type.Polish, QEvent.Type.StyleChange, QEvent.Type.FontChange, QEvent.Type.LayoutRequest}


class _SizeReporter(QObject):
    """Report each change of a hidden widget's size hint to the layout around it."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() in _CHANGES_SIZE and isinstance(watched, QWidget) and not watched.isVisible():
            if (layout := watched.layout()) is not None:
                # Only an active layout asks again at the next change.
                layout.activate()
            watched.updateGeometry()
        return super().eventFilter(watched, event)


def keep_room(widget: QWidget) -> None:
    """Keep the room of a complete widget while it is hidden, as large as it will be once it is shown.

    Qt styles a widget when it is first shown and passes changed size hints on only between visible widgets, so the
    room alone would be that of the unstyled widget, and everything below would move.
    """
    policy = widget.sizePolicy()
    policy.setRetainSizeWhenHidden(True)
    widget.setSizePolicy(policy)
    reporter = _SizeReporter(widget)
    for part in (widget, *widget.findChildren(QWidget)):
        part.installEventFilter(reporter)
    widget.ensurePolished()
