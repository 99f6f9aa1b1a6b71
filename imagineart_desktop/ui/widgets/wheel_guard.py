"""Forms that are scrolled with the wheel: what lies under the pointer on the way is not changed by it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtWidgets import QAbstractSlider, QAbstractSpinBox, QComboBox, QScrollBar, QWidget


class _Passes(QObject):
    """Hands the wheel on to the form, unless the control has the keyboard."""

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QWidget) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)


def let_wheel_pass(form: QWidget) -> None:
    """The form's boxes, spin boxes and sliders follow the wheel only while they have the keyboard."""
    passes = _Passes(form)
    for control in form.findChildren(QWidget):
        if isinstance(control, (QComboBox, QAbstractSpinBox, QAbstractSlider)) and not isinstance(control, QScrollBar):
            # Else the wheel itself would give it the keyboard.
            control.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
            control.installEventFilter(passes)
