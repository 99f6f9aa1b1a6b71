"""The menus of the window, made of `WINDOW_MENUS` and the canvas tools."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QMenu, QMenuBar

from imagineart_desktop.ui.canvas.tools.registry import TOOLS
from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.workspace.commands.declarations import TITLES, TOOLS_SUBMENU, WINDOW_MENUS
from imagineart_desktop.workspace.commands.image_commands import Entries

_TOOLS = ("Tool", tuple(f"tool.{tool.id}" for tool in TOOLS))

MENUS: dict[str, Entries] = {
    menu: tuple(_TOOLS if entry == TOOLS_SUBMENU else entry for entry in entries)
    for menu, entries in WINDOW_MENUS.items()
}
"""Menu → its entries, as in `WINDOW_MENUS`, with the tools."""


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
