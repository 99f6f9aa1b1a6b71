"""Numbered reference images: dropped, pasted or chosen, and reordered by dragging."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QVBoxLayout

from imagineart_desktop.imaging import Size, make_thumbnail, normalize_for_upload
from imagineart_desktop.jobs import InputImage
from imagineart_desktop.library import Library, StoredInput
from imagineart_desktop.models import MAX_REFERENCES
from imagineart_desktop.support import UserError
from imagineart_desktop.ui.edit.slot import Reference, Slot
from imagineart_desktop.ui.edit.slot_area import SlotArea
from imagineart_desktop.ui.forms.above import AbovePrompt
from imagineart_desktop.ui.widgets import PendingWork, SectionLabel
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.form_drafts import SavedReference
from imagineart_desktop.workspace.image_source import load_image
from imagineart_desktop.workspace.mime import ImageSource

_THUMBNAIL = 320
_MAX_SLOTS = 10
"""How many references there may be, for models that take as many; four otherwise."""


class References(AbovePrompt):
    """The slots.

    line: says what is being added and what was taken out. message: says what stands in the way.
    """

    changed = Signal()
    undo_changed = Signal()
    """Emitted when there is something else, or nothing more, to undo."""
    enlarged = Signal(object)
    """The path of a reference to enlarge."""

    def __init__(self, library: Library, files: FileDialogs) -> None:
        super().__init__()
        self._library = library
        self._files = files
        self._references: list[Reference] = []
        self._max = MAX_REFERENCES
        self._first_sets_size = True
        self._undoable: list[tuple[str, list[Reference]]] = []
        """The name of each change and the references before it, newest last."""
        self._heading = SectionLabel("Reference images")
        self.waiting = PendingWork(self.line)
        self.slots = [Slot(number) for number in range(1, _MAX_SLOTS + 1)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        for index, slot in enumerate(self.slots):
            slot.asked.connect(partial(self._choose, index))
            slot.removed.connect(partial(self.remove, index))
            slot.cleared.connect(self.clear)
            slot.enlarged.connect(partial(self._enlarge, index))
            slot.dropped.connect(partial(self._drop, index))
            slot.moved_here.connect(partial(self._move, index))
        self.area = SlotArea(self.slots)
        column.addWidget(self.area)
        self._show()

    @property
    def sizes(self) -> list[Size]:
        """The sizes of the references, in order."""
        return [reference.kept.size for reference in self._references]

    def input_images(self) -> list[InputImage]:
        """Return the references for the request, in order."""
        return [InputImage(reference.kept.path, reference.picture_id) for reference in self._references]

    def state(self) -> tuple[SavedReference, ...]:
        """Return the references as they are saved."""
        return tuple(SavedReference(sha256=r.kept.sha256, picture_id=r.picture_id) for r in self._references)

    async def restore(self, saved: Sequence[SavedReference]) -> None:
        """Restore saved references, as far as the library still has them."""
        self._references = await self._known(saved)
        self.clear_undo()
        self._show()

    async def replace(self, saved: Sequence[SavedReference]) -> None:
        """Replace the references with saved ones, with undo."""
        found = await self._known(saved)
        if self._references:
            self._take_out(found, "replace references", "References replaced.")
        else:
            self._references = found
            self._show()

    async def _known(self, saved: Sequence[SavedReference]) -> list[Reference]:
        found = []
        for reference in saved:
            kept = await self._library.inputs.find(reference.sha256)
            if kept is not None:
                found.append(await self._reference(kept, reference.picture_id))
        return found[:_MAX_SLOTS]

    def add(self, taken: list[ImageSource], replacing: int | None = None) -> None:
        """Add images while there is room. replacing: index of the reference to replace."""
        spawn_owned(self, self._add(taken, replacing))

    def _drop(self, index: int, taken: list[ImageSource]) -> None:
        self.add(taken, index if index < len(self._references) else None)

    def remove(self, index: int) -> None:
        """Remove one reference, with undo."""
        if index < len(self._references):
            self._take_out(
                [*self._references[:index], *self._references[index + 1 :]], "remove reference", "Reference removed."
            )

    def clear(self) -> None:
        """Remove all references, with undo."""
        if self._references:
            self._take_out([], "remove references", "All references removed.")

    def _take_out(self, left: list[Reference], name: str, sentence: str) -> None:
        """Set the references that are left and offer undo. name: of the change, for the undo action."""
        self._undoable.append((name, self._references))
        self._references = left
        self._show()
        self.message.clear()
        self.line.say(sentence, "info", {"Undo": self.undo})
        self.undo_changed.emit()

    @property
    def undo_name(self) -> str | None:
        """The name of the change that `undo` reverts, or None."""
        return self._undoable[-1][0] if self._undoable else None

    def undo(self) -> None:
        """Restore the references that were removed last."""
        if self._undoable:
            _, self._references = self._undoable.pop()
            self._clear_messages()
            self._show()
            self.undo_changed.emit()

    def clear_undo(self) -> None:
        """Clear the undo history, because something else was done since."""
        self._undoable.clear()
        self.undo_changed.emit()

    def _enlarge(self, index: int) -> None:
        if index < len(self._references):
            self.enlarged.emit(self._references[index].kept.path)

    def _clear_messages(self) -> None:
        self.line.clear()
        self.message.clear()

    async def _add(self, taken: list[ImageSource], replacing: int | None) -> None:
        self._clear_messages()
        problems: list[str] = []
        for place, one in enumerate(taken):
            if replacing is None and self._is_full():
                self._offer_replacement(taken[place:], problems)
                return
            try:
                reference = await self._read_with_progress(one)
            except UserError as error:
                problems.append(str(error))
                continue
            if reference is None:
                break
            if replacing is not None and replacing < len(self._references):
                left = [*self._references[:replacing], reference, *self._references[replacing + 1 :]]
                self._take_out(left, "replace reference", "Reference replaced.")
                replacing = None
            else:
                self._references = [*self._references, reference]
                self.clear_undo()
                self._show()
        if problems:
            self.message.say(" ".join(problems))

    def _offer_replacement(self, left: list[ImageSource], problems: list[str]) -> None:
        """Offer to replace references. problems: why other files were rejected."""

        def replace_all() -> None:
            self._references = []
            self.add(left)

        def replace_last() -> None:
            self._references = self._references[: -len(left)]
            self.add(left)

        ways: dict[str, Callable[[], object]] = {"Replace all": replace_all}
        if len(left) < self._room:
            ways["Replace the last" if len(left) == 1 else f"Replace the last {len(left)}"] = replace_last
        said = f"You can use up to {self._room} references. Remove one to add another."
        self.message.say(" ".join([*problems, said]), "caution", ways, holds=self._is_full)

    def _is_full(self) -> bool:
        return len(self._references) >= self._room

    @property
    def _room(self) -> int:
        """How many references there may be. Those that another model takes stay when one that takes fewer is chosen."""
        return max(MAX_REFERENCES, self._max)

    def show_missing(self) -> None:
        """Tell the user that a reference is needed."""
        self.message.say("Add at least one image to edit.", holds=lambda: not self._references)

    async def _read_with_progress(self, taken: ImageSource) -> Reference | None:
        """Read an image while showing that to the user; return None if it's canceled.

        Raises PictureError, LibraryError.
        """
        return await self.waiting.on("Adding the image", lambda _show: self._read(taken))

    async def _read(self, taken: ImageSource) -> Reference:
        loaded = await load_image(taken, self._library)
        data = await asyncio.to_thread(normalize_for_upload, loaded.data, name=loaded.name)
        return await self._reference(await self._library.inputs.keep(data), loaded.picture_id)

    async def _reference(self, kept: StoredInput, picture_id: int | None) -> Reference:
        data = await asyncio.to_thread(make_thumbnail, kept.path, _THUMBNAIL)
        return Reference(kept, QImage.fromData(data), picture_id)

    def choose(self) -> None:
        """Ask for files to add."""
        self._choose(len(self._references))

    def _choose(self, index: int) -> None:
        if index < len(self._references):
            self._files.open_file(
                self,
                FolderPurpose.REFERENCE,
                "Replace reference",
                lambda path: self.add([ImageSource(path=path)], index),
            )
        else:
            self._files.open_files(self, FolderPurpose.REFERENCE, "Add references", self._take)

    def _take(self, paths: Sequence[Path]) -> None:
        self.add([ImageSource(path=path) for path in paths])

    def _move(self, index: int, number: int) -> None:
        if 0 < number <= len(self._references):
            left = list(self._references)
            moved = left.pop(number - 1)
            left.insert(min(index, len(left)), moved)
            self._references = left
            self._show()

    def _show(self) -> None:
        self._show_slots()
        self.message.review()
        self.changed.emit()

    def _show_slots(self) -> None:
        count = len(self._references)
        for index, slot in enumerate(self.slots):
            slot.show_reference(self._references[index] if index < count else None, is_next=index == count < self._max)
        self.area.set_count(max(count, self._max))
        self._show_limit()

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce."""
        self.area.set_low(low)

    def set_use(self, count: int, *, first_sets_size: bool) -> None:
        """Say what the model does with the references. count: how many it takes; further ones stay until removed."""
        self._max = min(count, _MAX_SLOTS)
        self._first_sets_size = first_sets_size
        self._show_slots()

    def _show_limit(self) -> None:
        count = len(self._references)
        rule = " · first sets the size" if self._first_sets_size else ""
        self._heading.set_note(f"{count} of {self._max}{rule}" if 0 < count <= self._max else f"Up to {self._max}")
