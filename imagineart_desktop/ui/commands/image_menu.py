"""The context menu of images."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.library import Collection, Label, PictureDetails
from imagineart_desktop.ui.commands.missing_files import repair_commands
from imagineart_desktop.ui.widgets import TextInputDialog
from imagineart_desktop.workspace.gallery.organizer import GalleryCommands

_USES = (
    ("open", "Open"),
    ("edit", "Send to Edit"),
    ("inpaint", "Send to Inpaint"),
    ("reference", "Use as reference"),
    ("reuse", "Reuse settings"),
    ("vary", "Vary"),
    None,
    ("compare", "Compare"),
    ("lineage", "Lineage"),
    None,
    ("copy", "Copy image"),
    ("copy file", "Copy as file"),
    ("export", "Export…"),
    ("sheet", "Contact sheet…"),
    ("open with", "Open in default app"),
    ("folder", "Show in folder"),
    ("log", "Show job log"),
    None,
)
_ACTIONS = {
    **{name: f"image.{name}" for name in ("edit", "inpaint", "reuse", "vary", "compare", "lineage")},
    "favourite": "image.favourite",
    "trash": "image.trash",
    "copy": "edit.copy",
    "copy file": "edit.copy file",
    "export": "file.export",
    "sheet": "file.sheet",
    "open with": "file.open with",
}
"""Image commands that are also window actions, whose shortcuts the menu shows."""

_PARTS = (("use prompt", "Prompt"), ("use seed", "Seed"), ("use size", "Size"), ("use references", "References"))

_RECIPE_COMMANDS = ("reuse", "vary")
_JOB_COMMANDS = ("log",)
"""Commands for images that were made here."""

_IN_TRASH = (("restore", "Restore"), ("folder", "Show in folder"))


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
    of a window action.
    """

    def __init__(
        self,
        window: QWidget,
        chosen: MenuSelection,
        marking: GalleryCommands,
        run: Callable[[str, list[int]], None],
        make: Callable[[str, list[int]], object],
        keys: Callable[[str], QKeySequence],
    ) -> None:
        super().__init__(window)
        self._window, self._chosen, self._marking = window, chosen, marking
        self._run, self._make, self._keys = run, make, keys
        trashed = chosen.first is not None and chosen.first.trashed
        for command, words in repair_commands(chosen.first.summary).items() if chosen.first is not None else ():
            self._add(command, words)
        hidden = _unavailable_commands(chosen.first)
        for entry in _IN_TRASH if trashed else _USES:
            if entry is None:
                self.addSeparator()
            elif entry[0] not in hidden:
                self._add(*entry)
                if entry[0] == "reuse":
                    self._add_parts(self.addMenu("Reuse only"))
        if not trashed:
            self._add_annotations()
        self.aboutToHide.connect(self.deleteLater)

    def _add(self, command: str, words: str) -> None:
        made = self.addAction(words, lambda: self._run(command, self._chosen.numbers))
        if command in _ACTIONS:
            self._show_keys(made, _ACTIONS[command])

    def _add_parts(self, menu: QMenu) -> None:
        for command, words in _PARTS:
            menu.addAction(words, lambda command=command: self._run(command, self._chosen.numbers))

    def _show_keys(self, entry: QAction, name: str) -> None:
        """Show an action's shortcut beside an entry, without taking the shortcut from the action."""
        entry.setShortcut(self._keys(name))
        entry.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        entry.setShortcutVisibleInContextMenu(True)

    def _add_annotations(self) -> None:
        chosen, marking, numbers = self._chosen, self._marking, self._chosen.numbers
        marks = chosen.first.marks if chosen.first is not None else None
        self._add("favourite", "Remove from favorites" if marks is not None and marks.favourite else "Favorite")
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
        self._add("trash", "Move to trash")

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


def _unavailable_commands(first: PictureDetails | None) -> tuple[str, ...]:
    """Return the commands that don't apply to the image."""
    if first is None or first.recipe.imported is None:
        return ()
    return (*_JOB_COMMANDS, *_RECIPE_COMMANDS) if first.summary.is_plain_import else _JOB_COMMANDS


def _escape_mnemonics(name: str) -> str:
    """Escape the &, which would otherwise mark a mnemonic in a menu."""
    return name.replace("&", "&&")
