"""The marching ants: animated dashes of the mask outline, running only while visible."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QRegion
from PySide6.QtWidgets import QStyle, QWidget

from imagineart_desktop.ui.canvas.outline import DASH_STEP

_STEP_MS = 120
"""Milliseconds between steps."""


class MarchingAnts(QObject):
    """Animates the outline's dashes.

    phase: how far the dashes have moved. wanted: whether there is an outline. where: the outline's region in the
    widget.
    """

    def __init__(self, widget: QWidget, wanted: Callable[[], bool], where: Callable[[], QRegion]) -> None:
        super().__init__(widget)
        self.phase = 0
        self._widget = widget
        self._wanted = wanted
        self._outline_region = where
        self._region: QRegion | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(_STEP_MS)
        self._timer.timeout.connect(self._step)

    @property
    def is_on(self) -> bool:
        """Return whether the animation is running."""
        return self._timer.isActive()

    def look(self) -> None:
        """Start or stop the animation: it needs a visible, active window, and no system setting for less motion."""
        widget = self._widget
        self._region = None
        moves = widget.style().styleHint(QStyle.StyleHint.SH_Widget_Animation_Duration, None, widget) > 0
        wanted = self._wanted() and widget.isVisible() and widget.isActiveWindow() and moves
        if wanted != self.is_on:
            if wanted:
                self._timer.start()
            else:
                self._timer.stop()

    def moved(self) -> None:
        """Note that the outline has moved."""
        self._region = None

    def _step(self) -> None:
        self.phase -= DASH_STEP
        if self._region is None:
            self._region = self._outline_region()
        self._widget.update(self._region)
