"""Search for keys in what tests wrote: hundreds of keys, gigabytes of files."""

from __future__ import annotations

import re
from collections.abc import Iterator, Set

import numpy as np

KEY_LENGTH = 32
"""Bytes of a made key, which is `secrets.token_urlsafe(24)`."""

_RUN = re.compile(rb"[\w-]{32,}", re.ASCII)
"""What a key lies in."""

_OF_KEYS = np.zeros(256, np.bool_)
_OF_KEYS[list(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_")] = True

_STRIDE = 8
_INSIDE = KEY_LENGTH // _STRIDE
"""Minimum number of a key's bytes at multiples of the stride."""

_FEW = 2**14
"""Bytes up to which all of them are looked at."""


def holds_key(data: bytes, keys: Set[bytes]) -> bool:
    """Return whether the data contains one of the keys. Searches once for all of them."""
    for near in _runs(data) if len(data) > _FEW else (data,):
        for run in _RUN.finditer(near):
            text = run.group()
            if any(text[at : at + KEY_LENGTH] in keys for at in range(len(text) - KEY_LENGTH + 1)):
                return True
    return any(key in data for key in keys if len(key) != KEY_LENGTH)


def _runs(data: bytes) -> Iterator[bytes]:
    """Yield every part of the data that may contain a key."""
    values = np.frombuffer(data, np.uint8)
    sampled = _OF_KEYS[values[::_STRIDE]]
    count = len(sampled) - _INSIDE + 1
    found = sampled[:count].copy()
    for later in range(1, _INSIDE):
        found &= sampled[later : count + later]
    starts = np.flatnonzero(found) * _STRIDE
    for beside in range(1, (_INSIDE - 1) * _STRIDE):
        if not len(starts):
            return
        starts = starts[_OF_KEYS[values[starts + beside]]]
    # A long run has one start per stride.
    for run in np.split(starts, np.flatnonzero(np.diff(starts) != _STRIDE) + 1):
        if len(run):
            yield data[max(0, int(run[0]) - _STRIDE) : int(run[-1]) + KEY_LENGTH]
