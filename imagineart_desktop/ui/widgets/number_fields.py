"""The fields for the seed and the number of images."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QEvent, QObject, QRegularExpression, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QRegularExpressionValidator
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QWidget

from imagineart_desktop.models import MAX_SEED
from imagineart_desktop.support import parse_int
from imagineart_desktop.ui.theme import icon
from imagineart_desktop.ui.widgets.buttons import icon_button
from imagineart_desktop.ui.widgets.labels import plain_label
from imagineart_desktop.workspace.draft_state import MAX_COUNT
from imagineart_desktop.workspace.seed import SEED_RANGE, SeedChoice, SeedMode

_NUMBER = QRegularExpression(r"\s*-?[\d\s]{0,30}")


class FieldFrame(QFrame):
    """A frame that looks like a field and is highlighted when its content has the focus."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("field")

    def watch(self, inner: QWidget) -> None:
        """Highlight the frame while this widget has the focus."""
        inner.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Follow the focus of the watched widgets."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self.mark("focused", event.type() == QEvent.Type.FocusIn)
        return super().eventFilter(watched, event)

    def mark(self, state: str, on: bool) -> None:
        """Set or clear a state: focused or wrong."""
        if bool(self.property(state)) != on:
            self.setProperty(state, on)
            self.style().unpolish(self)
            self.style().polish(self)


class SeedField(FieldFrame):
    """The seed; empty means random. The dice draws one, the lock keeps it, +1 increments it after each request.

    Numbers out of range can be typed, so that the problem can be explained, but they are never a value.
    """

    changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.choice = SeedChoice()
        """The seed that the field shows."""
        layout = QHBoxLayout(self)
        layout.setContentsMargins(9, 2, 3, 2)
        layout.setSpacing(0)
        self.edit = QLineEdit()
        self.edit.setProperty("bare", "true")
        self.edit.setPlaceholderText("Random")
        self.edit.setValidator(QRegularExpressionValidator(_NUMBER, self))
        self.edit.setMinimumHeight(28)
        self.edit.setMinimumWidth(self.edit.fontMetrics().horizontalAdvance(str(MAX_SEED)) + 8)
        self.edit.setAccessibleName("Seed")
        self.edit.setToolTip(f"A whole number {SEED_RANGE}. Empty: a new one for every image.")
        self.edit.textEdited.connect(self._typed)
        self.edit.textChanged.connect(self._follow_text)
        self.edit.inputRejected.connect(self._refuse)
        self.watch(self.edit)
        layout.addWidget(self.edit, 1)
        self._dice = icon_button("dice-5", "New random seed", self._draw, kind="mini", size=15)
        self._next = icon_button(
            "plus", "+1 per image", partial(self._toggle, SeedMode.INCREMENT), kind="mini", size=15
        )
        self._lock = icon_button("lock-open", "Lock seed", partial(self._toggle, SeedMode.LOCKED), kind="mini", size=15)
        for made in (self._next, self._lock):
            made.setCheckable(True)
        for made in (self._dice, self._next, self._lock):
            made.setFixedSize(20, 26)
            layout.addWidget(made)

    @property
    def mode(self) -> SeedMode:
        """How the seed changes from one request to the next."""
        return self.choice.mode

    def value(self) -> int | None:
        """Return the seed, or None for random. It's never outside 1 to `MAX_SEED`."""
        return self.choice.value

    def problem(self) -> str:
        """Return what's wrong with the typed or pasted text; empty if it's valid."""
        return self.choice.problem

    def set_value(self, seed: int | None, mode: SeedMode | None = None) -> None:
        """Set the seed; None is random, and so is a number outside 1 to `MAX_SEED`."""
        self.set_choice(SeedChoice.of(seed, mode))

    def set_choice(self, choice: SeedChoice) -> None:
        """Set the seed with its mode."""
        self.choice = choice
        if self.edit.text() != choice.text:
            self.edit.setText(choice.text)
        self._lock.setChecked(choice.mode is SeedMode.LOCKED)
        self._lock.setIcon(icon("lock" if choice.mode is SeedMode.LOCKED else "lock-open", "text"))
        self._next.setChecked(choice.mode is SeedMode.INCREMENT)
        self.mark("wrong", bool(choice.problem))
        self.changed.emit()

    def stops(self) -> list[QWidget]:
        """Return the widgets of the Tab order."""
        return [self.edit, self._dice, self._next, self._lock]

    def _typed(self, text: str) -> None:
        self.set_choice(self.choice.typed(text))

    def _follow_text(self, text: str) -> None:
        # Qt also emits this for a text that it rejected and put back.
        if text != self.choice.text:
            self._typed(text)

    def _refuse(self) -> None:
        self.set_choice(self.choice.rejected())

    def _draw(self) -> None:
        self.set_choice(self.choice.drawn())

    def _toggle(self, mode: SeedMode) -> None:
        self.set_choice(self.choice.toggled(mode))


