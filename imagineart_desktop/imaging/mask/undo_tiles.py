"""Undo for masks in compressed tiles that hold only what changed.

A patch stores only one side of a change; the other is in the mask. Undo and redo both swap the two.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask.mask import Mask
from imagineart_desktop.support import ReportProgress
from imagineart_desktop.support.pixel_libraries import np

TILE = 256
"""Side of a tile in pixels."""

TilePlace = tuple[int, int]
"""(row, column) among the tiles."""


def tiles_in(area: Rect, shape: tuple[int, ...]) -> Iterator[tuple[TilePlace, Rect]]:
    """Yield the tiles that a rectangle of the mask touches, in full. shape: of the mask."""
    whole = Rect.of_shape(shape)
    area = area.intersected(whole)
    if area.is_empty:
        return
    for row in range(area.top // TILE, (area.bottom - 1) // TILE + 1):
        for column in range(area.left // TILE, (area.right - 1) // TILE + 1):
            corner = column * TILE, row * TILE
            yield (row, column), Rect(*corner, corner[0] + TILE, corner[1] + TILE).intersected(whole)


@dataclass(frozen=True, slots=True)
class _Tile:
    """A piece of a mask. Stored raw at first, so that ending a stroke takes no time; one byte if it's uniform."""

    area: Rect
    data: bytes
    packed: bool = False

    @classmethod
    def of(cls, part: Mask, area: Rect) -> _Tile:
        alike = bool((part == part[0, 0]).all())
        return cls(area, part[:1, :1].tobytes() if alike else part.tobytes(), packed=alike)

    def pack(self) -> _Tile:
        return self if self.packed else _Tile(self.area, zlib.compress(self.data, 1), packed=True)

    def pixels(self) -> Mask:
        if self.packed and len(self.data) == 1:
            return np.full((self.area.height, self.area.width), self.data[0], np.uint8)
        raw = zlib.decompress(self.data) if self.packed else self.data
        return np.frombuffer(raw, np.uint8).reshape(self.area.height, self.area.width)


class TilePatch:
    """A change of a mask that can be undone and redone, in the order in which changes were made."""

    def __init__(self, tiles: list[_Tile]) -> None:
        self._tiles = tiles
        self._swapped = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """Bytes of memory that the patch occupies."""
        return sum(len(tile.data) for tile in self._tiles)

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed at all."""
        return not self._tiles

    def compress(self) -> None:
        """Compress the tiles. May run on any thread, even during an undo."""
        tiles = self._tiles
        packed = [tile.pack() for tile in tiles]
        with self._swapped:
            if self._tiles is tiles:
                self._tiles = packed

    def copy(self, source: Mask, target: Mask) -> None:
        """Copy the patch's tiles from one mask into another."""
        for tile in self._tiles:
            target[tile.area.slices] = source[tile.area.slices]

    def swap(self, mask: Mask) -> Rect:
        """Undo or redo the change; return the changed rectangle."""
        changed = EMPTY
        with self._swapped:
            tiles = self._tiles
            self._tiles = [_Tile.of(mask[tile.area.slices], tile.area) for tile in tiles]
            for tile in tiles:
                mask[tile.area.slices] = tile.pixels()
                changed = changed.united(tile.area)
        return changed


class TileRecorder:
    """Saves each tile just before it's first modified, and creates a Patch of what changed."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._kept: dict[TilePlace, tuple[Rect, Mask]] = {}

    def save_before(self, area: Rect) -> None:
        """Save the tiles of a rectangle. Must be called for every rectangle before it's painted."""
        for at, tile in tiles_in(area, self._mask.shape):
            self.before(at, tile)

    def before(self, at: TilePlace, tile: Rect) -> Mask:
        """Return a tile from `tiles_in` as it was when first requested."""
        kept = self._kept.get(at)
        if kept is None:
            kept = self._kept[at] = tile, self._mask[tile.slices].copy()
        return kept[1]

    def original(self) -> Mask:
        """Return a copy of the mask as it was at the start."""
        mask = self._mask.copy()
        for area, before in self._kept.values():
            mask[area.slices] = before
        return mask

    def finish(self) -> TilePatch:
        """Return the patch of all that changed since the start; unchanged tiles are left out."""
        tiles = []
        while self._kept:
            _, (area, before) = self._kept.popitem()
            if not np.array_equal(before, self._mask[area.slices]):
                tiles.append(_Tile.of(before, area))
        return TilePatch(tiles)


def patch_between(before: Mask, after: Mask, area: Rect, reach: ReportProgress) -> TilePatch:
    """Return the patch of all differences between two masks within an area.

    Swapping it with the second gives the first.

    Each tile is compressed immediately, so that a change of the whole mask is never held twice. reach: called with the
    share done; may raise WorkCanceledError.
    """
    tiles = []
    for _, tile in tiles_in(area, before.shape):
        reach((tile.top - area.top) / area.height)
        if not np.array_equal(before[tile.slices], after[tile.slices]):
            tiles.append(_Tile.of(before[tile.slices], tile).pack())
    return TilePatch(tiles)
