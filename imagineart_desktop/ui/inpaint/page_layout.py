"""Arranges the parts of the Inpaint tab: tools and canvas, form, results and steps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QSplitter, QVBoxLayout, QWidget

from imagineart_desktop.ui.widgets import SectionLabel, rule

_MIN_FORM_WIDTH = 292
_MIN_RESULTS_WIDTH, _MAX_RESULTS_WIDTH = 120, 480


def below_form(parts: Iterable[QWidget]) -> QWidget:
    """Return the parts that follow the fields of the form, in one column."""
    whole = QWidget()
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(6)
    for part in parts:
        column.addWidget(part)
    return whole


def steps_panel(tree: QWidget) -> QWidget:
    """Return the panel of the step tree, hidden as long as there are no steps."""
    panel = QWidget()
    column = QVBoxLayout(panel)
    # Rows extend beyond the heading so that their text lines up with it.
    column.setContentsMargins(4, 10, 4, 10)
    column.setSpacing(8)
    heading = SectionLabel("Steps")
    heading.setContentsMargins(6, 0, 0, 0)
    column.addWidget(heading)
    column.addWidget(tree, 1)
    panel.hide()
    return panel


def canvas_column(options: QWidget, bar: QWidget, place: QWidget, messages: Iterable[QWidget]) -> QWidget:
    """Return the column of the canvas. place: holds the canvas; messages: float over it."""
    middle = QWidget()
    middle.setObjectName("ground")
    column = QVBoxLayout(middle)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(options)
    column.addWidget(rule())
    column.addWidget(bar)
    whole = QWidget()
    # Messages float over the image, which must not move while the user paints.
    over = QGridLayout(whole)
    over.setContentsMargins(0, 0, 0, 0)
    said = QVBoxLayout()
    said.setContentsMargins(12, 12, 12, 12)
    for message in messages:
        said.addWidget(message)
    over.addWidget(place, 0, 0)
    over.addLayout(said, 0, 0, Qt.AlignmentFlag.AlignTop)
    column.addWidget(whole, 1)
    return middle


def results_column(results: QWidget, steps: QWidget) -> QSplitter:
    """Return results above steps."""
    column = QSplitter(Qt.Orientation.Vertical)
    column.setObjectName("panel")
    column.addWidget(results)
    column.addWidget(steps)
    column.setStretchFactor(0, 1)
    column.setSizes([440, 320])
    column.setChildrenCollapsible(False)
    return column


def page_columns(canvas: QWidget, form: QWidget, results: QWidget) -> QSplitter:
    """Return the columns of the page; the canvas takes the remaining space."""
    columns = QSplitter()
    for part in (canvas, form, results):
        columns.addWidget(part)
    form.setMinimumWidth(_MIN_FORM_WIDTH)
    results.setMinimumWidth(_MIN_RESULTS_WIDTH)
    results.setMaximumWidth(_MAX_RESULTS_WIDTH)
    columns.setSizes([924, 302, 166])
    columns.setStretchFactor(0, 1)
    columns.setChildrenCollapsible(False)
    return columns
