"""Ratings, labels, tags and collections from the window: for many pictures at once, each step with an undo."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from imagineart_desktop.library import Before, Label, Library, LibraryError
from imagineart_desktop.ui.loop import spawn


class _Step(QUndoCommand):
    """One change of marks; already made when it is pushed. before: what puts it back, turned round each time."""

    def __init__(self, marking: Marking, name: str, before: Before) -> None:
        super().__init__(name)
        self.before = before
        self._marking = marking
        self._made = True

    def undo(self) -> None:
        """Puts back what was said before."""
        self._marking.turn_round(self)

    def redo(self) -> None:
        """Says it again."""
        if self._made:
            self._made = False
        else:
            self._marking.turn_round(self)


class Marking(QObject):
    """said: a sentence for the status bar, and what undoes it."""

    said = Signal(str, object)
    at_work = Signal(bool)

    def __init__(self, library: Library, parent: QObject) -> None:
        super().__init__(parent)
        self._library = library
        self._turn = asyncio.Lock()
        self.undo_stack = QUndoStack(self)

    def undo(self) -> None:
        """Takes the last change back."""
        if not self._turn.locked():
            self.undo_stack.undo()

    def redo(self) -> None:
        """Makes it again."""
        if not self._turn.locked():
            self.undo_stack.redo()

    def rate(self, numbers: list[int], rating: int) -> None:
        """0 to 5 stars."""
        self._do(f"{rating} stars" if rating != 1 else "1 star", numbers, self._library.organise.rate(numbers, rating))

    def label(self, numbers: list[int], label: Label) -> None:
        """A colour label; pressed again it goes."""
        self._do(f"{label.value.capitalize()} label", numbers, self._library.organise.set_label(numbers, label))

    def tag(self, numbers: list[int], names: list[str]) -> None:
        """More tags."""
        self._do(f"Tag {', '.join(names)}", numbers, self._library.organise.tag(numbers, names))

    def untag(self, numbers: list[int], names: list[str]) -> None:
        """Fewer tags."""
        self._do(f"Remove tag {', '.join(names)}", numbers, self._library.organise.untag(numbers, names))

    def note(self, number: int, text: str) -> None:
        """Another note."""
        self._do("Note", [number], self._library.organise.set_note(number, text))

    def collect(self, numbers: list[int], collection: int, name: str) -> None:
        """Into a collection."""
        self._do(f"Add to {name}", numbers, self._library.organise.collect(numbers, collection))

    def discard(self, numbers: list[int], collection: int, name: str) -> None:
        """Out of a collection."""
        self._do(f"Remove from {name}", numbers, self._library.organise.discard(numbers, collection))

    def turn_round(self, step: _Step) -> None:
        """Undoes or redoes a step."""

        async def turn() -> None:
            step.before = await self._library.organise.put_back(step.before)

        spawn(self._guarded(turn()))

    def _do(self, name: str, numbers: list[int], work: Awaitable[Before]) -> None:
        async def do() -> None:
            before = await work
            if before.numbers:
                step = _Step(self, name, before)
                self.undo_stack.push(step)
                count = len(before.numbers)
                pictures = "1 picture" if count == 1 else f"{count} pictures"
                self.said.emit(f"{name}: {pictures}.", self.undo)

        if numbers:
            spawn(self._guarded(do()))
        else:
            _never(work)

    async def _guarded(self, work: Coroutine[Any, Any, None]) -> None:
        async with self._turn:
            self.at_work.emit(True)
            try:
                await work
            except (LibraryError, OSError) as error:
                self.said.emit(str(error), None)
        self.at_work.emit(False)


def _never(work: Awaitable[Before]) -> None:
    """Work that is not wanted after all is closed, so that nobody waits for it."""
    close: Callable[[], None] | None = getattr(work, "close", None)
    if close is not None:
        close()
