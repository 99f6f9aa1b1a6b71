"""Asks for the fields of a template."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QComboBox, QDialog, QFormLayout, QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.library.store.prompt_file import Template
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.ui.widgets import button, plain_label
from imagineart_desktop.workspace.prompts.template_text import fields_of

_WIDTH, _MAX_LABEL = 420, 30


class TemplateForm(QDialog):
    """A line for each field, which offers the values that were entered before.

    first: what stands in the first field. then: called with field → value; a field may be left empty.
    """

    def __init__(
        self, parent: QWidget, template: Template, first: str, then: Callable[[dict[str, str]], object]
    ) -> None:
        super().__init__(parent)
        self._then = then
        self.setWindowTitle(template.name)
        self.setModal(False)
        self.setMinimumWidth(_WIDTH)
        self.fields: dict[str, QComboBox] = {}
        form = QFormLayout()
        form.setHorizontalSpacing(16)
        form.setVerticalSpacing(10)
        for name in fields_of(template.text):
            box = QComboBox()
            box.setEditable(True)
            box.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
            box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
            box.addItems(list(template.values.get(name, ())))
            box.setCurrentText("" if self.fields else first)
            box.setAccessibleName(name)
            self.fields[name] = box
            form.addRow(plain_label(ellipsize(name, _MAX_LABEL).capitalize()), box)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(16)
        column.addWidget(plain_label(template.text, "muted", wrap=True))
        column.addLayout(form)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.close))
        self.insert = button("Insert", self._take, kind="primary")
        self.insert.setDefault(True)
        foot.addWidget(self.insert)
        column.addLayout(foot)
        self.finished.connect(self.deleteLater)
        self.show()
        next(iter(self.fields.values())).setFocus()

    def _take(self) -> None:
        values = {name: box.currentText().strip() for name, box in self.fields.items()}
        self.accept()
        self._then(values)
