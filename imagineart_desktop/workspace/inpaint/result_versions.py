"""A result recomposited from stored images with the current seam and tone."""

from __future__ import annotations

import asyncio
from collections import OrderedDict
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from pathlib import Path
from typing import Generic, TypeVar

from imagineart_desktop.imaging import CompositeResult, FullImage, InpaintSettings, Margins, PictureError, Pixels
from imagineart_desktop.jobs import CompositeCache, InpaintResultSet, MissingError, load_result_set_of, save_composite
from imagineart_desktop.library import Library, Recipe
from imagineart_desktop.support import Progress, WorkCanceledError
from imagineart_desktop.workspace.image_pyramid import ImagePyramid
from imagineart_desktop.workspace.inpaint.session_store import decode_image

T = TypeVar("T")

_MAX_VERSIONS = 3
"""Maximum number of decoded versions, so that flipping between results is immediate, …"""

_MOST_BYTES = 320 * 2**20
"""… as long as they take no more bytes than this; one is always kept."""

_MADE = 0.4
"""Of keeping a version, when it is made and has to be encoded."""

_COMPOSED, _CONVERTED = 0.7, 0.85
"""Progress of making a version: after compositing, and once its pixels can be shown."""

SOURCE_ID = 0
"""Picture id that stands for the source."""

BlendSetting = tuple[int, bool]
"""Width of the seam in pixels, and whether the tone is matched."""


@dataclass(frozen=True, slots=True, eq=False)
class ResultVersion:
    """A result with a setting. pixels: height × width × 3 or 4, uint8.

    deep: the full image, if it has the same pixels. home: the new composite, if it differs from what the file shows.
    trouble: why it can't follow the settings; it then stays as stored.
    """

    number: int
    recipe: Recipe
    pixels: Pixels
    pyramid: ImagePyramid
    deep: FullImage | None
    home: CompositeResult | None = None
    trouble: str = ""

    @property
    def made(self) -> bool:
        """Return whether it was composited now."""
        return self.home is not None

    @property
    def bytes_held(self) -> int:
        """Return the approximate memory in bytes: half-size copies add a third, and 16-bit channels come on top."""
        own = 0 if self.home is None else self.home.picture.samples.nbytes
        return self.pixels.nbytes * 4 // 3 + (own if own > self.pixels.nbytes else 0)

    @property
    def margins(self) -> Margins:
        """Return how much the image was extended."""
        return self.recipe.plan.settings.margins if self.recipe.plan is not None else Margins()


@dataclass(frozen=True, slots=True, eq=False)
class _Begun:
    """The first result of a job, ready to be shown."""

    pixels: Pixels
    pyramid: ImagePyramid
    deep: FullImage | None


@dataclass(slots=True, eq=False)
class _SharedTask(Generic[T]):
    """Work shared by all that await it, canceled when the last of them is canceled."""

    task: asyncio.Task[T]
    progress: Progress
    waiter_count: int = 0

    @classmethod
    def of(cls, work: Callable[[Progress], Coroutine[object, None, T]]) -> _SharedTask[T]:
        progress = Progress()
        return cls(_task(work(progress)), progress)

    async def result(self, show: Callable[[Progress], object]) -> T:
        """Return the work's result. show: receives its progress."""
        show(self.progress)
        self.waiter_count += 1
        try:
            return await asyncio.shield(self.task)
        finally:
            self.waiter_count -= 1
            if not self.waiter_count:
                self.progress.cancel()


@dataclass(slots=True)
class _VersionCache:
    """Caches of what is needed again while a slider moves.

    The last composition, which is large; versions; and which versions are stored as pictures already.
    """

    number: int = 0
    composition: InpaintResultSet | None = None
    versions: OrderedDict[tuple[int, BlendSetting], ResultVersion] = field(default_factory=OrderedDict)
    kept: dict[tuple[int, BlendSetting], int] = field(default_factory=dict)
    reading: dict[tuple[int, BlendSetting], _SharedTask[ResultVersion]] = field(default_factory=dict)
    keeping: dict[tuple[int, BlendSetting], _SharedTask[int]] = field(default_factory=dict)
    begun: tuple[str, asyncio.Task[_Begun]] | None = None
    """The job whose file is still being written, and the making of its first result."""


