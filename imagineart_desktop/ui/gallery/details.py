"""The details panel: everything that made the selected image, and what was made from it."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import QPointF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QScrollArea, QVBoxLayout, QWidget
from shiboken6 import isValid

from imagineart_desktop.library import FileState, Library, LibraryError, PictureDetails
from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.commands.command_button import CommandButtons
from imagineart_desktop.ui.image_details.facts import facts_form, lineage_row, reuse_row, scale_to_pixmap
from imagineart_desktop.ui.image_details.marks_editor import MarksEditor
from imagineart_desktop.ui.widgets import (
    EmptyState,
    SectionLabel,
    TextBlock,
    button,
    plain_label,
)
from imagineart_desktop.ui.widgets.sight import keep_focus_in_sight
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.commands.command import ImageSubject
from imagineart_desktop.workspace.commands.image_commands import (
    DETAILS,
    FAVORITE,
    IMAGE_COMMANDS,
    MISSING_FILE,
    applies_to_image,
)
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.form_drafts import NoteDraft
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE

_PREVIEW = QSize(270, 190)


class _Preview(QWidget):
    """A preview of the image, as large as fits."""

    def __init__(self, image: QImage) -> None:
        super().__init__()
        self._image = image
        self.setMinimumWidth(40)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the image centered."""
        ratio = self.devicePixelRatioF()
        pixmap = scale_to_pixmap(self._image, self.size().boundedTo(_PREVIEW), ratio)
        painter = QPainter(self)
        across, down = (self.width() - pixmap.width() / ratio) / 2, (self.height() - pixmap.height() / ratio) / 2
        painter.drawPixmap(QPointF(across, down), pixmap)
        painter.end()


