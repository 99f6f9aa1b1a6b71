"""The left side of the batch preview: model, prompt, what varies, and how the batch is sent."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QFrame, QLineEdit, QScrollArea, QSpinBox, QVBoxLayout, QWidget

from imagineart_desktop.batches.plan import MAX_ROWS
from imagineart_desktop.batches.prompt_template import MANY
from imagineart_desktop.models import MAX_SEED
from imagineart_desktop.support import parse_dollars
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.batch.prompt_marks import mark_prompt
from imagineart_desktop.ui.batch.vary_rows import VaryRows
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.widgets import (
    CheckBox,
    CountField,
    SectionLabel,
    button,
    combo_box,
    plain_label,
    set_tone,
)
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.batch_draft import BatchDraft

_DEFAULT_SAMPLE = 20
_PROBLEM_LINES = 2
_MAX_NAME = 120


class BatchControls(QScrollArea):
    """Shows a draft's plan and changes it."""

    failed = Signal(str)

    def __init__(self, draft: BatchDraft, files: FileDialogs) -> None:
        super().__init__()
        self._draft = draft
        self.model = combo_box("Model")
        self._offered: dict[str, str] = {}
        self.prompt = PromptEdit(draft.library, files)
        self.count_line = plain_label("", "muted", wrap=True)
        # What is wrong with a prompt while it's typed must not move what is below.
        self.count_line.setMinimumHeight(_PROBLEM_LINES * self.count_line.fontMetrics().lineSpacing())
        self.count_line.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.which = combo_box("Which prompts")
        self.which.addItem("All combinations", False)
        self.which.addItem("Random", True)
        self.sample = _number(1, MAX_ROWS, "Number of random prompts")
        self.sample_seed = _number(0, MAX_SEED, "Random seed of the prompts")
        self.sample.setSuffix(" prompts")
        self.sample_seed.setPrefix("Seed ")
        self.rows_file = plain_label("", "muted", wrap=True)
        self.vary = VaryRows(draft, files)
        self.count = CountField()
        self.low_priority = CheckBox("Low priority")
        self.low_priority.setToolTip("fal.ai runs these requests after all others.")
        self.name = QLineEdit()
        self.name.setPlaceholderText("The first prompt")
        self.name.setAccessibleName("Name of the batch")
        self.name.setMaxLength(_MAX_NAME)
        self.max_cost = QLineEdit()
        self.max_cost.setPlaceholderText("No limit")
        self.max_cost.setAccessibleName("Maximum cost in US dollars")
        self._build()
        self._connect()
        self.show_plan()

    def _build(self) -> None:
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(16, 14, 16, 14)
        column.setSpacing(8)
        column.addWidget(SectionLabel("Model"))
        column.addWidget(self.model)
        column.addSpacing(6)
        column.addWidget(self.prompt)
        column.addWidget(self.count_line)
        column.addWidget(self.which)
        column.addWidget(self.sample)
        column.addWidget(self.sample_seed)
        column.addSpacing(6)
        self._combined = [self.count_line, self.which, self.vary]
        column.addWidget(SectionLabel("Vary"))
        column.addWidget(self.vary)
        self.use_combinations = button("Use combinations instead", lambda: self._draft.set_rows_file(None), kind="link")
        column.addWidget(self.rows_file)
        column.addWidget(self.use_combinations, 0, Qt.AlignmentFlag.AlignLeft)
        column.addSpacing(6)
        self.count_label = SectionLabel("")
        column.addWidget(self.count_label)
        column.addWidget(self.count)
        column.addSpacing(6)
        column.addWidget(SectionLabel("Name"))
        column.addWidget(self.name)
        column.addSpacing(6)
        column.addWidget(self.low_priority)
        column.addSpacing(6)
        column.addWidget(SectionLabel("Maximum cost", "US dollars"))
        column.addWidget(self.max_cost)
        column.addStretch(1)
        self.setWidget(inner)

    def _connect(self) -> None:
        draft = self._draft
        draft.changed.connect(self.show_plan)
        draft.rows_changed.connect(self._show_count)
        self.vary.failed.connect(self.failed)
        self.model.activated.connect(lambda _place: draft.set_model(str(self.model.currentData())))
        self.prompt.changed.connect(self._prompt_changed)
        self.which.activated.connect(self._sample_changed)
        self.sample.valueChanged.connect(self._sample_changed)
        self.sample_seed.valueChanged.connect(self._sample_changed)
        self.count.changed.connect(draft.set_count)
        self.low_priority.toggled.connect(draft.set_low_priority)
        self.name.textEdited.connect(draft.set_name)
        self.max_cost.editingFinished.connect(self._max_cost_changed)

    def show_plan(self) -> None:
        """Show the plan as it is now."""
        plan = self._draft.plan
        watched = (self.model, self.which, self.sample, self.sample_seed, self.count, self.low_priority)
        blockers = [QSignalBlocker(widget) for widget in watched]
        self.prompt.set_hint("Make it {red|teal}" if plan.task.takes_image else "A {red|teal} cup on __surfaces__")
        offered = {model.endpoint: model.label for model in self._draft.models.offered_for(plan.task)}
        if offered != self._offered:
            self._offered = offered
            self.model.clear()
            for endpoint, label in offered.items():
                self.model.addItem(label, endpoint)
        self.model.setCurrentIndex(self.model.findData(plan.model))
        self.prompt.set_text(plan.prompt)
        self.which.setCurrentIndex(self.which.findData(plan.sample is not None))
        self.sample.setValue(plan.sample or _DEFAULT_SAMPLE)
        self.sample_seed.setValue(plan.sample_seed)
        self.count.set_value(plan.count)
        self.low_priority.setChecked(plan.low_priority)
        if self.name.text() != plan.name:
            self.name.setText(plan.name)
        if not self.max_cost.hasFocus():
            self.max_cost.setText("" if plan.max_cost is None else f"{plan.max_cost:f}")
        for blocker in blockers:
            blocker.unblock()
        for spin in (self.sample, self.sample_seed):
            spin.setVisible(plan.sample is not None and not plan.rows)
        for widget in self._combined:
            widget.setVisible(not plan.rows)
        self.rows_file.setVisible(bool(plan.rows))
        self.use_combinations.setVisible(bool(plan.rows))
        self.count_label.set_title("Images per row" if plan.rows else "Images per combination")
        self.rows_file.setText(f"One request per row of {Path(plan.rows).name}")
        mark_prompt(self.prompt.editor, plan.prompt)

    def _show_count(self) -> None:
        preview = self._draft.preview
        is_wrong = preview.position is not None
        set_tone(self.count_line, "error" if is_wrong else "muted")
        self.count_line.setText(preview.problem if is_wrong else count_words(preview.factors, preview.prompts))

    def _prompt_changed(self) -> None:
        self._draft.set_prompt(self.prompt.text())

    def _sample_changed(self) -> None:
        is_random = self.which.currentData()
        self._draft.set_sample(self.sample.value() if is_random else None, self.sample_seed.value())

    def _max_cost_changed(self) -> None:
        text = self.max_cost.text().strip()
        amount = parse_dollars(text) if text else None
        if text and amount is None:
            self.failed.emit("The maximum cost is an amount of US dollars, such as 2.50.")
            return
        self._draft.set_max_cost(amount)


def count_words(factors: tuple[int, ...], prompts: int) -> str:
    """Return “3 × 6 = 18 prompts”, “20 of 9 × 9 = 81 prompts”, or “1 prompt”."""
    total = 1
    for factor in factors:
        total = min(MANY, total * factor)
    count = "a quadrillion prompts or more" if total >= MANY else pluralize(total, "prompt")
    product = f"{' × '.join(f'{factor:,}' for factor in factors)} = " if len(factors) > 1 and total < MANY else ""
    return f"{product}{count}" if prompts >= total else f"{prompts:,} of {product}{count}"


def _number(min_value: int, max_value: int, name: str) -> QSpinBox:
    field = QSpinBox()
    field.setRange(min_value, max_value)
    field.setAccessibleName(name)
    field.setToolTip(name)
    return field
