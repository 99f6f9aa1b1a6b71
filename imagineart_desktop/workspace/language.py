"""The window's language: US English, whatever the system's is."""

from __future__ import annotations

import locale
from datetime import date, datetime
from enum import StrEnum

from PySide6.QtCore import QDate, QLocale, QTime

LANGUAGE = QLocale(QLocale.Language.English, QLocale.Country.UnitedStates)

_CATEGORIES = ("LC_NUMERIC", "LC_TIME", "LC_COLLATE", "LC_MONETARY", "LC_MESSAGES")
"""Windows has no LC_MESSAGES. LC_CTYPE stays the system's: it determines which keys compose which characters."""


def use_english() -> None:
    """Format numbers, dates and the system's error messages in English, in the C library too.

    QApplication sets the C library's locale to the system's, so call this after creating it.
    """
    QLocale.setDefault(LANGUAGE)
    for name in _CATEGORIES:
        if (category := getattr(locale, name, None)) is not None:
            locale.setlocale(category, "C")


class DateFormat(StrEnum):
    """A date format. value: a pattern for QLocale."""

    SHORT = "MMM d, yyyy"
    LONG = "MMMM d, yyyy"
    WITHOUT_YEAR = "MMM d"
    MONTH = "MMMM yyyy"
    SHORT_MONTH = "MMM yyyy"


def date_text(day: date, form: DateFormat = DateFormat.SHORT) -> str:
    """Return a date as “Nov 29, 2026” or in another format."""
    return LANGUAGE.toString(QDate(day.year, day.month, day.day), form.value)


def datetime_text(moment: datetime) -> str:
    """Return “Nov 29, 2026, 4:07 PM”."""
    return f"{date_text(moment)}, {time_text(moment)}"


def time_text(moment: datetime) -> str:
    """Return “4:07 PM”."""
    return LANGUAGE.toString(QTime(moment.hour, moment.minute), "h:mm AP")
