"""A bar to mark the image in the loupe: rating, label, favorite, trash."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from imagineart_desktop.library import PictureDetails
from imagineart_desktop.ui.commands.command_button import CommandButtons
from imagineart_desktop.ui.image_details.marks_editor import LabelDots, RatingStars
from imagineart_desktop.ui.widgets import FlowLayout
from imagineart_desktop.workspace.commands.command import ImageSubject
from imagineart_desktop.workspace.commands.image_commands import (
    FAVORITE,
    IMAGE_COMMANDS,
    RESTORE,
    TRASH,
    applies_to_image,
)


class MarkBar(QWidget):
    """A row of controls for marks.

    It keeps its place and height while an image's details are loading, and wraps to further lines in a narrow loupe.
    """

    rated = Signal(int)
    labelled = Signal(object)
    command = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._row = row = FlowLayout(12, centered=True)
        row.setContentsMargins(12, 6, 12, 6)
        self.setLayout(row)
        self.stars, self.dots = RatingStars(), LabelDots()
        self._buttons = CommandButtons(self.command.emit)
        self.favorite = self._buttons.make(FAVORITE, label=IMAGE_COMMANDS[FAVORITE].label, kind="ghost")
        self.favorite.setCheckable(True)
        self.trash = self._buttons.make(TRASH, kind="ghost")
        self.restore = self._buttons.make(RESTORE, kind="ghost")
        row.addWidget(_group(self.stars, self.dots))
        row.addWidget(_group(self.favorite, self.trash, self.restore))
        self.stars.rated.connect(self.rated)
        self.dots.chosen.connect(self.labelled)
        self.show_marks(None)

    def use_actions(self, actions: Mapping[str, QAction]) -> None:
        """Show the shortcuts of the window's actions, by command id."""
        self._buttons.use_actions(actions, (self.favorite, self.trash, self.restore))

    def add_switch(self, action: QAction) -> None:
        """Add one more switch at the end."""
        made = QToolButton()
        made.setProperty("kind", "ghost")
        made.setDefaultAction(action)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._row.addWidget(made)

    def show_marks(self, details: PictureDetails | None) -> None:
        """Show an image's marks; an image in the trash can't be marked."""
        image = None if details is None else ImageSubject.from_details(details)
        in_trash = image is not None and image.in_trash
        for made in (self.favorite, self.trash, self.restore):
            made.setEnabled(applies_to_image(made.command.id, image))
        for part in (self.stars, self.dots):
            part.setEnabled(self.favorite.isEnabled())
        self.trash.setVisible(not in_trash)
        self.restore.setVisible(in_trash)
        if details is not None:
            self.stars.set_value(details.marks.rating)
            self.dots.set_value(details.marks.label)
        self.favorite.setChecked(details is not None and details.summary.favourite)


def _group(*parts: QWidget) -> QWidget:
    """Return a widget that keeps its parts on one line."""
    made = QWidget()
    row = QHBoxLayout(made)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(12)
    for part in parts:
        row.addWidget(part)
    return made
