"""Checks whether everything in a window has enough space."""

from __future__ import annotations

from collections.abc import Iterator

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractScrollArea,
    QAbstractSpinBox,
    QComboBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QScrollArea,
    QScrollBar,
    QSplitterHandle,
    QTextEdit,
    QToolBar,
    QWidget,
)

from imagineart_desktop.ui.widgets import CheckBox, ElidedLabel, TextButton

_Role = QFormLayout.ItemRole
_FEW_LETTERS = 24
_OFF = Qt.ScrollBarPolicy.ScrollBarAlwaysOff


def cramped(root: QWidget, *, whole_words: bool) -> list[str]:
    """Return what is cut off or squeezed in a window, each with a reason; what can be scrolled into view is fine.

    whole_words: whether buttons that could be elided must not be.
    """
    parts = [part for part in root.findChildren(QWidget) if part.isVisible() and part.window() is root]
    found = [f"{_name(part)} {reason}" for part in parts for reason in _reasons(part)]
    if whole_words:
        # A word or two written for its place, not a name or a path.
        labels = [part for part in parts if isinstance(part, ElidedLabel) and len(part.text()) <= _FEW_LETTERS]
        found += [
            f"{_name(part)} is cut to “{part.drawn_text()}”" for part in labels if part.drawn_text().endswith("…")
        ]
        texts = [part for part in parts if isinstance(part, TextButton | CheckBox)]
        found += [f"{_name(part)} is cut" for part in texts if part.width() < part.sizeHint().width()]
    return found


def off_line(root: QWidget) -> list[str]:
    """Return the labels of forms that aren't aligned with their one-line fields."""
    forms = [form for form in root.findChildren(QFormLayout) if not form.labelAlignment() & Qt.AlignmentFlag.AlignTop]
    rows = ((form, row) for form in forms for row in range(form.rowCount()))
    return [words for form, row in rows if (words := _off_line(form, row))]


def _off_line(form: QFormLayout, row: int) -> str:
    label_item, field_item = (form.itemAt(row, role) for role in (_Role.LabelRole, _Role.FieldRole))
    label = label_item.widget() if label_item is not None else None
    if not isinstance(label, QLabel) or not label.isVisible() or field_item is None:
        return ""
    field = field_item.geometry()
    # The label of a multi-line field is beside its first line.
    wraps = isinstance(shown := field_item.widget(), QLabel) and shown.wordWrap()
    one_line = not wraps and field.height() < 2 * label.fontMetrics().height() + 8
    middles = label.geometry().center().y(), field.center().y()
    return f"{_name(label)}: {middles}" if one_line and abs(middles[0] - middles[1]) > 1 else ""


def _reasons(part: QWidget) -> Iterator[str]:
    if isinstance(part, QSplitterHandle | QScrollBar):
        return
    if part.objectName() == "qt_toolbar_ext_button" or isinstance(part.parentWidget(), QLineEdit):
        # Placed by Qt itself.
        return
    parent = part.parentWidget()
    area = parent.parentWidget() if parent is not None else None
    if isinstance(area, QScrollArea) and area.widget() is part:
        if area.horizontalScrollBarPolicy() == _OFF and part.width() > area.viewport().width():
            yield f"is {part.width()} wide in {area.viewport().width()}"
        if area.verticalScrollBarPolicy() == _OFF and part.height() > area.viewport().height():
            yield f"is {part.height()} high in {area.viewport().height()}"
    elif (
        parent is not None and not isinstance(area, QAbstractScrollArea) and not parent.rect().contains(part.geometry())
    ):
        yield f"at {_words(part.geometry())} is not inside {_words(parent.rect())}"
    if isinstance(part, ElidedLabel | TextButton | CheckBox):
        # These may be elided, see `cramped`.
        return
    if isinstance(part, QAbstractButton | QLabel | QComboBox | QLineEdit | QAbstractSpinBox):
        least = part.minimumSizeHint()
        if isinstance(part.parentWidget(), QToolBar) and isinstance(part, QAbstractButton):
            # A tool bar takes some of the last button's margin before it hides the button behind ».
            least.setWidth(min(least.width(), part.fontMetrics().horizontalAdvance(part.text())))
        if part.width() < min(least.width(), part.maximumWidth()):
            yield f"is {part.width()} wide, needs {least.width()}"
        if part.height() < min(least.height(), part.maximumHeight()):
            yield f"is {part.height()} high, needs {least.height()}"
    if isinstance(part, QLabel) and part.wordWrap() and part.text():
        needed = part.heightForWidth(part.width())
        if part.height() < needed:
            yield f"is {part.height()} high, its lines need {needed}"
    if isinstance(part, QTextEdit) and part.isReadOnly() and part.horizontalScrollBar().maximum():
        yield "has lines that are too long"


def in_sight(part: QWidget) -> bool:
    """Return whether all of a widget can be seen without scrolling."""
    seen = part.visibleRegion().boundingRect()
    root = part.window()
    whole = QRect(part.mapTo(root, QPoint(0, 0)), part.size())
    return seen == part.rect() and root.rect().contains(whole)


def _name(part: QWidget) -> str:
    text = ""
    if isinstance(part, QAbstractButton | QLabel | QLineEdit):
        text = part.text()
    elif isinstance(part, QComboBox):
        text = part.currentText()
    path: list[str] = []
    around: QWidget | None = part
    while around is not None and len(path) < 4:
        path.append(type(around).__name__)
        around = around.parentWidget()
    return f"{' < '.join(path)} “{text[:40] or part.accessibleName()[:40] or part.objectName()}”"


def _words(rect: QRect) -> str:
    return f"{rect.x()}, {rect.y()} {rect.width()} × {rect.height()}"
