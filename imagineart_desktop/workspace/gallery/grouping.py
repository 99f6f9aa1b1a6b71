"""Group boundaries in the gallery: days, sessions separated by long breaks, or collections."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from enum import StrEnum

from imagineart_desktop.library import GROUP_KEY_STRIDE
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.workspace.language import DateFormat, date_text, time_text

_SESSION_GAP_MS = 90 * 60 * 1000
"""Milliseconds without a new image after which another session begins."""


class Grouping(StrEnum):
    """How images are grouped. value: the label that the user sees."""

    NONE = "No grouping"
    DAY = "By day"
    SESSION = "By session"
    COLLECTION = "By collection"


def group_starts(numbers: Sequence[int], keys: Mapping[int, int], grouping: Grouping, *, falls: bool) -> list[int]:
    """Return the first row of each group; empty if there are no groups.

    numbers: in the order of their keys; keys: number → milliseconds since 1970, for collections plus GROUP_SPAN times
    the group's number; falls: newest first.
    """
    if grouping is Grouping.NONE or not numbers:
        return []
    if grouping is Grouping.DAY:
        return _days(numbers, keys, falls=falls)
    ordered = np.fromiter((keys[number] for number in numbers), np.int64, len(numbers))
    if grouping is Grouping.COLLECTION:
        breaks = np.diff(ordered // GROUP_KEY_STRIDE) != 0
    else:
        breaks = np.abs(np.diff(ordered)) > _SESSION_GAP_MS
    return [0, *(np.flatnonzero(breaks) + 1).tolist()]


def group_heading(time_ms: float, grouping: Grouping) -> str:
    """Return a group's heading. time_ms: time of its first image, in milliseconds since 1970."""
    moment = _local(time_ms)
    today = datetime.now().astimezone().date()
    near = {today: "Today", today - timedelta(days=1): "Yesterday"}
    day = near.get(moment.date(), date_text(moment, DateFormat.LONG))
    return day if grouping is Grouping.DAY else f"{day}, {time_text(moment)}"


def _days(numbers: Sequence[int], times: Mapping[int, int], *, falls: bool) -> list[int]:
    """Return the first row of each day, found by bisection, so that the cost depends only on the number of days."""
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


def _local(time_ms: float) -> datetime:
    return datetime.fromtimestamp(time_ms / 1000).astimezone()
