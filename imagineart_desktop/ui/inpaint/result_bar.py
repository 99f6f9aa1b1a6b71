"""The bar above the canvas for viewing and applying a result."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.ui.widgets import CheckBox, ElidedLabel, Segmented, button, never_elide, retain_size
from imagineart_desktop.workspace.inpaint.result_viewer import ViewMode

_MIN_WIDTH_FOR_LONG_LABEL = 600
"""Minimum width, in pixels, for the long button label."""

_APPLY_TIP = "Use this result as the image (Enter)"

RAW_NOT_APPLICABLE_MESSAGE = "Raw can’t be applied: it may differ outside the mask. Choose Result to apply."

_WORDS = {ViewMode.RESULT.value: "Result", ViewMode.BEFORE.value: "Before", ViewMode.RAW.value: "Raw"}


class ResultBar(QWidget):
    """Visible while a result is viewed. Keeps its space when hidden, so that the canvas doesn't move."""

    way_changed = Signal()
    apply_requested = Signal()
    compare_wanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("bar")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self)
        row.setContentsMargins(8, 6, 8, 6)
        row.setSpacing(6)
        self.way = Segmented(_WORDS)
        self.way.changed.connect(self._show_applicable)
        self.way.changed.connect(self.way_changed)
        self.way.setToolTip("Raw is what the service sent, before the seam and the tone are matched")
        self.compare = button("Compare", self.compare_wanted.emit, tip="Slider, side by side, difference")
        self.recipe_label = ElidedLabel(tone="muted")
        self.keep_mask = CheckBox("Keep mask")
        self.keep_mask.setToolTip("Keep the whole mask. What you painted since this request is always kept.")
        self.apply = button("Apply", self.apply_requested.emit, kind="primary", tip=_APPLY_TIP)
        self._is_comparing = False
        for made in (self.compare, self.keep_mask, self.apply):
            never_elide(made)
        for part in (self.way, self.compare, self.recipe_label, self.keep_mask, self.apply):
            row.addWidget(part, 1 if part is self.recipe_label else 0)
        self.hide()
        retain_size(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Label the button “Apply result” if there is room: it applies the result even while Before is shown."""
        super().resizeEvent(event)
        self.apply.setText("Apply result" if event.size().width() >= _MIN_WIDTH_FOR_LONG_LABEL else "Apply")

    def set_ready(self, ready: bool) -> None:
        """Set whether what is shown can be used: not before the library has it."""
        self.setEnabled(ready)

    def chosen(self) -> ViewMode:
        """Return how the result is viewed."""
        return ViewMode(self.way.value())

    def choose(self, way: ViewMode) -> None:
        """Show another view without emitting `way_changed`."""
        self.way.set_value(way.value)
        self._show_applicable()

    def set_comparing(self, on: bool) -> None:
        """Set whether results are being compared. They are then shown as they'd be applied, whatever view is chosen."""
        self._is_comparing = on
        self._show_applicable()

    @property
    def shows_raw(self) -> bool:
        """Return whether what is shown differs from what would be applied."""
        return self.chosen() is ViewMode.RAW and not self._is_comparing

    def _show_applicable(self) -> None:
        self.apply.setEnabled(not self.shows_raw)
        self.apply.setToolTip(RAW_NOT_APPLICABLE_MESSAGE if self.shows_raw else _APPLY_TIP)
