"""The form of a task: shows only the fields that the selected model supports, and always the price."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from functools import partial
from itertools import pairwise

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from imagineart_desktop.models import FieldKind, ModelSpec, Task, length_problem
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.support.wording import ellipsize, pluralize
from imagineart_desktop.ui.forms.above import AbovePrompt
from imagineart_desktop.ui.forms.control import Control
from imagineart_desktop.ui.forms.field_column import FieldColumn
from imagineart_desktop.ui.forms.gaps import Gaps
from imagineart_desktop.ui.forms.just_sent import JustSent
from imagineart_desktop.ui.forms.model_picker import ModelPicker
from imagineart_desktop.ui.forms.over_budget import show_over_budget
from imagineart_desktop.ui.forms.price_line import show_price_date
from imagineart_desktop.ui.forms.prompt_hint import prompt_hint
from imagineart_desktop.ui.forms.seed_row import SeedRow
from imagineart_desktop.ui.forms.services import FormServices
from imagineart_desktop.ui.prompt.prompt_edit import PromptEdit
from imagineart_desktop.ui.theme import SCROLL_BAR
from imagineart_desktop.ui.widgets import (
    CountField,
    InlineMessage,
    IsCurrent,
    PriceLine,
    SeedField,
    SubmitButton,
    guard_wheel,
)
from imagineart_desktop.ui.widgets.retained_size import set_size_retained
from imagineart_desktop.ui.widgets.sight import keep_focus_in_sight
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.submitter import Submission
from imagineart_desktop.workspace.task_texts import TASK_TEXT

_MARGIN = 16
_MAX_NAME = 80
_COMPACT_HEIGHT = 640
"""Height in pixels below which headings are placed beside their fields, and the model needs none."""


class RequestForm(QWidget):
    """Shows a draft, and forwards to it what the user enters."""

    submitted = Signal()
    lowered = Signal(bool)
    """Whether vertical space is scarce."""
    budget_wanted = Signal(str)
    """The section of the settings with the budget to change."""

    def __init__(
        self,
        draft: RequestDraft,
        above: AbovePrompt | None = None,
        below: QWidget | None = None,
        services: FormServices | None = None,
    ) -> None:
        """above: widget above the prompt (references); below: widget below the fields (mask).

        services: without them no images can be added, and no history is offered.
        """
        super().__init__()
        self.setObjectName("panel")
        self.draft = draft
        self._controls: dict[str, Control] = {}
        self._shown_model: ModelSpec | None = None
        self._low = False
        self._gaps = Gaps()
        self._above = above
        self._services = services
        self._below = below
        self._problems: dict[str, InlineMessage] = {}
        self.model_picker = ModelPicker(draft)
        self.prompt = PromptEdit() if services is None else PromptEdit(services.library, services.files)
        self.seed = SeedField()
        self.count = CountField()
        self.go = SubmitButton(TASK_TEXT[draft.task])
        self.message = InlineMessage()
        self._price = PriceLine()
        self._build()
        self._adapt_to_model()
        guard_wheel(self)
        self._submit_guard = JustSent(self)
        self._connect()
        self._show_draft()
        self._show_cost()

    def _connect(self) -> None:
        self.prompt.changed.connect(self._prompt_edited)
        self.seed.changed.connect(self._seed_edited)
        self.count.changed.connect(self._count_edited)
        self.count.refused.connect(partial(self.show_problem, "count"))
        self.go.clicked.connect(self.submit)
        for message in (*map(self._problems.__getitem__, ("prompt", "seed", "count")), *self._foot_messages):
            message.shown.connect(self._update_tab_order)
        self.draft.model_missing.connect(self._say_model_missing)
        self.draft.changed.connect(self._show_draft)
        self.draft.cost_changed.connect(self._show_cost)

    # Submitting

    def submit(self) -> None:
        """Submit the form. Ignore a double click or a repeated key press, as each request costs money."""
        self._fields.settle()
        if self._submit_guard.press():
            self.submitted.emit()
        else:
            self.say_ignored("Pressed twice, sent once.")

    def say_ignored(self, text: str, holds: IsCurrent | None = None) -> None:
        """Say why another press was ignored, unless a message is shown already. holds: see `InlineMessage.say`."""
        if not self.message.text():
            self.message.say(text, "info", holds=holds)

    def allow_next(self) -> None:
        """Accept the next press immediately, as the last one sent nothing."""
        self._submit_guard.stop()

    def check(self) -> bool:
        """Show what's wrong with the draft, at its fields. Return whether it's valid."""
        self.clear_problems()
        problems = self.draft.problems()
        for problem in problems:
            self.show_problem(problem.field, problem.message)
        return not problems

    def show_submission(self, submission: Submission, allow: Callable[[Decimal], object]) -> None:
        """Show what became of a request. allow: sends it again, though it costs this amount over the budget."""
        if submission.is_invalid:
            self.allow_next()
        for problem in submission.problems:
            if problem.over_budget is not None:
                self.allow_next()
                show_over_budget(self.message, problem.over_budget, allow, self.budget_wanted.emit)
            elif problem.field is None:
                self.message.say(problem.message, "caution" if problem.is_caution else "error")
            else:
                self.show_problem(problem.field, problem.message)

    # Problems

    def show_problem(self, field: str, sentence: str) -> None:
        """Show a problem at the field, or above the button if the field isn't shown.

        The message stays until the field's value changes.
        """
        value = self._value_of(field)
        self._problems.get(field, self.message).say(sentence, holds=lambda: self._value_of(field) == value)

    def _value_of(self, field: str) -> object:
        """Return what determines whether a field is valid: its value and the model."""
        draft = self.draft
        values: JsonObject = draft.fields() | {"seed": draft.seed.text}
        return draft.model.endpoint, values.get(field, values)

    @property
    def _messages(self) -> list[InlineMessage]:
        return [*self._problems.values(), self.message]

    @property
    def _foot_messages(self) -> list[InlineMessage]:
        return [self.message] if self._above is None else [self._above.message, self.message]

    def _say_model_missing(self, endpoint: str) -> None:
        """Say that a restored draft has another model than it was saved with."""
        model = self.draft.model
        words = f"“{ellipsize(endpoint, _MAX_NAME)}” is no longer offered, so {model.label} is selected."
        self.message.say(words, "caution", holds=lambda: self.draft.model is model)

    def clear_problems(self) -> None:
        """Clear all problems."""
        for message in self._messages:
            message.clear()

    # Changes by the user

    def _prompt_edited(self) -> None:
        self.draft.set_prompt(self.prompt.text())
        field = self.draft.model.field_of(FieldKind.PROMPT)
        if field is not None and (too_long := length_problem(len(self.draft.prompt), field)):
            self.show_problem("prompt", too_long)

    def _control_edited(self, name: str) -> None:
        control = self._controls[name]
        self.draft.set_fields({name: control.value()})
        self.draft.set_picture_ids(control.picture_ids())

    def _seed_edited(self) -> None:
        self.draft.set_seed(self.seed.choice)
        if sentence := self.seed.problem():
            self.show_problem("seed", sentence)
        else:
            self._problems["seed"].clear()

    def _count_edited(self, count: int) -> None:
        self._problems["count"].clear()
        self.draft.set_count(count)

    # Construction

    def _build(self) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        keep_focus_in_sight(area)
        self._bar = area.verticalScrollBar()
        self._bar.rangeChanged.connect(self._adjust_for_scroll_bar)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(_MARGIN, 16, _MARGIN, 8)
        self._column.setSpacing(0)
        self._fill_column()
        area.setWidget(inner)
        outer.addWidget(area, 1)
        outer.addLayout(self._build_foot())

    def _fill_column(self) -> None:
        """Add what scrolls: model, prompt, fields, seed and count, with a line below those that can be wrong."""
        self._column.addWidget(self.model_picker)
        self._gaps.add(self._column)
        if self._above is not None:
            self._column.addWidget(self._above)
            self._gaps.add(self._column, self._above.line)
        self._column.addWidget(self.prompt)
        self._problems["prompt"] = InlineMessage(keeps_line=True)
        self._gaps.add(self._column, self._problems["prompt"])
        self._fields = self._create_fields()
        self._column.addWidget(self._fields)
        title = "Variations" if self.draft.task is Task.INPAINT else "Images"
        self._seed_row = SeedRow(self.seed, self.count, title, self._gaps)
        self._problems |= self._seed_row.problems
        self._column.addWidget(self._seed_row)
        if self._below is not None:
            self._column.addWidget(self._below)
        self._column.addStretch(1)

    def _build_foot(self) -> QVBoxLayout:
        """Return what doesn't scroll: message, price and button."""
        self._foot = foot = QVBoxLayout()
        foot.setContentsMargins(_MARGIN, 8, _MARGIN, 16)
        foot.setSpacing(8)
        for message in self._foot_messages:
            foot.addWidget(message)
        foot.addWidget(self._price)
        foot.addWidget(self.go)
        return foot

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tighten the layout if the window is low and there is more than fields, so that more of it shows."""
        super().resizeEvent(event)
        low = not (self._above is None and self._below is None) and event.size().height() < _COMPACT_HEIGHT
        if low != self._low:
            self._low = low
            self._gaps.set_low(low)
            self.model_picker.set_low(low)
            self._fields.set_low(low)
            self._foot.setContentsMargins(_MARGIN, 4 if low else 8, _MARGIN, 16)
            self._adjust_for_scroll_bar(0, self._bar.maximum())
            self.prompt.set_low(low)
            self.lowered.emit(low)

    def _adjust_for_scroll_bar(self, _least: int, most: int) -> None:
        """Put the scroll bar in the margin, so that the fields keep their width and stay aligned with the button."""
        top = 8 if self._low else 16
        self._column.setContentsMargins(_MARGIN, top, _MARGIN - SCROLL_BAR if most else _MARGIN, 8)

    def _build_fields(self) -> None:
        """Replace the controls by those of the draft's model."""
        for name in self._fields.problems():
            del self._problems[name]
        fields = self._create_fields()
        self._column.replaceWidget(self._fields, fields)
        self._fields.deleteLater()
        self._fields = fields
        self._problems["seed"].clear()
        self._adapt_to_model()

    def _create_fields(self) -> FieldColumn:
        """Return the controls of the draft's model."""
        self._shown_model = self.draft.model
        fields = FieldColumn(self.draft, self._services, low=self._low)
        fields.edited.connect(self._control_edited)
        fields.stops_changed.connect(self._update_tab_order)
        for name, message in fields.problems().items():
            self._problems[name] = message
            message.shown.connect(self._update_tab_order)
        self._controls = fields.controls
        return fields

    def _adapt_to_model(self) -> None:
        """Hide what the model doesn't take."""
        model = self.draft.model
        if not model.has_prompt and self.prompt.editor.hasFocus():
            # Qt would give the focus to a field far below, and the form would scroll to it.
            self.model_picker.box.setFocus(Qt.FocusReason.OtherFocusReason)
        self._seed_row.show_seed(model.has_seed)
        self.prompt.setVisible(model.has_prompt)
        set_size_retained(self._problems["prompt"], model.has_prompt)
        several = self.draft.task is Task.EDIT and model.max_images(Task.EDIT) > 1
        self.prompt.set_hint(prompt_hint(self.draft.task, several=several, optional=not model.needs_prompt))
        self._update_tab_order()

    def _update_tab_order(self) -> None:
        """Make the Tab order follow the visual order, although fields and messages are created on demand."""
        above = [] if self._above is None else self._above.line.stops()
        stops: list[QWidget] = [*above, *self.prompt.stops(), *self._problems["prompt"].stops()]
        stops += [
            *self._fields.stops(),
            *self.seed.stops(),
            *self._problems["seed"].stops(),
            self.count,
            *self._problems["count"].stops(),
            *(stop for message in self._foot_messages for stop in message.stops()),
            self.go,
        ]
        for one, next_one in pairwise(stops):
            self.setTabOrder(one, next_one)

    # Showing the draft

    def _show_draft(self) -> None:
        """Show the draft's values."""
        draft = self.draft
        if draft.model is not self._shown_model:
            self._show_model()
        if (field := draft.model.field_of(FieldKind.PROMPT)) is not None:
            self.prompt.set_limit(field.max_length)
        self.prompt.set_text(draft.prompt)
        self._fields.show_values()
        self._show_field_problems()
        if self.seed.choice != draft.seed:
            self.seed.set_choice(draft.seed)
        if self.count.value() != draft.count:
            self.count.set_value(draft.count)
        for message in self._messages:
            message.review()

    def _show_model(self) -> None:
        """Show the controls of the draft's model. One that only has another name keeps them, with what is typed."""
        shown, model = self._shown_model, self.draft.model
        self._shown_model = model
        if shown is None or (shown.endpoint, shown.fields) != (model.endpoint, model.fields):
            self._build_fields()

    def _show_field_problems(self) -> None:
        """Show at each field what's wrong with its value."""
        for name, message in self._fields.problems().items():
            if sentence := self.draft.field_problem(name):
                if message.text() != sentence:
                    self.show_problem(name, sentence)
            else:
                message.clear()

    def _show_cost(self) -> None:
        """Show what the draft costs, on the button what it makes, and beside the options in which sizes."""
        draft = self.draft
        count, task, price = draft.count, draft.task, draft.price()
        show_price_date(self._price, draft.model)
        self._price.note.setText("Free (demo)" if draft.is_free else "")
        if draft.is_measuring:
            self._price.set_words("Estimated cost", "Measuring…")
        elif price is not None:
            self._price.set_words(self._priced(), price.sentence if price.is_known else "Unknown")
        noun = f" {count} images" if count > 1 and task is Task.GENERATE else f" × {count}" if count > 1 else ""
        self.go.set_words(f"{TASK_TEXT[task]}{noun}")
        self._fields.show_sizes()

    def _priced(self) -> str:
        """Return what the price is for."""
        count, requests, extra = self.draft.count, self.draft.requests, self.draft.extra_inputs
        if requests > 1:
            return f"{requests} areas" if count == 1 else f"{requests} areas × {count}"
        if extra > 0 and self.draft.task is Task.EDIT:
            images = "1 image" if count == 1 else f"{count} images, each"
            return f"{images} + {pluralize(extra, 'extra reference')}"
        return "Estimated cost"
