"""Where groups of pictures begin: a day, or a session between two longer breaks."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

import numpy as np

_BREAK_MS = 90 * 60 * 1000
"""After so long without a picture another session begins."""


class Grouping(StrEnum):
    """How pictures are grouped, by the words that the user sees."""

    NONE = "No groups"
    DAY = "By day"
    SESSION = "By session"


def group_starts(numbers: Sequence[int], times: Mapping[int, float], grouping: Grouping, *, falls: bool) -> list[int]:
    """The first row of each group; none where there are no groups. times: number → milliseconds since 1970.

    numbers: in the order of their times; falls: newest first.
    """
    if grouping is Grouping.NONE or not numbers:
        return []
    return _days(numbers, times, falls=falls) if grouping is Grouping.DAY else _sessions(numbers, times)


def heading_of(time_ms: float, grouping: Grouping) -> str:
    """What stands over a group. time_ms: of its first picture."""
    moment = _local(time_ms)
    today = datetime.now().astimezone().date()
    day = f"{moment.day} {moment:%B %Y}"
    if moment.date() == today:
        day = "Today"
    elif moment.date() == today - timedelta(days=1):
        day = "Yesterday"
    return day if grouping is Grouping.DAY else f"{day}, {moment:%H:%M}"


def _days(numbers: Sequence[int], times: Mapping[int, float], *, falls: bool) -> list[int]:
    """Day by day, each found by bisection: a year costs no more than its days."""
    sign = -1 if falls else 1
    starts, row = [], 0
    while row < len(numbers):
        starts.append(row)
        midnight = _local(times[numbers[row]]).replace(hour=0, minute=0, second=0, microsecond=0)
        if falls:
            edge = midnight.timestamp() * 1000
            row = bisect_left(numbers, -edge + 0.5, lo=row, key=lambda number: -times[number])
        else:
            edge = (midnight + timedelta(days=1, hours=3)).replace(hour=0).timestamp() * 1000
            row = bisect_left(numbers, edge * sign, lo=row + 1, key=lambda number: times[number])
    return starts


def _sessions(numbers: Sequence[int], times: Mapping[int, float]) -> list[int]:
    taken = np.fromiter((times[number] for number in numbers), np.float64, len(numbers))
    breaks = np.flatnonzero(np.abs(np.diff(taken)) > _BREAK_MS) + 1
    return [0, *breaks.tolist()]


def _local(time_ms: float) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000).astimezone()
