"""What can be undone beside strokes: going from one step of the session to another, and extending the picture."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QUndoCommand, QUndoStack

from imagineart_desktop.imaging import Margins, Mask, Size, encode_grey_png, new_mask
from imagineart_desktop.support.pixel_libraries import cv2, np
from imagineart_desktop.workspace.mask_document import MadeCommand


class PackedMask:
    """A mask as it was. png: its file, None where nothing is painted."""

    def __init__(self, mask: Mask) -> None:
        self.size: Size = (mask.shape[1], mask.shape[0])
        self.png = encode_grey_png(mask) if mask.any() else None

    def unpacked(self) -> Mask:
        """height × width, uint8, writeable."""
        if self.png is None:
            return new_mask(self.size)
        return np.asarray(cv2.imdecode(np.frombuffer(self.png, np.uint8), cv2.IMREAD_GRAYSCALE), np.uint8)


class StepCommand(MadeCommand):
    """From a step with its mask to another.

    travel: goes to a step with a mask; given what takes that back in the history where it is cancelled.
    """

    def __init__(
        self,
        name: str,
        before: tuple[int, PackedMask],
        after: tuple[int, PackedMask],
        travel: Callable[[int, PackedMask, Callable[[], object]], None],
        history: QUndoStack,
    ) -> None:
        super().__init__(name)
        self._before, self._after = before, after
        self._travel = travel
        self._history = history
        self._made = True

    def anew(self) -> StepCommand:
        """The same way."""
        return StepCommand(self.text(), self._before, self._after, self._travel, self._history)

    def undo(self) -> None:
        """Back to the step before."""
        self._travel(*self._before, self._history.redo)

    def redo(self) -> None:
        """To the step after it again."""
        if self._made:
            self._made = False
        else:
            self._travel(*self._after, self._history.undo)


class ExtendCommand(MadeCommand):
    """The picture grows by other margins; already so when it is pushed. gesture: what has the same one is one step.

    put: takes the margins.
    """

    def __init__(self, before: Margins, after: Margins, gesture: str, put: Callable[[Margins], None]) -> None:
        super().__init__("Extend")
        self._before, self._after = before, after
        self._gesture = gesture
        self._put = put
        self._made = True

    def anew(self) -> ExtendCommand:
        """The same margins."""
        return ExtendCommand(self._before, self._after, self._gesture, self._put)

    def id(self) -> int:
        """Only such steps are joined."""
        return 1

    def mergeWith(self, other: QUndoCommand) -> bool:
        """Joins what one gesture did."""
        if not isinstance(other, ExtendCommand) or not self._gesture or other._gesture != self._gesture:
            return False
        self._after = other._after
        self.setObsolete(self._before == self._after)
        return True

    def undo(self) -> None:
        """As large as before."""
        self._put(self._before)

    def redo(self) -> None:
        """As large as it was made."""
        if self._made:
            self._made = False
        else:
            self._put(self._after)
