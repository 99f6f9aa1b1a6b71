"""Paints a batch's rows: what varies of the prompt in bold, thumbnails before it, and below what is wrong."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QTableView

from imagineart_desktop.batches.prompt_template import Expansion
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.workspace.batch_table import ROW_ROLE, Column
from imagineart_desktop.workspace.batch_thumbnails import BatchThumbnails
from imagineart_desktop.workspace.prompts.insertion import utf16_length

_MARGIN, _GAP = 8, 6
_THUMBNAIL = 26
_MAX_THUMBNAILS = 4
_MAX_SHOWN = 400
_BEFORE = 40
"""Characters shown before the first part that varies, if that would be out of sight."""

_JOINERS = "\u200c\u200d"


class RowDelegate(QStyledItemDelegate):
    """Paints all columns on the ground of their row; the prompt with its parts."""

    def __init__(self, view: QTableView) -> None:
        super().__init__(view)
        self._view = view
        self.thumbnails = BatchThumbnails(self)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Paint a cell."""
        row, rect = index.data(ROW_ROLE), option.rect
        if not isinstance(row, RequestRow):
            super().paint(painter, option, index)
            return
        if option.state & QStyle.StateFlag.State_Selected:
            painter.fillRect(rect, QColor(tokens().accent_soft))
        elif row.problems:
            painter.fillRect(rect, QColor(tokens().error_soft))
        painter.save()
        painter.setClipRect(rect)
        if index.column() == Column.PROMPT:
            self._paint_prompt(painter, rect.adjusted(_MARGIN, 0, -_MARGIN, 0), option.font, row)
        else:
            cell = QStyleOptionViewItem(option)
            cell.rect = self._first_line(option) if row.problems and index.column() > Column.PROMPT else rect
            super().paint(painter, cell, index)
        if row.problems and index.column() >= Column.PROMPT:
            self._paint_problem(painter, option, row)
        painter.restore()

    def initStyleOption(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> None:
        """Dim rows that are switched off, and everything beside the prompt."""
        super().initStyleOption(option, index)
        row = index.data(ROW_ROLE)
        if isinstance(row, RequestRow):
            t = tokens()
            quiet = not row.is_enabled or index.column() in (Column.NUMBER, Column.VARIED, Column.SIZE)
            wrong = row.problems and index.column() == Column.ENABLED
            color = t.error if wrong else t.text_faint if quiet else t.text
            option.palette.setColor(option.palette.ColorRole.Text, QColor(color))

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the width of the text; the view gives all rows one height."""
        return super().sizeHint(option, index).expandedTo(QSize(0, 0))

    def _paint_prompt(self, painter: QPainter, room: QRect, font: QFont, row: RequestRow) -> None:
        t = tokens()
        left = room.left()
        for file in _shown_files(row):
            self._paint_thumbnail(
                painter, QRect(left, room.center().y() - _THUMBNAIL // 2, _THUMBNAIL, _THUMBNAIL), file
            )
            left += _THUMBNAIL + _GAP
        room.setLeft(left)
        painter.setFont(font)
        line = painter.fontMetrics().height()
        text, marks = shown_prompt(row.prompt)
        top = room.center().y() - (line if row.problems else line // 2)
        painter.setPen(QColor(t.text if row.is_enabled else t.text_faint))
        _draw_marked(painter, QPointF(room.left(), top), room.width(), font, text, marks)

    @staticmethod
    def _first_line(option: QStyleOptionViewItem) -> QRect:
        line = option.fontMetrics.height()
        return QRect(option.rect.left(), option.rect.center().y() - line, option.rect.width(), line)

    def _paint_problem(self, painter: QPainter, option: QStyleOptionViewItem, row: RequestRow) -> None:
        """Paint a cell's part of the second line, which is as wide as all columns from the prompt on."""
        view, line = self._view, option.fontMetrics.height()
        thumbnails = len(_shown_files(row)) * (_THUMBNAIL + _GAP)
        left = view.columnViewportPosition(Column.PROMPT) + _MARGIN + thumbnails
        right = view.columnViewportPosition(Column.PRICE) + view.columnWidth(Column.PRICE) - _MARGIN
        painter.setFont(option.font)
        painter.setPen(QColor(tokens().error))
        sentence = option.fontMetrics.elidedText(row.problems[0], Qt.TextElideMode.ElideRight, right - left)
        below = QRect(left, option.rect.center().y(), right - left, line)
        painter.drawText(below, int(Qt.AlignmentFlag.AlignVCenter), sentence)

    def _paint_thumbnail(self, painter: QPainter, place: QRect, file: Path) -> None:
        image = self.thumbnails.get(file)
        painter.fillRect(place, QColor(tokens().field))
        if image is not None and not image.isNull():
            edge = min(image.width(), image.height())
            middle = QRect((image.width() - edge) // 2, (image.height() - edge) // 2, edge, edge)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, image, middle)


def _shown_files(row: RequestRow) -> list[Path]:
    files = [image.source for held in row.images.values() for image in held if isinstance(image.source, Path)]
    return files[:_MAX_THUMBNAILS]


def shown_prompt(prompt: Expansion) -> tuple[str, list[tuple[int, int]]]:
    """Return (the part of a prompt to show in one line, where what varies is in it)."""
    first = prompt.varying[0][0] if prompt.varying else 0
    begin = max(0, first - _BEFORE) if first > 2 * _BEFORE else 0
    part = prompt.text[begin : begin + _MAX_SHOWN]
    # As many characters as before, so that the places stay.
    text = "".join(letter if letter.isprintable() or letter in _JOINERS else " " for letter in part)
    lead = "…" if begin else ""
    shift = len(lead) - begin
    marks = [(start + shift, min(end + shift, len(text) + len(lead))) for start, end in prompt.varying]
    return lead + text, [(start, end) for start, end in marks if start < end]


def _draw_marked(
    painter: QPainter, at: QPointF, width: int, font: QFont, text: str, marks: list[tuple[int, int]]
) -> None:
    """Draw one line of text, elided at the width, with these parts in bold."""
    layout = _laid_out(text, font, marks)
    if layout.lineAt(0).naturalTextWidth() > width:
        dots = painter.fontMetrics().horizontalAdvance("…") + 2
        units = layout.lineAt(0).xToCursor(float(max(0, width - dots)))
        fitting = text.encode("utf-16-le")[: 2 * units].decode("utf-16-le", "ignore")
        layout = _laid_out(f"{fitting}…", font, [(start, end) for start, end in marks if start < len(fitting)])
    layout.draw(painter, at)


def _laid_out(text: str, font: QFont, marks: list[tuple[int, int]]) -> QTextLayout:
    layout = QTextLayout(text, font)
    option = QTextOption()
    option.setWrapMode(QTextOption.WrapMode.NoWrap)
    layout.setTextOption(option)
    bold = QTextCharFormat()
    bold.setFontWeight(QFont.Weight.Bold)
    formats = []
    for start, end in marks:
        one = QTextLayout.FormatRange()
        one.start = utf16_length(text[:start])
        one.length = utf16_length(text[start:end])
        one.format = bold
        formats.append(one)
    layout.setFormats(formats)
    layout.beginLayout()
    layout.createLine()
    layout.endLayout()
    return layout
