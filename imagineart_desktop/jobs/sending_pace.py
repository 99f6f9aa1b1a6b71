"""How many requests of batches to send at once, as the service's refusals teach."""

from __future__ import annotations

import time
from collections.abc import Callable

_ONE_REFUSAL = 1.0
"""Seconds within which several refusals count as one: the requests were sent together."""

_RECOVERY = 10.0
"""Seconds without a refusal after which one more request is sent at once."""


class SendingPace:
    """Halves the number when the service refuses a request for now (429), and raises it again by one at a time.

    clock: returns seconds, never going back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._allowed: int | None = None
        self._refused_at = 0.0
        self._configured = 1

    def limit(self, configured: int) -> int:
        """Return how many requests to send at once; at most the configured number."""
        self._configured = configured
        if self._allowed is None:
            return configured
        return min(configured, self._allowed + int((self._clock() - self._refused_at) / _RECOVERY))

    def slow_down(self) -> None:
        """Send fewer at once: the service refused a request for now."""
        now = self._clock()
        if self._allowed is None or now - self._refused_at >= _ONE_REFUSAL:
            self._allowed = max(1, self.limit(self._configured) // 2)
            self._refused_at = now
