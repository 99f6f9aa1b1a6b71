"""Timing of the demo server's simulated work."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Timing:
    """Seconds in the queue and of work, and the number of requests processed at once."""

    queue: float = 0.8
    work: float = 2.4
    runners: int = 2


FAST_TIMING = Timing(queue=0.02, work=0.06)
"""Timing for tests."""
