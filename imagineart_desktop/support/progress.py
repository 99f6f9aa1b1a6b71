"""How far a piece of work is: told by the thread that works, read and cancelled by the one that shows it."""

from __future__ import annotations

from collections.abc import Callable


class WorkCancelledError(Exception):
    """The work was cancelled; nothing came of it."""


class Progress:
    """share: 0 to 1."""

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
        """End the work at its next step."""
        self.is_cancelled = True

    def check(self) -> None:
        """Raise WorkCancelledError once the work is cancelled."""
        if self.is_cancelled:
            raise WorkCancelledError

    def reach(self, share: float) -> None:
        """The work has come so far. Raises WorkCancelledError."""
        self.check()
        self.share = share

    def part(self, start: float, end: float) -> Callable[[float], None]:
        """Return what takes the share of a part of the work, which begins and ends at these shares of all."""
        return lambda share: self.reach(start + (end - start) * share)

    def following(self, start: float, end: float) -> Callable[[Progress], None]:
        """Return what is given the progress of a part of the work that others share: the share follows it."""

        def follow(part: Progress) -> None:
            self._share = lambda: start + (end - start) * part.share

        return follow


Reach = Callable[[float], None]
"""Takes the share that is done, 0 to 1; raises WorkCancelledError where nobody wants the rest."""
