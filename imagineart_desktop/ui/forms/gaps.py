"""The gaps between the parts of a form: equally high, whether or not one is kept for a line of text."""

from __future__ import annotations

from PySide6.QtWidgets import QBoxLayout, QSizePolicy, QWidget

_GAP, _LOW_GAP = 20, 14
"""Pixels. The lower one still has room for a small line."""


class Gaps:
    """Adds gaps to layouts that have no spacing of their own."""

    def __init__(self) -> None:
        self._gaps: list[QWidget] = []
        self._height = _GAP

    def add(self, layout: QBoxLayout, line: QWidget | None = None) -> None:
        """Add a gap. line: shown in it, with its size retained while it's hidden."""
        if line is None:
            line = QWidget()
            line.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        layout.addWidget(line)
        self.include(line)

    def include(self, line: QWidget) -> None:
        """Make a line that is laid out elsewhere as high as a gap."""
        self._gaps.append(line)
        line.setMinimumHeight(self._height)

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce."""
        self._height = _LOW_GAP if low else _GAP
        for gap in self._gaps:
            gap.setMinimumHeight(self._height)
