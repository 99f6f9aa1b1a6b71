"""The reference images of a draft: stored in the library, in the order in which they are sent, with undo."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QImage

from imagineart_desktop.imaging import Size, make_thumbnail, normalize_for_upload
from imagineart_desktop.jobs import InputImage
from imagineart_desktop.library import Library, StoredInput
from imagineart_desktop.models import FieldKind, FieldSpec, Task
from imagineart_desktop.models.file_limits import total_problem
from imagineart_desktop.support import UserError
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.form_drafts import SavedReference
from imagineart_desktop.workspace.image_source import load_image
from imagineart_desktop.workspace.mime import ImageSource
from imagineart_desktop.workspace.request_draft import RequestDraft

_THUMBNAIL = 320
MAX_SHOWN = 10
"""How many references there may be, however many a model takes."""


@dataclass(frozen=True, slots=True)
class Reference:
    """An image that the library stores for the request. length: of its file, in bytes; image: a thumbnail."""

    kept: StoredInput
    image: QImage
    length: int
    picture_id: int | None


class ReferenceList(QObject):
    """References in order. Those that the draft's model doesn't take stay until they are removed."""

    changed = Signal()
    """There are other references, or the model takes another number of them."""
    undo_changed = Signal()
    """There is something else, or nothing more, to undo."""
    lost = Signal(int)
    """The number of references that can't be restored, as they're no longer in the library."""

    def __init__(self, library: Library, draft: RequestDraft, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._library = library
        self._draft = draft
        self._model = draft.model
        self.items: tuple[Reference, ...] = ()
        self._undoable: list[tuple[str, tuple[Reference, ...]]] = []
        """The name of each change and the references before it, newest last."""
        draft.changed.connect(self._follow_model)

    # What there is, and what may be

    @property
    def room(self) -> int:
        """How many references the model takes."""
        return min(self._draft.model.max_references(self._draft.task), MAX_SHOWN)

    @property
    def first_sets_size(self) -> bool:
        """Whether the first reference determines the size of the result."""
        return self._draft.task is Task.EDIT and self._draft.model.size_rule.follows_input

    @property
    def is_single(self) -> bool:
        """Whether the model takes one image, the one to edit, and there are no others."""
        return self._draft.task is Task.EDIT and self.room == 1 and len(self.items) <= 1

    @property
    def max_bytes(self) -> int:
        """How large all references may be together, in bytes; 0 without a limit."""
        return 0 if self._field is None else self._field.max_bytes

    @property
    def is_full(self) -> bool:
        """Whether there are as many references as the model takes."""
        return len(self.items) >= self.room

    @property
    def sent(self) -> tuple[Reference, ...]:
        """The references that are sent: none if the model takes none."""
        return self.items if self.room else ()

    @property
    def sizes(self) -> list[Size]:
        """The sizes of the references that are sent, in order."""
        return [reference.kept.size for reference in self.sent]

    @property
    def problem(self) -> str:
        """A sentence if the model takes fewer or smaller references, otherwise empty."""
        if (more := len(self.sent) - self.room) > 0:
            return f"{self._draft.model.label} takes {pluralize(self.room, 'reference')}. Remove {more}."
        return self._size_problem(0)

    def input_images(self) -> list[InputImage]:
        """Return the references that are sent, in order."""
        return [InputImage(reference.kept.path, reference.picture_id) for reference in self.sent]

    # Changes

    async def read(self, source: ImageSource) -> Reference:
        """Read and store an image without adding it. Raises PictureError, LibraryError, UserError."""
        loaded = await load_image(source, self._library)
        data = await asyncio.to_thread(normalize_for_upload, loaded.data, name=loaded.name)
        if too_large := self._size_problem(len(data)):
            raise UserError(too_large)
        return await self._reference(await self._library.inputs.keep(data), loaded.picture_id)

    def append(self, reference: Reference) -> None:
        """Add a reference at the end."""
        self.items = (*self.items, reference)
        self.clear_undo()
        self.changed.emit()

    def put(self, index: int, reference: Reference) -> None:
        """Replace a reference by another one, with undo."""
        self._set((*self.items[:index], reference, *self.items[index + 1 :]), "replace reference")

    def remove(self, index: int) -> None:
        """Remove a reference, with undo."""
        self._set((*self.items[:index], *self.items[index + 1 :]), "remove reference")

    def clear(self) -> None:
        """Remove all references, with undo."""
        self._set((), "remove references")

    def drop_last(self, count: int) -> None:
        """Remove the last references, to make room for others."""
        self.items = self.items[: max(0, len(self.items) - count)]
        self.changed.emit()

    def move(self, index: int, new_index: int) -> None:
        """Move a reference to another place."""
        left = list(self.items)
        moved = left.pop(index)
        left.insert(min(new_index, len(left)), moved)
        self.items = tuple(left)
        self.changed.emit()

    async def replace(self, saved: Sequence[SavedReference]) -> bool:
        """Replace the references by saved ones, with undo. Return whether there were any before."""
        found, had_any = await self._known(saved), bool(self.items)
        if had_any:
            self._set(found, "replace references")
        else:
            self.items = found
            self.changed.emit()
        return had_any

    @property
    def undo_name(self) -> str | None:
        """The name of the change that `undo` reverts, or None."""
        return self._undoable[-1][0] if self._undoable else None

    def undo(self) -> None:
        """Restore the references as they were before the last change that can be undone."""
        if self._undoable:
            _, self.items = self._undoable.pop()
            self.changed.emit()
            self.undo_changed.emit()

    def clear_undo(self) -> None:
        """Clear the undo history, because something else was done since."""
        self._undoable.clear()
        self.undo_changed.emit()

    # Storage

    def state(self) -> tuple[SavedReference, ...]:
        """Return the references as they are saved."""
        return tuple(SavedReference(sha256=r.kept.sha256, picture_id=r.picture_id) for r in self.items)

    async def restore(self, saved: Sequence[SavedReference]) -> None:
        """Restore saved references, as far as the library still has them."""
        self.items = await self._known(saved)
        self.clear_undo()
        self.changed.emit()
        if missing := len(saved[:MAX_SHOWN]) - len(self.items):
            self.lost.emit(missing)

    # Implementation

    @property
    def _field(self) -> FieldSpec | None:
        return self._draft.model.field_of(FieldKind.PICTURES)

    def _size_problem(self, more: int) -> str:
        total = sum(reference.length for reference in self.sent) + more
        return "" if self._field is None else total_problem(total, self._field)

    def _set(self, items: tuple[Reference, ...], name: str) -> None:
        """Set the references. name: of the change, for the undo action."""
        self._undoable.append((name, self.items))
        self.items = items
        self.changed.emit()
        self.undo_changed.emit()

    def _follow_model(self) -> None:
        if self._draft.model is not self._model:
            self._model = self._draft.model
            self.changed.emit()

    async def _known(self, saved: Sequence[SavedReference]) -> tuple[Reference, ...]:
        found = []
        for reference in saved[:MAX_SHOWN]:
            kept = await self._library.inputs.find(reference.sha256)
            if kept is not None:
                found.append(await self._reference(kept, reference.picture_id))
        return tuple(found)

    async def _reference(self, kept: StoredInput, picture_id: int | None) -> Reference:
        def read() -> tuple[int, bytes]:
            return kept.path.stat().st_size, make_thumbnail(kept.path, _THUMBNAIL)

        length, thumbnail = await asyncio.to_thread(read)
        return Reference(kept, QImage.fromData(thumbnail), length, picture_id)
