"""The undo history of a mask, within a budget of memory."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QUndoCommand, QUndoStack

UNDO_BUDGET = 64 * 2**20
"""Bytes of undo history; the oldest steps are dropped beyond that."""


class AppliedCommand(QUndoCommand):
    """An undo command whose change is already made when it is pushed."""

    @property
    def size_bytes(self) -> int:
        """Return the bytes that count toward the budget."""
        return 0

    def clone(self) -> AppliedCommand:
        """Return a copy for a rebuilt undo stack."""
        raise NotImplementedError


_undestroyed: set[QUndoStack] = set()
"""Stacks that Qt hasn't destroyed yet."""


class BoundedUndoStack(QUndoStack):
    """An undo stack that drops its oldest steps beyond `UNDO_BUDGET`. Holds only `AppliedCommand`s."""

    trimmed = Signal()
    """The oldest steps were dropped."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.is_trimmed = False
        """Whether steps were dropped since the stack was started."""
        # The garbage collector would free the commands, which refer to their document, before the stack, which then
        # deletes them again.
        _undestroyed.add(self)
        self.destroyed.connect(partial(_undestroyed.discard, self))

    def start_new(self) -> None:
        """Start an empty history."""
        self.is_trimmed = False
        self.clear()

    def trim(self) -> None:
        """Drop the oldest steps when the history exceeds its budget. The newest always stays, whatever its size.

        QUndoStack drops steps only at its newest end, so it is rebuilt from those that stay. Rebuilding would lose
        undone steps, so it waits until none are left to redo.
        """
        if self.index() < self.count():
            return
        steps = [self.command(index) for index in range(self.count())]
        held, first = 0, len(steps)
        for step in reversed(steps):
            held += step.size_bytes if isinstance(step, AppliedCommand) else 0
            if held > UNDO_BUDGET and first < len(steps):
                break
            first -= 1
        if first == 0:
            return
        kept = [step.clone() for step in steps[first:] if isinstance(step, AppliedCommand)]
        self.clear()
        for step in kept:
            self.push(step)
        self.is_trimmed = True
        self.trimmed.emit()
