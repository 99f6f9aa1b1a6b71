"""Forms whose labels are aligned with the first line of their fields."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QSizePolicy, QWidget

from imagineart_desktop.ui.widgets.labels import plain_label

_LABEL_WIDTH = 76
"""Minimum width in pixels, so that the fields of several forms, one below the other, line up."""

_LABEL_ROLE = QFormLayout.ItemRole.LabelRole

_FIRST_LINE = 2
"""Pixels between the top of a row of check boxes and the top of their text."""


def create_form(widget: QWidget | None = None) -> QFormLayout:
    """Return an empty form layout, set on a widget if one is given."""
    form = QFormLayout(widget)
    form.setContentsMargins(0, 0, 0, 0)
    form.setHorizontalSpacing(12)
    form.setVerticalSpacing(10)
    form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
    form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    return form


def form_label(text: str, field: QWidget | None = None, *, of_several_lines: bool = False) -> QLabel:
    """Return the label of a field, aligned with its text, or with the first line if the field has several.

    field: the label's buddy, focused by Alt and the letter after & in the text.
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


def align_labels(dialog: QWidget) -> None:
    """Make the labels of all forms in a dialog as wide as the widest one, so that their fields line up."""
    items = [
        form.itemAt(row, _LABEL_ROLE) for form in dialog.findChildren(QFormLayout) for row in range(form.rowCount())
    ]
    labels = [label for item in items if item is not None and isinstance(label := item.widget(), QLabel)]
    for label in labels:
        label.ensurePolished()
        label.setMinimumWidth(_LABEL_WIDTH)
    width = max((label.sizeHint().width() for label in labels), default=0)
    for label in labels:
        label.setMinimumWidth(max(width, _LABEL_WIDTH))
