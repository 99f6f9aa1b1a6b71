"""Parts that the forms of this folder are made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QLabel, QSpinBox, QWidget

from imagineart_desktop.ui.widgets import InlineMessage, plain_label

_LABELS = 76
"""Pixels across, so that several forms below each other stand in one line."""


def form_in(whole: QWidget) -> QFormLayout:
    """An empty form that fills a widget."""
    form = QFormLayout(whole)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def name_of(text: str) -> QLabel:
    """What stands before a field."""
    label = plain_label(text, "muted")
    label.setMinimumWidth(_LABELS)
    return label


def choice(name: str, options: Mapping[Any, str]) -> QComboBox:
    """One of several. name: for screen readers; options: value → words."""
    box = QComboBox()
    box.setAccessibleName(name)
    for value, words in options.items():
        box.addItem(words, str(value))
    return box


def number(name: str, within: tuple[int, int], value: int, suffix: str = "") -> QSpinBox:
    """A whole number between two others."""
    box = QSpinBox()
    box.setRange(*within)
    box.setValue(value)
    box.setSuffix(suffix)
    box.setAccessibleName(name)
    return box


def row(*parts: QWidget) -> QHBoxLayout:
    """Side by side, the first as wide as there is room."""
    made = QHBoxLayout()
    made.setSpacing(8)
    for place, part in enumerate(parts):
        made.addWidget(part, 1 if place == 0 else 0)
    return made


class SizedMessage(InlineMessage):
    """A message for which its dialog becomes higher, so that no field is squeezed."""

    def __init__(self, dialog: QDialog) -> None:
        super().__init__()
        self._dialog = dialog

    def say(self, text: str, tone: str = "error", actions: dict[str, Callable[[], object]] | None = None) -> None:
        """Shows a sentence, see `InlineMessage`."""
        super().say(text, tone, actions)
        QTimer.singleShot(0, self, self._fit)

    def _fit(self) -> None:
        layout = self._dialog.layout()
        if layout is not None:
            width = self._dialog.width()
            self._dialog.resize(width, max(self._dialog.height(), layout.totalHeightForWidth(width)))
