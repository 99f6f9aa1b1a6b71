"""A bounded decoder for CBOR (RFC 8949), the encoding of claims in content credentials."""

from __future__ import annotations

import struct
from typing import Any

_MAX_ITEMS = 20_000
_DEEPEST = 24
_INDEFINITE = 31
_BREAK = object()
_SIMPLE = {20: False, 21: True}
_FLOATS = {25: ">e", 26: ">f", 27: ">d"}


def read_cbor(data: bytes) -> Any:
    """Decode the first item. Tags and map keys that aren't text are dropped. Raises ValueError."""
    try:
        return _Reader(data).item(0)
    except (struct.error, IndexError, OverflowError, UnicodeDecodeError) as error:
        raise ValueError("not CBOR") from error


class _Reader:
    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._left = _MAX_ITEMS

    def item(self, depth: int) -> Any:
        """Decode the next item, or return `_BREAK`. Sizes are checked against the data."""
        self._left -= 1
        if depth > _DEEPEST or self._left < 0:
            raise ValueError("too much CBOR")
        first = self._taken(1)[0]
        major, minor = first >> 5, first & 31
        if major == 7:
            return self._simple(minor)
        if minor == _INDEFINITE and major in (2, 3, 4, 5):
            return self._of_parts(major, depth)
        count = self._number(minor)
        match major:
            case 0:
                return count
            case 1:
                return -1 - count
            case 2:
                return self._taken(count)
            case 3:
                return self._taken(count).decode("utf-8", "replace")
            case 4:
                return [self.item(depth + 1) for _ in range(self._bounded(count))]
            case 5:
                return _map([self.item(depth + 1) for _ in range(2 * self._bounded(count))])
        return self.item(depth + 1)

    def _simple(self, minor: int) -> Any:
        if minor == _INDEFINITE:
            return _BREAK
        if minor in _FLOATS:
            kind = _FLOATS[minor]
            return struct.unpack(kind, self._taken(struct.calcsize(kind)))[0]
        if minor == 24:
            self._taken(1)
        return _SIMPLE.get(minor)

    def _of_parts(self, major: int, depth: int) -> Any:
        parts = []
        while (part := self.item(depth + 1)) is not _BREAK:
            parts.append(part)
        if major == 4:
            return parts
        if major == 5:
            return _map(parts)
        return b"".join(p for p in parts if isinstance(p, bytes)) if major == 2 else "".join(map(str, parts))

    def _number(self, minor: int) -> int:
        if minor < 24:
            return minor
        if minor > 27:
            raise ValueError("not CBOR")
        return int.from_bytes(self._taken(1 << (minor - 24)), "big")

    def _bounded(self, count: int) -> int:
        if count > self._left:
            raise ValueError("too much CBOR")
        return count

    def _taken(self, count: int) -> bytes:
        end = self._place + count
        if end > len(self._data):
            raise ValueError("CBOR that is cut off")
        taken = self._data[self._place : end]
        self._place = end
        return taken


def _map(parts: list[Any]) -> dict[str, Any]:
    return {key: value for key, value in zip(parts[::2], parts[1::2], strict=False) if isinstance(key, str)}
