"""An editor for the rating, color label, tags and note of an image."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QObject, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from imagineart_desktop.library import Label, Marks
from imagineart_desktop.ui.image_details.star import GOLD, paint_star
from imagineart_desktop.ui.image_details.tags_editor import TagsEditor
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import plain_label

_STAR = 20
_DOT = 16

LABEL_COLORS = {
    Label.RED: "#e5605e",
    Label.YELLOW: "#e0b84a",
    Label.GREEN: "#41b883",
    Label.BLUE: "#5b8cff",
    Label.PURPLE: "#a578e0",
}


class RatingStars(QWidget):
    """A rating widget for 0 to 5 stars. Clicking the last set star clears the rating."""

    rated = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self._value = 0
        self.setFixedSize(QSize(5 * _STAR, _STAR))
        self.setToolTip("Rating, keys 0 to 5")
        self.setAccessibleName("Rating")

    def set_value(self, value: int) -> None:
        """Show a rating."""
        self._value = value
        self.setAccessibleDescription(f"{value} of 5")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Rate by the star that is clicked."""
        star = min(5, int(event.position().x() / _STAR) + 1)
        self.rated.emit(0 if star == self._value else star)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw five stars."""
        painter = QPainter(self)
        for number in range(5):
            colour = GOLD if number < self._value else tokens().line
            paint_star(painter, QRectF(number * _STAR + 2, 2, _STAR - 4, _STAR - 4), colour)
        painter.end()


class LabelDots(QWidget):
    """A row of dots, one per color label; the chosen one has a ring."""

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._value = Label.NONE
        self.setFixedSize(QSize(len(LABEL_COLORS) * (_DOT + 6), _DOT + 4))
        self.setToolTip("Color label, keys 6 to 9")
        self.setAccessibleName("Color label")

    def set_value(self, value: Label) -> None:
        """Show a label."""
        self._value = value
        self.setAccessibleDescription(value.value or "none")
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Emit the label that is clicked; clicking the current one clears it."""
        number = min(int(event.position().x() / (_DOT + 6)), len(LABEL_COLORS) - 1)
        self.chosen.emit(list(LABEL_COLORS)[number])

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the dots."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for number, (label, colour) in enumerate(LABEL_COLORS.items()):
            place = QRectF(number * (_DOT + 6) + 3, 4, _DOT - 4, _DOT - 4)
            painter.setBrush(QColor(colour))
            painter.setPen(Qt.PenStyle.NoPen)
            painter.drawEllipse(place)
            if label is self._value:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.setPen(QColor(tokens().text))
                painter.drawEllipse(place.adjusted(-2.5, -2.5, 2.5, 2.5))
        painter.end()


class MarksEditor(QWidget):
    """An editor for marks, which emits a signal for each change.

    tags: all existing tags, for completion. Text is committed on Enter or when the field loses focus.
    """

    rated = Signal(int)
    labelled = Signal(object)
    tagged = Signal(list)
    untagged = Signal(list)
    noted = Signal(str)
    note_edited = Signal()
    """Emitted after each edit of the note, long before it's committed."""

    def __init__(self, marks: Marks, tags: list[str], pictures: int = 1) -> None:
        super().__init__()
        self._note = marks.note
        self._typing: QLineEdit | QPlainTextEdit | None = None
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        if pictures > 1:
            column.addWidget(
                plain_label(f"Rating, label and tags apply to all {pictures} selected images.", "faint", wrap=True)
            )
        row = QHBoxLayout()
        self.stars, self.dots = RatingStars(), LabelDots()
        self.stars.set_value(marks.rating)
        self.dots.set_value(marks.label)
        row.addWidget(self.stars)
        row.addStretch(1)
        row.addWidget(self.dots)
        column.addLayout(row)
        tags_editor = TagsEditor(marks.tags, tags)
        tags_editor.tagged.connect(self.tagged)
        tags_editor.untagged.connect(self.untagged)
        self.tags = tags_editor.field
        column.addWidget(tags_editor)
        self.note = QPlainTextEdit(marks.note)
        self.note.setPlaceholderText("Note")
        self.note.setAccessibleName("Note")
        self.note.setTabChangesFocus(True)
        self.note.setFixedHeight(56)
        self.note.installEventFilter(self)
        self.note.textChanged.connect(self.note_edited)
        column.addWidget(self.note)
        self.stars.rated.connect(self.rated)
        self.dots.chosen.connect(self.labelled)

    @property
    def unsaved_note(self) -> str | None:
        """The note as typed so far; None if it equals the saved one."""
        text = self.note.toPlainText()
        return text if text != self._note else None

    def take_over(self, old: MarksEditor) -> None:
        """Continue the typing in progress in the editor that this one replaces."""
        self.tags.setText(old.tags.text())
        if old.note.toPlainText() != old._note:
            self.note.setPlainText(old.note.toPlainText())
        if old.note.hasFocus():
            self._typing = self.note
            cursor = self.note.textCursor()
            cursor.setPosition(min(old.note.textCursor().position(), len(self.note.toPlainText())))
            self.note.setTextCursor(cursor)
        elif old.tags.hasFocus():
            self._typing = self.tags
        old.blockSignals(True)

    @property
    def is_typing(self) -> bool:
        """Whether the editor that this one replaces had the keyboard focus in a text field."""
        return self._typing is not None

    def go_on(self) -> None:
        """Restore the keyboard focus, once the editor is in its place."""
        if self._typing is not None:
            self._typing.setFocus()
            self._typing = None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Save the note when it loses focus."""
        if watched is self.note and event.type() == QEvent.Type.FocusOut and self.note.toPlainText() != self._note:
            self._note = self.note.toPlainText()
            self.noted.emit(self._note)
        return super().eventFilter(watched, event)
