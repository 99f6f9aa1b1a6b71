"""A result with the seam and the tone that are set now, put together from what is kept."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from imagineart_desktop.imaging import Margins, PictureError, Pixels, RoundTrip, load_picture
from imagineart_desktop.jobs import Composition, MissingError, gather_pictures, recomposite
from imagineart_desktop.library import Library, Recipe
from imagineart_desktop.ui.canvas.pyramid import Pyramid

_KEPT_AT_ONCE = 3
"""Versions that stay decoded, so that flipping between results takes no time."""

Setting = tuple[int, bool]
"""Width of the seam in pixels, and whether the tone is matched."""


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """pixels: height × width × 3 or 4, uint8. made: put together now, so that it is not what the file shows.

    trouble: why it cannot follow what is set; then it is as it was kept.
    """

    number: int
    recipe: Recipe
    pixels: Pixels
    pyramid: Pyramid
    made: bool = False
    trouble: str = ""

    @property
    def margins(self) -> Margins:
        """By how much the picture has grown."""
        return self.recipe.plan.trip.margins if self.recipe.plan is not None else Margins()


@dataclass(slots=True)
class _Made:
    """What was read last, large, and wanted again while a slider is moved; and which versions are pictures already."""

    number: int = 0
    composition: Composition | None = None
    versions: OrderedDict[tuple[int, Setting], Version] = field(default_factory=OrderedDict)
    kept: dict[tuple[int, Setting], int] = field(default_factory=dict)


class Versions:
    """What is set holds for every result. Results that cannot follow stay as they were kept."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._made = _Made()

    def ready(self, number: int, trip: RoundTrip) -> Version | None:
        """The version, where nothing must be read or made for it."""
        return self._made.versions.get((number, _setting(trip)))

    async def version(self, number: int, trip: RoundTrip) -> Version:
        """A result as it is with this setting. Raises PictureError, LibraryError."""
        version = self.ready(number, trip) or await self._read(number, trip)
        versions = self._made.versions
        versions[number, _setting(trip)] = version
        versions.move_to_end((number, _setting(trip)))
        while len(versions) > _KEPT_AT_ONCE:
            versions.popitem(last=False)
        return version

    async def as_it_came(self, number: int) -> Pixels:
        """What the service sent for it, height × width × 3 or 4. Raises MissingError, PictureError, LibraryError."""
        composition = await self._composition(number)
        return await asyncio.to_thread(composition.as_it_came)

    async def kept(self, number: int, trip: RoundTrip) -> int:
        """The number of the picture that shows a result with this setting: its own, or that of a further one, kept now.

        Raises PictureError, LibraryError.
        """
        if await self._fits(number, trip):
            return number
        known = self._made.kept.get((number, _setting(trip)))
        if known is not None and await self._library.details(known) is not None:
            return known
        try:
            made = await recomposite(self._library, [number], feather=trip.feather, tone_match=trip.tone_match)
        except MissingError:
            return number
        self._made.kept[number, _setting(trip)] = made.id
        return made.id

    async def _fits(self, number: int, trip: RoundTrip) -> bool:
        recipe = await self.recipe(number)
        return recipe.plan is not None and _setting(recipe.plan.trip) == _setting(trip)

    async def _read(self, number: int, trip: RoundTrip) -> Version:
        recipe = await self.recipe(number)
        trouble = ""
        if not await self._fits(number, trip):
            try:
                composition = await self._composition(number)
            except MissingError as error:
                trouble = str(error)
            else:
                pixels, pyramid = await asyncio.to_thread(_put_together, composition, trip)
                return Version(number, recipe, pixels, pyramid, made=True)
        (picture,) = await self._library.summaries([number])

        def decoded() -> tuple[Pixels, Pyramid]:
            pixels = load_picture(picture.path).pixels
            return pixels, Pyramid.of(pixels)

        return Version(number, recipe, *(await asyncio.to_thread(decoded)), trouble=trouble)

    async def recipe(self, number: int) -> Recipe:
        """What made a result. Raises PictureError, LibraryError."""
        details = await self._library.details(number)
        if details is None:
            raise PictureError("This result is no longer in the library.")
        return details.recipe

    async def _composition(self, number: int) -> Composition:
        if self._made.composition is None or self._made.number != number:
            self._made.composition = None
            self._made.composition = await gather_pictures(self._library, [number])
            self._made.number = number
        return self._made.composition

    def forget(self) -> None:
        """Another picture is on the canvas."""
        self._made = _Made()


def _setting(trip: RoundTrip) -> Setting:
    return trip.feather, trip.tone_match


def _put_together(composition: Composition, trip: RoundTrip) -> tuple[Pixels, Pyramid]:
    home = composition.made(feather=trip.feather, tone_match=trip.tone_match)
    pixels = np.ascontiguousarray(home.picture.shown())
    return pixels, Pyramid.of(pixels)
