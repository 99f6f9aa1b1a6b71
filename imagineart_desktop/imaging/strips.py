"""Parallel processing of image strips on all processors, with results in order."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from imagineart_desktop.support import ReportProgress

T = TypeVar("T")


def strip_by_strip(work: Callable[[int], T], starts: Sequence[int], reach: ReportProgress | None = None) -> Iterator[T]:
    """Yield the result for each start, in order. reach: called with the share done; may raise to abort."""
    with ThreadPoolExecutor(os.cpu_count() or 2) as pool:
        waiting = [pool.submit(work, start) for start in starts]
        try:
            for done, future in enumerate(waiting, start=1):
                yield future.result()
                if reach is not None:
                    reach(done / len(waiting))
        finally:
            for future in waiting:
                future.cancel()
