"""The line of a form that says what a request costs."""

from __future__ import annotations

from imagineart_desktop.models import PRICES_READ_ON
from imagineart_desktop.ui.widgets import PriceLine
from imagineart_desktop.workspace.language import DateFormat, date_text


def price_line() -> PriceLine:
    """Return a line for a price that says of when the prices are."""
    line = PriceLine()
    month, short = (date_text(PRICES_READ_ON, form) for form in (DateFormat.MONTH, DateFormat.SHORT_MONTH))
    line.basis.setText(f"Prices of {month}", f"Prices of {short}", short)
    line.setToolTip(f"Estimated from the prices of {month}; the bill may differ.")
    return line
