"""The button styles of the window."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAction, QColor, QFont, QFontMetrics, QKeySequence, QPaintEvent
from PySide6.QtWidgets import (
    QHBoxLayout,
    QPushButton,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolButton,
    QWidget,
)

from imagineart_desktop.ui.theme import icon, tokens
from imagineart_desktop.ui.widgets.eliding import TextButton
from imagineart_desktop.ui.widgets.labels import plain_label


def button(text: str, on_click: Callable[[], object] | None = None, *, kind: str = "", tip: str = "") -> QPushButton:
    """Return a text button. kind: tab, pill, ghost, link, segment, side, primary, or empty."""
    made = PillButton(text) if kind == "pill" else TextButton(text)
    # In a dialog, Enter would otherwise press the first auto-default button, whatever it does.
    made.setAutoDefault(False)
    if kind:
        made.setProperty("kind", kind)
    made.setToolTip(tip)
    # A click leaves the focus where it was, for instance in the prompt. Focus rings are only for the keyboard.
    made.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    made.setCursor(Qt.CursorShape.PointingHandCursor if kind == "link" else Qt.CursorShape.ArrowCursor)
    if on_click is not None:
        made.clicked.connect(partial(on_click))
    return made


def icon_button(
    name: str, tip: str, on_click: Callable[[], object] | None = None, *, kind: str = "", size: int = 16
) -> QToolButton:
    """Return an icon button. tip: its name, for the tooltip and screen readers."""
    made = QToolButton()
    made.setIcon(icon(name, "text"))
    made.setIconSize(QSize(size, size))
    made.setToolTip(tip)
    made.setAccessibleName(tip)
    if kind:
        made.setProperty("kind", kind)
    if on_click is not None:
        made.clicked.connect(partial(on_click))
    return made


class SubmitButton(QPushButton):
    """A form's primary button, with its shortcut in small print."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "primary")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        # It spends: Enter in a field of a dialog must not press it.
        self.setAutoDefault(False)
        self.setMinimumHeight(38)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(12, 0, 12, 0)
        layout.setSpacing(10)
        self._text = plain_label(text, "go")
        self._keys = plain_label("", "go_hint")
        self._action: QAction | None = None
        for part in (self._text, self._keys):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        layout.addStretch(1)
        layout.addWidget(self._text)
        layout.addWidget(self._keys)
        layout.addStretch(1)
        self.set_words(text)
        self._show_keys()

    def follow(self, action: QAction) -> None:
        """Show the shortcut of the window's action, also after the user changes it."""
        self._action = action
        action.changed.connect(self._show_keys)
        self._show_keys()

    def set_words(self, text: str) -> None:
        """Set the button's text."""
        self._text.setText(text)
        self.setAccessibleName(text)

    def words(self) -> str:
        """Return the button's text."""
        return self._text.text()

    def _show_keys(self) -> None:
        keys = QKeySequence() if self._action is None else self._action.shortcut()
        self._keys.setText(keys.toString(QKeySequence.SequenceFormat.NativeText))
        self._keys.setVisible(not keys.isEmpty())


class PillButton(QPushButton):
    """A rounded button whose last word is emphasized: Today **$1.24**."""

    _GAP = 5

    def sizeHint(self) -> QSize:
        """Return the size of plain text plus what the emphasized word needs."""
        plain = self.fontMetrics().horizontalAdvance(self.text())
        return super().sizeHint() + QSize(sum(width for _, _, width in self._parts()) + self._GAP - plain, 0)

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: the text is never cut."""
        return self.sizeHint()

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the button, then its text."""
        painter = QStylePainter(self)
        option = QStyleOptionButton()
        self.initStyleOption(option)
        option.text = ""
        painter.drawControl(QStyle.ControlElement.CE_PushButton, option)
        parts = self._parts()
        left = (self.width() - sum(width for _, _, width in parts) - self._GAP) / 2
        for (word, font, width), tone in zip(parts, ("text_muted", "text"), strict=True):
            painter.setFont(font)
            painter.setPen(QColor(getattr(tokens(), tone)))
            painter.drawText(QRectF(left, 0, width + 1, self.height()), int(Qt.AlignmentFlag.AlignVCenter), word)
            left += width + self._GAP

    def _parts(self) -> list[tuple[str, QFont, int]]:
        strong = QFont(self.font())
        strong.setWeight(QFont.Weight.DemiBold)
        rest, _, last = self.text().rpartition(" ")
        return [
            (word, font, QFontMetrics(font).horizontalAdvance(word))
            for word, font in ((rest.strip(), self.font()), (last, strong))
        ]


class StatusPill(QPushButton):
    """Shows the connection status: ● Live, ● Demo or ● Offline."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("kind", "pill")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self._layout = layout = QHBoxLayout(self)
        layout.setContentsMargins(11, 0, 11, 0)
        layout.setSpacing(6)
        self._dot, self._word = plain_label("●"), plain_label()
        for part in (self._dot, self._word):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
            layout.addWidget(part)

    def show_state(self, word: str, tone: str) -> None:
        """Set the status. word: Live, Demo or Offline; tone: good, caution or error."""
        self._word.setText(word)
        self.setAccessibleName(f"Service: {word}")
        for part in (self._dot, self._word):
            part.setProperty("tone", tone)
            part.style().unpolish(part)
            part.style().polish(part)
        self.updateGeometry()

    def sizeHint(self) -> QSize:
        """Return the size of dot and word."""
        return self._layout.sizeHint().expandedTo(QSize(0, 26))

    def minimumSizeHint(self) -> QSize:
        """Return the size hint: neither dot nor word is ever cut."""
        return self.sizeHint()
