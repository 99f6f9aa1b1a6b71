"""The library's trash: a folder beside the pictures, which is emptied into the system's trash."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from imagineart_desktop.library.errors import disk_error
from imagineart_desktop.library.files.recipe import sidecar_path
from imagineart_desktop.library.recovery.empty_trash import empty_trash
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.records import LibraryChange, PictureSummary
from imagineart_desktop.support import Progress
from imagineart_desktop.support.completion import run_to_end
from imagineart_desktop.support.messages import Message

if TYPE_CHECKING:
    from imagineart_desktop.library.library import Library


class Trash:
    """Moves pictures to the trash and back, and empties it."""

    def __init__(self, library: Library) -> None:
        self._library = library

    async def put(
        self, numbers: Sequence[int], progress: Progress | None = None, moved: list[int] | None = None
    ) -> list[int]:
        """Move pictures to the trash, from which `restore` brings them back. Raises LibraryError.

        Returns the ids moved: all that exist, unless progress is canceled. moved: an empty list that also collects
        them, for the case that a move fails halfway.
        """
        now = datetime.now(UTC)
        files = self._library.files
        return await self._move_all(numbers, lambda picture: files.trashed(picture.path), now, progress, moved)

    async def restore(
        self, numbers: Sequence[int], progress: Progress | None = None, moved: list[int] | None = None
    ) -> list[int]:
        """Restore pictures from the trash. Returns the ids restored, like `put`. Raises LibraryError."""

        def free_place(picture: PictureSummary) -> Path:
            recipe_month = f"{picture.path.name[:4]}-{picture.path.name[4:6]}"
            return self._library.files.free_path(recipe_month, picture.path.stem, picture.path.suffix[1:])

        return await self._move_all(numbers, free_place, None, progress, moved)

    async def size(self) -> tuple[int, int]:
        """Return (number of pictures in the trash, their size in bytes)."""
        return await self._library.database.read(rows.trash_size)

    async def empty(self, progress: Progress | None = None) -> int:
        """Move trashed files to the system's trash, delete their rows, and return how many. Raises LibraryError.

        If the system rejects a file or progress is canceled, it and the rest stay where they are.
        """
        self._library.check_writable()
        gone = await empty_trash(self._library, progress or Progress())
        self._library.announce(LibraryChange(gone, reordered=True))
        return len(gone)

    async def _move_all(
        self,
        numbers: Sequence[int],
        place_for: Callable[[PictureSummary], Path],
        trashed_at: datetime | None,
        progress: Progress | None,
        moved: list[int] | None,
    ) -> list[int]:
        self._library.check_writable()
        pictures, progress = await self._library.summaries(numbers), progress or Progress()
        moved = [] if moved is None else moved
        try:
            for picture in pictures:
                if progress.is_cancelled:
                    break
                progress.share = len(moved) / len(pictures)
                await run_to_end(self._move(picture, place_for(picture), trashed_at))
                moved.append(picture.id)
        except OSError as error:
            raise disk_error(error, Message("library.doing.move", count=len(pictures) - len(moved))) from error
        finally:
            # Announce what was moved before a failure as well.
            self._library.announce(LibraryChange(tuple(moved), reordered=True))
        return moved

    async def _move(self, picture: PictureSummary, target: Path, trashed_at: datetime | None) -> None:
        def move() -> None:
            beside = sidecar_path(picture.path)
            if beside.exists():
                beside.replace(sidecar_path(target))
            if picture.path.exists():
                picture.path.replace(target)

        library = self._library
        name = library.files.relative(target)
        with library.files.own_changes.claim() as claim:
            claim.add(library.files.relative(picture.path), name)
            await library.run_in_thread(move)
            await library.database.write(lambda connection: rows.move_file(connection, picture.id, name, trashed_at))
