"""A figure beside its floor, measured in the same run: the ratio counts, not the milliseconds."""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Figure:
    """value and floor in the same unit; goal: maximum ratio; most: maximum value, if that counts instead.

    beside: what the floor is; least: minimum ratio, if more is better.
    """

    name: str
    value: float
    floor: float
    goal: float | None = None
    unit: str = "ms"
    beside: str = ""
    most: float | None = None
    least: float | None = None

    @property
    def ratio(self) -> float:
        return self.value / self.floor if self.floor else float("inf")

    @property
    def met(self) -> bool:
        enough = self.most is None or self.value <= self.most
        enough = enough and (self.least is None or self.ratio >= self.least)
        return enough and (self.goal is None or round(self.ratio, 2) <= self.goal)

    def line(self) -> str:
        return json.dumps(asdict(self) | {"ratio": round(self.ratio, 2), "met": self.met})


def p95(samples: list[float]) -> float:
    """Return the value that 95% of the samples stay below."""
    return sorted(samples)[min(len(samples) - 1, int(len(samples) * 0.95))]


def timed(work: Callable[[], object], rounds: int) -> list[float]:
    """Return the milliseconds of each round, after one to warm up."""
    work()
    samples = []
    for _ in range(rounds):
        start = time.perf_counter()
        work()
        samples.append((time.perf_counter() - start) * 1000)
    return samples


def median_ms(work: Callable[[], object], rounds: int) -> float:
    """Return the median of the rounds in milliseconds."""
    return statistics.median(timed(work, rounds))
