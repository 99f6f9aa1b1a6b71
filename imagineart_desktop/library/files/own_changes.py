"""The image files that this process itself moves at the moment, whose rows aren't committed yet.

A scan of the folders that meets such a file must not judge it: the step that moved it registers it next. The list is
in memory only, so what a crash interrupts is completed by the scan at the next start.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from contextlib import contextmanager
from threading import Lock


class OwnChanges:
    """The names of files being moved. May be used from any thread."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._held = Counter[str]()
        self._observers: list[set[str]] = []

    @contextmanager
    def claim(self) -> Iterator[Claim]:
        """Yield a claim, to which names are added before their files are moved. It ends after their rows' commit."""
        claim = Claim(self)
        try:
            yield claim
        finally:
            with self._lock:
                claim.is_over = True
                self._held -= Counter(claim.names)

    def hold(self, claim: Claim, names: tuple[str, ...]) -> None:
        """Add names to a claim, unless it's over."""
        with self._lock:
            if claim.is_over:
                return
            claim.names += names
            self._held.update(names)
            for observer in self._observers:
                observer.update(names)

    @contextmanager
    def observed(self) -> Iterator[Container[str]]:
        """Yield all names that are, or were, claimed at any moment since: what was read of them may be outdated."""
        with self._lock:
            seen = set(self._held)
            self._observers.append(seen)
        try:
            yield seen
        finally:
            with self._lock:
                self._observers = [observer for observer in self._observers if observer is not seen]


class Claim:
    """The names that one step moves."""

    def __init__(self, changes: OwnChanges) -> None:
        self.names: tuple[str, ...] = ()
        self.is_over = False
        self._changes = changes

    def add(self, *names: str) -> None:
        """Claim further names, as the database stores them."""
        self._changes.hold(self, names)
