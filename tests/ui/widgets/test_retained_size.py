"""The space reserved for a hidden bar."""

from __future__ import annotations

from PySide6.QtCore import QEvent
from PySide6.QtWidgets import QApplication, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets import Segmented, button, retain_size


def column_with(bar: QWidget) -> tuple[QWidget, QLabel]:
    """Return a visible column with the bar and the widget below it."""
    column, below = QWidget(), QLabel("below")
    layout = QVBoxLayout(column)
    layout.addWidget(bar)
    layout.addWidget(below, 1)
    column.resize(400, 300)
    column.show()
    settle()
    return column, below


def settle() -> None:
    for _round in range(3):
        QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
        QApplication.processEvents()


def hidden_bar() -> tuple[QWidget, Segmented]:
    bar = QWidget()
    row = QHBoxLayout(bar)
    parts = Segmented({"one": "One", "two": "Two"})
    row.addWidget(parts)
    row.addWidget(button("Apply", lambda: None, kind="primary"))
    bar.hide()
    retain_size(bar)
    return bar, parts


def test_the_space_follows_the_size_of_the_hidden_bar(theme: Theme) -> None:
    bar, parts = hidden_bar()
    _column, below = column_with(bar)
    before = below.geometry()
    parts.setStyleSheet("QPushButton { padding: 12px }")
    settle()
    place = below.geometry()
    assert place.top() > before.top()
    bar.show()
    settle()
    assert below.geometry() == place
