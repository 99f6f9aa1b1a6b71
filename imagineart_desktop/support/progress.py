"""Progress of a task: reported by the working thread, read and canceled by the thread that displays it."""

from __future__ import annotations

from collections.abc import Callable


class WorkCanceledError(Exception):
    """The work was canceled and produced nothing."""


class Progress:
    """The progress of a task. share: the fraction done, 0 to 1."""

    def __init__(self) -> None:
        self._share: Callable[[], float] = lambda: 0.0
        self.is_cancelled = False

    @property
    def share(self) -> float:
        """Return how far the work is."""
        return self._share()

    @share.setter
    def share(self, share: float) -> None:
        self._share = lambda: share

    def cancel(self) -> None:
        """Make the work stop at its next step."""
        self.is_cancelled = True

    def check(self) -> None:
        """Raise WorkCanceledError if the work was canceled."""
        if self.is_cancelled:
            raise WorkCanceledError

    def reach(self, share: float) -> None:
        """Report the fraction done. Raises WorkCanceledError."""
        self.check()
        self.share = share

    def part(self, start: float, end: float) -> Callable[[float], None]:
        """Return a function that reports the progress of one part of the work. start, end: its share of the whole."""
        return lambda share: self.reach(start + (end - start) * share)

    def following(self, start: float, end: float) -> Callable[[Progress], None]:
        """Return what is given the progress of a part of the work that others share: the share follows it."""

        def follow(part: Progress) -> None:
            self._share = lambda: start + (end - start) * part.share

        return follow


ReportProgress = Callable[[float], None]
"""Reports the fraction done, 0 to 1. Raises WorkCanceledError if the work was canceled."""
