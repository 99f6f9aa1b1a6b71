"""Undoable library actions: each turn does one thing and returns the turn that undoes it."""

from __future__ import annotations

from collections.abc import Coroutine, Sequence
from typing import Protocol

from imagineart_desktop.library import Library, LibraryError, MarksChange
from imagineart_desktop.library.annotations import RemovedCollections
from imagineart_desktop.support import Progress
from imagineart_desktop.workspace.library_texts import images


class IncompleteActionError(LibraryError):
    """A turn was canceled or failed halfway.

    Its text says how much is done; running the same turn again does the rest.
    """


class UndoableAction(Protocol):
    """Do one thing and return the turn that undoes it; None if there was nothing to do.

    Raises LibraryError, OSError.

    progress: receives the progress of long work. Once it's canceled, the work stops at its next step, and raises
    UnfinishedError if something is left to do.
    """

    def __call__(self, progress: Progress, /) -> Coroutine[object, None, UndoableAction | None]: ...


def restore_marks(library: Library, before: MarksChange) -> UndoableAction:
    """Return a turn that restores images' previous marks."""

    async def turn(_progress: Progress) -> UndoableAction | None:
        after = await library.annotations.put_back(before)
        return restore_marks(library, after) if after.numbers else None

    return turn


def move_to_trash(library: Library, numbers: Sequence[int]) -> UndoableAction:
    """Return a turn that moves images to the library's trash."""
    return _TrashMove(library, numbers, to_trash=True)


def restore_from_trash(library: Library, numbers: Sequence[int]) -> UndoableAction:
    """Return a turn that restores images from the library's trash, except those moved on to the system's trash."""
    return _TrashMove(library, numbers, to_trash=False)


class _TrashMove:
    """A move of images into or out of the trash.

    It remembers which it moved, so that it can continue with the others.
    """

    def __init__(self, library: Library, numbers: Sequence[int], *, to_trash: bool) -> None:
        self._library = library
        self._numbers = numbers
        self._to_trash = to_trash
        self._moved: list[int] = []

    async def __call__(self, progress: Progress, /) -> UndoableAction | None:
        move = self._library.trash.put if self._to_trash else self._library.trash.restore
        moved: list[int] = []
        try:
            await move(self._left(), progress, moved)
        except LibraryError as error:
            self._moved += moved
            if not self._moved:
                raise
            raise IncompleteActionError(f"{self._said()} {error}") from error
        self._moved += moved
        if progress.is_cancelled and self._left():
            raise IncompleteActionError(self._said())
        return _TrashMove(self._library, self._moved, to_trash=not self._to_trash) if self._moved else None

    def _left(self) -> list[int]:
        moved = set(self._moved)
        return [number for number in self._numbers if number not in moved]

    def _said(self) -> str:
        count = f"{len(self._moved):,} of {images(len(self._numbers))}"
        return f"Moved {count} to Trash." if self._to_trash else f"Restored {count}."


def make_collection(library: Library, name: str, parent: int | None, numbers: Sequence[int] = ()) -> UndoableAction:
    """Return a turn that creates a collection with these images."""

    async def turn(_progress: Progress) -> UndoableAction:
        number = await library.annotations.create_collection(name, parent)
        if numbers:
            await library.annotations.collect(numbers, number)
        return remove_collection(library, number)

    return turn


def remove_collection(library: Library, number: int) -> UndoableAction:
    """Return a turn that deletes a collection and those inside it; their images stay in the library."""

    async def turn(_progress: Progress) -> UndoableAction | None:
        removed = await library.annotations.remove_collection(number)
        return restore_collection(library, removed) if removed.collections else None

    return turn


def restore_collection(library: Library, removed: RemovedCollections) -> UndoableAction:
    async def turn(_progress: Progress) -> UndoableAction:
        await library.annotations.restore_collection(removed)
        return remove_collection(library, removed.collections[0].id)

    return turn


def rename_collection(library: Library, number: int, name: str) -> UndoableAction:
    """Return a turn that renames a collection."""

    async def turn(_progress: Progress) -> UndoableAction | None:
        held = {one.id: one for one in await library.annotations.collections()}
        await library.annotations.rename_collection(number, name)
        return rename_collection(library, number, held[number].name) if number in held else None

    return turn


def move_collection(library: Library, number: int, parent: int | None) -> UndoableAction:
    """Return a turn that moves a collection into another, or to the top level."""

    async def turn(_progress: Progress) -> UndoableAction | None:
        held = {one.id: one for one in await library.annotations.collections()}
        if number not in held:
            raise LibraryError("This collection is no longer there.")
        if held[number].parent == parent:
            return None
        await library.annotations.move_collection(number, parent)
        return move_collection(library, number, held[number].parent)

    return turn
