"""Which size in pixels a ratio and a resolution give."""

from __future__ import annotations

LONG_EDGE = {"1K": 1024, "2K": 2048}
"""Pixels of the longer edge; fal documents “about 1024 px” and “about 2048 px”."""


def parse_ratio(ratio: str) -> tuple[int, int]:
    """“16:9” as (16, 9)."""
    width, _, height = ratio.partition(":")
    return int(width), int(height)


def size_for(ratio: tuple[int, int], long_edge: int) -> tuple[int, int]:
    """(width, height) in pixels of the ratio with the longer edge given: (3, 2) at 2048 is 2048 × 1365."""
    width, height = ratio
    if width >= height:
        return long_edge, max(1, round(long_edge * height / width))
    return max(1, round(long_edge * width / height)), long_edge
