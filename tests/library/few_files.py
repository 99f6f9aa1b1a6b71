"""Opens a library while only a few more files may be opened. Usage: FOLDER MOST; prints the outcome of each attempt.

Prints one line per number of free descriptors from zero to MOST: the number, then “opened” or the error message. After
each attempt the library is opened again with all descriptors free, and must be complete.
"""

from __future__ import annotations

import asyncio
import os
import resource
import sys
from pathlib import Path

from imagineart_desktop.library import Library, LibraryError, Query

_LIMIT = 64


async def _opened(root: Path) -> str:
    try:
        library = Library(root)
    except LibraryError as error:
        return str(error)
    try:
        await library.start()
        await library.save_draft("generate", {"prompt": "here"})
        return "opened"
    except LibraryError as error:
        return str(error)
    finally:
        library.close()


async def _check(root: Path, pictures: int) -> None:
    library = Library(root)
    await library.start()
    if library.rebuilt is not None or library.set_aside is not None or list(root.glob("*damaged*")):
        raise SystemExit("the library was set aside")
    await library.run_background_checks()
    if len(await library.search(Query())) != pictures:
        raise SystemExit("pictures are gone")
    library.close()


def _hoard() -> list[int]:
    files: list[int] = []
    while True:
        try:
            files.append(os.open(os.devnull, os.O_RDONLY))
        except OSError:
            return files


async def run(root: Path, most: int) -> None:
    """Run the program described above."""
    library = Library(root)
    await library.start()
    pictures = len(await library.search(Query()))
    library.close()
    resource.setrlimit(resource.RLIMIT_NOFILE, (_LIMIT, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    for free in range(most + 1):
        hoard = _hoard()
        for _ in range(free):
            os.close(hoard.pop())
        said = await _opened(root)
        for file in hoard:
            os.close(file)
        print(free, said, flush=True)  # noqa: T201
        await _check(root, pictures)


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), int(sys.argv[2])))