_COMMAND_KEYS = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier | Qt.KeyboardModifier.MetaModifier


def _is_plain(event: QKeyEvent) -> bool:
    """Return whether a key is typed rather than part of a shortcut such as Alt+3."""
    return not event.modifiers() & _COMMAND_KEYS


class CountField(FieldFrame):
    """The number of images, one to eight: set by the buttons, the arrow keys or a digit."""

    changed = Signal(int)
    refused = Signal(str)
    """Why a typed number was rejected."""
    LARGEST = MAX_COUNT

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._value = 1
        layout = QHBoxLayout(self)
        layout.setContentsMargins(9, 2, 3, 2)
        layout.setSpacing(0)
        self._label = plain_label("1")
        self._less = icon_button("minus", "Fewer", lambda: self.set_value(self._value - 1), kind="mini", size=14)
        self._more = icon_button("plus", "More", lambda: self.set_value(self._value + 1), kind="mini", size=14)
        layout.addWidget(self._label, 1)
        for made in (self._less, self._more):
            made.setFixedSize(24, 28)
            made.setAutoRepeat(True)
            made.setFocusPolicy(Qt.FocusPolicy.NoFocus)
            layout.addWidget(made, 0, Qt.AlignmentFlag.AlignVCenter)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.set_value(1)

    def value(self) -> int:
        """Return the number, 1 to 8."""
        return self._value

    def set_value(self, count: int) -> None:
        """Set the number, clamped to the range."""
        self._value = max(1, min(self.LARGEST, count))
        self._label.setText(str(self._value))
        self.setAccessibleName(f"Number of images, 1 to {self.LARGEST}: {self._value}")
        self._less.setEnabled(self._value > 1)
        self._more.setEnabled(self._value < self.LARGEST)
        self.changed.emit(self._value)

    def event(self, event: QEvent) -> bool:
        """Claim digits for the number, even if they're shortcuts of something else."""
        asked = event.type() == QEvent.Type.ShortcutOverride
        if asked and isinstance(event, QKeyEvent) and _is_plain(event) and event.text().isdecimal():
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Change the number with the arrow keys, Home, End or a digit."""
        steps = {
            Qt.Key.Key_Up: self._value + 1,
            Qt.Key.Key_Right: self._value + 1,
            Qt.Key.Key_Plus: self._value + 1,
            Qt.Key.Key_Down: self._value - 1,
            Qt.Key.Key_Left: self._value - 1,
            Qt.Key.Key_Minus: self._value - 1,
            Qt.Key.Key_Home: 1,
            Qt.Key.Key_End: self.LARGEST,
        }
        typed = parse_int(event.text(), 0, 9)
        wanted = typed if typed is not None else steps.get(Qt.Key(event.key()))
        if wanted is None or not _is_plain(event):
            super().keyPressEvent(event)
        elif typed is not None and not 1 <= typed <= self.LARGEST:
            self.refused.emit(f"You can make 1 to {self.LARGEST} images at once.")
        else:
            self.set_value(wanted)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Highlight the field while it has the focus."""
        super().focusInEvent(event)
        self.mark("focused", True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Remove the highlight."""
        super().focusOutEvent(event)
        self.mark("focused", False)
