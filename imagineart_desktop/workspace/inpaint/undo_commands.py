"""Undo commands besides strokes: switching between session steps, and extending the image."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand, QUndoStack

from imagineart_desktop.imaging import Margins, Mask, Size, encode_grey_png, new_mask
from imagineart_desktop.support.pixel_libraries import cv2, np
from imagineart_desktop.workspace.undo_stack import AppliedCommand


class CompressedMask:
    """A compressed mask. png: its file, None if nothing is painted."""

    def __init__(self, mask: Mask) -> None:
        self.size: Size = (mask.shape[1], mask.shape[0])
        self.png = encode_grey_png(mask) if mask.any() else None

    def decompress(self) -> Mask:
        """Return the mask: height × width, uint8, writeable."""
        if self.png is None:
            return new_mask(self.size)
        return np.asarray(cv2.imdecode(np.frombuffer(self.png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


class SwitchStepCommand(AppliedCommand):
    """Switches from one step with its mask to another.

    travel: goes to a step with a mask; its third argument reverts the move in the undo history if it is canceled.
    """

    def __init__(
        self,
        name: str,
        before: tuple[int, CompressedMask],
        after: tuple[int, CompressedMask],
        travel: Callable[[int, CompressedMask, Callable[[], object]], None],
        history: QUndoStack,
    ) -> None:
        super().__init__(name)
        self._before, self._after = before, after
        self._travel = travel
        self._history = history
        self._made = True

    def clone(self) -> SwitchStepCommand:
        """Return a command for the same move."""
        return SwitchStepCommand(self.text(), self._before, self._after, self._travel, self._history)

    def undo(self) -> None:
        """Go back to the previous step."""
        self._travel(*self._before, self._history.redo)

    def redo(self) -> None:
        """Go to the next step again. The first call does nothing: the move is already made."""
        if self._made:
            self._made = False
        else:
            self._travel(*self._after, self._history.undo)


class ExtendCommand(AppliedCommand):
    """Extends the image by other margins, which are already set when this is pushed.

    gesture: commands with the same one merge into one undo step. put: sets the margins.
    """

    def __init__(self, before: Margins, after: Margins, gesture: str, put: Callable[[Margins], None]) -> None:
        super().__init__("Extend")
        self._before, self._after = before, after
        self._gesture = gesture
        self._put = put
        self._made = True

    def clone(self) -> ExtendCommand:
        """Return a command for the same margins."""
        return ExtendCommand(self._before, self._after, self._gesture, self._put)

    def id(self) -> int:
        """Return the id that lets QUndoStack merge only these commands."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Merge commands of the same gesture."""
        if not isinstance(other, ExtendCommand) or not self._gesture or other._gesture != self._gesture:
            return False
        self._after = other._after
        self.setObsolete(self._before == self._after)
        return True

    def undo(self) -> None:
        """Restore the previous margins."""
        self._put(self._before)

    def redo(self) -> None:
        """Set the new margins again. The first call does nothing: they are already set."""
        if self._made:
            self._made = False
        else:
            self._put(self._after)
