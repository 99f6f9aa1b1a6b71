"""A second process that uses a library. Usage: FOLDER to work in it, FOLDER look to look at it."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

from imagineart_desktop.library import Library, LibraryError


def look(root: Path) -> None:
    """Read the database like any database viewer: closing the last connection deletes the write-ahead log."""
    with closing(sqlite3.connect(root / "library.sqlite")) as connection:
        connection.execute("SELECT COUNT(*) FROM pictures").fetchone()


async def work(root: Path) -> None:
    """Save something before and after another process looks, cause errors in between, and die without closing."""
    library = Library(root)
    await library.start()
    await library.save_draft("before", {"is": "here"})
    try:
        await library.database.read(lambda connection: connection.execute("SELECT * FROM nowhere").fetchall())
    except LibraryError as error:
        print(error)  # noqa: T201
    await library.database.verify()
    subprocess.run([sys.executable, "-m", "tests.library.outsider", str(root), "look"], check=True)  # noqa: S603
    await library.save_draft("after", {"is": "here"})
    os._exit(9)


if __name__ == "__main__":
    if sys.argv[2:]:
        look(Path(sys.argv[1]))
    else:
        asyncio.run(work(Path(sys.argv[1])))
