"""Up to four numbered reference pictures: dropped, pasted, chosen, put in order by dragging."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QCursor,
    QDrag,
    QDragEnterEvent,
    QDropEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QApplication, QGridLayout, QMenu, QVBoxLayout, QWidget

from imagineart_desktop.imaging import PictureError, Size, make_thumbnail, sendable
from imagineart_desktop.jobs import Ingredient
from imagineart_desktop.library import KeptInput, Library, LibraryError
from imagineart_desktop.models import MAX_REFERENCES
from imagineart_desktop.support import whole_number
from imagineart_desktop.ui.background import spawn_for
from imagineart_desktop.ui.file_dialogs import FileDialogs, Purpose
from imagineart_desktop.ui.intake import Taken, clipboard_data, may_take, take
from imagineart_desktop.ui.loading import load
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import InlineMessage, SectionLabel, Waiting

_ORDER_MIME = "application/x-imagineart-reference"
_THUMBNAIL = 320


@dataclass(frozen=True, slots=True)
class Reference:
    """A picture that the library keeps for the request. size: (width, height) in pixels."""

    kept: KeptInput
    image: QImage
    picture_id: int | None


class Slot(QWidget):
    """One place for a reference."""

    asked = Signal()
    enlarged = Signal()
    cleared = Signal()
    removed = Signal()
    dropped = Signal(list)
    moved_here = Signal(int)

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number
        self.reference: Reference | None = None
        self.is_next = False
        self._pressed: QPoint | None = None
        self.setMinimumHeight(96)
        # Repaint when the pointer comes and goes: the cross is there only under it.
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_reference(self, reference: Reference | None, *, is_next: bool) -> None:
        """A picture, or the place for the next one."""
        self.reference, self.is_next = reference, is_next
        self.setVisible(reference is not None or is_next)
        name = f"Reference {self.number}" if reference else "Add a reference image"
        self.setAccessibleName(name)
        self.setToolTip("Drag to reorder, right-click for more" if reference else name)
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The picture with its number, or the dashed place."""
        t = tokens()
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        shape = QPainterPath()
        shape.addRoundedRect(area, 6, 6)
        if self.reference is None:
            painter.fillPath(shape, QColor(t.field))
            pen = QPen(QColor(t.accent if self.hasFocus() else t.line), 1, Qt.PenStyle.DashLine)
            painter.setPen(pen)
            painter.drawPath(shape)
            painter.setPen(QColor(t.text_faint))
            painter.drawText(area, int(Qt.AlignmentFlag.AlignCenter), "Drop, paste or\nclick to add")
            return
        painter.setClipPath(shape)
        image = self.reference.image
        scaled = QSize(image.size()).scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        place = QRectF(0, 0, scaled.width(), scaled.height())
        place.moveCenter(area.center())
        painter.drawImage(place, image)
        painter.setClipping(False)
        if self.hasFocus():
            painter.setPen(QPen(QColor(t.accent), 2))
            painter.drawPath(shape)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(t.accent_strong))
        disc = QRectF(8, 8, 20, 20)
        painter.drawEllipse(disc)
        painter.setPen(QColor("#ffffff"))
        painter.drawText(disc, int(Qt.AlignmentFlag.AlignCenter), str(self.number))
        if self.underMouse():
            cross = self._cross()
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(16, 17, 19, 200))
            painter.drawEllipse(cross)
            painter.setPen(QPen(QColor("#ffffff"), 1.5))
            inner = cross.adjusted(7, 7, -7, -7)
            painter.drawLine(inner.topLeft(), inner.bottomRight())
            painter.drawLine(inner.topRight(), inner.bottomLeft())

    def _cross(self) -> QRectF:
        return QRectF(self.width() - 28, 8, 20, 20)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Might become a drag."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._pressed = event.position().toPoint()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Drags the reference to another place."""
        if self._pressed is None or self.reference is None:
            return
        if (event.position().toPoint() - self._pressed).manhattanLength() < QApplication.startDragDistance():
            return
        self._pressed = None
        drag = QDrag(self)
        mime = QMimeData()
        mime.setData(_ORDER_MIME, str(self.number).encode())
        drag.setMimeData(mime)
        drag.setPixmap(QPixmap.fromImage(self.reference.image).scaledToWidth(96))
        drag.exec(Qt.DropAction.MoveAction)
        # A drag swallows the pointer's leaving.
        self.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, self.rect().contains(self.mapFromGlobal(QCursor.pos())))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Removes at the cross, shows the reference large, or asks for one."""
        if self._pressed is None:
            return
        self._pressed = None
        if self.reference is None:
            self.asked.emit()
        elif self._cross().contains(event.position()):
            self.removed.emit()
        else:
            self.enlarged.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space show the reference large, or ask for one; Delete removes."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            (self.asked if self.reference is None else self.enlarged).emit()
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.reference is not None:
            self.removed.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Choose or paste where there is nothing, else replace and remove."""
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        clipboard = clipboard_data()
        if self.reference is None:
            menu.addAction("Choose files…", self.asked.emit)
            paste = menu.addAction("Paste an image or its address", lambda: self.dropped.emit(take(clipboard)))
            paste.setEnabled(may_take(clipboard))
        else:
            menu.addAction("Enlarge", self.enlarged.emit)
            menu.addAction("Replace…", self.asked.emit)
            menu.addSeparator()
            menu.addAction("Remove", self.removed.emit)
            menu.addAction("Remove all", self.cleared.emit)
        menu.popup(event.globalPos())

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Pictures, and other places."""
        if event.mimeData().hasFormat(_ORDER_MIME) or may_take(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """A picture, or a reference from another place."""
        event.acceptProposedAction()
        if event.mimeData().hasFormat(_ORDER_MIME):
            # Another program may use the same name for something else.
            place = whole_number(bytes(event.mimeData().data(_ORDER_MIME).data()).decode("ascii", "replace"), 0)
            if place is not None:
                self.moved_here.emit(place)
        else:
            self.dropped.emit(take(event.mimeData()))


class References(QWidget):
    """The places, and what is wrong with a picture beside them."""

    changed = Signal()
    undo_changed = Signal()
    """There is something else to undo, or nothing any more."""
    enlarged = Signal(object)
    """The path of a reference to show large."""

    def __init__(self, library: Library, files: FileDialogs) -> None:
        super().__init__()
        self._library = library
        self._files = files
        self._references: list[Reference] = []
        self._undoable: list[tuple[str, list[Reference]]] = []
        """What took references out, and the references before it; the last one last."""
        self._heading = SectionLabel("Reference images")
        self.message = InlineMessage()
        self.waiting = Waiting(self.message)
        self.slots = [Slot(number) for number in range(1, MAX_REFERENCES + 1)]
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        grid = QGridLayout()
        grid.setSpacing(8)
        for index, slot in enumerate(self.slots):
            grid.addWidget(slot, index // 2, index % 2)
            slot.asked.connect(partial(self._choose, index))
            slot.removed.connect(partial(self.remove, index))
            slot.cleared.connect(self.clear)
            slot.enlarged.connect(partial(self._enlarge, index))
            slot.dropped.connect(partial(self._drop, index))
            slot.moved_here.connect(partial(self._move, index))
        grid.setColumnStretch(0, 1)
        grid.setColumnStretch(1, 1)
        column.addLayout(grid)
        column.addWidget(self.message)
        self._show()

    @property
    def sizes(self) -> list[Size]:
        """Of the references, in order."""
        return [reference.kept.size for reference in self._references]

    def ingredients(self) -> list[Ingredient]:
        """For the request, in order."""
        return [Ingredient(reference.kept.path, reference.picture_id) for reference in self._references]

    def state(self) -> list[dict[str, object]]:
        """To be restored later."""
        return [{"sha256": r.kept.sha256, "picture_id": r.picture_id} for r in self._references]

    async def restore(self, state: object) -> None:
        """Puts back what `state` gave, as far as the library still has it."""
        self._references = await self._known(state)
        self.forget_undo()
        self._show()

    async def replace(self, state: object) -> None:
        """Use these, as `state` gives them, instead of those that are here, with undo."""
        found = await self._known(state)
        if self._references:
            self._take_out(found, "replace references", "References replaced.")
        else:
            self._references = found
            self._show()

    async def _known(self, state: object) -> list[Reference]:
        found = []
        for entry in state if isinstance(state, list) else []:
            kept = await self._library.input(str(entry.get("sha256")))
            if kept is not None:
                number = entry.get("picture_id")
                found.append(await self._reference(kept, number if isinstance(number, int) else None))
        return found[:MAX_REFERENCES]

    def add(self, taken: list[Taken], replacing: int | None = None) -> None:
        """Take images in, as many as there are places for. replacing: index of the reference that makes way."""
        spawn_for(self, self._add(taken, replacing))

    def _drop(self, index: int, taken: list[Taken]) -> None:
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
        """name: of what undo takes back."""
        self._undoable.append((name, self._references))
        self._references = left
        self._show()
        self.message.say(sentence, "info", {"Undo": self.undo})
        self.undo_changed.emit()

    @property
    def undo_name(self) -> str | None:
        """What `undo` takes back, or None."""
        return self._undoable[-1][0] if self._undoable else None

    def undo(self) -> None:
        """Put back the references that were taken out last."""
        if self._undoable:
            _, self._references = self._undoable.pop()
            self.message.clear()
            self._show()
            self.undo_changed.emit()

    def forget_undo(self) -> None:
        """Take nothing back any more: something else was done since."""
        self._undoable.clear()
        self.undo_changed.emit()

    def _enlarge(self, index: int) -> None:
        if index < len(self._references):
            self.enlarged.emit(self._references[index].kept.path)

    async def _add(self, taken: list[Taken], replacing: int | None) -> None:
        self.message.clear()
        problems: list[str] = []
        for place, one in enumerate(taken):
            if replacing is None and self._is_full():
                self._offer_room(taken[place:], problems)
                return
            try:
                reference = await self._read_in_sight(one)
            except (PictureError, LibraryError) as error:
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
                self.forget_undo()
                self._show()
        if problems:
            self.message.say(" ".join(problems))

    def _offer_room(self, left: list[Taken], problems: list[str]) -> None:
        """Offer to replace references. problems: why other files were refused."""

        def replace_all() -> None:
            self._references = []
            self.add(left)

        def replace_last() -> None:
            self._references = self._references[: -len(left)]
            self.add(left)

        ways: dict[str, Callable[[], object]] = {"Replace all": replace_all}
        if len(left) < MAX_REFERENCES:
            ways["Replace the last" if len(left) == 1 else f"Replace the last {len(left)}"] = replace_last
        said = f"You can use up to {MAX_REFERENCES} references. Remove one to add another."
        self.message.say(" ".join([*problems, said]), "caution", ways, holds=self._is_full)

    def _is_full(self) -> bool:
        return len(self._references) >= MAX_REFERENCES

    def ask_for_one(self) -> None:
        """Say that a reference is needed."""
        self.message.say("Add at least one image to edit.", holds=lambda: not self._references)

    async def _read_in_sight(self, taken: Taken) -> Reference | None:
        """Read what was taken; None once that is cancelled. Raises PictureError, LibraryError."""
        return await self.waiting.on("Adding the image", lambda _show: self._read(taken))

    async def _read(self, taken: Taken) -> Reference:
        loaded = await load(taken, self._library)
        data = await asyncio.to_thread(sendable, loaded.data, name=loaded.name)
        return await self._reference(await self._library.keep_input(data), loaded.picture_id)

    async def _reference(self, kept: KeptInput, picture_id: int | None) -> Reference:
        data = await asyncio.to_thread(make_thumbnail, kept.path, _THUMBNAIL)
        return Reference(kept, QImage.fromData(data), picture_id)

    def choose(self) -> None:
        """Ask for files to add."""
        self._choose(len(self._references))

    def _choose(self, index: int) -> None:
        if index < len(self._references):
            self._files.open_file(
                self, Purpose.REFERENCE, "Replace reference", lambda path: self.add([Taken(path=path)], index)
            )
        else:
            self._files.open_files(self, Purpose.REFERENCE, "Add references", self._take)

    def _take(self, paths: Sequence[Path]) -> None:
        self.add([Taken(path=path) for path in paths])

    def _move(self, index: int, number: int) -> None:
        if 0 < number <= len(self._references):
            left = list(self._references)
            moved = left.pop(number - 1)
            left.insert(min(index, len(left)), moved)
            self._references = left
            self._show()

    def _show(self) -> None:
        count = len(self._references)
        for index, slot in enumerate(self.slots):
            slot.show_reference(self._references[index] if index < count else None, is_next=index == count)
        self._heading.set_note(
            f"{count} of {MAX_REFERENCES} · first sets the size" if count else f"Up to {MAX_REFERENCES}"
        )
        self.message.review()
        self.changed.emit()
