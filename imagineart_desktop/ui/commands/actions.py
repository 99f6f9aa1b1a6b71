"""Every action of the window, declared once with text, shortcuts and icon, for menus, buttons, tooltips and Ctrl+K."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence, QUndoStack
from PySide6.QtWidgets import QWidget

from imagineart_desktop.ui.canvas.mask_canvas import MaskCanvas
from imagineart_desktop.ui.canvas.tools import ToolKind
from imagineart_desktop.ui.theme import icon


@dataclass(frozen=True, slots=True)
class _Declared:
    words: str
    keys: tuple[str, ...] = ()
    icon: str = ""
    checkable: bool = False
    short: str = ""
    repeats: bool = True
    """Whether holding the key down triggers the action repeatedly."""


_DECLARED: dict[str, _Declared] = {
    "file.open": _Declared("Open an image…", ("Ctrl+O",)),
    "file.import": _Declared("Import images…"),
    "file.import folder": _Declared("Import a folder…"),
    "file.export": _Declared("Export…", ("Ctrl+Shift+E", "Ctrl+Shift+S")),
    "file.sheet": _Declared("Contact sheet…"),
    "file.open with": _Declared("Open in default app"),
    "file.settings": _Declared("Settings…", ("Ctrl+,",)),
    "file.shortcuts": _Declared("Keyboard shortcuts…", ("F1",)),
    "file.quit": _Declared("Quit", ("Ctrl+Q",)),
    "edit.cut": _Declared("Cut", ("Ctrl+X",)),
    "edit.copy plain": _Declared("Copy", ("Ctrl+C",)),
    "edit.paste": _Declared("Paste", ("Ctrl+V",)),
    "edit.select all": _Declared("Select all", ("Ctrl+A",)),
    "edit.copy": _Declared("Copy image", ("Ctrl+Shift+C",)),
    "edit.copy file": _Declared("Copy as file", ("Ctrl+Alt+Shift+C",)),
    "edit.history": _Declared("History…"),
    "edit.find": _Declared("Find", ("Ctrl+F",)),
    "image.edit": _Declared("Send to Edit"),
    "image.inpaint": _Declared("Send to Inpaint"),
    "image.reuse": _Declared("Reuse settings"),
    "image.vary": _Declared("Vary"),
    "image.compare": _Declared("Compare", ("C",)),
    "image.lineage": _Declared("Lineage"),
    "image.favourite": _Declared("Favorite", ("Ctrl+D",)),
    "image.trash": _Declared("Move to trash", ("Ctrl+Delete", "Ctrl+Backspace")),
    "job.go": _Declared("Submit", ("Ctrl+Enter", "Ctrl+Return"), repeats=False),
    "job.cancel": _Declared("Cancel newest job", ("Ctrl+.",)),
    "job.cancel all": _Declared("Cancel all jobs"),
    "view.fit": _Declared("Fit", ("Ctrl+0",)),
    "view.actual": _Declared("100%", ("Ctrl+1",)),
    "view.in": _Declared("Zoom in", ("Ctrl++", "Ctrl+=")),
    "view.out": _Declared("Zoom out", ("Ctrl+-",)),
    "view.turn left": _Declared("Rotate view left", ("Ctrl+[",)),
    "view.turn right": _Declared("Rotate view right", ("Ctrl+]",)),
    "view.upright": _Declared("Reset rotation", ("Ctrl+R",)),
    "view.compare": _Declared("Before/after", ("\\",)),
    "view.library": _Declared("Library panel", ("Ctrl+B",), checkable=True),
    "view.log": _Declared("Job log", ("Ctrl+L",), checkable=True),
    "view.fullscreen": _Declared("Full screen", ("F11",), checkable=True),
    "view.commands": _Declared("Search commands", ("Ctrl+K",)),
    "tab.generate": _Declared("Generate", ("Alt+1",), checkable=True),
    "tab.edit": _Declared("Edit", ("Alt+2",), checkable=True),
    "tab.inpaint": _Declared("Inpaint", ("Alt+3",), checkable=True),
    "tab.gallery": _Declared("Gallery", ("Alt+4",), checkable=True),
    "mask.add": _Declared("Add to the mask", icon="square-plus", checkable=True, short="Add"),
    "mask.subtract": _Declared("Subtract from the mask", icon="square-minus", checkable=True, short="Subtract"),
    "mask.intersect": _Declared("Intersect with the mask", icon="square-intersect", checkable=True, short="Intersect"),
    "mask.invert": _Declared("Invert", ("Ctrl+I", "Ctrl+Shift+I")),
    "mask.clear": _Declared("Clear", ("Delete",)),
    "mask.fill": _Declared("Fill", ("Shift+Delete",)),
    "mask.grow": _Declared("Grow"),
    "mask.shrink": _Declared("Shrink"),
    "mask.feather": _Declared("Feather", ("Shift+F6",)),
    "mask.smooth": _Declared("Smooth"),
    "mask.specks": _Declared("Remove specks"),
    "mask.holes": _Declared("Fill holes"),
    "mask.transparency": _Declared("From transparency"),
    "mask.luminosity": _Declared("From luminosity"),
    "mask.show": _Declared("Show mask", ("Q",), checkable=True),
    "mask.tint": _Declared("Mask as tint", checkable=True),
    "mask.black and white": _Declared("Mask in black and white", checkable=True),
    "mask.outline": _Declared("Mask as outline", checkable=True),
    "mask.tint colour": _Declared("Tint color and strength…"),
    "mask.copy": _Declared("Copy mask", ("Ctrl+Alt+C",)),
    "mask.paste": _Declared("Paste as mask", ("Ctrl+Alt+V",)),
    "mask.load": _Declared("Load mask…"),
    "mask.save": _Declared("Save mask…"),
    **{
        f"mark.{stars} stars": _Declared(f"{stars} stars" if stars != 1 else "1 star", (str(stars),))
        for stars in range(6)
    },
    "mark.red": _Declared("Red label", ("6",)),
    "mark.yellow": _Declared("Yellow label", ("7",)),
    "mark.green": _Declared("Green label", ("8",)),
    "mark.blue": _Declared("Blue label", ("9",)),
    "mark.purple": _Declared("Purple label"),
    "mark.take out": _Declared("Remove from collection", ("Delete",)),
    "loupe.facts": _Declared("Image info", ("I",)),
    "loupe.zoom": _Declared("Zoom to 100% or fit", ("Z",)),
    "loupe.full screen": _Declared("Full-screen image", ("F",)),
    "loupe.advance": _Declared("Auto-advance", checkable=True),
    "view.spending": _Declared("Spending…"),
    "brush.smaller": _Declared("Smaller brush", ("[",)),
    "brush.larger": _Declared("Larger brush", ("]",)),
    # Platforms report Shift and a bracket as "Shift+[" or as "{". An action with both would be ambiguous with itself.
    "brush.softer": _Declared("Softer brush", ("{", "Shift+{")),
    "brush.harder": _Declared("Harder brush", ("}", "Shift+}")),
    "brush.fainter": _Declared("Less opacity"),
    "brush.stronger": _Declared("More opacity"),
    **{
        f"brush.opacity {percent}": _Declared(f"Opacity {percent}%", (str(percent // 10 % 10),))
        for percent in range(10, 101, 10)
    },
    "theme.system": _Declared("Theme: match system", checkable=True),
    "theme.dark": _Declared("Theme: dark", checkable=True),
    "theme.light": _Declared("Theme: light", checkable=True),
    "help.report": _Declared("Report a problem…"),
    "help.about": _Declared("About ImagineArt Desktop"),
}

_TOOLS: dict[ToolKind, tuple[str, str]] = {
    ToolKind.BRUSH: ("brush", "B"),
    ToolKind.ERASER: ("eraser", "E"),
    ToolKind.RECTANGLE: ("square", "M"),
    ToolKind.ELLIPSE: ("circle", "Shift+M"),
    ToolKind.LASSO: ("lasso", "L"),
    ToolKind.POLYGON: ("pentagon", "Shift+L"),
    ToolKind.MAGNETIC: ("magnet", "Alt+L"),
    ToolKind.WAND: ("wand", "W"),
    ToolKind.SMART: ("wand-sparkles", "Shift+W"),
    ToolKind.FILL: ("paint-bucket", "G"),
    ToolKind.EXTEND: ("expand", "X"),
    ToolKind.HAND: ("hand", "H"),
    ToolKind.ZOOM: ("zoom-in", "Z"),
}

_STEPS = {"edit": "", "mark": " in the gallery"}
"""Undo histories by the group of their undo and redo actions, and the text that tells their shortcuts apart."""

CANVAS_ONLY = ("mask.", "brush.", "tool.")
"""Prefixes of the actions whose plain keys work in the Inpaint tab while no text field has the focus."""

GALLERY_ONLY = ("mark.", "image.compare")
"""Prefixes of the actions whose plain keys work while the gallery's grid or the loupe has the focus."""

