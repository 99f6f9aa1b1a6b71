"""A result with another seam, put together from what is kept, while its slider is moved."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from imagineart_desktop.imaging import PictureError, Pixels, RoundTrip
from imagineart_desktop.jobs import Composition, MissingError, gather_pictures, recomposite
from imagineart_desktop.library import Library


class SeamPreview:
    """Shows one result at a time; the last wish counts."""

    def __init__(self, library: Library, say: Callable[[str], None]) -> None:
        self._library = library
        self._say = say
        self._number = 0
        self._composition: Composition | None = None
        self._turn = 0
        self.changed: RoundTrip | None = None
        """What the seam was changed to since the result is looked at; None: it is as it was kept."""

    def look_at(self, number: int) -> None:
        """Another result, as it was kept."""
        self._turn += 1
        self._number = number
        self._composition = None
        self.changed = None

    async def made(self, trip: RoundTrip) -> Pixels | None:
        """The result with this seam; None when it cannot be made, or something else is wanted meanwhile."""
        self._turn += 1
        turn = self._turn
        try:
            composition = self._composition or await gather_pictures(self._library, [self._number])
            if turn != self._turn:
                return None
            self._composition = composition
            home = await asyncio.to_thread(
                lambda: composition.made(feather=trip.feather, tone_match=trip.tone_match).picture.shown()
            )
        except (MissingError, PictureError) as error:
            self._say(str(error))
            return None
        if turn != self._turn:
            return None
        self.changed = trip
        return home

    async def kept(self, number: int) -> int:
        """The result as it is looked at, kept as a further picture where its seam was changed; its number."""
        if number != self._number or self.changed is None:
            return number
        trip = self.changed
        made = await recomposite(self._library, [number], feather=trip.feather, tone_match=trip.tone_match)
        return made.id
