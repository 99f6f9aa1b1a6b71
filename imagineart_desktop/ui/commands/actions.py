"""Every action of the window, declared once with text, shortcuts and icon, for menus, buttons, tooltips and Ctrl+K."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.canvas.tools.tool import Tools
from imagineart_desktop.ui.theme import icon


@dataclass(frozen=True, slots=True)
class _ActionSpec:
    words: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    short: str = ""
    auto_repeat: bool = True
    """Whether holding the key down triggers the action repeatedly."""


_ACTION_SPECS: dict[str, _ActionSpec] = {
    "file.open": _ActionSpec("Open an image…", ("Ctrl+O",)),
    "file.import": _ActionSpec("Import images…"),
    "file.import folder": _ActionSpec("Import a folder…"),
    "file.export": _ActionSpec("Export…", ("Ctrl+Shift+E", "Ctrl+Shift+S")),
    "file.sheet": _ActionSpec("Contact sheet…"),
    "file.open with": _ActionSpec("Open in default app"),
    "file.settings": _ActionSpec("Settings…", ("Ctrl+,",)),
    "file.shortcuts": _ActionSpec("Keyboard shortcuts…", ("F1",)),
    "file.quit": _ActionSpec("Quit", ("Ctrl+Q",)),
    "edit.cut": _ActionSpec("Cut", ("Ctrl+X",)),
    "edit.copy plain": _ActionSpec("Copy", ("Ctrl+C",)),
    "edit.paste": _ActionSpec("Paste", ("Ctrl+V",)),
    "edit.select all": _ActionSpec("Select all", ("Ctrl+A",)),
    "edit.copy": _ActionSpec("Copy image", ("Ctrl+Shift+C",)),
    "edit.copy file": _ActionSpec("Copy as file", ("Ctrl+Alt+Shift+C",)),
    "edit.history": _ActionSpec("History…"),
    "edit.find": _ActionSpec("Find", ("Ctrl+F",)),
    "image.edit": _ActionSpec("Send to Edit"),
    "image.inpaint": _ActionSpec("Send to Inpaint"),
    "image.reuse": _ActionSpec("Reuse settings"),
    "image.vary": _ActionSpec("Vary"),
    "image.compare": _ActionSpec("Compare", ("C",)),
    "image.lineage": _ActionSpec("Lineage"),
    "image.favourite": _ActionSpec("Favorite", ("Ctrl+D",)),
    "image.trash": _ActionSpec("Move to trash", ("Ctrl+Delete", "Ctrl+Backspace")),
    "job.go": _ActionSpec("Submit", ("Ctrl+Enter", "Ctrl+Return"), auto_repeat=False),
    "job.cancel": _ActionSpec("Cancel newest job", ("Ctrl+.",)),
    "job.cancel all": _ActionSpec("Cancel all jobs"),
    "view.fit": _ActionSpec("Fit", ("Ctrl+0",)),
    "view.actual": _ActionSpec("100%", ("Ctrl+1",)),
    "view.in": _ActionSpec("Zoom in", ("Ctrl++", "Ctrl+=")),
    "view.out": _ActionSpec("Zoom out", ("Ctrl+-",)),
    "view.turn left": _ActionSpec("Rotate view left", ("Ctrl+[",)),
    "view.turn right": _ActionSpec("Rotate view right", ("Ctrl+]",)),
    "view.upright": _ActionSpec("Reset rotation", ("Ctrl+R",)),
    "view.compare": _ActionSpec("Before/after", ("\\",)),
    "view.library": _ActionSpec("Library panel", ("Ctrl+B",), checkable=True),
    "view.log": _ActionSpec("Job log", ("Ctrl+L",), checkable=True),
    "view.fullscreen": _ActionSpec("Full screen", ("F11",), checkable=True),
    "view.commands": _ActionSpec("Search commands", ("Ctrl+K",)),
    "tab.generate": _ActionSpec("Generate", ("Alt+1",), checkable=True),
    "tab.edit": _ActionSpec("Edit", ("Alt+2",), checkable=True),
    "tab.inpaint": _ActionSpec("Inpaint", ("Alt+3",), checkable=True),
    "tab.gallery": _ActionSpec("Gallery", ("Alt+4",), checkable=True),
    "mask.add": _ActionSpec("Add to the mask", icon="square-plus", checkable=True, short="Add"),
    "mask.subtract": _ActionSpec("Subtract from the mask", icon="square-minus", checkable=True, short="Subtract"),
    "mask.intersect": _ActionSpec(
        "Intersect with the mask", icon="square-intersect", checkable=True, short="Intersect"
    ),
    "mask.invert": _ActionSpec("Invert", ("Ctrl+I", "Ctrl+Shift+I")),
    "mask.clear": _ActionSpec("Clear", ("Delete",)),
    "mask.fill": _ActionSpec("Fill", ("Shift+Delete",)),
    "mask.grow": _ActionSpec("Grow"),
    "mask.shrink": _ActionSpec("Shrink"),
    "mask.feather": _ActionSpec("Feather", ("Shift+F6",)),
    "mask.smooth": _ActionSpec("Smooth"),
    "mask.specks": _ActionSpec("Remove specks"),
    "mask.holes": _ActionSpec("Fill holes"),
    "mask.transparency": _ActionSpec("From transparency"),
    "mask.luminosity": _ActionSpec("From luminosity"),
    "mask.show": _ActionSpec("Show mask", ("Q",), checkable=True),
    "mask.tint": _ActionSpec("Mask as tint", checkable=True),
    "mask.black and white": _ActionSpec("Mask in black and white", checkable=True),
    "mask.outline": _ActionSpec("Mask as outline", checkable=True),
    "mask.tint colour": _ActionSpec("Tint color and strength…"),
    "mask.copy": _ActionSpec("Copy mask", ("Ctrl+Alt+C",)),
    "mask.paste": _ActionSpec("Paste as mask", ("Ctrl+Alt+V",)),
    "mask.load": _ActionSpec("Load mask…"),
    "mask.save": _ActionSpec("Save mask…"),
    **{
        f"mark.{stars} stars": _ActionSpec(f"{stars} stars" if stars != 1 else "1 star", (str(stars),))
        for stars in range(6)
    },
    "mark.red": _ActionSpec("Red label", ("6",)),
    "mark.yellow": _ActionSpec("Yellow label", ("7",)),
    "mark.green": _ActionSpec("Green label", ("8",)),
    "mark.blue": _ActionSpec("Blue label", ("9",)),
    "mark.purple": _ActionSpec("Purple label"),
    "mark.take out": _ActionSpec("Remove from collection", ("Delete",)),
    "loupe.facts": _ActionSpec("Image info", ("I",)),
    "loupe.zoom": _ActionSpec("Zoom to 100% or fit", ("Z",)),
    "loupe.full screen": _ActionSpec("Full-screen image", ("F",)),
    "loupe.advance": _ActionSpec("Auto-advance", checkable=True),
    "view.spending": _ActionSpec("Spending…"),
    "brush.smaller": _ActionSpec("Smaller brush", ("[",)),
    "brush.larger": _ActionSpec("Larger brush", ("]",)),
    # Platforms report Shift and a bracket as "Shift+[" or as "{". An action with both would be ambiguous with itself.
    "brush.softer": _ActionSpec("Softer brush", ("{", "Shift+{")),
    "brush.harder": _ActionSpec("Harder brush", ("}", "Shift+}")),
    "brush.fainter": _ActionSpec("Less opacity"),
    "brush.stronger": _ActionSpec("More opacity"),
    **{
        f"brush.opacity {percent}": _ActionSpec(f"Opacity {percent}%", (str(percent // 10 % 10),))
        for percent in range(10, 101, 10)
    },
    "theme.system": _ActionSpec("Theme: match system", checkable=True),
    "theme.dark": _ActionSpec("Theme: dark", checkable=True),
    "theme.light": _ActionSpec("Theme: light", checkable=True),
    "help.report": _ActionSpec("Report a problem…"),
    "help.about": _ActionSpec("About ImagineArt Desktop"),
}

_HISTORIES = {"edit": "", "mark": " in the gallery"}
"""Undo histories by the group of their undo and redo actions, and the text that tells their shortcuts apart."""

CANVAS_ONLY = ("mask.", "brush.", "tool.")
"""Prefixes of the actions whose plain keys work in the Inpaint tab while no text field has the focus."""

GALLERY_ONLY = ("mark.", "image.compare")
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
        self.icon_names = {name: declared.icon for name, declared in _ACTION_SPECS.items() if declared.icon}
        """Icon names by action name, for the actions that have an icon."""
        self._actions = {name: self._make(declared) for name, declared in _ACTION_SPECS.items()}
        for tool in tools:
            self._actions[f"tool.{tool.id}"] = self._make(
                _ActionSpec(tool.label, (tool.shortcut,), tool.icon, checkable=True)
            )
            self.icon_names[f"tool.{tool.id}"] = tool.icon
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
            self.icon_names[f"{group}.{name}"] = icon_name
        return made

    def _make(self, declared: _ActionSpec) -> QAction:
        action = QAction(declared.words, self._window)
        action.setCheckable(declared.checkable)
        action.setAutoRepeat(declared.auto_repeat)
        if declared.short:
            action.setIconText(declared.short)
        action.setShortcuts([QKeySequence(key) for key in declared.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if declared.icon:
            action.setIcon(icon(declared.icon, "text"))
        update_tooltip(action)
        return action


def update_tooltip(action: QAction) -> None:
    """Set the tooltip to the action's text and its first shortcut."""
    first = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    words = action.text().rstrip("…")
    action.setToolTip(f"{words}  {first}" if first else words)
