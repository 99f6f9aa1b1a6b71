"""Messages over the content of a window, which must not move when one comes and goes."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from imagineart_desktop.ui.widgets.message import InlineMessage

_MARGIN = 12


def message_over(content: QWidget, message: InlineMessage) -> QWidget:
    """Return a widget that shows the content, with the message over its lower edge."""
    whole = QWidget()
    place, inner = QGridLayout(whole), QGridLayout()
    place.setContentsMargins(0, 0, 0, 0)
    inner.setContentsMargins(_MARGIN, _MARGIN, _MARGIN, _MARGIN)
    place.addWidget(content, 0, 0)
    inner.addWidget(message)
    place.addLayout(inner, 0, 0, Qt.AlignmentFlag.AlignBottom)
    return whole
