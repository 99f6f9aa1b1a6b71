"""Sliders."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle, QStyleOptionSlider


class ClickSlider(QSlider):
    """A horizontal slider whose handle jumps to a click, from where it can be dragged."""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Move the handle to the pointer and start dragging."""
        if event.button() == Qt.MouseButton.LeftButton:
            option = QStyleOptionSlider()
            self.initStyleOption(option)
            parts, whole = QStyle.SubControl, QStyle.ComplexControl.CC_Slider
            groove = self.style().subControlRect(whole, option, parts.SC_SliderGroove, self)
            handle = self.style().subControlRect(whole, option, parts.SC_SliderHandle, self)
            at = event.position().toPoint()
            if not handle.contains(at):
                place = at.x() - groove.left() - handle.width() // 2
                room = groove.width() - handle.width()
                self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), place, room))
        super().mousePressEvent(event)
