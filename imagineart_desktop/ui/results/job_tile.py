"""Holds a picture's place while it is being made, and shows it when it is there."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from imagineart_desktop.jobs import Job, State
from imagineart_desktop.library import PictureSummary
from imagineart_desktop.ui.gallery.cell import paint_favourite, paint_stars_and_label
from imagineart_desktop.ui.jobs.words import elapsed_words, failure_words, state_words
from imagineart_desktop.ui.theme import tokens

_SHOWN_LOG_LINES = 3


_WORDS_HEIGHT = 108
"""Pixels."""

_HELD = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier

_RING = 2
"""Width of the focus ring, in pixels."""


class JobTile(QWidget):
    """One job: its state, queue position, elapsed time and log, or its picture."""

    opened = Signal(int)
    log_wanted = Signal(object)
    """The job."""
    menu_wanted = Signal(list, QPoint)
    """The id of the image, and where on the screen."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_job(job)
        self.picture_id: int | None = None
        self.trashed = False
        """Whether the image is in the trash."""
        self._pixmap: QPixmap | None = None
        self._summary: PictureSummary | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(120, 110)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def sizeHint(self) -> QSize:
        """As large as there is room."""
        return QSize(320, 320)

    def show_job(self, job: Job) -> None:
        """A step on."""
        self.job = job
        self.setAccessibleName(f"{job.model.label}: {state_words(job)}")
        self.update()

    def show_picture(self, number: int, pixmap: QPixmap) -> None:
        """The picture is there."""
        self.picture_id, self._pixmap = number, pixmap
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.update()

    def show_marks(self, summary: PictureSummary) -> None:
        """Show rating, label and favorite of the image."""
        self._summary = summary
        rating = f"Rated {summary.rating} of 5" if summary.rating else "Not rated"
        marks = (rating, summary.label, "favorite" if summary.favourite else "")
        self.setAccessibleDescription(", ".join(mark for mark in marks if mark))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Open the image; until there is one, the job's log."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._activate()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space do what a click does."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space) and not event.modifiers() & _HELD:
            if not event.isAutoRepeat():
                self._activate()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Take the ring off."""
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Every image has the same menu."""
        if self.picture_id is not None:
            self.menu_wanted.emit([self.picture_id], event.globalPos())

    def _activate(self) -> None:
        if self.picture_id is not None:
            self.opened.emit(self.picture_id)
        else:
            self.log_wanted.emit(self.job)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The tile, or the picture in it."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(2 * _RING, 2 * _RING, -2 * _RING, -2 * _RING)
        if self._pixmap is not None:
            shown = self._pixmap.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            area = QRectF(area.center() - QPointF(shown.width(), shown.height()) / 2, QSizeF(shown))
            painter.drawPixmap(area, self._pixmap, QRectF(self._pixmap.rect()))
            if self._summary is not None:
                paint_stars_and_label(painter, area.toAlignedRect(), self._summary)
                if self._summary.favourite:
                    paint_favourite(painter, area)
                painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            area = self._held_place(area)
            painter.save()
            self._paint_job(painter, area)
            painter.restore()
        if self.hasFocus():
            painter.setPen(QPen(QColor(tokens().accent), _RING))
            painter.drawRoundedRect(area.adjusted(-_RING, -_RING, _RING, _RING), _RING, _RING)

    def _paint_job(self, painter: QPainter, area: QRectF) -> None:
        t = tokens()
        shape = QPainterPath()
        shape.addRoundedRect(area, 8, 8)
        painter.fillPath(shape, QColor(t.panel))
        failed = self.job.state in (State.FAILED, State.UNCONFIRMED)
        painter.setPen(QColor(t.error if failed else t.line))
        painter.drawPath(shape)
        painter.setClipPath(shape)
        self._write(painter, area.adjusted(8, 16, -8, -16), failed=failed)

    def _held_place(self, area: QRectF) -> QRectF:
        """As much of the area as the coming picture's shape fills."""
        size = self.job.model.output_size(self.job.request, ())
        if size is None:
            return area
        shape = QSizeF(*size).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        # A flat one is higher than its shape, for the words in it.
        place = QRectF(0, 0, shape.width(), max(shape.height(), min(area.height(), _WORDS_HEIGHT)))
        place.moveCenter(area.center())
        return place

    def _write(self, painter: QPainter, area: QRectF, *, failed: bool) -> None:
        t, job = tokens(), self.job
        centre = int(Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap)
        font = painter.font()
        font.setWeight(font.Weight.DemiBold)
        painter.setFont(font)
        painter.setPen(QColor(t.error if failed else t.text))
        top = area.center().y() - 30
        painter.drawText(QRectF(area.left(), top, area.width(), 22), centre, state_words(job))
        font.setWeight(font.Weight.Normal)
        painter.setFont(font)
        painter.setPen(QColor(t.text_muted))
        second = failure_words(job) if failed else f"{job.model.label} · {elapsed_words(job)}"
        painter.drawText(QRectF(area.left(), top + 24, area.width(), 60), centre, second)
        if not failed and area.height() > 180:
            font.setPixelSize(11)
            painter.setFont(font)
            painter.setPen(QColor(t.text_faint))
            metrics, width = painter.fontMetrics(), int(area.width())
            lines = "\n".join(
                metrics.elidedText(entry.message, Qt.TextElideMode.ElideRight, width)
                for entry in job.logs[-_SHOWN_LOG_LINES:]
            )
            painter.drawText(
                QRectF(area.left(), area.bottom() - 52, area.width(), 52),
                int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom),
                lines,
            )
