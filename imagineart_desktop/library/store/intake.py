"""Storing of files in the library: inputs that a request needs, and verified results with their recipes."""

from __future__ import annotations

import os
import shutil
import sqlite3
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from imagineart_desktop.imaging import (
    RESULT_FORMATS,
    PictureError,
    PictureInfo,
    Size,
    load_picture,
    probe_picture,
)
from imagineart_desktop.library.files.embedding import embed_text
from imagineart_desktop.library.files.files import (
    EXTENSIONS,
    Files,
    Stamp,
    sha256_of,
    sha256_of_file,
    stamp_of,
    whole_file,
    write_atomic,
    write_synced,
)
from imagineart_desktop.library.files.own_changes import Claim
from imagineart_desktop.library.files.recipe import Recipe, sidecar_path
from imagineart_desktop.library.store.pictures import to_ms
from imagineart_desktop.support.messages import Message


@dataclass(frozen=True, slots=True)
class StoredInput:
    """An input stored in the library because a request needs it. size: (width, height) in pixels."""

    sha256: str
    path: Path
    size: Size


def write_input(files: Files, data: bytes) -> StoredInput:
    """Store the bytes of an image in the library, named by content hash. Raises PictureError, OSError."""
    return StagedInput(files, data).commit()


class StagedInput:
    """An input written to a temporary file, which enters the library when committed.

    Raises PictureError, OSError.
    """

    def __init__(self, files: Files, data: bytes) -> None:
        info = probe_picture(data)
        sha256 = sha256_of(data)
        self.kept = StoredInput(sha256, files.input(sha256, EXTENSIONS[info.format]), info.size)
        self._pending = ExitStack()
        if self.kept.path.exists():
            return
        with ExitStack() as pending:
            temporary = pending.enter_context(whole_file(self.kept.path))
            write_synced(temporary, data)
            self._pending = pending.pop_all()

    def commit(self) -> StoredInput:
        """Move the file to its final path. Raises OSError."""
        self._pending.close()
        return self.kept

    def discard(self) -> None:
        """Delete the temporary file."""
        with suppress(_DiscardedError), self._pending:
            raise _DiscardedError


class _DiscardedError(Exception):
    """Raised internally to discard a staged file."""


def copy_input(files: Files, source: Path) -> StoredInput:
    """Like `write_input`, for a file, without reading it into memory. Raises PictureError, OSError."""
    info = probe_picture(source)
    sha256 = sha256_of_file(source)
    path = files.input(sha256, EXTENSIONS[info.format])
    if not path.exists():
        with whole_file(path) as temporary:
            shutil.copyfile(source, temporary)
            with temporary.open("rb+") as file:
                os.fsync(file.fileno())
    return StoredInput(sha256, path, info.size)


def insert_input(connection: sqlite3.Connection, kept: StoredInput, files: Files) -> None:
    """Insert the row of an input if it doesn't exist."""
    connection.execute(
        "INSERT OR IGNORE INTO inputs (sha256, file, width, height, added_ms) VALUES (?, ?, ?, ?, ?)",
        (kept.sha256, files.relative(kept.path), *kept.size, to_ms(datetime.now(UTC))),
    )


def find_input(connection: sqlite3.Connection, sha256: str, files: Files) -> StoredInput | None:
    """Return the input with this content, or None if its row or file doesn't exist."""
    row = connection.execute("SELECT * FROM inputs WHERE sha256 = ?", (sha256,)).fetchone()
    if row is None:
        return None
    path = files.absolute(row["file"])
    return StoredInput(sha256, path, (row["width"], row["height"])) if path.is_file() else None


def write_result(files: Files, source: Path, recipe: Recipe, claim: Claim) -> tuple[Path, PictureInfo, Stamp]:
    """Verify a picture, write its recipe into it or beside it, and move it to its place, which is claimed.

    Raises PictureError, OSError.
    """
    load_picture(source, name=Message("image.result"), formats=RESULT_FORMATS)
    info = probe_picture(source, formats=RESULT_FORMATS)
    placed = _placed(files, source.read_bytes(), info, recipe, claim)
    source.unlink(missing_ok=True)
    return placed


def write_image(files: Files, data: bytes, recipe: Recipe, claim: Claim) -> tuple[Path, PictureInfo, Stamp]:
    """Store an image created here, with its recipe, and claim its place. Raises PictureError, OSError."""
    return _placed(files, data, probe_picture(data), recipe, claim)


def _placed(
    files: Files, data: bytes, info: PictureInfo, recipe: Recipe, claim: Claim
) -> tuple[Path, PictureInfo, Stamp]:
    created = recipe.created_at
    stem = f"{created:%Y%m%d-%H%M%S}-{recipe.job_id[:12]}-{recipe.position}"
    target = files.new_picture(f"{created:%Y-%m}", stem, EXTENSIONS[info.format])
    claim.add(files.relative(target))
    text = recipe.model_dump_json()
    with_recipe = _embedded(data, text)
    if with_recipe is None:
        # The recipe first: a file without one would be treated as a source.
        write_atomic(sidecar_path(target), text.encode())
    write_atomic(target, with_recipe or data)
    return target, info, stamp_of(target)


def _embedded(data: bytes, text: str) -> bytes | None:
    """Return the image with its recipe embedded; None if the format can't hold it, or the result can't be read."""
    changed = embed_text(data, text)
    try:
        if changed is not None and not data.startswith(b"\x89PNG"):
            load_picture(changed, formats=RESULT_FORMATS, at_least=64)
    except PictureError:
        return None
    return changed
