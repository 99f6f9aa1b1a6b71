"""The mask being painted, with its undo history. Every change to the mask goes through here."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from typing import NamedTuple

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.imaging import EMPTY, Mask, Rect, Size, TilePatch, TileRecorder, new_mask, patch_between
from imagineart_desktop.support import Progress
from imagineart_desktop.support.pixel_libraries import np
from imagineart_desktop.workspace.background import PendingWorkPresenter, UnseenWork, spawn_owned
from imagineart_desktop.workspace.operation_queue import OperationQueue
from imagineart_desktop.workspace.undo_stack import AppliedCommand, BoundedUndoStack

WORK_SHARE = 0.85
"""Share of an operation's progress taken by its work; the rest is for building the undo step."""

UNCHANGED_MESSAGE = "Nothing changed: the mask is already like that."


class MaskCommand(AppliedCommand):
    """One change of the mask."""

    def __init__(self, document: MaskDocument, name: str, patch: TilePatch) -> None:
        super().__init__(name)
        self.patch = patch
        self._document = document
        self._made = True

    @property
    def size_bytes(self) -> int:
        """Return the bytes that the change takes in memory."""
        return self.patch.size_bytes

    def clone(self) -> MaskCommand:
        """Return a command for the same change."""
        return MaskCommand(self._document, self.text(), self.patch)

    def undo(self) -> None:
        """Undo the change."""
        self._document.swap(self.patch)

    def redo(self) -> None:
        """Redo the change. The first call does nothing: the change is already made."""
        if self._made:
            self._made = False
        else:
            self._document.swap(self.patch)


class _Operation(NamedTuple):
    """The arguments of `MaskDocument.operate`."""

    name: str
    work: Callable[[Mask], Rect]
    within: Rect | None
    progress: Progress
    words: str
    unchanged: str
    prepare: Callable[[], Awaitable[object]] | None


class _OperationResult(NamedTuple):
    """The outcome of an operation.

    mask: the whole mask afterwards. area: what changed. patch: undoes the change.
    """

    mask: Mask
    area: Rect
    patch: TilePatch


