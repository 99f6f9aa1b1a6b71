"""Buttons of commands: their labels, tooltips and shortcuts follow from the declaration and the window's action."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.widgets.eliding import TextButton
from imagineart_desktop.workspace.commands.command import Command
from imagineart_desktop.workspace.commands.image_commands import IMAGE_COMMANDS


def command_tip(name: str, keys: QKeySequence) -> str:
    """Return the tooltip of a command: its name, and its shortcut if it has one."""
    shown = keys.toString(QKeySequence.SequenceFormat.NativeText)
    return f"{name}  {shown}" if shown else name


class ShortcutTip(QObject):
    """A button's tooltip: what it does, with the shortcut of the window's action, also after the user changes it."""

    def __init__(self, of: QWidget, words: str) -> None:
        super().__init__(of)
        self._of = of
        self._words = words
        self._action: QAction | None = None
        self._show()

    def follow(self, action: QAction) -> None:
        """Show the shortcut of this action."""
        self._action = action
        action.changed.connect(self._show)
        self._show()

    def _show(self) -> None:
        keys = QKeySequence() if self._action is None else self._action.shortcut()
        self._of.setToolTip(command_tip(self._words, keys))


class CommandButton(TextButton):
    """A button that runs a command. label: other words than the command's own, e.g. for its state."""

    def __init__(self, command: Command, run: Callable[[], object], *, label: str = "", kind: str = "") -> None:
        super().__init__(label or command.button_label)
        self.command = command
        self._run = run
        self.setAutoDefault(False)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        if kind:
            self.setProperty("kind", kind)
        if len(self.text()) == 1:
            # A sign says nothing to a screen reader.
            self.setAccessibleName(command.name)
        self._tip = ShortcutTip(self, command.name)
        self.clicked.connect(self._clicked)

    def follow(self, action: QAction) -> None:
        """Show the shortcut of the window's action, also after the user changes it."""
        self._tip.follow(action)

    def _clicked(self) -> None:
        self._run()


class CommandButtons:
    """Makes the buttons of image commands for one place. run: runs a command by its id."""

    def __init__(self, run: Callable[[str], object]) -> None:
        self._run = run
        self._actions: Mapping[str, QAction] = {}

    def use_actions(self, actions: Mapping[str, QAction], made: Iterable[CommandButton] = ()) -> None:
        """Set the window's actions by command id, whose shortcuts new buttons and those in `made` show."""
        self._actions = actions
        for one in made:
            self._follow(one)

    def make(self, command_id: str, *, label: str = "", kind: str = "") -> CommandButton:
        """Return a button of a command."""
        made = CommandButton(IMAGE_COMMANDS[command_id], partial(self._run, command_id), label=label, kind=kind)
        self._follow(made)
        return made

    def _follow(self, made: CommandButton) -> None:
        if made.command.id in self._actions:
            made.follow(self._actions[made.command.id])
