"""Controls whose words end in … where there is no room, so that no control is wider than its panel."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize, Qt
from PySide6.QtGui import QHelpEvent, QPaintEvent
from PySide6.QtWidgets import (
    QAbstractButton,
    QCheckBox,
    QComboBox,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionButton,
    QStylePainter,
    QToolTip,
)

from imagineart_desktop.ui.widgets.labels import plain_tip

_MIN_WIDTH = 48
"""Pixels: a few letters and …"""

_MIN_LETTERS = 6


class TextButton(QPushButton):
    """A button with words. reserved: pixels at its right that are not for the words."""

    reserved = 0

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        _let_shrink(self)

    def minimumSizeHint(self) -> QSize:
        """As narrow as a few letters."""
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), _MIN_WIDTH + self.reserved), wanted.height())

    def sizeHint(self) -> QSize:
        """All of the words."""
        return super().sizeHint() + QSize(self.reserved, 0)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many of the words as fit."""
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)
        else:
            option = QStyleOptionButton()
            self.initStyleOption(option)
            _draw_cut(self, option, QStyle.SubElement.SE_PushButtonContents, QStyle.ControlElement.CE_PushButton)

    def event(self, event: QEvent) -> bool:
        """Tell words that are cut off."""
        return _tell_cut(self, event) or super().event(event)


class CheckBox(QCheckBox):
    """A check box with words."""

    def __init__(self, text: str = "") -> None:
        super().__init__(text)
        _let_shrink(self)

    def minimumSizeHint(self) -> QSize:
        """As narrow as a few letters."""
        wanted = self.sizeHint()
        return QSize(min(wanted.width(), _MIN_WIDTH), wanted.height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw as many of the words as fit."""
        if self.width() >= self.sizeHint().width():
            super().paintEvent(event)
        else:
            option = QStyleOptionButton()
            self.initStyleOption(option)
            _draw_cut(self, option, QStyle.SubElement.SE_CheckBoxContents, QStyle.ControlElement.CE_CheckBox)

    def event(self, event: QEvent) -> bool:
        """Tell words that are cut off."""
        return _tell_cut(self, event) or super().event(event)


def combo_box(name: str) -> QComboBox:
    """A drop-down list that is as wide as there is room. name: for screen readers."""
    box = QComboBox()
    box.setAccessibleName(name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
    box.setMinimumContentsLength(_MIN_LETTERS)
    return box


def _let_shrink(made: QAbstractButton) -> None:
    """Let layouts make a button narrower than its words, which Qt's buttons refuse by their policy."""
    policy = made.sizePolicy()
    policy.setHorizontalPolicy(QSizePolicy.Policy.Preferred)
    made.setSizePolicy(policy)


def _draw_cut(
    made: TextButton | CheckBox, option: QStyleOptionButton, contents: QStyle.SubElement, control: QStyle.ControlElement
) -> None:
    reserved = made.reserved if isinstance(made, TextButton) else 0
    room = made.style().subElementRect(contents, option, made).width() - reserved
    mode = Qt.TextElideMode.ElideRight
    option.text = option.fontMetrics.elidedText(option.text, mode, room, Qt.TextFlag.TextShowMnemonic.value)
    QStylePainter(made).drawControl(control, option)


def _tell_cut(made: QAbstractButton, event: QEvent) -> bool:
    """Show the words as the tooltip of a control that cuts them and has no other."""
    cut = made.width() < made.sizeHint().width()
    if not (isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip and cut and not made.toolTip()):
        return False
    QToolTip.showText(event.globalPos(), plain_tip(made.text().replace("&&", "&")), made)
    return True
