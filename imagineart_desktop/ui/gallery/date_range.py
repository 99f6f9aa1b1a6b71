"""A dialog that picks a range of days and writes it in the query language."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QDate
from PySide6.QtWidgets import QDateEdit, QDialog, QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.library.search.query_parser import field_value, set_field
from imagineart_desktop.ui.widgets import button, create_form, form_label
from imagineart_desktop.workspace.language import DateFormat

_WRITTEN = "yyyy-MM-dd"


class DateRangeDialog(QDialog):
    """A dialog for a range of days, both included.

    text: returns the current search; change: called with the new search.
    """

    def __init__(self, parent: QWidget, text: Callable[[], str], change: Callable[[str], None]) -> None:
        super().__init__(parent)
        self._text, self._change = text, change
        self.setWindowTitle("Made between two days")
        self.setModal(False)
        self.setMinimumWidth(340)
        today = QDate.currentDate()
        before = _day(text(), "before")
        self.first = _field("First day", _day(text(), "after") or today.addDays(-30))
        self.last = _field("Last day", before.addDays(-1) if before is not None else today)
        self.first.dateChanged.connect(self.last.setMinimumDate)
        self.last.setMinimumDate(self.first.date())
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(14)
        form = create_form()
        form.addRow(form_label("&From", self.first), self.first)
        form.addRow(form_label("&To", self.last), self.last)
        column.addLayout(form)
        foot = QHBoxLayout()
        foot.addWidget(button("Any day", lambda: self._write(None, None)))
        foot.addStretch(1)
        show = button("Show", self.apply, kind="primary")
        show.setDefault(True)
        foot.addWidget(show)
        column.addLayout(foot)
        self.finished.connect(self.deleteLater)

    def apply(self) -> None:
        """Search for these days."""
        self._write(self.first.date().toString(_WRITTEN), self.last.date().addDays(1).toString(_WRITTEN))

    def _write(self, after: str | None, before: str | None) -> None:
        text = set_field(self._text(), "on", None)
        self._change(set_field(set_field(text, "after", after), "before", before))
        self.close()


def _day(text: str, field: str) -> QDate | None:
    day = QDate.fromString(field_value(text, field) or "", _WRITTEN)
    return day if day.isValid() else None


def _field(name: str, day: QDate) -> QDateEdit:
    made = QDateEdit(day)
    made.setDisplayFormat(DateFormat.SHORT.value)
    made.setCalendarPopup(True)
    made.setAccessibleName(name)
    return made