class ResultVersions:
    """Applies the current settings to every result. Results that can't follow stay as stored.

    composed: may hold a result that was just made; None if there is none.
    """

    def __init__(self, library: Library, composed: CompositeCache | None = None) -> None:
        self._composed = composed
        self._library = library
        self._made = _VersionCache()

    async def begin(self, job_id: str, home: CompositeResult) -> ImagePyramid:
        """Hold a job's first result until it's a picture of the library; return its image."""
        made = self._made
        made.begun = None
        task = _task(asyncio.to_thread(_begun, home))
        made.begun = job_id, task
        return (await asyncio.shield(task)).pyramid

    async def take_begun(self, number: int, recipe: Recipe) -> ResultVersion | None:
        """Return the held version of a picture that was just stored, or None if another one is held."""
        held = self._made.begun
        if held is None or recipe.plan is None or (held[0], 0) != (recipe.job_id, recipe.position):
            return None
        # Wait if it's still being made: reading its file as well would hold it in memory twice.
        try:
            begun = await asyncio.shield(held[1])
        except Exception:
            # `begin` raises the error; the file can still be read.
            self.drop_begun()
            return None
        if self._made.begun is not held:
            return None
        self.drop_begun()
        if self._composed is not None:
            self._composed.take(recipe.job_id, recipe.position)
        version = ResultVersion(number, recipe, begun.pixels, begun.pyramid, begun.deep)
        _hold(self._made.versions, (number, blend_setting_of(recipe.plan.settings)), version)
        return version

    def drop_begun(self) -> None:
        """Release the held result, which is no longer viewed."""
        self._made.begun = None

    def ready(self, number: int, settings: InpaintSettings) -> ResultVersion | None:
        """Return the version if nothing must be read or made for it."""
        return self._made.versions.get((number, blend_setting_of(settings)))

    async def version(
        self, number: int, settings: InpaintSettings, show: Callable[[Progress], object] = lambda _: None
    ) -> ResultVersion:
        """Return a result with this setting, made once for all that await it, unless the last of them is canceled.

        show: receives the progress. Raises PictureError, LibraryError.
        """
        key, made = (number, blend_setting_of(settings)), self._made
        version = self.ready(number, settings)
        if version is None:
            version = await _shared(made.reading, key, lambda progress: self._read(number, settings, progress), show)
        _hold(made.versions, key, version)
        return version

    async def as_it_came(self, number: int) -> Pixels:
        """Return what the service sent, height × width × 3 or 4. Raises MissingError, PictureError, LibraryError."""
        composition = await self._composition(number)
        return await asyncio.to_thread(composition.as_it_came)

    async def kept(
        self, number: int, settings: InpaintSettings, show: Callable[[Progress], object] = lambda _: None
    ) -> int:
        """Return the id of the picture that shows a result with this setting: its own, or that of a new one stored now.

        All that await the same one share the work, which is canceled with the last of them. show: receives the
        progress. Raises PictureError, LibraryError.
        """
        made = self._made
        if await self._matches_file(number, settings):
            return number
        key = number, blend_setting_of(settings)
        known = made.kept.get(key)
        if known is not None and await self._library.details(known) is not None:
            return known
        return await _shared(made.keeping, key, lambda progress: self._keep(number, settings, made, progress), show)

    async def _keep(self, number: int, settings: InpaintSettings, made: _VersionCache, progress: Progress) -> int:
        try:
            version = await self.version(number, settings, progress.following(0, _MADE))
            if version.home is None:
                return number
            composition = await self._composition(number)
            kept = await save_composite(
                self._library,
                [number],
                composition,
                version.home,
                feather=settings.feather,
                tone_match=settings.tone_match,
                reach=progress.part(_MADE, 1),
            )
        except (MissingError, WorkCanceledError):
            return number
        made.kept[number, blend_setting_of(settings)] = kept.id
        return kept.id

    async def _matches_file(self, number: int, settings: InpaintSettings) -> bool:
        recipe = await self.recipe(number)
        return recipe.plan is not None and blend_setting_of(recipe.plan.settings) == blend_setting_of(settings)

    async def _read(self, number: int, settings: InpaintSettings, progress: Progress) -> ResultVersion:
        recipe = await self.recipe(number)
        trouble = ""
        if not await self._matches_file(number, settings):
            try:
                composition = await self._composition(number)
            except MissingError as error:
                trouble = str(error)
            else:
                return await asyncio.to_thread(_recomposite, number, recipe, composition, settings, progress)
        elif self._composed is not None and (home := self._composed.take(recipe.job_id, recipe.position)) is not None:
            return await asyncio.to_thread(_version_of_composite, number, recipe, home)
        (picture,) = await self._library.summaries([number])
        return await asyncio.to_thread(_read_from, picture.path, number, recipe, trouble, progress)

    async def recipe(self, number: int) -> Recipe:
        """Return what made a result. Raises PictureError, LibraryError."""
        details = await self._library.details(number)
        if details is None:
            raise PictureError("This result is no longer in the library.")
        return details.recipe

    async def _composition(self, number: int) -> InpaintResultSet:
        if self._made.composition is None or self._made.number != number:
            self._made.composition = None
            self._made.composition = await load_result_set_of(self._library, [number])
            self._made.number = number
        return self._made.composition

    def forget(self) -> None:
        """Clear the caches for another image."""
        self._made = _VersionCache()


