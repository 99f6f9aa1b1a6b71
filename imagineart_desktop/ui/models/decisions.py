"""What was read about a new model, and what the user decides about it."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QGridLayout, QHBoxLayout, QLineEdit, QRadioButton, QVBoxLayout, QWidget

from imagineart_desktop.models import Task
from imagineart_desktop.models.arrangement import MAX_LABEL
from imagineart_desktop.models.mask_question import PAINTED
from imagineart_desktop.ui.widgets import CheckBox, InlineMessage, SectionLabel, create_form, form_label, plain_label
from imagineart_desktop.workspace.new_model import NewModel
from imagineart_desktop.workspace.task_texts import TASK_TEXT

_TASKS_PER_ROW = 2


class Decisions(QWidget):
    """Shows a `NewModel`, and forwards to it what the user decides."""

    def __init__(self, model: NewModel) -> None:
        super().__init__()
        self._model = model
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 8, 0)
        column.setSpacing(12)
        self.name = QLineEdit(model.label)
        self.name.setMaxLength(MAX_LABEL)
        self.name.setAccessibleName("Name")
        self.name.textEdited.connect(model.set_label)
        self.tasks: dict[Task, CheckBox] = {}
        self.answers: dict[str, QRadioButton] = {}
        form = create_form()
        form.addRow(form_label("&Name", self.name), self.name)
        form.addRow(form_label("Use for", of_several_lines=True), self._build_tasks())
        column.addLayout(form)
        column.addWidget(self._build_question())
        self.message = InlineMessage()
        column.addWidget(self.message)
        column.addSpacing(8)
        column.addWidget(SectionLabel("What the document says" if model.is_from_document else "What the file says"))
        facts = create_form()
        for role, name in [("Model ID", model.endpoint), *model.roles(), ("Price", model.price)]:
            label = form_label(role)
            # A value may take several lines.
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            facts.addRow(label, plain_label(name, wrap=True))
        if others := model.other_fields():
            facts.addRow(form_label("Settings"), plain_label(f"{others} more, shown in the form"))
        column.addLayout(facts)
        column.addStretch(1)
        model.changed.connect(self._show)
        self._show()

    def _build_tasks(self) -> QWidget:
        part = QWidget()
        grid = QGridLayout(part)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(16)
        grid.setVerticalSpacing(8)
        grid.setColumnStretch(_TASKS_PER_ROW, 1)
        for index, task in enumerate(self._model.able):
            self.tasks[task] = box = CheckBox(TASK_TEXT[task])
            box.setChecked(task in self._model.tasks)
            box.setEnabled(self._model.has_choice)
            box.toggled.connect(partial(self._model.set_offered, task))
            grid.addWidget(box, *divmod(index, _TASKS_PER_ROW))
        return part

    def _build_question(self) -> QWidget:
        self.question = QWidget()
        column = QVBoxLayout(self.question)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        self._asked = plain_label("", wrap=True)
        column.addWidget(self._asked)
        row = QHBoxLayout()
        row.setSpacing(16)
        self._group = QButtonGroup(self)
        for answer, polarity in PAINTED.items():
            self.answers[answer] = made = QRadioButton(answer.capitalize())
            made.clicked.connect(partial(self._model.set_mask_polarity, polarity))
            self._group.addButton(made)
            row.addWidget(made)
        row.addStretch(1)
        column.addLayout(row)
        return self.question

    def _show(self) -> None:
        """Ask about the mask if there is something to ask. What was missing isn't any more."""
        self.message.clear()
        question = self._model.question
        self.question.setVisible(question is not None)
        if question is not None:
            self._asked.setText(f"{question.sentence} {question.hint}")
