"""Numbered reference images: dropped, pasted or chosen, and reordered by dragging."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout

from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import format_size, pluralize
from imagineart_desktop.ui.forms.above import AbovePrompt
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.references.slot import Slot
from imagineart_desktop.ui.references.slot_area import SlotArea
from imagineart_desktop.ui.widgets import PendingWork, SectionLabel
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.form_drafts import SavedReference
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.reference_list import MAX_SHOWN, Reference, ReferenceList


class ReferenceSlots(AbovePrompt):
    """Shows a list of references. Hidden if the model takes none.

    enlarges: whether a click on a reference enlarges it; otherwise it asks for another image. shows_messages: whether
    the messages are part of it, where it isn't above a prompt. line: says what is being added and what was taken out.
    message: says what stands in the way.
    """

    enlarged = Signal(object)
    """The path of a reference to enlarge."""

    def __init__(
        self, references: ReferenceList, files: FileDialogs, *, enlarges: bool, shows_messages: bool = False
    ) -> None:
        super().__init__()
        self.list = references
        self._files = files
        self._heading = SectionLabel("Reference images")
        self.waiting = PendingWork(self.line)
        self.slots = [Slot(number, enlarges=enlarges) for number in range(1, MAX_SHOWN + 1)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        self.area = SlotArea(self.slots)
        column.addWidget(self.area)
        if shows_messages:
            column.addWidget(self.line)
            column.addWidget(self.message)
        self._connect_slots()
        references.changed.connect(self._show)
        references.lost.connect(self._say_lost)
        self._show_slots()
        if not references.room:
            self.hide()

    def _connect_slots(self) -> None:
        for index, slot in enumerate(self.slots):
            slot.asked.connect(partial(self._choose, index))
            slot.removed.connect(partial(self.remove, index))
            slot.cleared.connect(self.clear)
            slot.enlarged.connect(partial(self._enlarge, index))
            slot.dropped.connect(partial(self._drop, index))
            slot.moved_here.connect(partial(self._move, index))

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce."""
        self.area.set_low(low)

    def follow_prompt(self, prompt: PromptEdit, first: int) -> None:
        """Let a prompt name the references. first: the number of the first one, after images that come before it."""

        def count() -> None:
            prompt.set_images(first - 1 + len(self.list.sent) if self.list.room else 0)

        def mark(number: int) -> None:
            for index, slot in enumerate(self.slots):
                slot.set_named(index == number - first and index < len(self.list.items))

        self.list.changed.connect(count)
        prompt.image_named.connect(mark)

    # Changes

    async def replace(self, saved: Sequence[SavedReference]) -> None:
        """Replace the references with saved ones, with undo."""
        if await self.list.replace(saved):
            self._offer_undo("References replaced.")

    def add(self, taken: list[ImageSource], replacing: int | None = None) -> None:
        """Add images while there is room. replacing: index of the reference to replace."""
        spawn_owned(self, self._add(taken, replacing))

    def _drop(self, index: int, taken: list[ImageSource]) -> None:
        self.add(taken, index if index < len(self.list.items) else None)

    def remove(self, index: int) -> None:
        """Remove one reference, with undo."""
        if index < len(self.list.items):
            self.list.remove(index)
            self._offer_undo("Reference removed.")

    def clear(self) -> None:
        """Remove all references, with undo."""
        if self.list.items:
            self.list.clear()
            self._offer_undo("All references removed.")

    def undo(self) -> None:
        """Restore the references that were removed last."""
        self._clear_messages()
        self.list.undo()

    def _offer_undo(self, sentence: str) -> None:
        self.message.review()
        self.line.say(sentence, "info", {"Undo": self.undo})

    def _enlarge(self, index: int) -> None:
        if index < len(self.list.items):
            self.enlarged.emit(self.list.items[index].kept.path)

    def _clear_messages(self) -> None:
        self.line.clear()
        self.message.clear()

    async def _add(self, taken: list[ImageSource], replacing: int | None) -> None:
        self._clear_messages()
        problems: list[str] = []
        for place, one in enumerate(taken):
            if replacing is None and self.list.is_full:
                self._offer_replacement(taken[place:], problems)
                return
            try:
                reference = await self._read_with_progress(one)
            except UserError as error:
                problems.append(str(error))
                continue
            if reference is None:
                break
            if replacing is not None and replacing < len(self.list.items):
                self.list.put(replacing, reference)
                self._offer_undo("Reference replaced.")
                replacing = None
            else:
                self.list.append(reference)
        if problems:
            self.message.say(" ".join(problems))

    def _offer_replacement(self, left: list[ImageSource], problems: list[str]) -> None:
        """Offer to replace references. problems: why other files were rejected."""

        def replace_last(count: int) -> None:
            self.list.drop_last(count)
            self.add(left)

        room = self.list.room
        ways: dict[str, Callable[[], object]] = {"Replace all": partial(replace_last, len(self.list.items))}
        if len(left) < room:
            text = "Replace the last" if len(left) == 1 else f"Replace the last {len(left)}"
            ways[text] = partial(replace_last, len(self.list.items) - room + len(left))
        said = f"You can use up to {pluralize(room, 'reference')}. Remove one to add another."
        self.message.say(" ".join([*problems, said]), "caution", ways, holds=lambda: self.list.is_full)

    async def _read_with_progress(self, taken: ImageSource) -> Reference | None:
        """Read an image while showing that to the user; return None if it's canceled.

        Raises PictureError, LibraryError.
        """
        return await self.waiting.on("Adding the image", lambda _show: self.list.read(taken))

    def choose(self) -> None:
        """Ask for files to add."""
        self._choose(len(self.list.items))

    def _choose(self, index: int) -> None:
        if index < len(self.list.items):
            self._ask_for_one("Replace reference", index)
        elif self.list.room == 1:
            self._ask_for_one("Add reference", None)
        else:
            self._files.open_files(self, FolderPurpose.REFERENCE, "Add references", self._take)

    def _ask_for_one(self, title: str, replacing: int | None) -> None:
        self._files.open_file(
            self, FolderPurpose.REFERENCE, title, lambda path: self.add([ImageSource(path=path)], replacing)
        )

    def _take(self, paths: Sequence[Path]) -> None:
        self.add([ImageSource(path=path) for path in paths])

    def _move(self, index: int, number: int) -> None:
        if 0 < number <= len(self.list.items):
            self.list.move(number - 1, index)

    # Showing the list

    def show_missing(self) -> None:
        """Tell the user that a reference is needed."""
        self.message.say("Add at least one image to edit.", holds=lambda: not self.list.items)

    def show_problem(self, problem: str) -> None:
        """Show what is wrong with the references until it's gone."""
        self.message.say(problem, "caution", holds=lambda: self.list.problem == problem)

    def _say_lost(self, count: int) -> None:
        which = "One reference is" if count == 1 else f"{count} references are"
        self.message.say(f"{which} no longer in the library.", "caution")

    def _show(self) -> None:
        self._show_slots()
        self.setVisible(self.list.room > 0)
        self.message.review()
        if problem := self.list.problem:
            self.show_problem(problem)

    def _show_slots(self) -> None:
        items, room = self.list.items, self.list.room
        for index, slot in enumerate(self.slots):
            reference = items[index] if index < len(items) else None
            slot.show_reference(reference, is_next=index == len(items) < room)
        self.area.set_count(max(len(items), room))
        self._show_limit(len(items), room)

    def _show_limit(self, count: int, room: int) -> None:
        is_single, sets_size = self.list.is_single, self.list.first_sets_size and count > 0
        self._heading.set_title("Image" if is_single else "Reference images")
        if is_single:
            self._heading.set_note("Sets the size" if sets_size else "")
            return
        rule = " · first sets the size" if sets_size else ""
        size = f" · {format_size(self.list.max_bytes)} in total" if self.list.max_bytes else ""
        used = f"{count} of {room}{rule}" if 0 < count <= room else f"Up to {room}"
        self._heading.set_note(used + size)
