"""Controls whose words end in … where there is no room, so that no control is wider than its panel."""

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
"""Pixels: a letter and …"""

_MIN_LETTERS = 6


class _Eliding:
    """Draw as many of a button's words as fit. A mixin, named before the Qt class.

    reserved: pixels at the button's right that are not for the words.
    """

    reserved = 0
    _tells_words = False
    _contents: QStyle.SubElement
    _control: QStyle.ControlElement

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the words, and have them as the tooltip while they are cut."""
        made = cast("TextButton | CheckBox", self)
        cut = made.width() < made.sizeHint().width()
        self._tells_words = _tell_words(made, cut=cut, told=self._tells_words)
        if not cut:
            super().paintEvent(event)  # type: ignore[misc]
            return
        option = QStyleOptionButton()
        made.initStyleOption(option)
        room = made.style().subElementRect(self._contents, option, made).width() - self.reserved
        mode = Qt.TextElideMode.ElideRight
        option.text = option.fontMetrics.elidedText(option.text, mode, room, Qt.TextFlag.TextShowMnemonic.value)
        QStylePainter(made).drawControl(self._control, option)


class TextButton(_Eliding, QPushButton):
    """A button with words."""

    _contents = QStyle.SubElement.SE_PushButtonContents
    _control = QStyle.ControlElement.CE_PushButton

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        _let_shrink(self)


class CheckBox(_Eliding, QCheckBox):
    """A check box with words."""

    _contents = QStyle.SubElement.SE_CheckBoxContents
    _control = QStyle.ControlElement.CE_CheckBox

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        _let_shrink(self)


def keep_words(made: QAbstractButton) -> None:
    """Never cut the words of a control, which are short. What stands beside it gives way instead."""
    # A minimum would count instead of the width of the words.
    made.setMinimumWidth(0)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def combo_box(name: str) -> QComboBox:
    """Return a drop-down list that is as wide as there is room. name: for screen readers."""
    box = QComboBox()
    box.setAccessibleName(name)
    bound_width(box)
    return box


def bound_width(box: QComboBox) -> None:
    """Keep the entries of a drop-down list from widening what it stands in."""
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
    """Let layouts make a button narrower than its words, which Qt's buttons refuse by their policy.

    Qualities of the widget rather than overridden hints: layouts ask for these a thousand times while a window opens.
    """
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
    made.setSizePolicy(policy)
    made.setMinimumWidth(_MIN_WIDTH)


def _tell_words(made: QAbstractButton, *, cut: bool, told: bool) -> bool:
    """Set the words as the tooltip of a control that cuts them and has no other. Returns whether they are set."""
    if cut and not told and not made.toolTip():
        made.setToolTip(plain_tip(made.text().replace("&&", "&")))
        return True
    if told and not cut:
        made.setToolTip("")
    return told and cut
