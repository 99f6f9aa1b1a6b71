"""The inputs of requests: images stored in the library because something was, or may be, made from them."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TypeVar

from imagineart_desktop.imaging import PictureError
from imagineart_desktop.library.errors import LibraryError, disk_error
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.intake import (
    StagedInput,
    StoredInput,
    copy_input,
    find_input,
    insert_input,
    write_input,
)
from imagineart_desktop.library.store.off_thread import OffThread
from imagineart_desktop.support import spawn
from imagineart_desktop.support.messages import Message

T = TypeVar("T")


class InputStore:
    """Files of inputs, named by content hash, with their rows.

    check_writable: called before anything is written; raises LibraryReadOnlyError.
    """

    def __init__(
        self, files: Files, database: Database, run_in_thread: OffThread, check_writable: Callable[[], None]
    ) -> None:
        self._files = files
        self._database = database
        self._run_in_thread = run_in_thread
        self._check_writable = check_writable

    async def keep(self, data: bytes) -> StoredInput:
        """Store the bytes of an image. Raises PictureError, LibraryError."""
        return await self._keep(partial(write_input, self._files, data))

    async def keep_during(self, data: bytes, work: Callable[[], Awaitable[T]]) -> tuple[T, StoredInput]:
        """Store the bytes of an image while `work` runs on them; they are discarded if it fails.

        Returns the result of `work` as well. Raises what `work` raises, PictureError, LibraryError.
        """
        self._check_writable()
        staging = asyncio.ensure_future(self._run_in_thread(partial(StagedInput, self._files, data)))
        try:
            result = await work()
            with _saving_input():
                staged = await asyncio.shield(staging)
        except BaseException:
            spawn(self._discard(staging))
            raise
        return result, await self._keep(staged.commit)

    async def _discard(self, staging: Awaitable[StagedInput]) -> None:
        # If this fails, the next start removes what is left.
        with suppress(OSError, PictureError, LibraryError):
            await self._run_in_thread((await staging).discard)

    async def keep_file(self, source: Path) -> StoredInput:
        """Like `keep`, for a file. Raises PictureError, LibraryError."""
        return await self._keep(partial(copy_input, self._files, source))

    async def _keep(self, write: Callable[[], StoredInput]) -> StoredInput:
        self._check_writable()
        with _saving_input():
            kept = await self._run_in_thread(write)
        await self._database.write(partial(insert_input, kept=kept, files=self._files))
        return kept

    async def find(self, sha256: str) -> StoredInput | None:
        """Return the input with this content, or None if it doesn't exist or was deleted."""
        return await self._database.read(partial(find_input, sha256=sha256, files=self._files))


@contextmanager
def _saving_input() -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise disk_error(error, Message("library.doing.save_image")) from error
