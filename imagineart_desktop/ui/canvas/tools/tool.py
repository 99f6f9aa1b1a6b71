"""The base of all tools: what a tool declares, and what it does unless it says otherwise."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import QPointF, Qt

from imagineart_desktop.imaging import BooleanOp, Pixels
from imagineart_desktop.ui.canvas.tools.context import ToolContext
from imagineart_desktop.ui.canvas.tools.gesture import Gesture, PointerState
from imagineart_desktop.ui.canvas.tools.options import ToolOption


class Tool:
    """A tool of the canvas. There is one object of each tool per canvas.

    id: identifies the tool in settings, and with `tool.` before it as an action; never changes. label: its name, also
    in the undo history. icon: an icon's name. shortcut: the key that selects the tool.
    """

    id: ClassVar[str]
    label: ClassVar[str]
    icon: ClassVar[str]
    shortcut: ClassVar[str]

    edits_mask: ClassVar[bool] = True
    """Whether the tool changes the mask, so that it must wait while the mask is locked."""
    needs_source: ClassVar[bool] = True
    """Whether a press shows the source again while a result is shown."""
    uses_brush: ClassVar[bool] = False
    """Whether the tool paints with the brush: its outline is the cursor, its settings are the options."""
    acts_at_press: ClassVar[bool] = False
    """Whether a press alone does something that a second finger couldn't undo."""
    cursor_follows_pointer: ClassVar[bool] = False
    """Whether the cursor depends on where the pointer is."""
    combine_choices: ClassVar[frozenset[BooleanOp]] = frozenset(BooleanOp)
    """The combine modes that can be chosen for the tool."""

    def __init__(self, context: ToolContext) -> None:
        self.context = context
        self.options: tuple[ToolOption, ...] = ()

    @property
    def combine(self) -> BooleanOp:
        """Return how the tool combines with the mask as long as no key is held."""
        return self.context.combine

    def image_changed(self) -> None:
        """Forget what was computed for the previous image."""

    def cursor(self, _point: QPointF | None, _scale: float) -> Qt.CursorShape:
        """Return the cursor. point: the pointer in image pixels, None while it's elsewhere."""
        return Qt.CursorShape.CrossCursor

    def pans_at(self, _point: QPointF, _scale: float) -> bool:
        """Return whether a press at this point pans the view instead."""
        return False

    def press(self, _pointer: PointerState, _pixels: Pixels) -> Gesture | None:
        """Act at once, or return the gesture that a press starts."""
        return None


Tools = tuple[type[Tool], ...]
