"""A library copied while it is in use.

A copy is a library of its own: a folder with a database and all files, which can be opened like any other. So a library
is moved by copying it and opening the copy.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from imagineart_desktop.library.copying import CopiedFiles, copy_database, copy_in_steps, copy_journals, files_of
from imagineart_desktop.library.errors import LibraryError, disk_error
from imagineart_desktop.library.files import DATABASE, JOURNALS, new_aside, write_whole
from imagineart_desktop.library.library import Library
from imagineart_desktop.library.notices import NoticeCode
from imagineart_desktop.support.plain_text import harmless

COPY_MARK = "copy-of.txt"
"""In a copy: the folder that it was made from."""

EARLIER = "earlier"
"""In a copy: files that were replaced by newer ones of the same name, a folder each time."""


@dataclass(frozen=True, slots=True)
class Copied:
    """files: what became of them; aside: where earlier ones lie in the copy; stopped: before the end."""

    files: CopiedFiles
    aside: Path
    stopped: bool


async def copy_to(
    library: Library,
    folder: Path,
    tell: Callable[[int, int], None] = lambda done, total: None,
    stopped: Callable[[], bool] = lambda: False,
) -> Copied:
    """Makes a folder a copy of the library, while it is in use. tell: hears how many of how many files are done.

    What is there already is left. A file there that differs is moved to the copy's folder of earlier files, but never
    to make room for a damaged one. Raises LibraryError.
    """
    root = library.files.root
    if folder == root or root in folder.parents:
        raise LibraryError("Choose a folder outside the library folder.")
    await library.database.verify()
    async with (
        library.writing_to(folder, deep=True),
        library.operations.noticed(NoticeCode.COPY_CUT_OFF, folder=harmless(str(folder))),
    ):
        return await _copy(library, folder, tell, stopped)


async def _copy(
    library: Library, folder: Path, tell: Callable[[int, int], None], stopped: Callable[[], bool]
) -> Copied:
    root = library.files.root
    await asyncio.to_thread(partial(_claim, root, folder))
    done, aside = CopiedFiles(), new_aside(folder / EARLIER)
    try:
        files = await asyncio.to_thread(files_of, root)

        def tell_files(copied: int, total: int) -> None:
            tell(copied, total + len(JOURNALS))

        if not await copy_in_steps(root, folder, files, aside, done, tell_files, stopped):
            return Copied(done, aside, stopped=True)
        await asyncio.to_thread(partial(copy_journals, root, folder))
        tell(len(files) + len(JOURNALS), len(files) + len(JOURNALS))
        await library.database.read(partial(copy_database, folder / DATABASE))
    except OSError as error:
        raise disk_error(error, f"The library cannot be copied to {folder}") from error
    return Copied(done, aside, stopped=False)


def _claim(root: Path, folder: Path) -> None:
    """Notes whose copy a folder is. Raises LibraryError where another library lies there."""
    mark = folder / COPY_MARK
    try:
        whose = mark.read_text("utf-8") if mark.is_file() else None
        if (folder / DATABASE).exists() and whose != str(root):
            raise LibraryError(f"Another library lies in {folder}. Choose an empty folder.")
        write_whole(mark, str(root).encode())
    except OSError as error:
        raise disk_error(error, f"The library cannot be copied to {folder}") from error
