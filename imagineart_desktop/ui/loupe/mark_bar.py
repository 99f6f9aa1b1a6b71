"""A bar to mark the image in the loupe: rating, label, favorite, trash."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QToolButton, QWidget

from imagineart_desktop.library import PictureDetails
from imagineart_desktop.ui.gallery.marks_editor import LabelDots, RatingStars
from imagineart_desktop.ui.widgets import FlowLayout, button


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
        self.favorite = button("Favorite", lambda: self.command.emit("favourite"), kind="ghost")
        self.favorite.setCheckable(True)
        self.trash = button("Trash", lambda: self.command.emit("trash"), kind="ghost")
        self.restore = button("Restore", lambda: self.command.emit("restore"), kind="ghost")
        row.addWidget(_group(self.stars, self.dots))
        row.addWidget(_group(self.favorite, self.trash, self.restore))
        self.stars.rated.connect(self.rated)
        self.dots.chosen.connect(self.labelled)
        self.show_marks(None)

    def add_switch(self, action: QAction) -> None:
        """Add one more switch at the end."""
        made = QToolButton()
        made.setProperty("kind", "ghost")
        made.setDefaultAction(action)
        made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._row.addWidget(made)

    def show_marks(self, details: PictureDetails | None) -> None:
        """Show an image's marks; an image in the trash can't be marked."""
        trashed = details is not None and details.trashed
        for part in (self.stars, self.dots, self.favorite, self.trash):
            part.setEnabled(details is not None and not trashed)
        self.trash.setVisible(not trashed)
        self.restore.setVisible(trashed)
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