LOUPE_ONLY = ("loupe.",)
"""Prefixes of the actions whose plain keys work while the loupe has the focus."""


def share_keys(one: str, other: str) -> bool:
    """Return whether two actions may conflict if they share keys: not if one is the canvas's and one the gallery's."""
    canvas, gallery = (*CANVAS_ONLY, "edit.undo", "edit.redo"), (*GALLERY_ONLY, *LOUPE_ONLY)
    places = [name.startswith(canvas) - name.startswith(gallery) for name in (one, other)]
    return places[0] * places[1] >= 0


class StepAction(QAction):
    """Undo or redo action of a history, disabled while the history is busy.

    It's driven by QUndoStack's signals: they still fire during teardown, when the stack must not be queried.
    """

    def __init__(self, word: str, parent: QWidget) -> None:
        super().__init__(word, parent)
        self._word = word
        self._first: Callable[[], str | None] = lambda: None
        self._name = ""
        self._there = False
        self._working = False
        self.setEnabled(False)

    def ask_first(self, first: Callable[[], str | None]) -> None:
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
        self._there = there
        self.look()

    def look(self) -> None:
        """Update the action's text and whether it's enabled."""
        first = self._first()
        name = first or (self._name if self._there else "")
        self.setText(f"{self._word}: {name}" if name else self._word)
        self.setEnabled(not self._working and (first is not None or self._there))


