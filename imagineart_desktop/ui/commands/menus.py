"""Contents of the menus by action name; None is a separator, a pair is a submenu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.commands.actions import Actions

Entries = tuple[str | tuple[str, tuple[str, ...]] | None, ...]

_TOOLS = tuple(f"tool.{tool.id}" for tool in TOOLS)
_BRUSH = ("brush.smaller", "brush.larger", "brush.softer", "brush.harder", "brush.fainter", "brush.stronger")
_OPACITY = tuple(f"brush.opacity {percent}" for percent in range(10, 101, 10))

TITLES = {
    "file": "File",
    "edit": "Edit",
    "image": "Image",
    "mask": "Mask",
    "view": "View",
    "window": "Window",
    "help": "Help",
}
MENUS: dict[str, Entries] = {
    "file": (
        "file.open",
        "file.import",
        "file.import folder",
        None,
        "file.export",
        "file.sheet",
        "file.open with",
        None,
        "mask.load",
        "mask.save",
        None,
        "file.settings",
        "file.shortcuts",
        None,
        "file.quit",
    ),
    "edit": (
        "edit.undo",
        "edit.redo",
        "mark.undo",
        "mark.redo",
        "edit.history",
        None,
        "edit.cut",
        "edit.copy plain",
        "edit.paste",
        "edit.select all",
        None,
        "edit.copy",
        "edit.copy file",
        None,
        "edit.find",
    ),
    "image": (
        "job.go",
        "job.cancel",
        "job.cancel all",
        None,
        "image.edit",
        "image.inpaint",
        "image.reuse",
        "image.vary",
        None,
        "image.compare",
        "image.lineage",
        None,
        "image.favourite",
        ("Rating", tuple(f"mark.{stars} stars" for stars in range(6))),
        ("Label", ("mark.red", "mark.yellow", "mark.green", "mark.blue", "mark.purple")),
        None,
        "mark.take out",
        "image.trash",
    ),
    "mask": (
        ("Tool", _TOOLS),
        ("Brush", _BRUSH),
        ("Opacity", _OPACITY),
        None,
        "mask.add",
        "mask.subtract",
        "mask.intersect",
        None,
        "mask.invert",
        "mask.clear",
        "mask.fill",
        None,
        "mask.grow",
        "mask.shrink",
        "mask.feather",
        "mask.smooth",
        None,
        "mask.specks",
        "mask.holes",
        "mask.transparency",
        "mask.luminosity",
        None,
        "mask.show",
        "mask.tint",
        "mask.black and white",
        "mask.outline",
        "mask.tint colour",
        None,
        "mask.copy",
        "mask.paste",
        "mask.load",
        "mask.save",
    ),
    "view": (
        "view.fit",
        "view.actual",
        "view.in",
        "view.out",
        None,
        "view.turn left",
        "view.turn right",
        "view.upright",
        None,
        "view.compare",
        "loupe.facts",
        "loupe.zoom",
        "loupe.full screen",
        "loupe.advance",
        None,
        "theme.system",
        "theme.dark",
        "theme.light",
        None,
        "view.spending",
        "view.fullscreen",
    ),
    "window": (
        "tab.generate",
        "tab.edit",
        "tab.inpaint",
        "tab.gallery",
        None,
        "view.library",
        "view.log",
    ),
    "help": ("file.shortcuts", "view.commands", None, "help.report", None, "help.about"),
}


class _ShortcutFilter(QObject):
    """Keeps the canvas's and the gallery's shortcuts from triggering in a menu bar that has the focus.

    Qt offers a menu bar the actions of all its menus, and these two share keys: it would trigger neither.
    """

    def __init__(self, bar: QMenuBar, actions: Actions) -> None:
        super().__init__(bar)
        self._narrow = [*actions.canvas_actions(), *actions.gallery_actions()]
        bar.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Accept such keys as ordinary ones: Qt asks the focus widget before each shortcut whether it wants the key."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.ShortcutOverride:
            pressed = QKeySequence(event.keyCombination())
            if any(pressed in action.shortcuts() for action in self._narrow):
                event.accept()
                return True
        return super().eventFilter(watched, event)


def populate_menu_bar(bar: QMenuBar, actions: Actions) -> dict[str, QMenu]:
    """Add all menus to the bar; Alt and the first letter opens one. Return them by their keys in `MENUS`."""
    _ShortcutFilter(bar, actions)
    menus = {key: bar.addMenu(f"&{TITLES[key]}") for key in MENUS}
    for key, menu in menus.items():
        _fill(menu, MENUS[key], actions)
    return menus


def menu_of(name: str) -> str:
    """Return the menu that contains an action."""
    return next(menu for menu, entries in MENUS.items() if name in action_names(entries))


def action_names(entries: Entries) -> list[str]:
    """Return the actions of a menu, including its submenus."""
    flat = ((entry,) if isinstance(entry, str) else entry[1] if entry is not None else () for entry in entries)
    return [name for names in flat for name in names]


def _fill(menu: QMenu, entries: Entries, actions: Actions) -> None:
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        elif isinstance(entry, tuple):
            _fill(menu.addMenu(entry[0]), entry[1], actions)
        else:
            menu.addAction(actions[entry])
