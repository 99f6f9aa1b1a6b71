"""The model selector: each model with its price and what it's good for."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import (
    QComboBox,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionComboBox,
    QStyleOptionViewItem,
    QStylePainter,
)

from imagineart_desktop.models import ModelSpec, list_price, price_per_image
from imagineart_desktop.ui.theme import tokens
from imagineart_desktop.ui.widgets import limit_width
from imagineart_desktop.workspace.tooltip import plain_tip

_PRICE, _NOTE, _PER_IMAGE = (Qt.ItemDataRole.UserRole + place for place in (1, 2, 3))
NOT_OFFERED = "No longer offered"
"""Note of a model that only a past request has."""
HIDDEN = "Hidden from this list"
"""Note of a model that is selected, although the user hid it."""

_ROW, _MARGIN, _BESIDE, _MAX_LIST = 46, 10, 4, 480
"""Sizes in pixels."""


class ModelBox(QComboBox):
    """Combo box that shows only the model's label while closed, and the rest in its tooltip."""

    def __init__(self, models: Iterable[ModelSpec]) -> None:
        super().__init__()
        self.setProperty("strong", "true")
        self.setAccessibleName("Model")
        self._models: list[ModelSpec] = []
        limit_width(self)
        self.setItemDelegate(_ModelDelegate(self))
        self.currentIndexChanged.connect(self._show_tip)
        self.offer(models)

    def offer(self, models: Iterable[ModelSpec]) -> None:
        """Offer these models instead, without a signal; the first is selected."""
        with QSignalBlocker(self):
            self.clear()
            self._models = []
            for model in models:
                self._add(model, model.note)
        self._show_tip()

    def _add(self, model: ModelSpec, note: str) -> None:
        place = self.count()
        self._models.append(model)
        self.addItem(model.label)
        self.setItemData(place, list_price(model), _PRICE)
        self.setItemData(place, note, _NOTE)
        self.setItemData(place, price_per_image(model), _PER_IMAGE)
        told = f"{model.label}, {price_per_image(model)}. {note}"
        self.setItemData(place, told, Qt.ItemDataRole.AccessibleTextRole)

    def selected(self) -> ModelSpec:
        """Return the selected model."""
        return self._models[self.currentIndex()]

    def select(self, model: ModelSpec, note: str = NOT_OFFERED) -> None:
        """Select a model. One that isn't offered, but in use, is added to the list. note: why it isn't offered."""
        if model not in self._models:
            self._add(model, note)
        self.setCurrentIndex(self._models.index(model))
        self._show_tip()

    def showPopup(self) -> None:
        """Show the list with room for each model's name, price and note, even if the box is narrower."""
        self.view().setMinimumWidth(min(_MAX_LIST, self.view().sizeHintForColumn(0) + 2 * _MARGIN))
        super().showPopup()

    def shown_label(self) -> str:
        """Return the model's label as the closed box shows it, elided if it doesn't fit."""
        option = QStyleOptionComboBox()
        self.initStyleOption(option)
        part = QStyle.SubControl.SC_ComboBoxEditField
        room = self.style().subControlRect(QStyle.ComplexControl.CC_ComboBox, option, part, self).width()
        return self.fontMetrics().elidedText(self.currentText(), Qt.TextElideMode.ElideRight, room - _BESIDE)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Draw the closed box. A style sheet's combo box would cut a long label off."""
        painter, option = QStylePainter(self), QStyleOptionComboBox()
        self.initStyleOption(option)
        option.currentText = self.shown_label()
        painter.drawComplexControl(QStyle.ComplexControl.CC_ComboBox, option)
        painter.drawControl(QStyle.ControlElement.CE_ComboBoxLabel, option)

    def _show_tip(self) -> None:
        self.setToolTip(plain_tip(f"{self.currentText()} · {self.currentData(_PER_IMAGE)} · {self.currentData(_NOTE)}"))


class _ModelDelegate(QStyledItemDelegate):
    """Draws label and price in one line, and the note below."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Return the width of the note, or of label and price, and the height of a row."""
        strong = QFont(option.font)
        strong.setWeight(QFont.Weight.DemiBold)
        label = QFontMetrics(strong).horizontalAdvance(str(index.data()))
        price, note = (option.fontMetrics.horizontalAdvance(str(index.data(role))) for role in (_PRICE, _NOTE))
        wanted = max(note, label + 2 * _MARGIN + price)
        return QSize(wanted + 2 * _MARGIN, _ROW)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Draw one model."""
        t = tokens()
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(t.accent_soft))
            painter.drawRoundedRect(option.rect, 4, 4)
        area = option.rect.adjusted(_MARGIN, 5, -_MARGIN, -5)
        upper = QRect(area.left(), area.top(), area.width(), area.height() // 2)
        lower = upper.translated(0, area.height() // 2)
        price, note = str(index.data(_PRICE)), str(index.data(_NOTE))
        plain, strong = QFont(option.font), QFont(option.font)
        plain.setWeight(QFont.Weight.Normal)
        strong.setWeight(QFont.Weight.DemiBold)
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        painter.setFont(plain)
        painter.setPen(QColor(t.text_muted))
        painter.drawText(upper, int(right | Qt.AlignmentFlag.AlignVCenter), price)
        words = painter.fontMetrics().elidedText(note, Qt.TextElideMode.ElideRight, lower.width())
        painter.drawText(lower, int(left | Qt.AlignmentFlag.AlignVCenter), words)
        painter.setFont(strong)
        painter.setPen(QColor(t.text))
        room = upper.width() - painter.fontMetrics().horizontalAdvance(price) - _MARGIN
        words = painter.fontMetrics().elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room)
        painter.drawText(upper, int(left | Qt.AlignmentFlag.AlignVCenter), words)
        painter.restore()
