"""A panel that shows how the image in the loupe was made, and what of it can be reused."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.library import PictureDetails
from imagineart_desktop.ui.commands.command_button import CommandButtons
from imagineart_desktop.ui.image_details.facts import facts_form, lineage_row, reuse_row
from imagineart_desktop.ui.image_details.tags_editor import TagsEditor
from imagineart_desktop.ui.widgets import SectionLabel, TextBlock

WIDTH = 290


class FactsPanel(QScrollArea):
    """A panel with the facts and tags of the shown image.

    command: an image command for it; walk: the id of one of its parents.
    """

    command = Signal(str)
    walk = Signal(int)
    tagged = Signal(list, list)
    untagged = Signal(list, list)
    """Image ids, and names of tags."""
    left = Signal()
    """The image should get the keyboard focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setFixedWidth(WIDTH)
        self.buttons = CommandButtons(self.command.emit)
        self.is_wanted = False
        """Whether the user wants to see facts."""
        self._details: PictureDetails | None = None
        self._known_tags: list[str] = []
        self._tags: tuple[int, TagsEditor] | None = None
        """The id of the image whose tags can be edited, and the editor."""

    def set_tags(self, tags: list[str]) -> None:
        """Set all existing tags, for completion."""
        self._known_tags = tags

    def show_details(self, details: PictureDetails | None) -> None:
        """Show another image's facts, or none, once they are wanted."""
        if details is not self._details:
            self._details = details
            self._fill()

    def set_wanted(self, wanted: bool) -> None:
        """Have the facts of each image shown here, or no longer."""
        self.is_wanted = wanted
        self._fill()

    def _fill(self) -> None:
        if self.is_wanted:
            self.setWidget(QWidget() if self._details is None else self._page(self._details))

    def _page(self, details: PictureDetails) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(8)
        if details.recipe.prompt:
            column.addWidget(SectionLabel("Prompt"))
            column.addWidget(TextBlock(details.recipe.prompt))
            column.addSpacing(8)
        column.addWidget(SectionLabel("Made with"))
        column.addLayout(facts_form(details, self.buttons))
        column.addSpacing(8)
        column.addWidget(SectionLabel("Use again"))
        column.addLayout(reuse_row(details, self.buttons))
        if details.parents:
            column.addSpacing(8)
            column.addWidget(SectionLabel("Made from"))
            column.addLayout(lineage_row(details, self.walk.emit, self.devicePixelRatioF()))
        if not details.trashed:
            column.addSpacing(8)
            column.addWidget(SectionLabel("Tags"))
            column.addWidget(self._tags_of(details))
        elif details.marks.tags:
            column.addSpacing(8)
            column.addWidget(SectionLabel("Tags"))
            column.addWidget(TextBlock(", ".join(details.marks.tags)))
        column.addStretch(1)
        return page

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave the tag field for the image on Esc. Other keys that the field doesn't use are ignored."""
        if self._tags is None or not isValid(self._tags[1]) or not self._tags[1].field.hasFocus():
            super().keyPressEvent(event)
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()

    def _tags_of(self, details: PictureDetails) -> TagsEditor:
        number = details.summary.id
        editor = TagsEditor(details.marks.tags, self._known_tags)
        if self._tags is not None and self._tags[0] == number and isValid(self._tags[1]):
            editor.take_over(self._tags[1])
        self._tags = number, editor
        editor.tagged.connect(partial(self.tagged.emit, [number]))
        editor.untagged.connect(partial(self.untagged.emit, [number]))
        return editor
