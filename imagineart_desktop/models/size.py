"""Image sizes in pixels from aspect ratio and resolution."""

from __future__ import annotations

import re
from math import log

Size = tuple[int, int]
"""(width, height) in pixels."""

_COMMON_RATIOS = ("1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "3:1", "1:3")
"""Ratios supported by every model that has an aspect ratio setting."""


_RATIO = re.compile(r"auto|[1-9]\d{0,3}:[1-9]\d{0,3}", re.ASCII)


def is_ratio(text: str) -> bool:
    """Return whether a text is an aspect ratio such as “16:9”, or “auto”."""
    return _RATIO.fullmatch(text) is not None


def parse_ratio(ratio: str) -> tuple[int, int]:
    """Parse “16:9” as (16, 9)."""
    width, _, height = ratio.partition(":")
    return int(width), int(height)


def nearest_ratio(size: Size) -> str:
    """Return the common ratio nearest to a size, such as “16:9”."""
    wanted = log(size[0] / size[1])
    return min(_COMMON_RATIOS, key=lambda ratio: abs(log(parse_ratio(ratio)[0] / parse_ratio(ratio)[1]) - wanted))


def size_for(ratio: tuple[int, int], long_edge: int) -> Size:
    """Return (width, height) in pixels for a ratio and a longer edge: (3, 2) at 2048 is 2048 × 1365."""
    width, height = ratio
    if width >= height:
        return long_edge, max(1, round(long_edge * height / width))
    return max(1, round(long_edge * width / height)), long_edge
