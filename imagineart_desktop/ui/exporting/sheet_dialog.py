"""The contact sheet dialog, with a preview of the first page."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path

from PySide6.QtCore import QSize, Qt, QUrl
from PySide6.QtGui import QDesktopServices, QImage, QPixmap
from PySide6.QtWidgets import (
    QCheckBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from imagineart_desktop.imaging import PictureError, load_picture, reduce_to
from imagineart_desktop.library import Library, LibraryError, PictureDetails, safe_stem, write_unique
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.exporting.contact_sheet import (
    MAX_COLUMNS,
    UNITS,
    Paper,
    SheetImage,
    SheetLayout,
    encode_png,
    render_page,
    render_pdf,
)
from imagineart_desktop.ui.exporting.fields import (
    DialogMessage,
    MessageRoom,
    dialog_foot,
    hbox_row,
    labeled_combo_box,
    spin_box,
)
from imagineart_desktop.ui.widgets import BaseDialog, Segmented, button, create_form, form_label, plain_label
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.gallery.thumbnail_cache import THUMBNAIL_EDGE
from imagineart_desktop.workspace.language import datetime_text
from imagineart_desktop.workspace.library_texts import images
from imagineart_desktop.workspace.qimage import to_qimage

_PREVIEW = QSize(300, 400)
_CAPTIONS = {"name": "File name", "model": "Model", "prompt": "Prompt", "seed": "Seed", "date": "Date", "size": "Size"}
_USUAL = ("name", "model")


class SheetDialog(BaseDialog):
    """A non-modal dialog for contact sheets."""

    def __init__(self, parent: QWidget, library: Library, files: FileDialogs) -> None:
        super().__init__(parent)
        self._library = library
        self._files = files
        self._numbers: list[int] = []
        self._details: list[PictureDetails] = []
        self._small: dict[int, QImage | None] = {}
        self._asked = self._drawn = 0
        self._working = self._stopped = False
        self.setWindowTitle("Contact sheet")
        self.setModal(False)
        self.setMinimumWidth(780)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        self._about = plain_label("", "title")
        column.addWidget(self._about)
        parts = QHBoxLayout()
        parts.setSpacing(24)
        self._form = self._build_form()
        parts.addWidget(self._form, 1)
        self.preview = QLabel()
        self.preview.setFixedSize(_PREVIEW)
        self.preview.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.preview.setAccessibleName("First page")
        parts.addWidget(self.preview, 0, Qt.AlignmentFlag.AlignTop)
        column.addLayout(parts)
        self.message = DialogMessage(self)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.hide()
        column.addStretch(1)
        column.addLayout(self._foot())

    def open_for(self, numbers: list[int]) -> None:
        """Show the dialog for these images, in this order."""
        if not self._working:
            self._numbers = list(numbers)
            self._details = []
            self.go.setEnabled(False)
            self._about.setText(f"Contact sheet of {images(len(numbers))}")
            self.message.clear()
            spawn_owned(self, self._look())
        self.show()
        self.raise_()
        self.activateWindow()

    def selected_layout(self) -> SheetLayout:
        """Return the layout set in the fields."""
        return SheetLayout(
            Paper(self.paper.currentData()),
            self.turned.value() == "landscape",
            self.columns.value(),
            len(self._captions_asked()),
            self.title.text().strip(),
        )

    def _build_form(self) -> QWidget:
        whole = QWidget()
        form = create_form(whole)
        self.kind = Segmented({"pdf": "PDF", "png": "PNG"})
        self.kind.setAccessibleName("Format")
        self.paper = labeled_combo_box("Paper", {paper: paper.value for paper in Paper})
        self.turned = Segmented({"portrait": "Portrait", "landscape": "Landscape"})
        self.turned.setAccessibleName("Orientation")
        self.columns = spin_box("Columns", (1, MAX_COLUMNS), 4)
        self.title = QLineEdit()
        self.title.setAccessibleName("Title")
        self.title.setPlaceholderText("None")
        self.captions = {name: QCheckBox(words) for name, words in _CAPTIONS.items()}
        boxes = QGridLayout()
        boxes.setVerticalSpacing(6)
        for place, (name, box) in enumerate(self.captions.items()):
            box.setChecked(name in _USUAL)
            box.toggled.connect(self._show_page)
            boxes.addWidget(box, place // 2, place % 2)
        self.folder = QLineEdit(str(self._files.folder(FolderPurpose.SHEET)))
        self.folder.setAccessibleName("Folder")
        self.name = QLineEdit("contact-sheet")
        self.name.setAccessibleName("Name")
        self._pages = plain_label("", "faint")
        form.addRow(form_label("Format"), self.kind)
        form.addRow(form_label("&Paper", self.paper), hbox_row(self.paper, self.turned))
        form.addRow(form_label("&Columns", self.columns), self.columns)
        form.addRow(form_label("&Title", self.title), self.title)
        form.addRow(form_label("Captions", of_several_lines=True), boxes)
        form.addRow(form_label("Fo&lder", self.folder), hbox_row(self.folder, button("Choose…", self._choose_folder)))
        form.addRow(form_label("&Name", self.name), self.name)
        form.addRow("", self._pages)
        for chosen in (self.kind, self.turned):
            chosen.changed.connect(self._show_page)
        self.paper.currentIndexChanged.connect(self._show_page)
        self.columns.valueChanged.connect(self._show_page)
        self.title.textChanged.connect(self._show_page)
        return whole

    def _foot(self) -> QHBoxLayout:
        self._close = button("Close", self.close)
        self.cancel = button("Cancel", self._stop)
        self.cancel.hide()
        self.go = button("Create", lambda: spawn(self.make()), kind="primary")
        self.go.setDefault(True)
        return dialog_foot(MessageRoom(self.message, self.bar), self._close, self.cancel, self.go)

    # Preview

    async def _look(self) -> None:
        self._asked += 1
        turn = self._asked
        try:
            found = [await self._library.details(number) for number in self._numbers]
        except LibraryError as error:
            self.message.say(str(error))
            return
        if turn != self._asked:
            return
        self._details = [details for details in found if details is not None]
        self._small = {}
        self._show_page()
        for details in self._details[: SheetLayout(Paper.A3, columns=MAX_COLUMNS, lines=0).images_per_page]:
            self._small[details.summary.id] = await self._thumbnail(details)
            if turn != self._asked:
                return
        self._show_page()

    async def _thumbnail(self, details: PictureDetails) -> QImage | None:
        try:
            return QImage.fromData(await self._library.thumbnail(details.summary, THUMBNAIL_EDGE))
        except UserError:
            return None

    def _show_page(self) -> None:
        self.go.setEnabled(bool(self._details) and not self._working)
        layout = self.selected_layout()
        count = layout.pages(len(self._details))
        self._pages.setText("1 page" if count == 1 else f"{count} pages")
        entries = [
            SheetImage(partial(self._shown, details.summary.id), self._captions_of(details))
            for details in self._details[: layout.images_per_page]
        ]
        spawn_owned(self, self._draw(layout, entries, count))

    async def _draw(self, layout: SheetLayout, entries: list[SheetImage], pages: int) -> None:
        self._drawn += 1
        turn = self._drawn
        ratio = self.devicePixelRatioF()
        fitted = layout.page.scaled(_PREVIEW, Qt.AspectRatioMode.KeepAspectRatio)
        dpi = fitted.width() * ratio / layout.page.width() * UNITS
        page = await asyncio.to_thread(render_page, layout, entries, 0, dpi, pages)
        if turn == self._drawn:
            shown = QPixmap.fromImage(page)
            shown.setDevicePixelRatio(ratio)
            self.preview.setPixmap(shown)

    def _shown(self, picture: int, _edge: int) -> QImage | None:
        empty = QImage(4, 3, QImage.Format.Format_RGB32)
        empty.fill(Qt.GlobalColor.lightGray)
        return self._small.get(picture, empty)

    def _captions_asked(self) -> list[str]:
        return [name for name, box in self.captions.items() if box.isChecked()]

    def _captions_of(self, details: PictureDetails) -> tuple[str, ...]:
        recipe, summary = details.recipe, details.summary
        made = details.created_at.astimezone()
        values = {
            "name": summary.imported_name or summary.path.name,
            "model": summary.model_label,
            "prompt": summary.prompt,
            "seed": f"Seed {recipe.seed}" if recipe.seed is not None else "",
            "date": datetime_text(made),
            "size": f"{summary.size[0]} × {summary.size[1]}",
        }
        return tuple(values[name] for name in self._captions_asked())

    def _choose_folder(self) -> None:
        self._files.open_folder(
            self,
            FolderPurpose.SHEET,
            "Save contact sheet in",
            lambda folder: self.folder.setText(str(folder)),
            self._target(),
        )

    # Output

    async def make(self) -> None:
        """Write the sheet, and report where it was saved."""
        if self._working or not self._details:
            return
        layout, stem = self.selected_layout(), safe_stem(self.name.text())
        folder = self._target()
        entries = [SheetImage(partial(_load_reduced, d.summary.path), self._captions_of(d)) for d in self._details]
        work = self._pdf if self.kind.value() == "pdf" else self._png
        self._set_working(True, layout.pages(len(entries)))
        try:
            with self._library.operations.during(lambda: "Creating the contact sheet…", self._stop):
                written = await work(layout, entries, folder, stem)
        except OSError as error:
            self.message.say(f"Can’t write to {folder}: {error.strerror or error}.")
            return
        finally:
            self._set_working(False, 1)
        if self._stopped:
            self.message.say("Cancelled.", "caution")
        elif written:
            names = written[0].name if len(written) == 1 else f"{written[0].name} … {written[-1].name}"
            self.message.say(
                f"Written as {names}.",
                "info",
                {"Open": partial(_open, written[0]), "Open folder": partial(_open, folder)},
            )

    def _target(self) -> Path:
        return Path(self.folder.text().strip()).expanduser()

    async def _pdf(self, layout: SheetLayout, entries: list[SheetImage], folder: Path, stem: str) -> list[Path]:
        loop = asyncio.get_running_loop()

        def tell(done: int) -> None:
            loop.call_soon_threadsafe(self.bar.setValue, done)

        data = await asyncio.to_thread(render_pdf, layout, entries, tell, lambda: self._stopped)
        return [] if data is None else [await asyncio.to_thread(write_unique, folder, stem, "pdf", data)]

    async def _png(self, layout: SheetLayout, entries: list[SheetImage], folder: Path, stem: str) -> list[Path]:
        count = layout.pages(len(entries))
        written: list[Path] = []

        def page(place: int) -> Path:
            data = encode_png(render_page(layout, entries, place))
            return write_unique(folder, stem if count == 1 else f"{stem}-{place + 1}", "png", data)

        for place in range(count):
            if self._stopped:
                break
            written.append(await asyncio.to_thread(page, place))
            self.bar.setValue(place + 1)
        return written

    def _set_working(self, working: bool, pages: int) -> None:
        self._working = working
        if working:
            self._stopped = False
            self.message.clear()
        self._form.setEnabled(not working)
        self.go.setEnabled(not working and bool(self._details))
        self.bar.setRange(0, pages)
        self.bar.setValue(0)
        self.bar.setVisible(working)
        self.cancel.setVisible(working)
        self._close.setVisible(not working)

    def _stop(self) -> None:
        self._stopped = True


def _load_reduced(path: Path, edge: int) -> QImage | None:
    """Load an image with at most the given number of pixels on its longer edge. Runs on a worker thread."""
    try:
        return to_qimage(reduce_to(load_picture(path, at_least=edge).pixels, edge))
    except PictureError:
        return None


def _open(path: Path) -> None:
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(path)))
