"""Labels. All of them show plain text: external text is never interpreted as markup."""

from __future__ import annotations

import re

from PySide6.QtCore import QEvent, QRect, QRectF, QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextOption,
)
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QMenu, QSizePolicy, QTextEdit, QVBoxLayout, QWidget

from imagineart_desktop.support.plain_text import display_text, single_line
from imagineart_desktop.ui.theme import paint_icon, tokens
from imagineart_desktop.workspace.tooltip import plain_tip

_BREAK = "\u200b"
"""A zero-width space, at which a line may break."""

_UNBROKEN = re.compile(r"\S{25,}")
_BREAKABLE = re.compile(r"[^/\\_.,:;=&?-]{12}|[/\\_.,:;=&?-]+")


class _PlainLabel(QLabel):
    def setText(self, text: str) -> None:
        super().setText(display_text(text))


class _WrappingLabel(_PlainLabel):
    """Also breaks long words such as paths. Copied text doesn't contain those breaks."""

    def setText(self, text: str) -> None:
        QLabel.setText(self, _UNBROKEN.sub(_with_breaks, display_text(text)))

    def text(self) -> str:
        return super().text().replace(_BREAK, "")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            self._copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.hasSelectedText():
            menu = QMenu(self)
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.addAction("Copy", self._copy)
            menu.popup(event.globalPos())

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.selectedText().replace(_BREAK, ""))


def _with_breaks(word: re.Match[str]) -> str:
    return _BREAKABLE.sub(lambda part: part.group() + _BREAK, word.group())


def plain_label(text: str = "", tone: str = "", *, wrap: bool = False, selectable: bool = False) -> QLabel:
    """Return a label. tone: section, muted, faint, small, strong, title, error, good, caution, or empty."""
    label = _WrappingLabel() if wrap else _PlainLabel()
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setText(text)
    label.setProperty("tone", tone)
    label.setWordWrap(wrap)
    if selectable:
        label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
    return label


