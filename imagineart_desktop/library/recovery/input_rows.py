"""The rows of inputs, which a newly created database gets from the files in the folder of inputs."""

from __future__ import annotations

import re
import sqlite3
from datetime import UTC, datetime

from imagineart_desktop.imaging import PictureError, probe_picture
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.database import Database
from imagineart_desktop.library.store.off_thread import OffThread

_INPUT_NAME = re.compile(r"([0-9a-f]{64})\.[a-z]+")


async def find_inputs(files: Files, database: Database, off_thread: OffThread) -> None:
    """Add rows for the files in the inputs folder, for a newly created database."""

    def look() -> list[tuple[str, str, int, int]]:
        found = []
        for path in (files.root / "inputs").iterdir():
            match = _INPUT_NAME.fullmatch(path.name)
            try:
                if match is not None:
                    found.append((match.group(1), files.relative(path), *probe_picture(path).size))
            except PictureError:
                continue
        return found

    inputs = await off_thread(look)
    moment = rows.to_ms(datetime.now(UTC))

    def note(connection: sqlite3.Connection) -> None:
        connection.executemany(
            "INSERT OR IGNORE INTO inputs (sha256, file, width, height, added_ms) VALUES (?, ?, ?, ?, ?)",
            [(*entry, moment) for entry in inputs],
        )

    await database.write(note)
