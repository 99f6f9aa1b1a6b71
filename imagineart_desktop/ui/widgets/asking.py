"""A few words asked for, without holding up the window."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QStringListModel
from PySide6.QtWidgets import QInputDialog, QLineEdit, QWidget

from imagineart_desktop.ui.widgets.completions import complete_with

_WIDE = 380
"""Pixels: a title bar with its buttons holds any title that is used here."""


def ask_for_words(
    parent: QWidget,
    title: str,
    label: str,
    then: Callable[[str], object],
    *,
    text: str = "",
    known: Sequence[str] = (),
) -> QInputDialog:
    """then: called with what was typed, unless it is nothing; known: what it is completed with."""
    dialog = QInputDialog(parent)
    dialog.setWindowTitle(title)
    dialog.setLabelText(label)
    dialog.setTextValue(text)
    dialog.setMinimumWidth(_WIDE)
    for field in dialog.findChildren(QLineEdit):
        complete_with(field, QStringListModel(known, dialog))
    dialog.textValueSelected.connect(lambda typed: then(typed.strip()) if typed.strip() else None)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
    return dialog