class ReservedLabel(_PlainLabel):
    """A wrapped label with space for the longest text it may show, so that nothing below it moves."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._longest: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(True)
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setText(text)

    def reserve(self, *texts: str) -> None:
        """Set the possible texts that may need the most lines."""
        self._longest = texts
        self._update_min_height()

    def setText(self, text: str) -> None:
        """Show a text; it's never cut, even if it's longer than the reserved ones."""
        super().setText(text)
        self._update_min_height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Update the reserved height for the new width."""
        super().resizeEvent(event)
        self._update_min_height()

    def changeEvent(self, event: QEvent) -> None:
        """Update the reserved height for the new font."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._update_min_height()

    def _update_min_height(self) -> None:
        # Set a minimum height, because a scroll area squeezes widgets that only have a height for their width.
        self.setMinimumHeight(max(self._height_of(text) for text in (*self._longest, self.text())))

    def _height_of(self, text: str) -> int:
        room = QRect(0, 0, max(1, self.width()), 1 << 16)
        return self.fontMetrics().boundingRect(room, Qt.TextFlag.TextWordWrap, text or " ").height()


def set_tone(widget: QWidget, tone: str) -> None:
    """Change the tone of a label or a frame."""
    if widget.property("tone") != tone:
        widget.setProperty("tone", tone)
        widget.style().unpolish(widget)
        widget.style().polish(widget)


class IconLabel(QWidget):
    """An icon without a button, in the theme's current color. size: pixels."""

    def __init__(self, name: str, size: int, tone: str = "text_faint") -> None:
        super().__init__()
        self._name, self._tone = name, tone
        self.setFixedSize(size, size)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the icon."""
        paint_icon(QPainter(self), self._name, getattr(tokens(), self._tone), QRectF(self.rect()))


def rule(*, vertical: bool = False) -> QFrame:
    """Return a line, one pixel wide."""
    line = QFrame()
    line.setObjectName("rule_v" if vertical else "rule")
    return line


class SectionLabel(QWidget):
    """The heading of a form's section, with a note on the right."""

    def __init__(self, text: str, note: str = "", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(8)
        self._usual, self._reason = note, ""
        self._shorter: tuple[str, ...] = ()
        self._note = ElidedLabel(note, "small")
        self._note.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        self._title = plain_label(text.upper(), "section")
        layout.addWidget(self._title)
        layout.addWidget(self._note, 1)

    def set_title(self, text: str) -> None:
        """Set the heading."""
        self._title.setText(text.upper())

    def set_note(self, text: str, *shorter: str, tone: str = "small") -> None:
        """Set the note on the right. shorter: alternatives for less space, longest first."""
        self._usual, self._shorter = text, shorter
        set_tone(self._note, tone)
        self._show_note()

    def set_reason(self, reason: str) -> None:
        """Show why the section is disabled, in place of the note; the note again if there is no reason."""
        self._reason = reason
        self._show_note()

    def _show_note(self) -> None:
        if self._reason:
            self._note.setText(self._reason)
        else:
            self._note.setText(self._usual, *self._shorter)

    def add(self, widget: QWidget) -> None:
        """Add a widget on the right."""
        self._layout.addWidget(widget)


class PriceLine(QWidget):
    """What is charged and a note; below them the basis of the price and the price. It's always two lines high."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.left, self.note = ElidedLabel("", "muted"), plain_label("", "good")
        self.basis, self.right = ElidedLabel("", "small"), ElidedLabel("", "", mode=Qt.TextElideMode.ElideLeft)
        self.right.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Preferred)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for first, last in ((self.left, self.note), (self.basis, self.right)):
            line = QHBoxLayout()
            line.setSpacing(12)
            line.addWidget(first, 1)
            line.addWidget(last)
            column.addLayout(line)

    def set_words(self, left: str, right: str) -> None:
        """Set what is charged and its price.

        A price that doesn't fit is elided on the left, so that the total is visible.
        """
        self.left.setText(left)
        self.right.setText(right)


class ElidedLabel(QLabel):
    """A single line that's shortened or elided if it doesn't fit; its tooltip is the whole text.

    mode: the end at which it's elided.
    """

    def __init__(
        self,
        text: str = "",
        tone: str = "",
        parent: QWidget | None = None,
        *,
        mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight,
    ) -> None:
        super().__init__(parent)
        self._mode = mode
        self._shorter: tuple[str, ...] = ()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setProperty("tone", tone)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setText(text)

    def changeEvent(self, event: QEvent) -> None:
        """Keep the margins: with a new style sheet, Qt resets those of a label that has no room for text."""
        margins = self.contentsMargins()
        super().changeEvent(event)
        self.setContentsMargins(margins)

    def setText(self, text: str, *shorter: str) -> None:
        """Set the text; line breaks become spaces. shorter: alternatives for less space, longest first."""
        self._shorter = shorter
        super().setText(single_line(text))

    def drawn_text(self) -> str:
        """Return the drawn text: all of it, the longest alternative that fits, or the shortest one, elided."""
        metrics, width = self.fontMetrics(), self.contentsRect().width()
        forms = (self.text(), *self._shorter)
        whole = next((form for form in forms if metrics.horizontalAdvance(form) <= width), None)
        return metrics.elidedText(forms[-1], self._mode, width) if whole is None else whole

    def minimumSizeHint(self) -> QSize:
        """Return a size no wider than three letters."""
        whole = super().minimumSizeHint()
        return QSize(min(whole.width(), self.fontMetrics().horizontalAdvance("mmm")), whole.height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw as much text as fits."""
        painter = QPainter(self)
        shown = self.drawn_text()
        painter.drawText(self.contentsRect(), int(self.alignment()), shown)
        self.setToolTip(plain_tip(self.text()) if shown != self.text() else "")


class TextBlock(QTextEdit):
    """Text that can be read and copied; long words break anywhere. max_lines: lines above which it scrolls."""

    def __init__(self, text: str, tone: str = "", *, max_lines: int = 8) -> None:
        super().__init__()
        self.setProperty("tone", tone)
        self.setReadOnly(True)
        self.setAcceptRichText(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setTabChangesFocus(True)
        self.setWordWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.document().setDocumentMargin(0)
        self._max_lines = max_lines
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self.setPlainText(display_text(text))

    def sizeHint(self) -> QSize:
        """Return a small width; the widget expands to the available space."""
        return QSize(60, self.height())

    def minimumSizeHint(self) -> QSize:
        """Return a small width, so that the widget can shrink."""
        return QSize(40, self.height())

    def _fit(self) -> None:
        line = self.fontMetrics().lineSpacing()
        self.setFixedHeight(min(round(self.document().size().height()), self._max_lines * line))
