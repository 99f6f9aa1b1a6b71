"""Check of the environment's time zone. An invalid one must not stop the program."""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

_YEAR = tuple(datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 13))
"""One moment per month: a time zone may be usable in winter and not in summer."""


def ensure_time_zone() -> str:
    """Fall back to UTC if local times can't be computed, as with `TZ=XYZ-25`.

    Returns a sentence naming the variable, or an empty string. Changes the environment of this process.
    """
    try:
        for moment in (datetime.now(UTC), *_YEAR):
            moment.astimezone()
            (moment + timedelta(hours=12)).astimezone()
    except (ValueError, OverflowError, OSError):
        os.environ["TZ"] = "UTC"
        if hasattr(time, "tzset"):
            time.tzset()
        return "TZ is set to an invalid time zone. Times are shown in UTC."
    return ""
