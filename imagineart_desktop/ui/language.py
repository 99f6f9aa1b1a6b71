"""The window's own language, US English, whatever the system's is."""

from __future__ import annotations

import locale
from datetime import date

from PySide6.QtCore import QDate, QLocale

LANGUAGE = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)

_CATEGORIES = ("LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES")
"""Windows has no LC_MESSAGES. LC_CTYPE stays the system's: it says which keys compose which letters."""


def use_english() -> None:
    """Write numbers, dates and the system's error messages in English, also in the C library.

    QApplication sets the C library's locale to the system's, so call this after it is made.
    """
    QLocale.setDefault(LANGUAGE)
    for name in _CATEGORIES:
        if (category := getattr(locale, name, None)) is not None:
            locale.setlocale(category, "C")


def date_text(day: date, pattern: str) -> str:
    """Format the day after one of QLocale's patterns, such as `d MMM yyyy`."""
    return LANGUAGE.toString(QDate(day.year, day.month, day.day), pattern)
