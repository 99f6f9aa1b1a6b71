"""A tile that holds the place of an image while it's being made, and then shows it."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPoint, QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from imagineart_desktop.jobs import Job, JobState
from imagineart_desktop.library import PictureSummary
from imagineart_desktop.ui.image_details.thumbnail_delegate import paint_favorite_star, paint_stars_and_label
from imagineart_desktop.ui.results.tile_columns import MIN_TILE
from imagineart_desktop.ui.theme import paint_image, tokens
from imagineart_desktop.ui.widgets import elided_lines
from imagineart_desktop.workspace.job_texts import elapsed_words, failure_words, shown_state, state_text
from imagineart_desktop.workspace.tooltip import plain_tip

_SHOWN_LOG_LINES = 3


_FAILED = (JobState.FAILED, JobState.UNCONFIRMED)

_WORDS_SIZE, _ROOM_FOR_LOG, _GAP = QSize(124, 108), 196, 4
"""Pixels: of a place that says all it has to, of one that has room for the log, and between state and more."""

_MAX_LINES = 4
"""Of what is said below the state."""

_MODIFIERS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.ShiftModifier

_RING = 2
"""Width of the focus ring, in pixels."""


class JobTile(QWidget):
    """One job: its state, queue position, elapsed time and log, or its image."""

    opened = Signal(int)
    log_wanted = Signal(object)
    """The job whose log is requested."""
    menu_wanted = Signal(list, QPoint)
    """The id of the image, and the position on the screen."""

    def __init__(self, job: Job, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.show_job(job)
        self.picture_id: int | None = None
        self.trashed = False
        """Whether the image is in the trash."""
        self._pixmap: QPixmap | None = None
        self._summary: PictureSummary | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(MIN_TILE)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    @property
    def shape(self) -> QSizeF:
        """Return the size of the coming image, as far as its ratio is known."""
        size = self.job.expected_size
        return QSizeF(1, 1) if size is None else QSizeF(*size)

    def sizeHint(self) -> QSize:
        """Return a default size; the layout stretches tiles."""
        return QSize(320, 320)

    def show_job(self, job: Job) -> None:
        """Show a new state of the job."""
        self.job = job
        self.setAccessibleName(f"{job.model.label}: {state_text(job)}")
        self.update()

    def show_picture(self, number: int, pixmap: QPixmap) -> None:
        """Show the finished image."""
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
        """Handle Enter and Space like a click."""
        if (
            event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space)
            and not event.modifiers() & _MODIFIERS
        ):
            if not event.isAutoRepeat():
                self._activate()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Show the focus ring."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Hide the focus ring."""
        super().focusOutEvent(event)
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Request the menu that all images share."""
        if self.picture_id is not None:
            self.menu_wanted.emit([self.picture_id], event.globalPos())

    def _activate(self) -> None:
        if self.picture_id is not None:
            self.opened.emit(self.picture_id)
        else:
            self.log_wanted.emit(self.job)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the tile, or the image in it."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        area = QRectF(self.rect()).adjusted(2 * _RING, 2 * _RING, -2 * _RING, -2 * _RING)
        if self._pixmap is not None:
            shown = self._pixmap.size().scaled(area.size().toSize(), Qt.AspectRatioMode.KeepAspectRatio)
            area = QRectF(area.center() - QPointF(shown.width(), shown.height()) / 2, QSizeF(shown))
            paint_image(painter, area, self._pixmap)
            if self._summary is not None:
                paint_stars_and_label(painter, area.toAlignedRect(), self._summary)
                if self._summary.favourite:
                    paint_favorite_star(painter, area)
                painter.setBrush(Qt.BrushStyle.NoBrush)
        else:
            area = self._placeholder_rect(area)
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
        failed = shown_state(self.job) in _FAILED
        painter.setPen(QColor(t.error if failed else t.line))
        painter.drawPath(shape)
        painter.setClipPath(shape)
        self._write(painter, area.adjusted(8, 8, -8, -8), failed=failed)

    def _placeholder_rect(self, area: QRectF) -> QRectF:
        """Return the part of the area that an image of the expected shape fills."""
        size = self.job.expected_size
        if size is None:
            return area
        shape = QSizeF(*size).scaled(area.size(), Qt.AspectRatioMode.KeepAspectRatio)
        # A flat or narrow one is larger than its shape, for the words in it.
        least = area.size().boundedTo(QSizeF(_WORDS_SIZE))
        place = QRectF(QPointF(), shape.expandedTo(least))
        place.moveCenter(area.center())
        return place

    def _write(self, painter: QPainter, area: QRectF, *, failed: bool) -> None:
        t = tokens()
        font, strong = painter.font(), painter.font()
        strong.setWeight(QFont.Weight.DemiBold)
        line = painter.fontMetrics().height()
        state, more = self._sentences()
        room = min(_MAX_LINES, int((area.height() - _GAP) // line) - 1)
        shown = elided_lines(more, font, area.width(), room)
        # A place without room for more says the state alone, in its middle.
        top = area.center().y() - (line + (len(shown) * line + _GAP if shown else 0)) / 2
        first = QRectF(area.left(), top, area.width(), line)
        painter.setFont(strong)
        painter.setPen(QColor(t.error if failed else t.text))
        _write_lines(painter, first, elided_lines(state, strong, area.width(), 1))
        painter.setFont(font)
        painter.setPen(QColor(t.text_muted))
        _write_lines(painter, first.translated(0, line + _GAP), shown)
        if not failed and area.height() > _ROOM_FOR_LOG:
            font.setPixelSize(11)
            painter.setFont(font)
            painter.setPen(QColor(t.text_faint))
            metrics, width = painter.fontMetrics(), int(area.width())
            lines = "\n".join(
                metrics.elidedText(entry.message, Qt.TextElideMode.ElideRight, width)
                for entry in self.job.logs[-_SHOWN_LOG_LINES:]
            )
            painter.drawText(
                QRectF(area.left(), area.bottom() - 52, area.width(), 52),
                int(Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignBottom),
                lines,
            )

    def _sentences(self) -> tuple[str, str]:
        """Return the texts of the tile: the state, and details."""
        job = self.job
        ended = job.state in _FAILED or job.is_download_canceled
        return state_text(job), failure_words(job) if ended else f"{job.model.label}\u00a0·\u00a0{elapsed_words(job)}"

    def event(self, event: QEvent) -> bool:
        """Say in the tooltip what is written in the place: there may be no room for all of it."""
        if event.type() == QEvent.Type.ToolTip:
            words = "\n".join(filter(None, self._sentences())) if self._pixmap is None else ""
            self.setToolTip(plain_tip(words) if words else "")
        return super().event(event)


def _write_lines(painter: QPainter, first: QRectF, lines: Sequence[str]) -> None:
    """Write lines below each other, the first of them there."""
    for number, line in enumerate(lines):
        place = first.translated(0, number * first.height())
        painter.drawText(place, int(Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextSingleLine), line)
