"""The arrangement of a loupe: the image with everything around it, and what of that has room or a purpose."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QVBoxLayout, QWidget

from imagineart_desktop.ui.loupe.facts_panel import FactsPanel
from imagineart_desktop.ui.widgets import icon_button, rule

_MIN_HEIGHT_FOR_STRIP = 420
"""Minimum height of the loupe, in pixels, for the filmstrip to be shown."""


class LoupeLayout(QVBoxLayout):
    """Arranges the parts of a loupe, with rules between them and arrows beside the image."""

    step_requested = Signal(int)
    """The user clicked an arrow: how many images to go on."""

    def __init__(
        self, bar: QWidget, message: QWidget, view: QWidget, marks: QWidget, filmstrip: QWidget, facts: FactsPanel
    ) -> None:
        super().__init__()
        self.setContentsMargins(0, 0, 0, 0)
        self.setSpacing(0)
        self._marks, self._facts = marks, facts
        bar_rule, strip_rule, facts_rule = rule(), rule(), rule(vertical=True)
        self._above, self._below, self._beside = (bar, bar_rule), (filmstrip, strip_rule), (facts, facts_rule)
        self._previous = self._arrow("chevron-left", "Previous image (←)", -1)
        self._next = self._arrow("chevron-right", "Next image (→)", 1)
        self.addWidget(bar)
        self.addWidget(bar_rule)
        body = QHBoxLayout()
        body.setSpacing(0)
        column = QVBoxLayout()
        column.setSpacing(0)
        column.addWidget(message)
        row = QHBoxLayout()
        row.setSpacing(0)
        # Aligned, since a button as low as these would otherwise limit the height of the whole row.
        row.addWidget(self._previous, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(view, 1)
        row.addWidget(self._next, 0, Qt.AlignmentFlag.AlignVCenter)
        column.addLayout(row, 1)
        for below in (marks, strip_rule, filmstrip):
            column.addWidget(below)
        body.addLayout(column, 1)
        body.addWidget(facts_rule)
        body.addWidget(facts)
        self.addLayout(body, 1)

    def _arrow(self, icon_name: str, tip: str, step: int) -> QToolButton:
        made = icon_button(icon_name, tip, partial(self.step_requested.emit, step), kind="mini", size=20)
        made.setFixedSize(28, 64)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        return made

    def show_parts(self, place: int, count: int, *, plain: bool, has_number: bool, height: int) -> None:
        """Show the parts that apply. place: position in the list, from 1; count: its length; height: of the loupe.

        plain: show more than the image. has_number: whether the image is one of the list.
        """
        self._previous.setEnabled(place > 1)
        self._next.setEnabled(0 < place < count)
        for part in self._above:
            part.setVisible(plain)
        self._marks.setVisible(plain and has_number)
        for arrow in (self._previous, self._next):
            arrow.setVisible(plain and count > 1)
        for part in self._below:
            part.setVisible(plain and count > 1 and height >= _MIN_HEIGHT_FOR_STRIP)
        for part in self._beside:
            part.setVisible(plain and self._facts.is_wanted and has_number)
