"""Commands on the session's steps: go to, rename, close. Each step puts its own image on the canvas."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QObject, QPoint, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from imagineart_desktop.library import Library
from imagineart_desktop.support import spawn
from imagineart_desktop.ui.inpaint.step_tree import StepTree
from imagineart_desktop.ui.widgets import TextInputDialog
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.history import HistoryStep
from imagineart_desktop.workspace.inpaint.history_controller import HistoryController


class StepCommands(QObject):
    """Connects the step tree to its commands. changed: called when names or the visible steps changed."""

    menu_wanted = Signal(object, QPoint, list)
    """The `HistoryStep` that the menu is for, its screen position, and the step actions it starts with."""

    def __init__(
        self,
        widget: QWidget,
        library: Library,
        tree: StepTree,
        stepping: HistoryController,
        changed: Callable[[], object],
    ) -> None:
        super().__init__(widget)
        self._widget = widget
        self._library = library
        self._tree = tree
        self._stepping = stepping
        self._changed = changed
        self._menu_step: HistoryStep | None = None
        """The step that the menu is for, kept for actions triggered while the menu closes."""
        self._is_menu_open = False
        self._rename, self._close = QAction("Rename…", self), QAction("Close", self)
        self._rename.triggered.connect(partial(self._with_menu_step, self.rename))
        self._close.triggered.connect(partial(self._with_menu_step, self._start_closing))
        tree.wanted.connect(self._start_going_to)
        tree.menu_wanted.connect(self._ask_menu)

    def _start_closing(self, step: HistoryStep) -> None:
        spawn(self.close(step))

    def _start_going_to(self, number: int) -> None:
        spawn_owned(self, self.go_to(number))

    def refresh(self) -> None:
        """Show the current steps."""
        self._tree.show_steps(self._stepping.steps)
        if self._is_menu_open and self._menu_step is not None:
            self._tree.highlight(self._menu_step.id)
        spawn_owned(self, self._draw())

    async def _draw(self) -> None:
        for step in self._stepping.steps.visible():
            if not self._tree.has_picture(step.id):
                image = await session_store.load_step_thumbnail(step.sha256, step.picture_id, self._library)
                if image is not None:
                    self._tree.set_picture(step.id, image)

    async def go_to(self, number: int) -> None:
        """Put a step on the canvas. Highlights the step that is there, even after a failure."""
        await self._stepping.return_to(number)
        self.refresh()

    def add_grown(self, number: int, follows: bool) -> None:
        """Show a new step in the tree. follows: whether to put it on the canvas."""
        self._changed()
        if follows:
            spawn_owned(self, self.go_to(number))

    def rename(self, step: HistoryStep) -> TextInputDialog:
        """Ask for another name."""

        def put(name: str) -> None:
            step.label = name
            self._changed()

        return TextInputDialog(self._widget, "Rename", "Name", put, text=step.label)

    async def close(self, step: HistoryStep) -> None:
        """Hide an image and its steps; its files and results stay in the library.

        Does nothing if the canvas can't show another step, or none, instead.
        """
        steps = self._stepping.steps
        root = steps.root_of(step)
        following = steps.beside(root)
        if following is None:
            await self._stepping.leave()
        elif following is not steps.current:
            await self._stepping.return_to(following.id)
        if steps.close(root):
            self._changed()

    def _ask_menu(self, number: int, at: QPoint) -> None:
        """Highlight the step while its menu is open, leaving the canvas unchanged."""
        steps = self._stepping.steps
        if number not in steps:
            return
        self._menu_step, self._is_menu_open = steps[number], True
        self._tree.highlight(number)
        self._close.setText(f"Close “{_menu_text(steps.root_of(steps[number]))}”")
        self.menu_wanted.emit(steps[number], at, [self._rename, self._close])

    def menu_closed(self) -> None:
        """Highlight the step on the canvas again."""
        self._is_menu_open = False
        current = self._stepping.steps.current
        if current is not None:
            self._tree.highlight(current.id)

    def _with_menu_step(self, work: Callable[[HistoryStep], object]) -> None:
        if self._menu_step is not None:
            work(self._menu_step)


def _menu_text(step: HistoryStep) -> str:
    return step.label.replace("&", "&&")
