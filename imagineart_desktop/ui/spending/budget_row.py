"""How much of a budget is used: “$3.20 of $10.00 today”, a bar, and what is left."""

from __future__ import annotations

from decimal import Decimal

from PySide6.QtWidgets import QProgressBar, QWidget

from imagineart_desktop.jobs import BudgetUse
from imagineart_desktop.ui.widgets import plain_label, set_tone

_STEPS = 100
_BAR = (120, 6)
"""Width and height in pixels."""


class BudgetRow:
    """The widgets of one row, in the order of their columns; hidden without a budget."""

    def __init__(self) -> None:
        self.words = plain_label("", "strong")
        self.bar = QProgressBar()
        self.bar.setRange(0, _STEPS)
        self.bar.setTextVisible(False)
        self.bar.setFixedSize(*_BAR)
        self.details = plain_label("", "muted")
        self.widgets: tuple[QWidget, ...] = (self.words, self.bar, self.details)
        self.show_use(None)

    def show_use(self, use: BudgetUse | None) -> None:
        """Show how much of a budget is used; None for no budget."""
        for widget in self.widgets:
            widget.setVisible(use is not None)
        if use is not None:
            self.words.setText(use.words)
            self.details.setText(use.details)
            share = min(Decimal(1), use.used / use.limit) if use.limit else Decimal(1)
            self.bar.setValue(round(share * _STEPS))
            self.bar.setAccessibleName(use.words)
            # As beside the price: amber from where the next request is warned about.
            set_tone(self.bar, "caution" if use.needs_caution else "")
