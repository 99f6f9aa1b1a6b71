"""The line of a form that says what a request costs."""

from __future__ import annotations

from imagineart_desktop.models import PRICES_READ_ON, ModelSpec
from imagineart_desktop.ui.widgets import PriceLine
from imagineart_desktop.workspace.language import DateFormat, date_text
from imagineart_desktop.workspace.price_date import price_date


def show_price_date(line: PriceLine, model: ModelSpec) -> None:
    """Show in the line since when the price of its model is known."""
    read_on = model.price_read_on
    short = date_text(PRICES_READ_ON, DateFormat.SHORT_MONTH) if read_on is None else date_text(read_on)
    known = price_date(read_on)
    line.basis.setText(f"Price {known}", f"Price {short}", short)
    line.setToolTip(f"Estimated from the price {known}; the bill may differ.")
