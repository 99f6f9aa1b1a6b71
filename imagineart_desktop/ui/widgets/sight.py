"""Scrolls a form so that its messages, and what has the keyboard focus, are in sight."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QPoint, QRect, QTimer
from PySide6.QtWidgets import QApplication, QScrollArea, QWidget
from shiboken6 import isValid

from imagineart_desktop.ui.widgets.focus import follow_focus

_MARGIN = 16
"""Pixels above and below what comes into sight."""

_INPUT = {QEvent.Type.KeyPress, QEvent.Type.InputMethod}


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


class _FocusFollower(QObject):
    """Scrolls an area to the widget in it that gets the keyboard focus or a key.

    Qt does so only for Tab. A click scrolls nothing: what is clicked would move under the pointer.
    """

    def __init__(self, area: QScrollArea) -> None:
        super().__init__(area)
        self._area = area
        self._focused: QWidget | None = None
        follow_focus(self._focus_changed)

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self._focused is not None and isValid(self._focused):
            self._focused.removeEventFilter(self)
        self._focused = now if now is not None and self._content_of(now) is not None else None
        if self._focused is not None:
            self._focused.installEventFilter(self)
            if not QApplication.mouseButtons():
                self._scroll_soon()

    def _content_of(self, widget: QWidget) -> QWidget | None:
        """Return the content of the area if the widget is in it, else None, also while the area is being deleted."""
        content = self._area.widget() if isValid(self._area) else None
        return content if content is not None and content.isAncestorOf(widget) else None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Scroll to what is typed in."""
        if event.type() in _INPUT:
            self._scroll_soon()
        return super().eventFilter(watched, event)

    def _scroll_soon(self) -> None:
        # Once the form is laid out, as it may just be shown, and once the field has grown with its text.
        QTimer.singleShot(0, self, self._scroll)

    def _scroll(self) -> None:
        focused = self._focused
        if focused is None or not isValid(focused) or not focused.isVisible():
            return
        content = self._content_of(focused)
        if content is None:
            return
        field, bar = QRect(focused.mapTo(content, QPoint()), focused.size()), self._area.verticalScrollBar()
        height = self._area.viewport().height()
        if field.height() + 2 * _MARGIN > height:
            # Show at least the line with the cursor.
            self._area.ensureWidgetVisible(focused, 0, _MARGIN)
        elif field.top() < bar.value() or field.bottom() >= bar.value() + height:
            lowest, highest = field.bottom() + 1 + _MARGIN - height, field.top() - _MARGIN
            bar.setValue(min(max(bar.value(), lowest), highest))


def keep_focus_in_sight(area: QScrollArea) -> None:
    """Scroll an area to the field in it that gets the keyboard focus or is typed in."""
    _FocusFollower(area)
