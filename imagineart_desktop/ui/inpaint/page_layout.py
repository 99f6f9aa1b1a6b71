"""Arranges the parts of the Inpaint tab: tools and canvas, form, results and steps."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtWidgets import QGridLayout, QSplitter, QStackedLayout, QVBoxLayout, QWidget

from imagineart_desktop.ui.compare.pane import ComparePane
from imagineart_desktop.ui.widgets import SectionLabel, rule
from imagineart_desktop.ui.widgets.deferred import Lazy
from imagineart_desktop.ui.widgets.focus import insert_in_tab_order

_MIN_FORM_WIDTH = 292
_MIN_RESULTS_WIDTH, _MAX_RESULTS_WIDTH = 120, 480
_MESSAGE_MARGIN = 12
_PLACE_CHANGES = (QEvent.Type.Show, QEvent.Type.Hide, QEvent.Type.Move)


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


class _MessageColumn(QVBoxLayout):
    """Messages over the canvas, or over the images of a comparison, whose bar they leave free."""

    def __init__(self, messages: Iterable[QWidget], compared: Lazy[ComparePane], over: QWidget) -> None:
        super().__init__()
        self._compared = compared
        self._over = over
        for message in messages:
            self.addWidget(message)
        compared.when_built(self._follow)
        self._make_room()

    def _follow(self, pane: ComparePane) -> None:
        pane.images.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the images, whose bar may wrap."""
        if event.type() in _PLACE_CHANGES:
            self._make_room()
        return super().eventFilter(watched, event)

    def _make_room(self) -> None:
        pane = self._compared.built
        top = pane.images.mapTo(self._over, QPoint()).y() if pane is not None and pane.images.isVisible() else 0
        self.setContentsMargins(_MESSAGE_MARGIN, _MESSAGE_MARGIN + top, _MESSAGE_MARGIN, _MESSAGE_MARGIN)


def canvas_stack(place: QWidget, empty: QWidget, canvas: QWidget, compared: Lazy[ComparePane]) -> QStackedLayout:
    """Return the layout of the place of the canvas, which shows one of these at a time."""
    stack = QStackedLayout(place)
    stack.addWidget(empty)
    stack.addWidget(canvas)

    def add(pane: ComparePane) -> None:
        stack.addWidget(pane)
        insert_in_tab_order(canvas, pane)

    compared.when_built(add)
    return stack


def canvas_column(
    options: QWidget, bar: QWidget, place: QWidget, compared: Lazy[ComparePane], messages: Iterable[QWidget]
) -> QWidget:
    """Return the column of the canvas.

    place: holds the canvas, or the compared images below their bar; messages: float over either.
    """
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
    over.addWidget(place, 0, 0)
    over.addLayout(_MessageColumn(messages, compared, place), 0, 0, Qt.AlignmentFlag.AlignTop)
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
