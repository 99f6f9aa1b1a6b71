"""A contact sheet: images in rows on pages of paper, with captions below each.

Drawn by Qt, so that the text of a PDF is text. Lengths are tenths of a point, 1/720 inch.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QMarginsF, QRectF, QSizeF, Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetricsF,
    QImage,
    QImageWriter,
    QPageLayout,
    QPageSize,
    QPaintDevice,
    QPainter,
    QPdfWriter,
)

UNITS = 720
"""Units per inch."""

MAX_COLUMNS = 10
_PDF_DPI, _PNG_DPI = 300, 200
_MARGIN, _GAP, _LINE, _TITLE, _FOOT = 360, 120, 105, 320, 160
_TEXT, _TITLE_TEXT = 78, 150
_SHAPE = 0.82
"""Ratio of height to width of an image's cell."""


class Paper(StrEnum):
    """The paper size to print on."""

    A4 = "A4"
    A3 = "A3"
    LETTER = "Letter"

    @property
    def size(self) -> QPageSize:
        """Return the paper as a Qt page size."""
        ids = {"A4": QPageSize.PageSizeId.A4, "A3": QPageSize.PageSizeId.A3, "Letter": QPageSize.PageSizeId.Letter}
        return QPageSize(ids[self.value])


@dataclass(frozen=True, slots=True)
class SheetLayout:
    """The layout of the pages. lines: number of caption lines below each image."""

    paper: Paper = Paper.A4
    landscape: bool = False
    columns: int = 4
    lines: int = 2
    title: str = ""

    @property
    def page(self) -> QSizeF:
        """Return the size of the whole page."""
        size = self.paper.size.size(QPageSize.Unit.Point) * 10
        return size.transposed() if self.landscape else size

    @property
    def cell(self) -> QSizeF:
        """The size of an image's cell, without the captions below it."""
        width = (self.page.width() - 2 * _MARGIN - (self.columns - 1) * _GAP) / self.columns
        return QSizeF(width, width * _SHAPE)

    @property
    def rows(self) -> int:
        """The number of rows per page, at least one."""
        room = self.page.height() - 2 * _MARGIN - self._top - _FOOT + _GAP
        return max(1, int(room // self._row_height))

    @property
    def images_per_page(self) -> int:
        """Return the number of images per page."""
        return self.rows * self.columns

    def pages(self, count: int) -> int:
        """Return the number of pages for a number of images, at least one."""
        return max(1, -(-count // self.images_per_page))

    def place(self, index: int) -> QRectF:
        """Return the rectangle of an image on its page. index: from 0 on each page."""
        row, column = divmod(index, self.columns)
        cell = self.cell
        left = _MARGIN + column * (cell.width() + _GAP)
        height = min(cell.height(), self.page.height() - 2 * _MARGIN - self._top - _FOOT - self.lines * _LINE)
        return QRectF(left, _MARGIN + self._top + row * self._row_height, cell.width(), height)

    @property
    def _row_height(self) -> float:
        return self.cell.height() + _GAP + self.lines * _LINE

    @property
    def _top(self) -> int:
        return _TITLE if self.title else 0


@dataclass(frozen=True, slots=True)
class SheetImage:
    """An image of the sheet, with its captions.

    image: loads it with at most the given number of pixels on its longer edge; None if the file is missing.
    """

    image: Callable[[int], QImage | None]
    captions: tuple[str, ...]


def draw_page(
    device: QPaintDevice | QPainter,
    layout: SheetLayout,
    entries: list[SheetImage],
    number: int,
    dpi: float,
    pages: int | None = None,
) -> None:
    """Draw one page. number: from 0; pages: the total, if the entries are only a part."""
    painter = device if isinstance(device, QPainter) else QPainter(device)
    painter.save()
    painter.scale(dpi / UNITS, dpi / UNITS)
    painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
    page = layout.page
    across = QRectF(_MARGIN, _MARGIN, page.width() - 2 * _MARGIN, _TITLE)
    if layout.title:
        _write(painter, across, layout.title, _TITLE_TEXT, QFont.Weight.DemiBold)
    first = number * layout.images_per_page
    for index, entry in enumerate(entries[first : first + layout.images_per_page]):
        _draw_entry(painter, layout.place(index), entry, dpi)
    pages = pages or layout.pages(len(entries))
    if pages > 1:
        foot = QRectF(_MARGIN, page.height() - _MARGIN - _LINE, page.width() - 2 * _MARGIN, _LINE)
        _write(painter, foot, f"{number + 1} / {pages}", _TEXT, align=Qt.AlignmentFlag.AlignRight)
    painter.restore()
    if painter is not device:
        painter.end()


def render_pdf(
    layout: SheetLayout,
    entries: list[SheetImage],
    tell: Callable[[int], None],
    stopped: Callable[[], bool],
) -> bytes | None:
    """Return the sheet as a PDF, or None if stopped. tell: called after each page; stopped: queried before each."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    writer = QPdfWriter(buffer)
    writer.setResolution(_PDF_DPI)
    writer.setTitle(layout.title or "Contact sheet")
    writer.setCreator("ImagineArt Desktop")
    turned = QPageLayout.Orientation.Landscape if layout.landscape else QPageLayout.Orientation.Portrait
    writer.setPageLayout(QPageLayout(layout.paper.size, turned, QMarginsF()))
    painter = QPainter(writer)
    try:
        for number in range(layout.pages(len(entries))):
            if stopped():
                return None
            if number:
                writer.newPage()
            draw_page(painter, layout, entries, number, _PDF_DPI)
            tell(number + 1)
    finally:
        painter.end()
    buffer.close()
    return bytes(held.data())


def render_page(
    layout: SheetLayout, entries: list[SheetImage], number: int, dpi: float = _PNG_DPI, pages: int | None = None
) -> QImage:
    """Return one page as an image; see `draw_page`."""
    size = layout.page * (dpi / UNITS)
    image = QImage(round(size.width()), round(size.height()), QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    image.setDotsPerMeterX(round(dpi / 0.0254))
    image.setDotsPerMeterY(round(dpi / 0.0254))
    draw_page(image, layout, entries, number, dpi, pages)
    return image


def encode_png(image: QImage) -> bytes:
    """Encode an image as PNG."""
    held = QByteArray()
    buffer = QBuffer(held)
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(held.data())


def _draw_entry(painter: QPainter, place: QRectF, entry: SheetImage, dpi: float) -> None:
    image = entry.image(round(max(place.width(), place.height()) * dpi / UNITS))
    if image is None:
        painter.setPen(QColor("#c8ccd2"))
        painter.drawRect(place)
        _write(painter, place, "The file is missing.", _TEXT, align=Qt.AlignmentFlag.AlignCenter)
    else:
        size = QSizeF(image.size()).scaled(place.size(), Qt.AspectRatioMode.KeepAspectRatio)
        at = QRectF(place.left(), place.bottom() - size.height(), size.width(), size.height())
        painter.drawImage(at, image)
    for line, caption in enumerate(entry.captions):
        below = QRectF(place.left(), place.bottom() + 20 + line * _LINE, place.width(), _LINE)
        _write(painter, below, caption, _TEXT, QFont.Weight.DemiBold if line == 0 else QFont.Weight.Normal)


def _write(
    painter: QPainter,
    area: QRectF,
    text: str,
    height: int,
    weight: QFont.Weight = QFont.Weight.Normal,
    align: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
) -> None:
    font = QFont("Inter")
    font.setPixelSize(height)
    font.setWeight(weight)
    painter.setFont(font)
    painter.setPen(QColor("#1d1f22"))
    shown = QFontMetricsF(font).elidedText(" ".join(text.split()), Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, int(align | Qt.AlignmentFlag.AlignTop), shown)
