"""The actions of the window's commands, for menus, buttons, tooltips and Ctrl+K."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.canvas.tools.tool import Tool, Tools
from imagineart_desktop.ui.commands.command_button import command_tip
from imagineart_desktop.ui.theme import icon
from imagineart_desktop.workspace.commands.command import Command
from imagineart_desktop.workspace.commands.conditions import in_inpaint
from imagineart_desktop.workspace.commands.declarations import WINDOW_COMMANDS
from imagineart_desktop.workspace.commands.image_commands import COMPARE

if TYPE_CHECKING:
    from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas


def tool_command(tool: type[Tool]) -> Command:
    """Return the command that selects a tool."""
    return Command(
        f"tool.{tool.id}",
        tool.label,
        (tool.shortcut,),
        icon=tool.icon,
        icon_in_menu=True,
        checkable=True,
        applies_to=in_inpaint,
    )


_HISTORIES = {"edit": "", "mark": " in the gallery"}
"""Undo histories by the group of their undo and redo actions, and the text that tells their shortcuts apart."""

CANVAS_ONLY = ("mask.", "brush.", "tool.")
"""Prefixes of the actions whose plain keys work in the Inpaint tab while no text field has the focus."""

GALLERY_ONLY = ("mark.", COMPARE)
"""Prefixes of the actions whose plain keys work while the gallery's grid or the loupe has the focus."""

LOUPE_ONLY = ("loupe.",)
"""Prefixes of the actions whose plain keys work while the loupe has the focus."""


def may_conflict(one: str, other: str) -> bool:
    """Return whether two actions may conflict if they share keys: not if one is the canvas's and one the gallery's."""
    canvas, gallery = (*CANVAS_ONLY, "edit.undo", "edit.redo"), (*GALLERY_ONLY, *LOUPE_ONLY)
    places = [name.startswith(canvas) - name.startswith(gallery) for name in (one, other)]
    return places[0] * places[1] >= 0


class HistoryAction(QAction):
    """Undo or redo action of a history, disabled while the history is busy.

    It's driven by QUndoStack's signals: they still fire during teardown, when the stack must not be queried.
    """

    def __init__(self, word: str, parent: QWidget) -> None:
        super().__init__(word, parent)
        self._word = word
        self._first: Callable[[], str | None] = lambda: None
        self._name = ""
        self._available = False
        self._working = False
        self.setEnabled(False)

    def set_override(self, first: Callable[[], str | None]) -> None:
        """Set the callback that names the step undone before the history's own; it returns None if there is none."""
        self._first = first

    def wait(self, working: bool) -> None:
        """Disable the action while an operation is in progress."""
        self._working = working
        self.look()

    def call(self, name: str) -> None:
        """Set the name of the history's step."""
        self._name = name
        self.look()

    def allow(self, there: bool) -> None:
        """Set whether the history has a step."""
        self._available = there
        self.look()

    def look(self) -> None:
        """Update the action's text and whether it's enabled."""
        first = self._first()
        name = first or (self._name if self._available else "")
        self.setText(f"{self._word}: {name}" if name else self._word)
        self.setEnabled(not self._working and (first is not None or self._available))


class Actions:
    """All actions by name, e.g. actions["mask.invert"]."""

    def __init__(self, window: QWidget, tools: Tools = TOOLS) -> None:
        self._window = window
        commands = (*WINDOW_COMMANDS, *(tool_command(tool) for tool in tools))
        self.commands = {command.id: command for command in commands}
        """The declared commands by id."""
        self._actions = {name: self._make(command) for name, command in self.commands.items()}
        self.tool(tools[0].id).setChecked(True)
        self["mask.show"].setChecked(True)
        self._steps = {group: self._make_steps(group, where) for group, where in _HISTORIES.items()}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def named(self) -> dict[str, QAction]:
        """Return all actions by name."""
        return dict(self._actions)

    def tool(self, tool_id: str) -> QAction:
        """Return the action that selects a tool."""
        return self[f"tool.{tool_id}"]

    def canvas_actions(self) -> list[QAction]:
        """Return the actions that work only in the canvas."""
        return [action for name, action in self._actions.items() if name.startswith(CANVAS_ONLY)]

    def window_actions(self) -> list[QAction]:
        """Return the actions that work everywhere in the window."""
        narrow = (*CANVAS_ONLY, *GALLERY_ONLY, *LOUPE_ONLY)
        return [action for name, action in self._actions.items() if not name.startswith(narrow)]

    def gallery_actions(self) -> list[QAction]:
        """Return the actions that work only in the gallery's grid."""
        return [action for name, action in self._actions.items() if name.startswith(GALLERY_ONLY)]

    def loupe_actions(self) -> list[QAction]:
        """Return the actions that work in the loupe in addition to those of the gallery's grid."""
        return [action for name, action in self._actions.items() if name.startswith(LOUPE_ONLY)]

    def mask_bar_actions(self, canvas: MaskCanvas) -> list[QAction]:
        """Return the actions of the bar above the canvas, undo and redo last."""
        document = canvas.document

        def corner() -> str | None:
            return "corner" if canvas.tool_controller.is_multi_click else None

        undo, redo = self.connect_history("edit", document.undo_stack, canvas.undo, document.redo, corner)
        for step in (undo, redo):
            document.busy_changed.connect(step.wait)
        canvas.corners_changed.connect(undo.look)
        names = ("mask.invert", "mask.grow", "mask.shrink", "mask.feather", "mask.clear")
        return [*(self[name] for name in names), undo, redo]

    def connect_history(
        self,
        group: str,
        stack: QUndoStack,
        undo: Callable[[], None],
        redo: Callable[[], None],
        first: Callable[[], str | None],
    ) -> tuple[HistoryAction, HistoryAction]:
        """Connect `group`.undo and `group`.redo with a history.

        first: names what's undone before the history's own step.
        """
        steps = self._steps[group]
        steps[0].set_override(first)
        stack.undoTextChanged.connect(steps[0].call)
        stack.redoTextChanged.connect(steps[1].call)
        stack.canUndoChanged.connect(steps[0].allow)
        stack.canRedoChanged.connect(steps[1].allow)
        steps[0].triggered.connect(undo)
        steps[1].triggered.connect(redo)
        return steps

    def _make_steps(self, group: str, where: str) -> tuple[HistoryAction, HistoryAction]:
        made = HistoryAction("Undo", self._window), HistoryAction("Redo", self._window)
        for action, name, keys, icon_name in (
            (made[0], "undo", ["Ctrl+Z"], "undo-2"),
            (made[1], "redo", ["Ctrl+Shift+Z", "Ctrl+Y"], "redo-2"),
        ):
            action.setIcon(icon(icon_name, "text"))
            action.setIconText(f"{action.text()}{where}")
            action.setShortcuts([QKeySequence(key) for key in keys])
            action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            self._actions[f"{group}.{name}"] = action
            self.commands[f"{group}.{name}"] = Command(f"{group}.{name}", action.text(), tuple(keys), icon=icon_name)
        return made

    def _make(self, command: Command) -> QAction:
        action = QAction(command.label, self._window)
        action.setCheckable(command.checkable)
        action.setAutoRepeat(command.auto_repeat)
        if command.short and not command.of_images:
            action.setIconText(command.short)
        action.setShortcuts([QKeySequence(key) for key in command.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if command.icon_in_menu:
            action.setIcon(icon(command.icon, "text"))
        update_tooltip(action)
        return action


def update_tooltip(action: QAction) -> None:
    """Set the tooltip to the action's text and its first shortcut."""
    action.setToolTip(command_tip(action.text().rstrip("…"), action.shortcut()))
