"""Inline messages with actions, and the placeholder of an empty view."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property, partial
from itertools import pairwise

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from imagineart_desktop.ui.widgets.buttons import button, icon_button
from imagineart_desktop.ui.widgets.flow import FlowLayout
from imagineart_desktop.ui.widgets.focus import previous_in_tab_order
from imagineart_desktop.ui.widgets.labels import IconLabel, plain_label, set_tone
from imagineart_desktop.ui.widgets.lifetime import IsCurrent, MessageLifetime
from imagineart_desktop.ui.widgets.retained_size import retain_size
from imagineart_desktop.ui.widgets.sight import area_around, come_into_sight

_SETTLED_MS = 400
"""Milliseconds until all surrounding layouts have made room for a message."""


_LINE = " "
"""Keeps the height of a line."""


class MessageHandle:
    """Handle of a message, valid until another one replaces it or it's closed."""

    def __init__(self, is_shown: Callable[[], bool], change: Callable[[str], None], end: Callable[[], None]) -> None:
        self._is_shown = is_shown
        self._change = change
        self._end = end

    @property
    def is_shown(self) -> bool:
        """Whether the message is still shown."""
        return self._is_shown()

    def change(self, text: str) -> None:
        """Replace the text, for example with progress; nothing moves, and the buttons stay."""
        if self.is_shown:
            self._change(text)

    def close(self) -> None:
        """Close the message, unless another one has replaced it."""
        if self.is_shown:
            self._end()


class _Content:
    """Content of a message: its text, room for buttons, and a close button.

    beside: whether the buttons are on the right of the text instead of below it.
    """

    def __init__(self, frame: QFrame, close: Callable[[], object], *, small: bool, beside: bool) -> None:
        layout = QVBoxLayout(frame)
        layout.setContentsMargins(*((0, 0, 0, 0) if small else (10, 8, 6, 8)))
        layout.setSpacing(6)
        top = QHBoxLayout()
        top.setSpacing(6)
        self.text = plain_label(wrap=True, selectable=True)
        top.addWidget(self.text, 1)
        self.close = icon_button("x", "Close this message", close, kind="mini", size=14)
        top.addWidget(self.close, 0, Qt.AlignmentFlag.AlignTop)
        layout.addLayout(top)
        self.actions: QHBoxLayout | FlowLayout
        if small or beside:
            self.actions = QHBoxLayout()
            self.actions.setSpacing(8)
            top.insertLayout(2 if small else 1, self.actions)
            top.setAlignment(self.actions, Qt.AlignmentFlag.AlignTop if beside else Qt.AlignmentFlag(0))
        else:
            # Wrap the buttons: a message must not widen a narrow panel.
            self.actions = FlowLayout()
            layout.addLayout(self.actions)


