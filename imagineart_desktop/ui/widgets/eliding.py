"""Controls whose words end in … where there is no room, so that no control is wider than its panel."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPaintEvent
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

from imagineart_desktop.ui.widgets.labels import plain_tip

_MIN_WIDTH = 24
"""Pixels: a letter and …"""

_MIN_LETTERS = 6


class TextButton(QPushButton):
    """A button with words. reserved: pixels at its right that are not for the words."""

    reserved = 0

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._tells_words = False
        _let_shrink(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many of the words as fit."""
        cut = self.width() < self.sizeHint().width()
        self._tells_words = _tell_words(self, cut=cut, told=self._tells_words)
        if not cut:
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        _draw_cut(self, option, QStyle.SubElement.SE_PushButtonContents, QStyle.ControlElement.CE_PushButton)


class CheckBox(QCheckBox):
    """A check box with words."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        self._tells_words = False
        _let_shrink(self)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many of the words as fit."""
        cut = self.width() < self.sizeHint().width()
        self._tells_words = _tell_words(self, cut=cut, told=self._tells_words)
        if not cut:
            super().paintEvent(event)
            return
        option = QStyleOptionButton()
        self.initStyleOption(option)
        _draw_cut(self, option, QStyle.SubElement.SE_CheckBoxContents, QStyle.ControlElement.CE_CheckBox)


def keep_words(made: QAbstractButton) -> None:
    """Have what stands beside a control give way instead: its words are short, and never cut."""
    # A minimum would count instead of the width of the words.
    made.setMinimumWidth(0)
    made.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)


def combo_box(name: str) -> QComboBox:
    """A drop-down list that is as wide as there is room. name: for screen readers."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_MIN_LETTERS)
    return box


def _let_shrink(made: QAbstractButton) -> None:
    """Let layouts make a button narrower than its words, which Qt's buttons refuse by their policy.

    Qualities of the widget rather than overridden hints: layouts ask for these a thousand times while a window opens.
    """
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
    made.setSizePolicy(policy)
    made.setMinimumWidth(_MIN_WIDTH)


def _draw_cut(
    made: TextButton | CheckBox, option: QStyleOptionButton, contents: QStyle.SubElement, control: QStyle.ControlElement
) -> None:
    reserved = made.reserved if isinstance(made, TextButton) else 0
    room = made.style().subElementRect(contents, option, made).width() - reserved
    mode = Qt.TextElideMode.ElideRight
    option.text = option.fontMetrics.elidedText(option.text, mode, room, Qt.TextFlag.TextShowMnemonic.value)
    QStylePainter(made).drawControl(control, option)


def _tell_words(made: QAbstractButton, *, cut: bool, told: bool) -> bool:
    """Have the words as the tooltip of a control that cuts them and has no other. Returns whether it has."""
    if cut and not told and not made.toolTip():
        made.setToolTip(plain_tip(made.text().replace("&&", "&")))
        return True
    if told and not cut:
        made.setToolTip("")
    return told and cut
