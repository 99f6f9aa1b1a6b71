"""Connections of the Inpaint page, made once it's built."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.ui.commands.actions import Actions
from imagineart_desktop.ui.commands.image_commands import ImageCommands
from imagineart_desktop.ui.inpaint.tint_picker import TintPicker
from imagineart_desktop.ui.inpaint.tool_settings import restore_tool_settings
from imagineart_desktop.ui.jobs.strip import JobStrip
from imagineart_desktop.ui.window.current_images import CurrentImages
from imagineart_desktop.ui.window.layout_memory import LayoutSaver
from imagineart_desktop.workspace.preferences import Preferences

if TYPE_CHECKING:
    from imagineart_desktop.ui.inpaint.page import InpaintPage


class InpaintConnections(QObject):
    """Connects the page with the actions, the saved settings and the menus."""

    image_opened = Signal()
    """There is another image to paint on."""

    def __init__(
        self,
        window: QObject,
        actions: Actions,
        preferences: Preferences,
        tint: TintPicker,
        layout: LayoutSaver,
        commands: ImageCommands,
        images: CurrentImages,
        strip: JobStrip,
    ) -> None:
        super().__init__(window)
        self._actions = actions
        self._preferences = preferences
        self._tint = tint
        self._layout = layout
        self._commands = commands
        self._images = images
        self._strip = strip

    def connect_page(self, inpaint: InpaintPage) -> None:
        """Connect the page."""
        from imagineart_desktop.ui.inpaint.canvas_keys import CanvasShortcuts

        actions, canvas = self._actions, inpaint.canvas
        self._layout.watch("inpaint", inpaint.splitter)
        self._layout.watch("inpaint steps", inpaint.steps_splitter)
        restore_tool_settings(self._preferences.tools, canvas, inpaint.options)
        canvas.set_tint(self._tint.tint)
        self._tint.shown.connect(canvas.set_tint)
        CanvasShortcuts(inpaint, actions.canvas_actions())
        steps = [actions["edit.undo"], actions["edit.redo"]]
        inpaint.addActions(steps)
        # The strip is used like a part of the page, but isn't a child of it.
        self._strip.addActions([*actions.canvas_actions(), *steps])
        inpaint.focus.include(self._strip)
        inpaint.keys.include(self._strip)
        canvas.set_modifier(self._preferences.canvas_modifier)
        self._preferences.watch(canvas, Preferences.canvas_modifier, canvas.set_modifier)
        inpaint.image_opened.connect(self.image_opened)
        inpaint.results.menu_wanted.connect(self._commands.show_menu)
        inpaint.steps.menu_wanted.connect(self._images.show_step_menu)