class InlineMessage(QFrame):
    """A message that's hidden until it has something to show. See `MessageLifetime` for how long it stays.

    A window has twenty of them and uses few: each creates its content with its first message, except
    those that keep a line free, which create it immediately.
    """

    cleared = Signal()
    """The message was closed, by the user or because it no longer applies."""

    shown = Signal(bool)
    """Whether a message is shown."""

    def __init__(
        self,
        parent: QWidget | None = None,
        *,
        floats: bool = False,
        keeps_line: bool = False,
        buttons_beside: bool = False,
    ) -> None:
        """floats: it overlaps something or has room of its own, and moves nothing.

        keeps_line: it's small, and a line is reserved for it. buttons_beside: its buttons are on the right of the text.
        """
        super().__init__(parent)
        self.setObjectName("message")
        self.setProperty("small", keeps_line)
        self._has_content = False
        self._buttons: list[QPushButton] = []
        self._turn = 0
        self._floats = floats or keeps_line
        self._keeps_line = keeps_line
        self._buttons_beside = buttons_beside
        self.life = MessageLifetime(self, self.clear, self._moved)
        self.hide()
        if keeps_line:
            # It's cleared along with the problem that it reports.
            self._content.close.hide()
            self._content.text.setText(_LINE)
            retain_size(self)

    @cached_property
    def _content(self) -> _Content:
        before = previous_in_tab_order(self)
        content = _Content(self, self.clear, small=self._keeps_line, beside=self._buttons_beside)
        if before is not None:
            self.setTabOrder(before, content.text)
        self._has_content = True
        return content

    @cached_property
    def _said(self) -> QTimer:
        """Runs while layouts make room for the message."""
        timer = QTimer(self)
        timer.setSingleShot(True)
        timer.setInterval(_SETTLED_MS)
        return timer

    def say(
        self,
        text: str,
        tone: str = "error",
        actions: dict[str, Callable[[], object]] | None = None,
        *,
        holds: IsCurrent | None = None,
        lasts: bool = False,
    ) -> MessageHandle:
        """Show a message. tone: info for a notice, caution or error; actions: text → callback, in order.

        holds: whether its cause still exists, called at each `review`. lasts: neither time nor a change of view ends
        it.
        """
        self._turn += 1
        self._content.text.setText(text)
        # What is waited for is canceled or ends: closing it would only hide that it goes on.
        self._content.close.setHidden(lasts or self._keeps_line)
        set_tone(self, tone)
        if self._keeps_line:
            set_tone(self._content.text, "muted" if tone == "info" else "")
        for old in self._buttons:
            self._content.actions.removeWidget(old)
            old.deleteLater()
        self._buttons = []
        for word, act in (actions or {}).items():
            made = button(word, self.clear, kind="link" if self._keeps_line else "")
            made.clicked.connect(partial(act))
            self._content.actions.addWidget(made)
            self._buttons.append(made)
        for one, next_one in pairwise(self.stops()):
            self.setTabOrder(one, next_one)
        self.setAccessibleName(text)
        self.show()
        self.shown.emit(True)
        self.life.begin(notice=tone == "info" and not lasts, holds=(lambda: True) if lasts else holds)
        self._said.start()
        QTimer.singleShot(0, self, self._ensure_visible)
        turn = self._turn
        return MessageHandle(lambda: turn == self._turn and not self.isHidden(), self._set_text, self.clear)

    def say_work(self, words: str, cancel: Callable[[], object]) -> MessageHandle:
        """Show work in progress, until it ends or another message is shown."""
        return self.say(words, "info", {"Cancel": cancel}, lasts=True)

    def _set_text(self, text: str) -> None:
        self._content.text.setText(text)
        self.setAccessibleName(text)

    def show_error(
        self, text: str, tone: str = "error", actions: dict[str, Callable[[], object]] | None = None
    ) -> Callable[[], None]:
        """Show a problem. Return a callback that closes the message, unless another one has replaced it."""
        return self.say(text, tone, actions, holds=lambda: True).close

    def review(self) -> None:
        """Close the message if its cause is gone."""
        self.life.review()

    def showEvent(self, event: QShowEvent) -> None:
        """Start a notice's time when it becomes visible."""
        super().showEvent(event)
        self.life.resume()

    def hideEvent(self, event: QHideEvent) -> None:
        """End the message with the surrounding view."""
        super().hideEvent(event)
        window = self.window()
        if not event.spontaneous() and not self.isHidden() and (window.isVisible() or isinstance(window, QDialog)):
            self.life.leave_view()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Scroll to the message again while layouts make room for it, so that all of it is visible."""
        super().resizeEvent(event)
        if self._has_content and self._said.isActive():
            QTimer.singleShot(0, self, self._ensure_visible)

    def _ensure_visible(self) -> None:
        """Scroll a form so that the message isn't below the edge."""
        come_into_sight(self)

    def _moved(self) -> QWidget | None:
        """Return the widget that moves when this message disappears."""
        return None if self._floats else area_around(self) or self.parentWidget()

    def clear(self) -> None:
        """Close the message."""
        self.life.stop()
        self.hide()
        if self._keeps_line:
            self._content.text.setText(_LINE)
        self.shown.emit(False)
        self.cleared.emit()

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order while a message is shown, in order; none before the first message."""
        if not self._has_content:
            return []
        close = self._content.close
        return [self._content.text, *self._buttons, *([] if close.isHidden() else [close])]

    def text(self) -> str:
        """Return the message's text; empty if there is none."""
        return "" if self.isHidden() else self._content.text.text()


class EmptyState(QWidget):
    """The placeholder of an empty view, with actions."""

    def __init__(self, icon_name: str, title: str, sentence: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 24)
        layout.setSpacing(8)
        centre = Qt.AlignmentFlag.AlignHCenter
        self._title = plain_label(title, "strong")
        self._sentence = plain_label(sentence, "muted", wrap=True)
        self._sentence.setAlignment(centre)
        self._actions = QHBoxLayout()
        layout.addStretch(1)
        layout.addWidget(IconLabel(icon_name, 36), 0, centre)
        layout.addWidget(self._title, 0, centre)
        layout.addWidget(self._sentence)
        layout.addLayout(self._actions)
        layout.addStretch(1)
        self._actions.addStretch(1)
        self._actions.addStretch(1)

    def set_words(self, title: str, sentence: str) -> None:
        """Set the title and the sentence."""
        self._title.setText(title)
        self._sentence.setText(sentence)

    def title(self) -> str:
        """Return the title."""
        return self._title.text()

    def add_action(self, text: str, act: Callable[[], object]) -> QPushButton:
        """Add an action's button."""
        made = button(text, act)
        self._actions.insertWidget(self._actions.count() - 1, made)
        return made
