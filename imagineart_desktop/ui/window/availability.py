"""Determines which commands are available.

Canvas commands are disabled while the canvas isn't available. Those that depend on a selection are disabled only while
a menu shows them: their shortcuts report what's missing, and selection changes need no tracking.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.workspace.commands.command import Command, CommandContext, Condition, ImageSubject, with_note
from imagineart_desktop.workspace.commands.conditions import in_inpaint, on_canvas
from imagineart_desktop.workspace.commands.task_commands import SELECT_FIRST, TASK_COMMANDS

_CANVAS_CONDITIONS = (on_canvas, in_inpaint)


class Availability(QObject):
    """Enables and disables commands. situation: returns the current state; note: returns what's beside a label."""

    def __init__(
        self,
        parent: QObject,
        actions: Actions,
        situation: Callable[[], CommandContext],
        note: Callable[[Command, CommandContext], str],
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._situation = situation
        self._note = note
        self._dimmed: list[str] = []
        self._follow_canvas: dict[Condition, list[QAction]] = {
            condition: [actions[name] for name, command in actions.commands.items() if command.applies_to is condition]
            for condition in _CANVAS_CONDITIONS
        }
        self._held: dict[Condition, bool] = {}
        """Which conditions of canvas commands held at the last refresh."""

    def watch(self, menu: QMenu) -> None:
        """Disable unavailable commands while this menu or one of its submenus is open."""
        menu.aboutToShow.connect(partial(self._disable_unavailable, menu))
        menu.aboutToHide.connect(self._restore)

    def refresh(self, now: CommandContext) -> None:
        """Enable or disable canvas commands after a change of tab or canvas; the rest of the situation isn't used."""
        held = {condition: condition(now) for condition in self._follow_canvas}
        for condition, actions in self._follow_canvas.items():
            if held[condition] is not self._held.get(condition):
                for action in actions:
                    action.setEnabled(held[condition])
        self._held = held

    def applies(self, name: str) -> bool:
        """Return whether a command can be used now."""
        return self._actions.commands[name].applies_to(self._situation())

    def usable(self) -> list[str]:
        """Return the names of the available commands."""
        now = self._situation()
        return [
            name
            for name, action in self._actions.named().items()
            if action.isEnabled() and action.isVisible() and self._actions.commands[name].applies_to(now)
        ]

    def waiting(self) -> dict[str, str]:
        """Return the names of the commands that need something first, with what; mostly an image to be selected."""
        now = self._situation()
        selected = replace(now, image=now.image or ImageSubject())
        return {
            name: command.reason(now) or SELECT_FIRST
            for name, command in self._actions.commands.items()
            if not command.applies_to(now)
            and (command.reason(now) or command.applies_to(selected))
            and self._actions[name].isVisible()
        }

    def notes(self) -> dict[str, str]:
        """Return the names of the commands that have something beside their label, with that."""
        now = self._situation()
        found = {name: self._note(command, now) for name, command in self._actions.commands.items()}
        return {name: note for name, note in found.items() if note}

    def _disable_unavailable(self, menu: QMenu) -> None:
        self._restore()
        now = self._situation()
        for name, command in self._actions.commands.items():
            action, follows_canvas = self._actions[name], command.applies_to in _CANVAS_CONDITIONS
            if not follows_canvas and action.isEnabled() and not command.applies_to(now):
                action.setEnabled(False)
                self._dimmed.append(name)
            if command.task is not None:
                action.setText(with_note(command.label, self._note(command, now)))
        for inner in menu.findChildren(QMenu, options=Qt.FindChildOption.FindDirectChildrenOnly):
            inner.menuAction().setEnabled(any(action.isEnabled() for action in inner.actions()))

    def _restore(self) -> None:
        # A menu hides before it triggers: the chosen action and all shortcuts must be enabled again by then.
        for name in self._dimmed:
            self._actions[name].setEnabled(True)
        self._dimmed = []
        for command in TASK_COMMANDS:
            self._actions[command.id].setText(command.label)