def _task(work: Coroutine[object, None, T]) -> asyncio.Task[T]:
    """Start work that several may await. They receive its exception; it is ignored if nobody waits anymore."""
    task = asyncio.ensure_future(work)
    task.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    return task


async def _shared(
    shared: dict[tuple[int, BlendSetting], _SharedTask[T]],
    key: tuple[int, BlendSetting],
    work: Callable[[Progress], Coroutine[object, None, T]],
    show: Callable[[Progress], object],
) -> T:
    """Join the work running for this key, or start it."""
    one = shared.get(key)
    if one is None or one.task.done() or one.progress.is_cancelled:
        one = shared[key] = _SharedTask.of(work)
    try:
        return await one.result(show)
    finally:
        if not one.waiter_count and shared.get(key) is one:
            del shared[key]


def _hold(
    versions: OrderedDict[tuple[int, BlendSetting], ResultVersion],
    key: tuple[int, BlendSetting],
    version: ResultVersion,
) -> None:
    versions[key] = version
    versions.move_to_end(key)
    while len(versions) > 1 and (
        len(versions) > _MAX_VERSIONS or sum(held.bytes_held for held in versions.values()) > _MOST_BYTES
    ):
        versions.popitem(last=False)


def blend_setting_of(settings: InpaintSettings) -> BlendSetting:
    """Return the settings that a version depends on."""
    return settings.feather, settings.tone_match


def _recomposite(
    number: int, recipe: Recipe, composition: InpaintResultSet, settings: InpaintSettings, progress: Progress
) -> ResultVersion:
    home = composition.made(feather=settings.feather, tone_match=settings.tone_match, reach=progress.part(0, _COMPOSED))
    progress.check()
    pixels = home.picture.shown()
    progress.reach(_CONVERTED)
    return ResultVersion(number, recipe, pixels, ImagePyramid.of(pixels), _if_displayable(home.picture), home)


def _begun(home: CompositeResult) -> _Begun:
    pixels = home.picture.shown()
    return _Begun(pixels, ImagePyramid.of(pixels), _if_displayable(home.picture))


def _version_of_composite(number: int, recipe: Recipe, home: CompositeResult) -> ResultVersion:
    """Return a version that matches the result's file."""
    pixels = home.picture.shown()
    return ResultVersion(number, recipe, pixels, ImagePyramid.of(pixels), _if_displayable(home.picture))


def _read_from(path: Path, number: int, recipe: Recipe, trouble: str, progress: Progress) -> ResultVersion:
    pixels, deep, _ = decode_image(path, reach=progress.part(0, _CONVERTED))
    return ResultVersion(number, recipe, pixels, ImagePyramid.of(pixels), deep, trouble=trouble)


def _if_displayable(picture: FullImage) -> FullImage | None:
    return picture if picture.is_srgb8 else None