class MaskDocument(QObject):
    """A mask and its undo history.

    mask: uint8, height × width, 255 = painted. waiting: shows progress of operations and cancels them; None to show
    none.
    """

    changed = Signal(object)
    """The changed `Rect`, emitted immediately, for repainting."""
    mask_replaced = Signal()
    """The mask was replaced by another one."""
    settled = Signal()
    """Emitted after each complete action, for counting and tracing."""
    object_selected = Signal(object)
    """An object was found in the image and added: the `Rect` that changed."""
    unchanged = Signal(str)
    """An operation changed nothing: the message that says so."""
    started = Signal()
    """A new mask took the place of another one, unpainted and without history."""
    busy_changed = Signal(bool)
    """Whether an action is running; undo is unavailable meanwhile."""
    refused = Signal(str)
    """New work must wait for the operation of this name; empty while another image is loading."""

    stroke_ending = Signal()
    """The mask is needed with the stroke in progress: what paints it must finish it now."""

    def __init__(self, parent: QObject | None = None, waiting: PendingWorkPresenter | None = None) -> None:
        super().__init__(parent)
        self._mask: Mask | None = None
        self.undo_stack = BoundedUndoStack(self)
        self.operations = OperationQueue(self, waiting or UnseenWork())
        self._holds = 0
        self._recorder: TileRecorder | None = None
        self._action = ""
        self._no_action = asyncio.Event()
        self._no_action.set()

    @property
    def mask(self) -> Mask:
        """Return the mask itself, not a copy: one pixel as long as there is no image."""
        if self._mask is None:
            self._mask = new_mask((1, 1))
        return self._mask

    @property
    def size(self) -> Size:
        """Return (width, height) in pixels."""
        return int(self.mask.shape[1]), int(self.mask.shape[0])

    def start_new(self, size: Size) -> None:
        """Start an unpainted mask for another image."""
        self.operations.cancel_running()
        self._mask = new_mask(size)
        self.undo_stack.start_new()
        self.started.emit()
        self.settled.emit()

    def undo(self) -> None:
        """Undo the last step unless an action is running."""
        if not self.is_locked and self._recorder is None:
            self.undo_stack.undo()

    def redo(self) -> None:
        """Redo the step undone last unless an action is running."""
        if not self.is_locked and self._recorder is None:
            self.undo_stack.redo()

    def exchange(self, mask: Mask) -> None:
        """Replace the mask, even with one of another size, keeping the undo history."""
        self.operations.cancel_running()
        self._mask = mask
        self.mask_replaced.emit()
        self.settled.emit()

    @property
    def is_locked(self) -> bool:
        """Return whether painting and undo are locked."""
        return self._holds > 0

    def refuse(self) -> None:
        """Report that painting is locked."""
        self.refused.emit(self.operations.running)

    def hold(self) -> None:
        """Lock painting and undo until `let_go`."""
        self._holds += 1
        self.busy_changed.emit(True)

    def let_go(self) -> None:
        """Release one `hold`."""
        self._holds -= 1
        self.busy_changed.emit(self.is_locked)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Lock painting and undo while the context is active."""
        self.hold()
        try:
            yield
        finally:
            self.let_go()

    # One action, from its first touch to its end

    def begin(self, name: str) -> TileRecorder:
        """Start an action that can be undone under this name. Finishes one that is still running.

        Tell the recorder before painting each rectangle.
        """
        self.finish()
        self._action = name
        self._recorder = TileRecorder(self.mask)
        self._no_action.clear()
        self.busy_changed.emit(True)
        return self._recorder

    def finish_stroke(self) -> None:
        """Finish a stroke in progress, so that what is saved or sent is what is shown, and can be undone."""
        if self._recorder is not None:
            self.stroke_ending.emit()

    def mask_before_action(self) -> Mask:
        """Return a copy of the mask without the running action."""
        return self.mask.copy() if self._recorder is None else self._recorder.original()

    @property
    def finished_mask(self) -> Mask:
        """The mask without the running action; the mask itself, not a copy, if none is running."""
        return self.mask if self._recorder is None else self._recorder.original()

    def notify_painted(self, area: Rect) -> None:
        """Report that an area was painted."""
        if not area.is_empty:
            self.changed.emit(area)

    def finish(self) -> None:
        """Finish the action and push it on the undo stack."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._push(self._action, recorder.finish())
            self._end_action()

    def abandon(self) -> None:
        """Abandon the action and revert its changes."""
        recorder, self._recorder = self._recorder, None
        if recorder is not None:
            self._tell(recorder.finish().swap(self.mask))
            self._end_action()

    def _end_action(self) -> None:
        self._no_action.set()
        self.busy_changed.emit(False)

    # Whole-mask operations on a worker thread

    def operate(
        self,
        name: str,
        work: Callable[[Mask], Rect],
        within: Rect | None = None,
        *,
        progress: Progress | None = None,
        words: str = "",
        unchanged: str = "",
        prepare: Callable[[], Awaitable[object]] | None = None,
    ) -> Coroutine[object, None, Rect]:
        """Run an operation on the current mask; can be undone under this name. Return what changed.

        It waits for the end of a stroke, then for earlier operations. If one of them fails meanwhile, it isn't run and
        `operations.dropped` is emitted. If one of them is canceled, or the mask is exchanged for another one, it isn't
        run either, without a signal: the user took back what it was meant for.

        work: changes a copy, which replaces the mask at the end; if the operation is canceled, mask and history stay
        unchanged. within: what it may change, None for all. progress: receives the progress of the work, up to
        `WORK_SHARE`. words: the activity, e.g. “Loading the mask”. unchanged: the message if nothing changes. prepare:
        awaited before the work, to get what it needs; its exceptions are raised here.
        """
        progress, words = progress or Progress(), words or f"Applying “{name}”"
        operation = _Operation(name, work, within, progress, words, unchanged, prepare)
        return self._operate_in_order(self.mask, operation)

    async def _operate_in_order(self, mask: Mask, operation: _Operation) -> Rect:
        while self._recorder is not None:
            await self._no_action.wait()
        place = self.operations.enqueue(operation.name)
        # From now on, so that no stroke comes between two operations.
        with self.held():
            async with self.operations.turn(place, lambda: mask is self.mask) as may_run:
                return await self._operate(mask, operation) if may_run else EMPTY

    async def _operate(self, mask: Mask, operation: _Operation) -> Rect:
        name, work, within, progress, words, unchanged, prepare = operation

        def run() -> _OperationResult:
            changed = mask.copy()
            area = work(changed)
            tells = progress.part(WORK_SHARE, 1)
            return _OperationResult(
                changed, area, patch_between(mask, changed, within or Rect.of_shape(mask.shape), tells)
            )

        async def prepared() -> _OperationResult:
            if prepare is not None:
                await prepare()
            return await asyncio.to_thread(run)

        with self.operations.naming(name):
            done = await self.operations.wait_for(words, progress, prepared)
            if mask is not self.mask:
                return EMPTY
            if done is None:
                self.operations.note_cancelled()
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

    async def replace(self, name: str, mask: Mask) -> None:
        """Replace the mask with another one of the same size, undoably."""

        def copy(target: Mask) -> Rect:
            np.copyto(target, mask)
            return Rect.of_shape(target.shape)

        await self.operate(name, copy)

    def swap(self, patch: TilePatch) -> None:
        """Apply a patch to undo or redo a change."""
        self._tell(patch.swap(self.mask))
        spawn_owned(self, self._compress(patch))

    def _push(self, name: str, patch: TilePatch) -> None:
        if patch.is_empty:
            self.settled.emit()
            return
        command = MaskCommand(self, name, patch)
        self.undo_stack.push(command)
        spawn_owned(self, self._compress(patch))
        self.settled.emit()

    async def _compress(self, patch: TilePatch) -> None:
        await asyncio.to_thread(patch.compress)
        self.undo_stack.trim()

    def _tell(self, area: Rect) -> None:
        self.changed.emit(area if not area.is_empty else EMPTY)
        self.settled.emit()
