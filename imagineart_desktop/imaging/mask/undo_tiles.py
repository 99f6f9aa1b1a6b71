"""Undo in tiles: only what changed is kept, compressed.

A patch holds one side of a change only; the other is in the mask. Undoing swaps the two, and so does redoing.
"""

from __future__ import annotations

import threading
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from imagineart_desktop.imaging.geometry import EMPTY, Rect
from imagineart_desktop.imaging.mask.mask import Mask
from imagineart_desktop.support import Reach
from imagineart_desktop.support.pixel_libraries import np

TILE = 256
"""Pixels of a tile's side."""

TilePlace = tuple[int, int]
"""(row, column) among the tiles."""


def tiles_in(area: Rect, shape: tuple[int, ...]) -> Iterator[tuple[TilePlace, Rect]]:
    """The tiles that a rectangle of the mask touches, each whole. shape: of the mask."""
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
    """A piece of a mask. Raw at first, so that ending a stroke costs no time; one byte where all of it is alike."""

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


class Patch:
    """A change of a mask that can be taken back and made again, in the order in which changes were made."""

    def __init__(self, tiles: list[_Tile]) -> None:
        self._tiles = tiles
        self._swapped = threading.Lock()

    @property
    def size_bytes(self) -> int:
        """Bytes of memory that the patch holds."""
        return sum(len(tile.data) for tile in self._tiles)

    @property
    def is_empty(self) -> bool:
        """Return whether nothing changed at all."""
        return not self._tiles

    def compress(self) -> None:
        """Makes it small. May run on any thread, also while it is undone."""
        tiles = self._tiles
        packed = [tile.pack() for tile in tiles]
        with self._swapped:
            if self._tiles is tiles:
                self._tiles = packed

    def copy(self, source: Mask, target: Mask) -> None:
        """Copy the tiles that the patch is about from one mask into another."""
        for tile in self._tiles:
            target[tile.area.slices] = source[tile.area.slices]

    def swap(self, mask: Mask) -> Rect:
        """Takes the change back, or makes it again; returns what changed."""
        changed = EMPTY
        with self._swapped:
            tiles = self._tiles
            self._tiles = [_Tile.of(mask[tile.area.slices], tile.area) for tile in tiles]
            for tile in tiles:
                mask[tile.area.slices] = tile.pixels()
                changed = changed.united(tile.area)
        return changed


class Recorder:
    """Keeps each tile as it was just before it is first touched, and makes a Patch of what then changed."""

    def __init__(self, mask: Mask) -> None:
        self._mask = mask
        self._kept: dict[TilePlace, tuple[Rect, Mask]] = {}

    def about_to_change(self, area: Rect) -> None:
        """Must be told of every rectangle before it is painted."""
        for at, tile in tiles_in(area, self._mask.shape):
            self.before(at, tile)

    def before(self, at: TilePlace, tile: Rect) -> Mask:
        """One of `tiles_in` as it was when it was first asked for."""
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

    def finish(self) -> Patch:
        """The patch of all that changed since the start; tiles that are as they were are left out."""
        tiles = []
        while self._kept:
            _, (area, before) = self._kept.popitem()
            if not np.array_equal(before, self._mask[area.slices]):
                tiles.append(_Tile.of(before, area))
        return Patch(tiles)


def patch_between(before: Mask, after: Mask, area: Rect, reach: Reach) -> Patch:
    """The patch of all that differs between two masks inside an area; swapped with the second it gives the first.

    Each tile is compressed at once, so that a change of the whole mask is never held twice. reach: called with the
    share that is done; may raise WorkCancelledError.
    """
    tiles = []
    for _, tile in tiles_in(area, before.shape):
        reach((tile.top - area.top) / area.height)
        if not np.array_equal(before[tile.slices], after[tile.slices]):
            tiles.append(_Tile.of(before[tile.slices], tile).pack())
    return Patch(tiles)
