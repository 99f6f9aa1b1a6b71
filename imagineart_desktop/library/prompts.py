"""The prompts of a library: their history, which of them are favorites, and templates."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.off_thread import OffThread
from imagineart_desktop.library.store.prompt_file import (
    BUILT_IN,
    SavedPrompts,
    Template,
    read_saved_prompts,
    write_saved_prompts,
    write_templates,
)
from imagineart_desktop.library.store.prompt_history import (
    PromptKey,
    PromptRow,
    ensure_listed,
    find_phrases,
    find_prompts,
    record_use,
)
from imagineart_desktop.library.store.records import PictureSummary
from imagineart_desktop.library.store.schema import DERIVE_PROMPTS
from imagineart_desktop.support.plain_text import storable

PAGE = 60
"""Prompts that are read at once."""


@dataclass(frozen=True, slots=True)
class UsedPrompt:
    """A prompt of the history. uses: number of requests made with it; image: the newest one, if there is any.

    key: its place, to continue behind it.
    """

    text: str
    uses: int
    used_at: datetime
    is_favorite: bool
    image: PictureSummary | None
    key: PromptKey

    def marked(self, *, favorite: bool) -> UsedPrompt:
        """Return the same as a favorite, or not."""
        return replace(self, is_favorite=favorite)


class PromptLibrary:
    """History, favorites and templates. summaries: returns what is known of images."""

    def __init__(
        self,
        database: Database,
        path: Path,
        run_in_thread: OffThread,
        check_writable: Callable[[], None],
        summaries: Callable[[Sequence[int]], Awaitable[list[PictureSummary]]],
    ) -> None:
        self._database = database
        self._path = path
        self._run_in_thread = run_in_thread
        self._check_writable = check_writable
        self._summaries = summaries
        self._saved: SavedPrompts | None = None
        self._changing = asyncio.Lock()

    # History

    async def remember(self, text: str, requests: int = 1) -> None:
        """Count these requests for a prompt, and move it to the front of the history. Raises LibraryError."""
        await self.remember_all({text: requests})

    async def remember_all(self, uses: Mapping[str, int]) -> None:
        """Count requests for each prompt, and move them to the front, the last one foremost. Raises LibraryError."""
        moment = datetime.now(UTC)

        def record(connection: sqlite3.Connection) -> None:
            for text, requests in uses.items():
                record_use(connection, text, requests, moment)

        await self._database.write(record)

    async def find(
        self, words: str = "", *, favorites: bool = False, after: PromptKey | None = None
    ) -> list[UsedPrompt]:
        """Return the next prompts that contain all of the words, last used first.

        favorites: only these. after: continue behind this place. Raises LibraryError.
        """
        kept = (await self._read()).favorites
        among = kept if favorites else None
        rows = await self._database.read(
            lambda connection: find_prompts(connection, words, PAGE, among=among, after=after)
        )
        numbers = [row.picture_id for row in rows if row.picture_id is not None]
        images = {image.id: image for image in await self._summaries(numbers)} if numbers else {}
        return [_used(row, frozenset(kept), images.get(row.picture_id or 0)) for row in rows]

    async def phrases(self, start: str) -> list[str]:
        """Return parts of earlier prompts that begin with this text, the most frequent first. Raises LibraryError."""
        return await self._database.read(partial(find_phrases, start=start))

    async def derive(self) -> None:
        """Add the prompts of images, of jobs and of the favorites to the history of a new database.

        Raises LibraryError.
        """
        kept = (await self._read()).favorites
        await self._database.write(lambda connection: connection.execute(DERIVE_PROMPTS).close())
        await self._database.write(partial(ensure_listed, texts=kept, moment=datetime.now(UTC)))

    # Favorites

    async def set_favorite(self, text: str, favorite: bool) -> None:
        """Add a prompt to the favorites, or remove it. Raises LibraryError."""
        text = storable(text)
        if favorite:
            await self._database.write(partial(ensure_listed, texts=[text], moment=datetime.now(UTC)))
            await self._change(lambda saved: saved.with_favorites([text]))
        else:
            await self._change(lambda saved: saved.without_favorite(text))

    async def add_from(self, path: Path) -> None:
        """Add what the same file of another library has. Raises LibraryError, OSError."""
        other, _ = await self._run_in_thread(partial(read_saved_prompts, path))
        if other != SavedPrompts():
            await self._change(lambda saved: saved.with_favorites(other.favorites).with_templates(other.templates))
            await self._database.write(partial(ensure_listed, texts=other.favorites, moment=datetime.now(UTC)))

    # Templates

    async def templates(self) -> tuple[Template, ...]:
        """Return the templates in order. Raises LibraryError."""
        return (await self._read()).templates

    async def set_templates(self, templates: Sequence[Template]) -> None:
        """Replace all templates. Raises LibraryError."""
        await self._change(lambda saved: replace(saved, templates=tuple(templates)))

    async def add_templates(self, templates: Iterable[Template]) -> None:
        """Add templates in front; see `SavedPrompts.with_templates`. Raises LibraryError."""
        await self._change(lambda saved: saved.with_templates(templates))

    async def import_templates(self, path: Path) -> int:
        """Add the templates of a file; return how many there are now that weren't there. Raises LibraryError."""
        before = len(await self.templates())
        try:
            other, _ = await self._run_in_thread(partial(read_saved_prompts, path))
        except OSError as error:
            raise disk_error(error, f"{path.name} cannot be read") from error
        if other.templates is not BUILT_IN:
            await self.add_templates(other.templates)
        return len(await self.templates()) - before

    async def export_templates(self, path: Path) -> None:
        """Write the templates to a file, without what was entered for their fields. Raises LibraryError."""
        templates = await self.templates()
        try:
            await self._run_in_thread(partial(write_templates, path, templates))
        except OSError as error:
            raise disk_error(error, f"{path.name} cannot be written") from error

    # The file

    async def _read(self) -> SavedPrompts:
        if self._saved is not None:
            return self._saved
        try:
            saved, _ = await self._run_in_thread(partial(read_saved_prompts, self._path))
        except OSError as error:
            raise disk_error(error, f"The file {self._path.name} cannot be read") from error
        self._saved = saved
        return saved

    async def _change(self, change: Callable[[SavedPrompts], SavedPrompts]) -> None:
        self._check_writable()
        async with self._changing:
            changed = change(await self._read())
            try:
                await self._run_in_thread(partial(write_saved_prompts, self._path, changed))
            except OSError as error:
                raise disk_error(error, f"The file {self._path.name} cannot be written") from error
            self._saved = changed


def _used(row: PromptRow, favorites: frozenset[str], image: PictureSummary | None) -> UsedPrompt:
    return UsedPrompt(row.text, row.uses, row.used_at, row.text in favorites, image, row.key)
