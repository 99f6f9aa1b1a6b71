"""The bar below the menus: tabs on the left; command search, today's spending and the service on the right."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QActionGroup
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.command_button import ShortcutTip, command_tip
from imagineart_desktop.ui.widgets import StatusPill, button
from imagineart_desktop.ui.widgets.drops import DropTarget
from imagineart_desktop.workspace.mime import accepts_mime, sources_from_mime

TABS = ("generate", "edit", "inpaint", "gallery")
_DROP_TABS = ("edit", "inpaint")
"""Tabs that work on images: images dropped on them are opened there."""


class TopBar(QWidget):
    """The bar below the menus. tab_wanted: emits the name of a tab."""

    tab_wanted = Signal(str)
    dropped = Signal(str, list)
    """The name of a tab, and the `Taken` dropped on it."""

    def __init__(self, actions: Actions) -> None:
        super().__init__()
        self.setObjectName("panel")
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 6, 12, 6)
        row.setSpacing(6)
        group = QActionGroup(self)
        self._tabs = {}
        for name in TABS:
            action = actions[f"tab.{name}"]
            group.addAction(action)
            action.triggered.connect(lambda _checked, name=name: self.tab_wanted.emit(name))
            made = button(action.text(), action.trigger, kind="tab")
            made.setCheckable(True)
            ShortcutTip(made, action.text()).follow(action)
            if name in _DROP_TABS:
                drops = DropTarget(made, accepts_mime, sources_from_mime)
                drops.dropped.connect(lambda taken, name=name: self.dropped.emit(name, taken))
            self._tabs[name] = made
            row.addWidget(made)
        row.addStretch(1)
        self._search_action = actions["view.commands"]
        self.search = button("", self._search_action.trigger, kind="pill")
        self._search_action.changed.connect(self._show_search_keys)
        self._show_search_keys()
        row.addWidget(self.search)
        tip = "Estimated cost of images made since midnight. Click for details"
        self.today = button("Today $0.00", actions["view.spending"].trigger, kind="pill", tip=tip)
        row.addWidget(self.today)
        self.service = StatusPill()
        self.service.clicked.connect(actions["file.settings"].trigger)
        row.addWidget(self.service)

    def _show_search_keys(self) -> None:
        self.search.setText(command_tip("Search commands", self._search_action.shortcut()))

    def show_tab(self, name: str) -> None:
        """Highlight the open tab."""
        for other, made in self._tabs.items():
            made.setChecked(other == name)