class DetailsPanel(QWidget):
    """A panel that shows the recipe of one image."""

    command = Signal(str, list)
    """Name of an image command, and the ids it applies to."""
    walk = Signal(int)
    """Go to a parent or a child image."""
    left = Signal()
    """The image was marked with the mouse, or what had the keyboard focus is gone: the grid should get the focus."""

    def __init__(self, library: Library, marking: GalleryCommands) -> None:
        super().__init__()
        self.setObjectName("panel")
        self._library = library
        self._marking = marking
        self.buttons = CommandButtons(self._run)
        self._tags: list[str] = []
        self.chosen: list[int] = []
        """Ids of the images that marks are applied to."""
        self._editor: tuple[int, MarksEditor] | None = None
        self._draft = DraftSaver(
            self, library, "note", NoteDraft, self._unsaved_note, lambda sentence: marking.said.emit(sentence, None)
        )
        self._asked = 0
        self._number: int | None = None
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        self._area = QScrollArea()
        self._area.setObjectName("panel")
        self._area.setWidgetResizable(True)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_focus_in_sight(self._area)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._empty = EmptyState("image", "No image selected", "Select one to see how it was made.")
        outer.addWidget(self._area)
        outer.addWidget(self._empty)
        self._area.hide()

    def set_tags(self, tags: list[str]) -> None:
        """Set the tags offered as completions."""
        self._tags = tags

    async def restore(self) -> None:
        """Restore a note that was being typed when the last session ended."""
        if self._library.read_only:
            return
        async with self._draft.restoring() as kept:
            if kept.picture is not None and kept.note is not None:
                self._marking.note(kept.picture, kept.note)

    def begin(self) -> None:
        """Start without a note to restore."""
        self._draft.begin()

    async def save(self) -> None:
        """Save the note being typed."""
        await self._draft.save()

    def _unsaved_note(self) -> NoteDraft:
        if self._editor is None or not isValid(self._editor[1]):
            return NoteDraft()
        number, editor = self._editor
        note = editor.unsaved_note
        return NoteDraft() if note is None else NoteDraft(picture=number, note=note)

    def show_picture(self, number: int | None, among: list[int] | None = None) -> None:
        """Show another image, or none. among: all selected images, which marks are applied to."""
        if number != self._number:
            self._release_focus()
            # Until the facts are read, show nothing instead of another image's facts.
            self._area.hide()
            self._empty.hide()
        self._number = number
        self.chosen = among or ([number] if number is not None else [])
        spawn_owned(self, self._show(number))

    async def _show(self, number: int | None) -> None:
        self._asked += 1
        turn = self._asked
        details = None
        if number is not None:
            try:
                details = await self._library.details(number)
            except LibraryError:
                details = None
        preview = await self._preview(details)
        if turn != self._asked:
            return
        if details is not None:
            page = self._page(details, preview)
            if self._editor is None or not self._editor[1].is_typing:
                self._release_focus()
            self._area.setWidget(page)
            if self._editor is not None:
                self._editor[1].go_on()
        else:
            self._release_focus()
        self._area.setVisible(details is not None)
        self._empty.setVisible(details is None)

    def _release_focus(self) -> None:
        """Give up the focus before its widget disappears: Qt would give it to the next one, wherever that is."""
        focus, page = self.window().focusWidget(), self._area.widget()
        if focus is not None and page is not None and page.isAncestorOf(focus):
            self.left.emit()

    async def _preview(self, details: PictureDetails | None) -> QImage | None:
        if details is None:
            return None
        try:
            data = await self._library.thumbnail(details.summary, THUMBNAIL_EDGE)
        except UserError:
            return None
        return await asyncio.to_thread(QImage.fromData, data)

    def _page(self, details: PictureDetails, preview: QImage | None) -> QWidget:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(14, 14, 14, 14)
        column.setSpacing(8)
        column.addWidget(self._preview_box(details, preview))
        column.addWidget(TextBlock(details.summary.title, "strong"))
        if not details.trashed:
            column.addWidget(self._marks(details))
        column.addLayout(facts_form(details, self.buttons))
        if details.parents:
            column.addSpacing(4)
            column.addWidget(SectionLabel("Made from"))
            column.addLayout(lineage_row(details, self.walk.emit, self.devicePixelRatioF()))
        column.addWidget(self._made_from_this(details.children), 0, Qt.AlignmentFlag.AlignLeft)
        if not details.trashed:
            column.addSpacing(4)
            column.addWidget(SectionLabel("Use again"))
            column.addLayout(reuse_row(details, self.buttons))
        column.addSpacing(4)
        column.addLayout(self._button_grid(details, DETAILS))
        column.addStretch(1)
        return page

    def _preview_box(self, details: PictureDetails, preview: QImage | None) -> QWidget:
        """Return the preview, or why there is none, and what to do about a missing file; always of the same height."""
        box = QWidget()
        box.setFixedHeight(_PREVIEW.height())
        column = QVBoxLayout(box)
        column.setContentsMargins(0, 0, 0, 0)
        if preview is not None:
            column.addWidget(_Preview(preview), 1)
        else:
            damaged = details.summary.state is FileState.DAMAGED
            words = "The file is incomplete or damaged." if damaged else "The file is missing."
            column.addWidget(plain_label(words, "muted", wrap=True), 1)
        column.addLayout(self._button_grid(details, MISSING_FILE))
        return box

    def _made_from_this(self, children: Sequence[int]) -> QWidget:
        """Return the line about the images made from this one. It's there before there are any, and moves nothing."""
        words = f"→ {pluralize(len(children), 'image')} made from this" if children else "No images made from this"
        made = button(words, lambda: self.walk.emit(children[-1]), kind="ghost")
        made.setEnabled(bool(children))
        return made

    def _marks(self, details: PictureDetails) -> MarksEditor:
        number = details.summary.id
        numbers = self.chosen if number in self.chosen else [number]
        editor = MarksEditor(details.marks, self._tags, len(numbers))
        if self._editor is not None and self._editor[0] == number and isValid(self._editor[1]):
            editor.take_over(self._editor[1])
        self._editor = number, editor
        for clicked, mark in ((editor.rated, self._marking.rate), (editor.labelled, self._marking.label)):
            clicked.connect(partial(mark, numbers))
            clicked.connect(self.left)
        editor.tagged.connect(partial(self._marking.tag, numbers))
        editor.untagged.connect(partial(self._marking.untag, numbers))
        editor.noted.connect(partial(self._take_note, number))
        editor.note_edited.connect(self._draft.touch)
        return editor

    def _take_note(self, number: int, note: str) -> None:
        self._marking.note(number, note)
        self._draft.touch()

    def _run(self, command: str) -> None:
        if self._number is not None:
            self.command.emit(command, [self._number])
            if command == FAVORITE:
                self.left.emit()

    def _button_grid(self, details: PictureDetails, command_ids: Sequence[str]) -> QGridLayout:
        grid, image = QGridLayout(), ImageSubject.from_details(details)
        grid.setSpacing(6)
        offered = [command_id for command_id in command_ids if applies_to_image(command_id, image)]
        for index, command_id in enumerate(offered):
            label = ""
            if command_id == FAVORITE:
                label = f"{'★' if image.is_favorite else '☆'} {IMAGE_COMMANDS[FAVORITE].label}"
            grid.addWidget(self.buttons.make(command_id, label=label), index // 2, index % 2)
        return grid
