"""Scrolling forms with the mouse wheel, without changing the controls that pass under the pointer."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QWidget


class _Passes(QObject):
    """Passes wheel events on to the form unless the control has the focus."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def guard_wheel(form: QWidget) -> None:
    """Make a form's combo boxes, spin boxes and sliders react to the wheel only while they have the focus."""
    passes = _Passes(form)
    for control in form.findChildren(QWidget):
        if isinstance(control, (QComboBox, QAbstractSpinBox, QAbstractSlider)) and not isinstance(control, QScrollBar):
            # Otherwise the wheel itself would focus the control.
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            control.installEventFilter(passes)