class Actions:
    """All actions by name, e.g. actions["mask.invert"]."""

    def __init__(self, window: QWidget) -> None:
        self._window = window
        self.icon_names = {name: declared.icon for name, declared in _DECLARED.items() if declared.icon}
        """Icon names by action name, for the actions that have an icon."""
        self._actions = {name: self._make(declared) for name, declared in _DECLARED.items()}
        for tool, (icon_name, key) in _TOOLS.items():
            action = self._make(_Declared(tool.value, (key,), icon_name, checkable=True))
            action.setChecked(tool is ToolKind.BRUSH)
            self._actions[f"tool.{tool.value.lower()}"] = action
            self.icon_names[f"tool.{tool.value.lower()}"] = icon_name
        self["mask.show"].setChecked(True)
        self._steps = {group: self._make_steps(group, where) for group, where in _STEPS.items()}

    def __getitem__(self, name: str) -> QAction:
        return self._actions[name]

    def __iter__(self) -> Iterator[QAction]:
        return iter(self._actions.values())

    def named(self) -> dict[str, QAction]:
        """Return all actions by name."""
        return dict(self._actions)

    def tool(self, tool: ToolKind) -> QAction:
        """Return the action that selects a tool."""
        return self[f"tool.{tool.value.lower()}"]

    def of_canvas(self) -> list[QAction]:
        """Return the actions that work only in the canvas."""
        return [action for name, action in self._actions.items() if name.startswith(CANVAS_ONLY)]

    def of_window(self) -> list[QAction]:
        """Return the actions that work everywhere in the window."""
        narrow = (*CANVAS_ONLY, *GALLERY_ONLY, *LOUPE_ONLY)
        return [action for name, action in self._actions.items() if not name.startswith(narrow)]

    def of_gallery(self) -> list[QAction]:
        """Return the actions that work only in the gallery's grid."""
        return [action for name, action in self._actions.items() if name.startswith(GALLERY_ONLY)]

    def of_loupe(self) -> list[QAction]:
        """Return the actions that work in the loupe in addition to those of the gallery's grid."""
        return [action for name, action in self._actions.items() if name.startswith(LOUPE_ONLY)]

    def mask_bar(self, canvas: MaskCanvas) -> list[QAction]:
        """Return the actions of the bar above the canvas, undo and redo last."""
        document = canvas.document

        def corner() -> str | None:
            return "corner" if canvas.stylus.goes_on else None

        undo, redo = self.follow_steps("edit", document.undo_stack, canvas.undo, document.redo, corner)
        for step in (undo, redo):
            document.at_work.connect(step.wait)
        canvas.corners_changed.connect(undo.look)
        names = ("mask.invert", "mask.grow", "mask.shrink", "mask.feather", "mask.clear")
        return [*(self[name] for name in names), undo, redo]

    def follow_steps(
        self,
        group: str,
        stack: QUndoStack,
        undo: Callable[[], None],
        redo: Callable[[], None],
        first: Callable[[], str | None],
    ) -> tuple[StepAction, StepAction]:
        """Connect `group`.undo and `group`.redo with a history.

        first: names what's undone before the history's own step.
        """
        steps = self._steps[group]
        steps[0].ask_first(first)
        stack.undoTextChanged.connect(steps[0].call)
        stack.redoTextChanged.connect(steps[1].call)
        stack.canUndoChanged.connect(steps[0].allow)
        stack.canRedoChanged.connect(steps[1].allow)
        steps[0].triggered.connect(undo)
        steps[1].triggered.connect(redo)
        return steps

    def _make_steps(self, group: str, where: str) -> tuple[StepAction, StepAction]:
        made = StepAction("Undo", self._window), StepAction("Redo", self._window)
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

    def _make(self, declared: _Declared) -> QAction:
        action = QAction(declared.words, self._window)
        action.setCheckable(declared.checkable)
        action.setAutoRepeat(declared.repeats)
        if declared.short:
            action.setIconText(declared.short)
        action.setShortcuts([QKeySequence(key) for key in declared.keys])
        action.setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        if declared.icon:
            action.setIcon(icon(declared.icon, "text"))
        show_keys(action)
        return action


def show_keys(action: QAction) -> None:
    """Set the tooltip to the action's text and its first shortcut."""
    first = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
    words = action.text().rstrip("…")
    action.setToolTip(f"{words}  {first}" if first else words)
