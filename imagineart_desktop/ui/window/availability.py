"""Determines which commands are available.

Canvas commands are disabled while the canvas isn't available. Those that depend on a selection are disabled only while
a menu shows them: their shortcuts report what's missing, and selection changes need no tracking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QMenu

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import EXPORTING_COMMANDS

_ON_CANVAS = ("mask.", "view.turn", "view.upright", "edit.history")
_IN_INPAINT = ("tool.", "brush.")
_OF_IMAGES = ("image.", "mark.")
_STEPS = ("mark.undo", "mark.redo")
_FIELD = {
    "edit.cut": "can_cut",
    "edit.copy plain": "can_copy",
    "edit.paste": "can_paste",
    "edit.select all": "can_select",
    "view.compare": "before",
    **dict.fromkeys(("view.fit", "view.actual", "view.in", "view.out"), "zoom"),
    **dict.fromkeys(("loupe.facts", "loupe.zoom", "loupe.full screen"), "loupe"),
}
"""Fields of `CommandContext` that commands depend on alone."""


@dataclass(frozen=True, slots=True)
class CommandContext:
    """What commands depend on.

    canvas: there is an image to paint on. images: some are selected or shown. outward: so is an image that can leave
    the window. recipe: its settings are known. collection: the gallery shows one. jobs: some can be canceled. zoom: an
    image is on screen. before: it can be compared with the one before it. loupe: it is in the loupe.
    """

    tab: str
    canvas: bool = False
    images: bool = False
    outward: bool = False
    recipe: bool = False
    collection: bool = False
    jobs: bool = False
    zoom: bool = False
    before: bool = False
    loupe: bool = False
    can_cut: bool = False
    can_copy: bool = False
    can_paste: bool = False
    can_select: bool = False


def is_available(name: str, now: CommandContext) -> bool:
    """Return whether a command is available in this situation."""
    if name.startswith(_ON_CANVAS):
        return now.tab == "inpaint" and now.canvas
    if name.startswith(_IN_INPAINT):
        return now.tab == "inpaint"
    if name == "mark.take out":
        return now.tab == "gallery" and now.collection and now.images
    if name in ("image.reuse", "image.vary"):
        return now.recipe
    if name.startswith(_OF_IMAGES) and name not in _STEPS:
        return now.images
    group, _, command = name.partition(".")
    if group in ("file", "edit") and command in EXPORTING_COMMANDS:
        return now.outward
    if name in _FIELD:
        return bool(getattr(now, _FIELD[name]))
    if name in ("job.cancel", "job.cancel all"):
        return now.jobs
    return now.tab != "gallery" if name == "job.go" else True


def _is_canvas_command(name: str) -> bool:
    return name.startswith((*_ON_CANVAS, *_IN_INPAINT))


class Availability(QObject):
    """Enables and disables commands. situation: returns the current state."""

    def __init__(self, parent: QObject, actions: Actions, situation: Callable[[], CommandContext]) -> None:
        super().__init__(parent)
        self._actions = actions
        self._situation = situation
        self._dimmed: list[str] = []

    def watch(self, menu: QMenu) -> None:
        """Disable unavailable commands while this menu or one of its submenus is open."""
        menu.aboutToShow.connect(partial(self._disable_unavailable, menu))
        menu.aboutToHide.connect(self._restore)

    def refresh(self, now: CommandContext) -> None:
        """Enable or disable canvas commands after a change of tab or canvas; the rest of the situation isn't used."""
        for name, action in self._actions.named().items():
            if _is_canvas_command(name):
                action.setEnabled(is_available(name, now))

    def usable(self) -> list[str]:
        """Return the names of the available commands."""
        now = self._situation()
        return [
            name
            for name, action in self._actions.named().items()
            if action.isEnabled() and action.isVisible() and is_available(name, now)
        ]

    def waiting(self) -> list[str]:
        """Return the names of the image commands that would be available if an image were selected."""
        now = self._situation()
        selected = replace(now, images=True, outward=True, recipe=True)
        return [
            name
            for name, action in self._actions.named().items()
            if not is_available(name, now) and is_available(name, selected) and action.isVisible()
        ]

    def _disable_unavailable(self, menu: QMenu) -> None:
        self._restore()
        now = self._situation()
        for name, action in self._actions.named().items():
            if not _is_canvas_command(name) and action.isEnabled() and not is_available(name, now):
                action.setEnabled(False)
                self._dimmed.append(name)
        for inner in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            inner.menuAction().setEnabled(any(action.isEnabled() for action in inner.actions()))

    def _restore(self) -> None:
        # A menu hides before it triggers: the chosen action and all shortcuts must be enabled again by then.
        for name in self._dimmed:
            self._actions[name].setEnabled(True)
        self._dimmed = []
