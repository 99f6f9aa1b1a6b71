"""Changes to the library's marks, trash and collections, with one undo history."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from enum import Enum
from typing import NamedTuple, TypeVar

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from imagineart_desktop.library import Label, Library, LibraryChange, LibraryError, Marks, MarksChange
from imagineart_desktop.support import Progress, spawn
from imagineart_desktop.workspace.background import PendingWorkPresenter
from imagineart_desktop.workspace.gallery import undoable
from imagineart_desktop.workspace.gallery.undoable import IncompleteActionError, UndoableAction
from imagineart_desktop.workspace.library_texts import images
from imagineart_desktop.workspace.offer import MessageAction

T = TypeVar("T")


class ActionText(NamedTuple):
    """An action as the history and the status bar name it: “move 2 images to Trash”, “Moved 2 images to …”."""

    name: str
    done: str


class ActionVerb(Enum):
    """An action on images or collections. value: its imperative and its past tense."""

    ADD = ("add", "Added")
    CREATE = ("create", "Created")
    EDIT = ("edit", "Edited")
    LABEL = ("label", "Labeled")
    MOVE = ("move", "Moved")
    RATE = ("rate", "Rated")
    REMOVE = ("remove", "Removed")
    RENAME = ("rename", "Renamed")
    RESTORE = ("restore", "Restored")
    TAG = ("tag", "Tagged")

    def __call__(self, what: str) -> ActionText:
        """Return a description of the action. what: a short description of its target."""
        verb, done = self.value
        return ActionText(f"{verb} {what}", f"{done} {what}")


class _UndoCommand(QUndoCommand):
    """An undo command that is already done when it is pushed; `turn` undoes it, or redoes it after it was undone."""

    def __init__(self, name: str, turn: UndoableAction) -> None:
        super().__init__(name)
        self.turn = turn


class GalleryCommands(QObject):
    """Applies changes to marks, trash and collections, one after the other, and keeps their undo history.

    said: a message for the status bar, and a callback that undoes the action; waiting: shows progress while many images
    are moved, None to show none.
    """

    said = Signal(str, object)
    marks_changing = Signal(list)
    """Ids of the images that the user is marking; see `HeldImages`."""
    marked = Signal(object, list)
    """The mark the user just set: an int for a rating, a `Label`, or a bool for a favorite; the ids of the images."""

    def __init__(self, library: Library, parent: QObject, waiting: PendingWorkPresenter | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._turn = asyncio.Lock()
        self._waiting = waiting
        self.undo_stack = QUndoStack(self)
        library.subscribe(self._library_changed)

    def _library_changed(self, change: LibraryChange) -> None:
        if change.reset:
            self.undo_stack.clear()

    def undo(self) -> None:
        """Undo the last change, after those in progress."""
        spawn(self._guarded(self._step(-1)))

    def redo(self) -> None:
        """Redo the change that was undone last."""
        spawn(self._guarded(self._step(0)))

    # Marks

    def rate(self, numbers: list[int], rating: int) -> None:
        """Set 0 to 5 stars."""
        stars = f"{rating} stars" if rating != 1 else "1 star"
        self._mark(
            numbers,
            lambda: self._library.annotations.rate(numbers, rating),
            lambda who, _: ActionVerb.RATE(f"{who} {stars}") if rating else ActionVerb.REMOVE(f"the rating of {who}"),
            lambda _: rating,
        )

    def label(self, numbers: list[int], label: Label) -> None:
        """Set a color label, or clear it if all of them already have it."""
        self._mark(
            numbers,
            lambda: self._library.annotations.set_label(numbers, label),
            lambda who, now: (
                ActionVerb.LABEL(f"{who} {now.label.value}")
                if now.label.value
                else ActionVerb.REMOVE(f"the label of {who}")
            ),
            lambda now: now and now.label,
        )

    def toggle_favorite(self, numbers: list[int]) -> None:
        """Toggle favorites. Clears them if every image is one already."""

        async def turn_round() -> MarksChange:
            found = await self._library.summaries(numbers)
            return await self._library.annotations.set_favourite(numbers, not all(one.favourite for one in found))

        self._mark(
            numbers,
            turn_round,
            lambda who, now: (
                ActionVerb.ADD(f"{who} to favorites") if now.favourite else ActionVerb.REMOVE(f"{who} from favorites")
            ),
            lambda now: now and now.favourite,
        )

    def tag(self, numbers: list[int], names: list[str]) -> None:
        """Add tags."""
        said = _named(", ".join(names))
        self._mark(
            numbers,
            lambda: self._library.annotations.tag(numbers, names),
            lambda who, _: ActionVerb.TAG(f"{who} {said}"),
        )

    def untag(self, numbers: list[int], names: list[str]) -> None:
        """Remove tags."""
        said = _named(", ".join(names))
        self._mark(
            numbers,
            lambda: self._library.annotations.untag(numbers, names),
            lambda who, _: ActionVerb.REMOVE(f"tag {said} from {who}"),
        )

    def note(self, number: int, text: str) -> None:
        """Set the note."""
        self._mark(
            [number],
            lambda: self._library.annotations.set_note(number, text),
            lambda _who, _: ActionVerb.EDIT("a note"),
        )

    def collect(self, numbers: list[int], collection: int, name: str) -> None:
        """Add to a collection."""
        self._mark(
            numbers,
            lambda: self._library.annotations.collect(numbers, collection),
            lambda who, _: ActionVerb.ADD(f"{who} to {_named(name)}"),
        )

    def discard(self, numbers: list[int], collection: int, name: str) -> None:
        """Remove from a collection and those inside it."""
        self._mark(
            numbers,
            lambda: self._library.annotations.discard(numbers, collection),
            lambda who, _: ActionVerb.REMOVE(f"{who} from {_named(name)}"),
            stay=False,
        )

    # Trash

    def trash(self, numbers: list[int]) -> None:
        """Move to the library's trash."""
        self._move(
            f"Moving {images(len(numbers))} to Trash",
            lambda progress, moved: self._library.trash.put(numbers, progress, moved),
            lambda moved: ActionVerb.MOVE(f"{images(len(moved))} to Trash"),
            undoable.restore_from_trash,
        )

    def restore(self, numbers: list[int]) -> None:
        """Restore from the library's trash."""
        self._move(
            f"Restoring {images(len(numbers))}",
            lambda progress, moved: self._library.trash.restore(numbers, progress, moved),
            lambda moved: ActionVerb.RESTORE(images(len(moved))),
            undoable.move_to_trash,
        )

    # Collections

    async def make_collection(self, name: str, parent: int | None, numbers: Sequence[int] = ()) -> None:
        """Create a collection with these images. Raises LibraryError if the name is taken."""
        await self._take(
            ActionVerb.CREATE(f"collection {_named(name)}"),
            undoable.make_collection(self._library, name, parent, numbers),
        )

    async def rename_collection(self, number: int, name: str) -> None:
        """Rename a collection. Raises LibraryError if the name is taken."""
        await self._take(
            ActionVerb.RENAME(f"collection to {_named(name)}"), undoable.rename_collection(self._library, number, name)
        )

    async def move_collection(self, number: int, parent: int | None) -> None:
        """Move a collection into another or to the top level.

        Raises LibraryError if it would be nested two levels deep.
        """
        held = {one.id: one for one in await self._library.annotations.collections()}
        name = _named(held[number].name) if number in held else "a collection"
        where = f"into {_named(held[parent].name)}" if parent in held else "to the top level"
        await self._take(ActionVerb.MOVE(f"{name} {where}"), undoable.move_collection(self._library, number, parent))

    async def remove_collection(self, number: int) -> None:
        """Delete a collection and those inside it; the images stay in the library. Raises LibraryError."""
        held = [one for one in await self._library.annotations.collections() if number in (one.id, one.parent)]
        if not held:
            return
        inside = len(held) - 1
        more = "" if not inside else " and the one inside it" if inside == 1 else f" and the {inside} inside it"
        await self._take(
            ActionVerb.REMOVE(f"collection {_named(held[0].name)}{more}"),
            undoable.remove_collection(self._library, number),
            " Its images stay in the library.",
        )

    # Implementation

    def _mark(
        self,
        numbers: list[int],
        work: Callable[[], Awaitable[MarksChange]],
        deed: Callable[[str, Marks], ActionText],
        sign: Callable[[Marks | None], object] = lambda _: None,
        *,
        stay: bool = True,
    ) -> None:
        """Apply marks to images.

        deed: gets the text for the changed images and the current marks of the first of them. sign: returns the value
        that `marked` emits, from these marks, or from None if nothing changed; None emits nothing. stay: whether the
        images should stay listed.
        """

        async def do() -> None:
            with self._library.operations.during(lambda: "Saving changes to images…"):
                before = await work()
            now = before.changes[0][2] if before.changes else None
            if now is not None:
                self._push(deed(images(len(before.numbers)), now), undoable.restore_marks(self._library, before))
            if (said := sign(now)) is not None:
                self.marked.emit(said, numbers)

        if numbers:
            if stay:
                self.marks_changing.emit(numbers)
            spawn(self._guarded(do()))

    def _move(
        self,
        words: str,
        work: Callable[[Progress, list[int]], Coroutine[object, None, list[int]]],
        deed: Callable[[list[int]], ActionText],
        back: Callable[[Library, list[int]], UndoableAction],
    ) -> None:
        """Move images in or out of the trash, and push the action on the history.

        words: describes the action, as in “Moving 2 images to Trash”; work: adds the ids of moved images to the list;
        deed, back: called with what was moved, also if the rest was canceled or failed.
        """

        async def do() -> None:
            moved: list[int] = []
            problem = ""
            try:
                await self._waited(words, lambda progress: work(progress, moved))
            except LibraryError as error:
                if not moved:
                    raise
                problem = f" {error}"
            if moved:
                self._push(deed(moved), back(self._library, moved), problem)

        spawn(self._guarded(do()))

    async def _waited(self, words: str, work: Callable[[Progress], Coroutine[object, None, T]]) -> T | None:
        """Run work that may take long. If canceled, it stops at its next step; what is done so far stays done."""
        progress, waiting = Progress(), self._waiting

        def shown(show: Callable[[Progress], object]) -> Coroutine[object, None, T]:
            show(progress)
            return work(progress)

        def describe() -> str:
            return (waiting and waiting.words) or f"{words}…"

        with self._library.operations.during(describe, progress.cancel):
            return await (work(progress) if waiting is None else waiting.on(words, shown, ends=True))

    async def _take(self, deed: ActionText, turn: UndoableAction, more: str = "") -> None:
        async with self._turn:
            back = await turn(Progress())
            if back is not None:
                self._push(deed, back, more)

    def _push(self, deed: ActionText, back: UndoableAction, more: str = "") -> None:
        """Add an action to the history and report it. more: an additional sentence."""
        self.undo_stack.push(_UndoCommand(deed.name, back))
        self.said.emit(f"{deed.done}.{more}", self.undo)

    async def _step(self, which: int) -> None:
        """Undo the command before the current position of the history (-1), or redo the one after it (0)."""
        step = self.undo_stack.command(self.undo_stack.index() + which)
        if not isinstance(step, _UndoCommand):
            return
        try:
            back = await self._waited("Undoing" if which else "Redoing", step.turn)
        except IncompleteActionError as error:
            # The command keeps its place in the history; running its turn again does the rest.
            self.said.emit(str(error), MessageAction("Continue", self.undo if which else self.redo))
            return
        if back is None:
            step.setObsolete(True)
        else:
            step.turn = back
        name = step.text()
        (self.undo_stack.undo if which else self.undo_stack.redo)()
        if back is None:
            self.said.emit("These images or collections are no longer there.", None)
        else:
            offer = MessageAction("Redo", self.redo) if which else MessageAction("Undo", self.undo)
            self.said.emit(f"{'Undone' if which else 'Redone'}: {name}.", offer)

    async def _guarded(self, work: Coroutine[object, None, None]) -> None:
        async with self._turn:
            try:
                await work
            except (LibraryError, OSError) as error:
                self.said.emit(str(error), None)


def _named(name: str) -> str:
    return f"“{name}”"
