"""Forms whose labels stand on the line of their fields."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from imagineart_desktop.ui.widgets.labels import plain_label

_LABEL_WIDTH = 76
"""Pixels at least, so that the fields of several forms below each other line up."""

_FIRST_LINE = 2
"""Pixels between the top of a row of check boxes and the top of their words."""


def form_in(whole: QWidget | None = None) -> QFormLayout:
    """An empty form, which fills a widget if one is given."""
    form = QFormLayout(whole)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def name_of(text: str, field: QWidget | None = None, *, of_several_lines: bool = False) -> QLabel:
    """The label before a field, on the line of its words; on the first one if the field has several.

    field: what Alt and the letter after & in the text lead to.
    """
    label = plain_label(text, "muted")
    if field is not None:
        label.setBuddy(field)
    label.setMinimumWidth(_LABEL_WIDTH)
    if of_several_lines:
        label.setContentsMargins(0, _FIRST_LINE, 0, 0)
        label.setAlignment(Qt.AlignmentFlag.AlignTop)
    else:
        # Otherwise a form centers the label in less than the height of a field with a frame.
        label.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
    return label
