"""The control for style images: dropped or chosen, counted against the service's limit while they are added."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QMimeData, QRectF, QSize, Qt
from PySide6.QtGui import QImage, QPainter, QPainterPath, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from imagineart_desktop.models import FieldSpec, referenced_sha256
from imagineart_desktop.models.file_limits import total_problem
from imagineart_desktop.models.style_images import references_of
from imagineart_desktop.support import UserError
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.wording import format_size, pluralize
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.theme import paint_image
from imagineart_desktop.ui.widgets import FlowLayout, InlineMessage, PendingWork, SectionLabel, icon_button
from imagineart_desktop.ui.widgets.drops import DropTarget
from imagineart_desktop.ui.widgets.file_dialogs import FolderPurpose
from imagineart_desktop.ui.widgets.number_fields import FieldFrame
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mime import ImageSource, accepts_mime, sources_from_mime
from imagineart_desktop.workspace.style_images import StyleImage, StyleImages

_THUMBNAIL = 36


class _Thumbnail(QWidget):
    """An image, cropped to a square; empty until it's loaded."""

    def __init__(self) -> None:
        super().__init__()
        self._image = QImage()
        self.setFixedSize(_THUMBNAIL, _THUMBNAIL)

    def show_image(self, image: QImage) -> None:
        """Show another image."""
        self._image = image
        self.update()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the image."""
        if self._image.isNull():
            return
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        shape = QPainterPath()
        shape.addRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setClipPath(shape)
        painter.setOpacity(1.0 if self.isEnabled() else 0.4)
        size = QSize(self._image.size()).scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
        place = QRectF(0, 0, size.width(), size.height())
        place.moveCenter(QRectF(self.rect()).center())
        paint_image(painter, place, self._image)


class _Entry(FieldFrame):
    """One image and the button that removes it."""

    def __init__(self, number: int, image: StyleImage | None) -> None:
        super().__init__()
        self.thumbnail = _Thumbnail()
        if image is not None:
            self.thumbnail.show_image(image.image)
        self.remove = icon_button("x", f"Remove style image {number}", kind="mini", size=12)
        self.remove.setFixedSize(18, 26)
        row = QHBoxLayout(self)
        row.setContentsMargins(3, 3, 2, 3)
        row.setSpacing(2)
        row.addWidget(self.thumbnail)
        row.addWidget(self.remove)


class StyleControl(Control):
    """The images in a row, with their size in all, and a button that adds more."""

    def __init__(self, field: FieldSpec) -> None:
        super().__init__(field.help)
        self._field = field
        self._images: FormServices | None = None
        self._references: list[str] = []
        self._known: dict[str, StyleImage] = {}
        self._picture_ids: dict[str, int] = {}
        self._heading = SectionLabel(field.label)
        self.message = self.line = InlineMessage(keeps_line=True)
        self.waiting = PendingWork(self.message)
        self._add = icon_button("image-plus", "Add style images", self._choose, size=16)
        self._add.setFixedSize(44, 44)
        self._entries: list[_Entry] = []
        self._flow = FlowLayout()
        self._flow.addWidget(self._add)
        self.column.addWidget(self._heading)
        self.column.addLayout(self._flow)
        DropTarget(self, self._accepts, sources_from_mime).dropped.connect(self.add)
        self._show()

    def set_images(self, images: FormServices) -> None:
        """Give the control what it needs to take images, and load those that it has."""
        self._images = images
        self._load_missing()

    def value(self) -> JsonValue:
        """Return references to the images; None if there are none."""
        references: list[JsonValue] = [*self._references]
        return references or None

    def picture_ids(self) -> Mapping[str, int]:
        """Return the library ids of the images that were added: SHA-256 → id."""
        return self._picture_ids

    def set_value(self, value: object) -> None:
        """Show other images."""
        if (references := references_of(value)) != self._references:
            self._references = references
            self._show()
            self._load_missing()

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [*(entry.remove for entry in self._entries), self._add]

    def add(self, sources: Sequence[ImageSource]) -> None:
        """Add images while there is room."""
        if self._images is not None:
            spawn_owned(self, self._add_all(StyleImages(self._images.library), sources))

    def _accepts(self, mime: QMimeData) -> bool:
        return self.isEnabled() and accepts_mime(mime)

    @property
    def _total(self) -> int:
        return sum(self._known[name].length for name in self._references if name in self._known)

    async def _add_all(self, store: StyleImages, sources: Sequence[ImageSource]) -> None:
        self.message.clear()
        for source in sources:
            try:
                stored = await self._read_with_progress(store, source)
            except UserError as error:
                self._say(str(error))
                return
            if stored is None:
                return
            self._known[stored.reference] = stored
            if stored.reference not in self._references:
                self._references = [*self._references, stored.reference]
                self._show()
                self.changed.emit()

    async def _read_with_progress(self, store: StyleImages, source: ImageSource) -> StyleImage | None:
        """Read and store an image while showing that to the user; return None if it's canceled. Raises UserError."""
        return await self.waiting.on("Adding the image", lambda _show: self._read(store, source))

    async def _read(self, store: StyleImages, source: ImageSource) -> StyleImage:
        """Read and store an image. Raises UserError, also if there is no room for it."""
        if len(self._references) >= self._field.max_items:
            raise UserError(f"You can use up to {self._field.max_items} style images.")
        loaded = await store.read(source)
        if too_large := total_problem(self._total + len(loaded.data), self._field):
            raise UserError(too_large)
        stored = await store.store(loaded.data)
        if loaded.picture_id is not None:
            self._picture_ids[referenced_sha256(stored.reference)] = loaded.picture_id
        return stored

    def _say(self, sentence: str) -> None:
        """Show a problem until the images are others."""
        before = self._references
        self.message.say(sentence, holds=lambda: self._references is before)

    def _load_missing(self) -> None:
        missing = [name for name in self._references if name not in self._known]
        if missing and self._images is not None:
            spawn_owned(self, self._load(StyleImages(self._images.library), missing))

    async def _load(self, store: StyleImages, references: Sequence[str]) -> None:
        gone = []
        for reference in references:
            try:
                found = await store.find(reference)
            except (UserError, OSError):
                found = None
            if found is None:
                gone.append(reference)
            else:
                self._known[reference] = found
        left = [name for name in self._references if name not in gone]
        removed = len(self._references) - len(left)
        self._references = left
        self._show()
        if removed:
            self.changed.emit()
            which = pluralize(removed, "style image")
            self._say(f"{which} {'is' if removed == 1 else 'are'} no longer in the library.")

    def _remove(self, place: int) -> None:
        self._references = [*self._references[:place], *self._references[place + 1 :]]
        self._show()
        self.stops()[min(place, len(self._references))].setFocus(Qt.FocusReason.OtherFocusReason)
        self.changed.emit()

    def _choose(self) -> None:
        if self._images is not None:
            self._images.files.open_files(self, FolderPurpose.REFERENCE, "Add style images", self._take)

    def _take(self, paths: Sequence[Path]) -> None:
        self.add([ImageSource(path=path) for path in paths])

    def _show(self) -> None:
        for entry in self._entries:
            self._flow.removeWidget(entry)
            entry.deleteLater()
        self._entries = [_Entry(place, self._known.get(name)) for place, name in enumerate(self._references, 1)]
        self._flow.removeWidget(self._add)
        for place, entry in enumerate(self._entries):
            entry.remove.clicked.connect(partial(self._remove, place))
            self._flow.addWidget(entry)
        self._flow.addWidget(self._add)
        limit = format_size(self._field.max_bytes)
        self._heading.set_note(f"{format_size(self._total)} of {limit}" if self._total else f"Up to {limit} in total")
        self.message.review()
        self.stops_changed.emit()
