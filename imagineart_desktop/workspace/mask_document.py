"""The mask that is being painted, with its undo history. Everything that changes it goes through here."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import Any, NamedTuple

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

from imagineart_desktop.imaging import EMPTY, Mask, Patch, Recorder, Rect, Size, new_mask, patch_between
from imagineart_desktop.support import Progress
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.workspace.background import Waiter, spawn_for

UNDO_BUDGET = 64 * 2**20
"""Bytes that the undo history may hold; beyond that its oldest part is let go."""

_PATIENCE = 300
"""Milliseconds after which an operation is told of."""

WORKED = 0.85
"""Of an operation, when its work is done and its undo step has to be made."""


AS_IT_WAS = "Nothing changed: the mask is already like that."


class MadeCommand(QUndoCommand):
    """A step that is already made when it is pushed."""

    def anew(self) -> MadeCommand:
        """The same step, for a history that begins later."""
        raise NotImplementedError


class MaskCommand(MadeCommand):
    """One change of the mask."""

    def __init__(self, document: MaskDocument, name: str, patch: Patch) -> None:
        super().__init__(name)
        self.patch = patch
        self._document = document
        self._made = True

    def anew(self) -> MaskCommand:
        """The same change."""
        return MaskCommand(self._document, self.text(), self.patch)

    def undo(self) -> None:
        """Takes the change back."""
        self._document.swap(self.patch)

    def redo(self) -> None:
        """Makes the change again."""
        if self._made:
            self._made = False
        else:
            self._document.swap(self.patch)


class _Operation(NamedTuple):
    """See `MaskDocument.operate`."""

    name: str
    work: Callable[[Mask], Rect]
    within: Rect | None
    progress: Progress
    words: str
    unchanged: str


class _Operated(NamedTuple):
    """mask: the whole mask after an operation; area: what the operation changed; patch: takes that back."""

    mask: Mask
    area: Rect
    patch: Patch


class MaskDocument(QObject):
    """mask: uint8, height × width, 255 = painted.

    waiting: shows the progress of operations and cancels them; None to show none.
    """

    changed = Signal(object)
    """The `Rect` that changed, at once; for repainting."""
    exchanged = Signal()
    """There is another mask."""
    settled = Signal()
    """After a whole action; for what counts and traces."""
    thing_added = Signal(object)
    """A thing was found in the picture and added: the `Rect` that changed."""
    unchanged = Signal(str)
    """An operation changed nothing: the sentence that says so."""
    at_work = Signal(bool)
    """Whether an action is under way; nothing can be undone meanwhile."""
    takes_long = Signal(str)
    """The name of an operation that takes so long that one wonders; empty at its end."""
    shortened = Signal()
    """The history no longer reaches back to the beginning."""
    refused = Signal(str)
    """What is begun must wait for the operation of this name; empty for another picture."""
    queued = Signal(str, str)
    """An operation runs after another one that takes long: the names of both."""

    def __init__(self, parent: QObject | None = None, waiting: Waiter | None = None) -> None:
        super().__init__(parent)
        self._waiting = waiting
        self._mask: Mask | None = None
        self.undo_stack = QUndoStack(self)
        self.is_shortened = False
        self._holds = 0
        self._recorder: Recorder | None = None
        self._action = ""
        self._turn = asyncio.Lock()
        self._doing = ""
        self._operating: asyncio.Task[Any] | None = None
        self._cancelled = 0
        """How many operations on this mask were cancelled, each with those that waited for it."""
        self._patience = QTimer(self)
        self._patience.setSingleShot(True)
        self._patience.setInterval(_PATIENCE)
        self._patience.timeout.connect(lambda: self.takes_long.emit(self._doing))

    @property
    def mask(self) -> Mask:
        """Return the mask itself, not a copy: one pixel as long as there is no image."""
        if self._mask is None:
            self._mask = new_mask((1, 1))
        return self._mask

    @property
    def size(self) -> Size:
        """(width, height) in pixels."""
        return int(self.mask.shape[1]), int(self.mask.shape[0])

    def start_new(self, size: Size) -> None:
        """An unpainted mask for another picture."""
        self._cancel_operation()
        self._mask = new_mask(size)
        self.is_shortened = False
        self.undo_stack.clear()
        self.settled.emit()

    def undo(self) -> None:
        """Takes the last step back, unless an action is under way."""
        if not self.busy and self._recorder is None:
            self.undo_stack.undo()

    def redo(self) -> None:
        """Makes the step again that was taken back last."""
        if not self.busy and self._recorder is None:
            self.undo_stack.redo()

    def exchange(self, mask: Mask) -> None:
        """Another mask in the place of this one, perhaps of another size; the history goes on."""
        self._cancel_operation()
        self._mask = mask
        self.exchanged.emit()
        self.settled.emit()

    @property
    def busy(self) -> bool:
        """Return whether nothing can be painted or undone now."""
        return self._holds > 0

    @property
    def doing(self) -> str:
        """The operation that has taken long already, by its name."""
        return "" if self._patience.isActive() else self._doing

    def refuse(self) -> None:
        """Something is begun while nothing can be."""
        self.refused.emit(self._doing)

    def hold(self) -> None:
        """Nothing is painted or undone until `let_go`, from this moment on."""
        self._holds += 1
        self.at_work.emit(True)

    def let_go(self) -> None:
        """The end of a `hold`."""
        self._holds -= 1
        self.at_work.emit(self.busy)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Nothing is painted or undone meanwhile."""
        self.hold()
        try:
            yield
        finally:
            self.let_go()

    # One action, from its first touch to its end

    def begin(self, name: str) -> Recorder:
        """Starts an action that can be undone under this name; one that is still under way ends before.

        The recorder must be told before each rectangle is painted.
        """
        self.finish()
        self._action = name
        self._recorder = Recorder(self.mask)
        self.at_work.emit(True)
        return self._recorder

    def before_action(self) -> Mask:
        """Return a copy of the mask without the action that is under way."""
        return self.mask.copy() if self._recorder is None else self._recorder.original()

    def touched(self, area: Rect) -> None:
        """A part was painted."""
        if not area.is_empty:
            self.changed.emit(area)

    def finish(self) -> None:
        """Ends the action; it can be undone."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._push(self._action, recorder.finish())
            self.at_work.emit(False)

    def abandon(self) -> None:
        """Takes back what the action did so far."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._tell(recorder.finish().swap(self.mask))
            self.at_work.emit(False)

    # Whole operations, off the window's thread

    def operate(
        self,
        name: str,
        work: Callable[[Mask], Rect],
        within: Rect | None = None,
        *,
        progress: Progress | None = None,
        words: str = "",
        unchanged: str = "",
    ) -> Coroutine[Any, Any, Rect]:
        """Run an operation on today's mask, after those that are under way; can be undone under this name.

        work: changes a copy, which takes the mask's place at the end: once the operation is cancelled, mask and history
        are as they were. within: what it may change, None for all. progress: receives that of the work, up to `WORKED`.
        words: what is done, as “Loading the mask”. unchanged: what to say where nothing changes. Returns what changed.
        Nothing happens in the middle of a stroke, once an operation before it is cancelled, or with another mask.
        """
        operation = _Operation(name, work, within, progress or Progress(), words or f"Applying “{name}”", unchanged)
        return self._in_turn(self.mask, operation)

    async def operated(self) -> None:
        """Wait for the operations that are under way: until then the mask is as it was before them."""
        async with self._turn:
            pass

    async def _in_turn(self, mask: Mask, operation: _Operation) -> Rect:
        if self._recorder is not None:
            return EMPTY
        if self.doing:
            self.queued.emit(operation.name, self.doing)
        cancelled = self._cancelled
        # From now on, so that no stroke comes between two operations.
        with self.held():
            async with self._turn:
                if cancelled != self._cancelled or mask is not self.mask:
                    return EMPTY
                return await self._operate(mask, operation)

    async def _operate(self, mask: Mask, operation: _Operation) -> Rect:
        name, work, within, progress, words, unchanged = operation

        def run() -> _Operated:
            changed = mask.copy()
            area = work(changed)
            tells = progress.part(WORKED, 1)
            return _Operated(changed, area, patch_between(mask, changed, within or Rect.of_shape(mask.shape), tells))

        with self._told(name):
            done = await self._waited(words, progress, lambda: asyncio.to_thread(run))
            if mask is not self.mask:
                return EMPTY
            if done is None:
                self._cancelled += 1
                return EMPTY
            await asyncio.to_thread(done.patch.copy, done.mask, mask)
        if mask is not self.mask:
            return EMPTY
        if done.patch.is_empty:
            if unchanged:
                self.unchanged.emit(unchanged)
            return EMPTY
        self._tell(done.area)
        self._push(name, done.patch)
        return done.area

    async def _waited(
        self, words: str, progress: Progress, run: Callable[[], Coroutine[Any, Any, _Operated]]
    ) -> _Operated | None:
        """What the operation came to; None where it was cancelled."""
        if self._waiting is None:
            return await run()

        async def work(show: Callable[[Progress], object]) -> _Operated:
            self._operating = asyncio.current_task()
            show(progress)
            return await run()

        try:
            done = await self._waiting.on(words, work)
        finally:
            self._operating = None
        if done is None:
            progress.cancel()
        return done

    def _cancel_operation(self) -> None:
        """End the operation that is under way: it is about another mask."""
        if self._operating is not None:
            self._operating.cancel()

    @contextmanager
    def _told(self, name: str) -> Iterator[None]:
        self._doing = name
        self._patience.start()
        try:
            yield
        finally:
            self._doing = ""
            if not self._patience.isActive():
                self.takes_long.emit("")
            self._patience.stop()

    async def replace(self, name: str, mask: Mask) -> None:
        """Puts another mask of the same size in its place."""

        def copy(target: Mask) -> Rect:
            np.copyto(target, mask)
            return Rect.of_shape(target.shape)

        await self.operate(name, copy)

    def swap(self, patch: Patch) -> None:
        """Takes a change back or makes it again."""
        self._tell(patch.swap(self.mask))
        spawn_for(self, self._make_small(patch))

    def _push(self, name: str, patch: Patch) -> None:
        if patch.is_empty:
            self.settled.emit()
            return
        command = MaskCommand(self, name, patch)
        self.undo_stack.push(command)
        spawn_for(self, self._make_small(patch))
        self.settled.emit()

    async def _make_small(self, patch: Patch) -> None:
        await asyncio.to_thread(patch.compress)
        self._keep_budget()

    def _keep_budget(self) -> None:
        """Lets the oldest steps go when the history holds too much; the newest stays, whatever it holds.

        Qt's history gives up steps at its other end only: it is made anew of what stays. While steps are taken back
        that would lose them, so it waits for the next one.
        """
        stack = self.undo_stack
        if stack.index() < stack.count():
            return
        steps = [stack.command(index) for index in range(stack.count())]
        held, first = 0, len(steps)
        for step in reversed(steps):
            held += step.patch.size_bytes if isinstance(step, MaskCommand) else 0
            if held > UNDO_BUDGET and first < len(steps):
                break
            first -= 1
        if first == 0:
            return
        kept = [step.anew() for step in steps[first:] if isinstance(step, MadeCommand)]
        stack.clear()
        for step in kept:
            stack.push(step)
        self.is_shortened = True
        self.shortened.emit()

    def _tell(self, area: Rect) -> None:
        self.changed.emit(area if not area.is_empty else EMPTY)
        self.settled.emit()
