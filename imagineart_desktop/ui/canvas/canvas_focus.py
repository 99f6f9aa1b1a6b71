"""Returns keyboard focus to the canvas after a request, a result, Apply or Escape."""

from __future__ import annotations

from functools import singledispatchmethod

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget
from shiboken6 import isValid

from imagineart_desktop.ui.widgets.focus import follow_focus

_MODIFIERS = {Qt.Key.Key_Shift, Qt.Key.Key_Control, Qt.Key.Key_Alt, Qt.Key.Key_AltGr, Qt.Key.Key_Meta}


class CanvasFocus(QObject):
    """Decides when the canvas gets keyboard focus.

    Filters only the events of the focused widget of `page`; a filter on the application would cost time on every event.

    canvas: None until there is one; see `set_canvas`.
    """

    def __init__(self, page: QWidget, canvas: QWidget | None = None) -> None:
        super().__init__(page)
        self._page = page
        self._beside: QWidget | None = None
        self._canvas = canvas
        self._watched: QWidget | None = None
        self._typed = False
        follow_focus(self._focus_changed)

    def set_canvas(self, canvas: QWidget) -> None:
        """Set the widget that receives focus."""
        self._canvas = canvas

    def include(self, beside: QWidget) -> None:
        """Treat a widget as a part of the page while the page is open."""
        self._beside = beside

    def begin(self) -> None:
        """Forget earlier key presses: a request is starting."""
        self._typed = False

    def give(self) -> None:
        """Focus the canvas, unless the user works outside the page."""
        self.begin()
        self._focus(self._canvas)

    def focus_canvas_unless_typing(self) -> None:
        """Focus the canvas unless keys were typed elsewhere since the last `give` or `begin`."""
        if not self._typed:
            self.give()

    def focus_result_unless_typing(self, result: QWidget) -> None:
        """Focus what shows a result, on the same conditions as the canvas."""
        if not self._typed:
            self._focus(result)

    def _focus(self, place: QWidget | None) -> bool:
        """Focus a place that is visible, unless the user works outside the page. Return whether it has the focus."""
        if place is None or not place.isVisible() or not self._is_focus_on_page():
            return False
        place.setFocus(Qt.FocusReason.OtherFocusReason)
        return True

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Note keys typed outside the canvas; Escape returns focus to it."""
        return self._takes(event) or super().eventFilter(watched, event)

    @singledispatchmethod
    def _takes(self, _event: QEvent) -> bool:
        """Handle an event of the focused widget. Return whether it must not get the event itself."""
        return False

    @_takes.register
    def _takes_key(self, event: QKeyEvent) -> bool:
        if event.type() == QEvent.Type.KeyPress and event.key() not in _MODIFIERS:
            plain_escape = event.key() == Qt.Key.Key_Escape and event.modifiers() == Qt.KeyboardModifier.NoModifier
            if plain_escape and self._focus(self._canvas):
                self.begin()
                return True
            self._typed = True
        return False

    def _is_focus_on_page(self) -> bool:
        # The focus widget of this window, even while another window is active.
        focus = self._page.window().focusWidget()
        here = focus is None or self._is_on_page(focus)
        busy = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        return here and busy is None

    def _focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        if self._watched is not None and isValid(self._watched):
            self._watched.removeEventFilter(self)
        beside = now is not None and now is not self._canvas and self._is_on_page(now)
        self._watched = now if beside else None
        if self._watched is not None:
            self._watched.installEventFilter(self)

    def _is_on_page(self, widget: QWidget) -> bool:
        beside = self._beside
        return self._page.isAncestorOf(widget) or (
            beside is not None and self._page.isVisible() and beside.isAncestorOf(widget)
        )
