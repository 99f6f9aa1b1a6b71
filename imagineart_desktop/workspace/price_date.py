"""Since when a price is known, in words."""

from __future__ import annotations

from datetime import date

from imagineart_desktop.models import PRICES_READ_ON
from imagineart_desktop.workspace.language import DateFormat, date_text


def price_date(read_on: date | None) -> str:
    """Return “as of Nov 28, 2026”; of a price that came with the program “as of November 2026”.

    read_on: when the price was read from the service; None if it came with the program.
    """
    return f"as of {date_text(PRICES_READ_ON, DateFormat.MONTH) if read_on is None else date_text(read_on)}"
