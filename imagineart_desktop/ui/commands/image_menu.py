"""The context menu of images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.library import Collection, Label, PictureDetails
from imagineart_desktop.ui.widgets import TextInputDialog
from imagineart_desktop.workspace.commands.command import Command, CommandContext, ImageSubject, with_note
from imagineart_desktop.workspace.commands.image_commands import (
    CONTEXT_MENU,
    FAVORITE,
    IMAGE_COMMANDS,
    TRASH,
    applies_to_image,
)
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

NoteOf = Callable[[Command, CommandContext, int], str]
"""Returns what is displayed beside a command's label: (command, situation, number of images)."""


def no_note(_command: Command, _now: CommandContext, _images: int) -> str:
    """Return an empty text."""
    return ""


@dataclass(frozen=True, slots=True)
class MenuSelection:
    """The selected images. first: details of the first one, if known; around: the collection in which they're shown."""

    numbers: list[int]
    first: PictureDetails | None
    collections: Sequence[Collection]
    tags: Sequence[str]
    around: Collection | None


class ImageMenu(QMenu):
    """Context menu for the selected images.

    run: runs an image command; make: makes a new collection with this name and these images; keys: returns the shortcut
    of a window action; note: returns what's displayed beside a label.
    """

    def __init__(
        self,
        window: QWidget,
        chosen: MenuSelection,
        marking: GalleryCommands,
        run: Callable[[str, list[int]], None],
        make: Callable[[str, list[int]], object],
        keys: Callable[[str], QKeySequence],
        note: NoteOf = no_note,
    ) -> None:
        super().__init__(window)
        self._window, self._chosen, self._marking = window, chosen, marking
        self._run, self._make, self._keys, self._note = run, make, keys, note
        self._image = ImageSubject() if chosen.first is None else ImageSubject.from_details(chosen.first)
        for entry in CONTEXT_MENU:
            if entry is None:
                self.addSeparator()
            elif isinstance(entry, str):
                self._add(entry)
            else:
                self._add_submenu(*entry)
        if applies_to_image(FAVORITE, self._image):
            self._add_annotations()
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, command_id: str) -> None:
        """Add a command if it applies to the image."""
        if applies_to_image(command_id, self._image):
            command = IMAGE_COMMANDS[command_id]
            is_on = command_id == FAVORITE and self._image.is_favorite
            self._add_entry(self, command, command.label_on if is_on else command.label)

    def _add_submenu(self, title: str, command_ids: tuple[str, ...]) -> None:
        """Add a submenu if one of its commands applies to the image; the others are disabled."""
        usable = [command_id for command_id in command_ids if applies_to_image(command_id, self._image)]
        if usable:
            menu = self.addMenu(title)
            for command_id in command_ids:
                command = IMAGE_COMMANDS[command_id]
                note = self._note(command, CommandContext(image=self._image), len(self._chosen.numbers))
                self._add_entry(menu, command, with_note(command.label, note)).setEnabled(command_id in usable)

    def _add_entry(self, menu: QMenu, command: Command, label: str) -> QAction:
        made = menu.addAction(label, partial(self._run, command.id, self._chosen.numbers))
        made.setData(command.id)
        if command.in_window:
            self._show_keys(made, command.id)
        return made

    def _show_keys(self, entry: QAction, name: str) -> None:
        """Show an action's shortcut beside an entry, without taking the shortcut from the action."""
        entry.setShortcut(self._keys(name))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        entry.setShortcutVisibleInContextMenu(True)

    def _add_annotations(self) -> None:
        chosen, marking, numbers = self._chosen, self._marking, self._chosen.numbers
        marks = chosen.first.marks if chosen.first is not None else None
        self._add(FAVORITE)
        rating = self.addMenu("Rating")
        for stars in range(6):
            made = rating.addAction("★" * stars or "None", lambda stars=stars: marking.rate(numbers, stars))
            made.setCheckable(True)
            made.setChecked(marks is not None and marks.rating == stars)
            self._show_keys(made, f"mark.{stars} stars")
        labels = self.addMenu("Label")
        for label in Label:
            if label is not Label.NONE:
                made = labels.addAction(label.value.capitalize(), lambda label=label: marking.label(numbers, label))
                made.setCheckable(True)
                made.setChecked(marks is not None and marks.label is label)
                self._show_keys(made, f"mark.{label.value}")
        self.addAction("Tag…", self._ask_for_tags)
        self._add_collections(self.addMenu("Collection"))
        self.addSeparator()
        if (around := chosen.around) is not None:
            made = self.addAction(
                f"Remove from “{_escape_mnemonics(around.name)}”",
                lambda: marking.discard(numbers, around.id, around.name),
            )
            self._show_keys(made, "mark.take out")
        self._add(TRASH)

    def _add_collections(self, menu: QMenu) -> None:
        numbers, marking = self._chosen.numbers, self._marking
        lying = self._chosen.first.marks.collections if self._chosen.first is not None else ()
        for one in self._chosen.collections:
            made = menu.addAction(f"{'' if one.parent is None else '    '}{_escape_mnemonics(one.name)}")
            made.setCheckable(True)
            made.setChecked(one.id in lying)
            change = marking.discard if one.id in lying else marking.collect
            made.triggered.connect(lambda _on, change=change, one=one: change(numbers, one.id, one.name))
        if self._chosen.collections:
            menu.addSeparator()
        menu.addAction("New…", self._ask_for_collection)

    def _ask_for_tags(self) -> None:
        numbers, marking = self._chosen.numbers, self._marking

        def tag(text: str) -> None:
            names = [name.strip() for name in text.split(",") if name.strip()]
            if names:
                marking.tag(numbers, names)

        TextInputDialog(self._window, "Tag", "Tags, with commas between them", tag, known=self._chosen.tags)

    def _ask_for_collection(self) -> None:
        numbers, make = self._chosen.numbers, self._make
        TextInputDialog(self._window, "New collection", "Name", lambda name: make(name, numbers))


def _escape_mnemonics(name: str) -> str:
    """Escape the &, which would otherwise mark a mnemonic in a menu."""
    return name.replace("&", "&&")
