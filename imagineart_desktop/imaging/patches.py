"""Undo in tiles: only what changed is kept, compressed."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask import Mask

TILE = 256
"""Pixels of a tile's side."""


@dataclass(frozen=True, slots=True)
class _Tile:
    """A piece of the mask before and after. Raw at first, so that ending a stroke costs no time."""

    area: Rect
    before: bytes
    after: bytes
    packed: bool = False

    def pack(self) -> _Tile:
        if self.packed:
            return self
        return _Tile(self.area, zlib.compress(self.before, 1), zlib.compress(self.after, 1), packed=True)

    def pixels(self, *, after: bool) -> Mask:
        data = self.after if after else self.before
        raw = zlib.decompress(data) if self.packed else data
        return np.frombuffer(raw, np.uint8).reshape(self.area.height, self.area.width)


class Patch:
    """A change of a mask that can be taken back and made again."""

    def __init__(self, tiles: list[_Tile]) -> None:
        self._tiles = tiles

    @property
    def size_bytes(self) -> int:
        """Bytes of memory that the patch holds."""
        return sum(len(tile.before) + len(tile.after) for tile in self._tiles)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed at all."""
        return not self._tiles

    def compress(self) -> None:
        """Makes it small. May run on any thread, also while it is undone."""
        self._tiles = [tile.pack() for tile in self._tiles]

    def undo(self, mask: Mask) -> Rect:
        """Puts back what was there before; returns what changed."""
        return self._put(mask, after=False)

    def redo(self, mask: Mask) -> Rect:
        """Makes the change again; returns what changed."""
        return self._put(mask, after=True)

    def _put(self, mask: Mask, *, after: bool) -> Rect:
        changed = EMPTY
        for tile in self._tiles:
            mask[tile.area.slices] = tile.pixels(after=after)
            changed = changed.united(tile.area)
        return changed


class Recorder:
    """Keeps each tile as it was just before it is first touched, and makes a Patch of what then changed."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._kept: dict[tuple[int, int], Mask] = {}

    def about_to_change(self, area: Rect) -> None:
        """Must be told of every rectangle before it is painted."""
        area = area.intersected(Rect.of_shape(self._mask.shape))
        if area.is_empty:
            return
        for row in range(area.top // TILE, (area.bottom - 1) // TILE + 1):
            for column in range(area.left // TILE, (area.right - 1) // TILE + 1):
                if (row, column) not in self._kept:
                    self._kept[row, column] = self._mask[self._tile(row, column).slices].copy()

    def finish(self) -> Patch:
        """The patch of all that changed since the start; tiles that are as they were are left out."""
        tiles = []
        for (row, column), before in self._kept.items():
            area = self._tile(row, column)
            after = self._mask[area.slices]
            if not np.array_equal(before, after):
                tiles.append(_Tile(area, before.tobytes(), after.tobytes()))
        self._kept.clear()
        return Patch(tiles)

    def _tile(self, row: int, column: int) -> Rect:
        return Rect(column * TILE, row * TILE, (column + 1) * TILE, (row + 1) * TILE).intersected(
            Rect.of_shape(self._mask.shape)
        )
