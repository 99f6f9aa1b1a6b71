"""Controls that elide their text if there isn't enough space, so that none is wider than its panel."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPaintEvent, QTextLayout
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
)

from imagineart_desktop.workspace.tooltip import plain_tip

_MIN_WIDTH = 24
"""Minimum width in pixels: a letter and an ellipsis."""

_MIN_LETTERS = 6


class _ElidingMixin:
    """Draws as much of a button's text as fits. This is a mixin; list it before the Qt class.

    reserved: pixels at the right edge of the button that aren't available for the text.
    """

    reserved = 0
    _tells_words = False
    _contents: QStyle.SubElement
    _control: QStyle.ControlElement

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the text, and show it as a tooltip while it's elided."""
        made = cast("TextButton | CheckBox", self)
        cut = made.width() < made.sizeHint().width()
        self._tells_words = _set_elided_tooltip(made, cut=cut, told=self._tells_words)
        if not cut:
            super().paintEvent(event)  # type: ignore[misc]
            return
        option = QStyleOptionButton()
        made.initStyleOption(option)
        room = made.style().subElementRect(self._contents, option, made).width() - self.reserved
        mode = Qt.TextElideMode.ElideRight
        option.text = option.fontMetrics.elidedText(option.text, mode, room, Qt.TextFlag.TextShowMnemonic.value)
        QStylePainter(made).drawControl(self._control, option)


class TextButton(_ElidingMixin, QPushButton):
    """A text button."""

    _contents = QStyle.SubElement.SE_PushButtonContents
    _control = QStyle.ControlElement.CE_PushButton

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        _let_shrink(self)


class CheckBox(_ElidingMixin, QCheckBox):
    """A check box with a text."""

    _contents = QStyle.SubElement.SE_CheckBoxContents
    _control = QStyle.ControlElement.CE_CheckBox

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        _let_shrink(self)


def never_elide(made: QAbstractButton) -> None:
    """Never elide a control's text, which is short. Its neighbors shrink instead."""
    # A minimum width would take precedence over the width of the text.
    made.setMinimumWidth(0)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def combo_box(name: str) -> QComboBox:
    """Return a combo box that is as wide as the available space. name: for screen readers."""
    box = QComboBox()
    box.setAccessibleName(name)
    limit_width(box)
    return box


def limit_width(box: QComboBox) -> None:
    """Keep the entries of a combo box from widening its container."""
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_MIN_LETTERS)


def elided_lines(text: str, font: QFont, width: float, count: int) -> list[str]:
    """Break a text into a number of lines at most; the last one ends in … where there is more, or a word is too long.

    None where there is no room for a line.
    """
    if count < 1 or not text:
        return []
    text = text.replace("\n", " ")
    metrics, layout = QFontMetricsF(font), QTextLayout(text, font)
    layout.beginLayout()
    starts: list[int] = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        starts.append(line.textStart())
    layout.endLayout()
    ends = [*starts[1:count], len(text)]
    mode = Qt.TextElideMode.ElideRight
    lines = [text[start:end].strip() for start, end in zip(starts, ends, strict=False)]
    return [metrics.elidedText(line, mode, width) for line in lines]


def _let_shrink(made: QAbstractButton) -> None:
    """Let layouts make a button narrower than its text, which the size policy of Qt's buttons doesn't allow.

    This sets widget properties instead of overriding the size hints, which layouts request a thousand times while a
    window opens.
    """
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
    made.setSizePolicy(policy)
    made.setMinimumWidth(_MIN_WIDTH)


def _set_elided_tooltip(made: QAbstractButton, *, cut: bool, told: bool) -> bool:
    """Set a control's text as its tooltip while it's elided, unless it has another. Return whether it's set."""
    if cut and (told or not made.toolTip()):
        tip = plain_tip(made.text().replace("&&", "&"))
        if made.toolTip() != tip:
            made.setToolTip(tip)
        return True
    if told:
        made.setToolTip("")
    return False
