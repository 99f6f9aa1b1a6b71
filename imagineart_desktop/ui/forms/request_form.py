"""The form of a task: shows only the fields that the selected model supports, and always the price."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from itertools import pairwise
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from imagineart_desktop.models import (
    PRICES_READ_ON,
    InvalidRequestError,
    Model,
    ModelRequest,
    Price,
    Size,
    Task,
    find_model,
    models_for,
    placeholder_images,
    prompt_length_problem,
)
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.forms.controls import Control, create_control, set_heading_beside
from imagineart_desktop.ui.forms.just_sent import JustSent
from imagineart_desktop.ui.forms.model_box import ModelBox
from imagineart_desktop.ui.theme import SCROLL_BAR
from imagineart_desktop.ui.widgets import (
    CountField,
    InlineMessage,
    PriceLine,
    PromptEdit,
    SectionLabel,
    SeedField,
    SeedMode,
    SubmitButton,
    guard_wheel,
)
from imagineart_desktop.workspace.language import DateFormat, date_text

_SUBMIT_TEXT = {Task.GENERATE: "Generate", Task.EDIT: "Edit", Task.INPAINT: "Inpaint"}
_HINT = {
    Task.GENERATE: "Describe the image you want",
    Task.EDIT: "Describe the change: “Place the cat from image 1 beside the cup in image 2”",
    Task.INPAINT: "Describe what should be in the painted area",
}
_MARGIN = 16
_COMPACT_HEIGHT = 640
"""Height in pixels below which headings are placed beside their fields."""


class RequestForm(QWidget):
    """One task's form. Fields that both models have keep their value when the model changes."""

    submitted = Signal()
    changed = Signal()
    lowered = Signal(bool)
    """Whether vertical space is scarce."""

    def __init__(self, task: Task, above: QWidget | None = None, below: QWidget | None = None) -> None:
        """above: widget above the prompt (references); below: widget below the fields (mask)."""
        super().__init__()
        self.setObjectName("panel")
        self._task = task
        self._controls: dict[str, Control] = {}
        self._kept: dict[str, str | bool] = {}
        self._input_sizes: Sequence[Size] = ()
        self._pictures = 1
        self._requests = 1
        self.is_free = False
        """Whether the form says that there is no charge."""
        self._measuring = self._low = False
        self._below = below
        self._problems: dict[str, InlineMessage] = {}
        self._model_box = ModelBox(models_for(task))
        self.prompt = PromptEdit(_HINT[task])
        self.seed = SeedField()
        self.count = CountField()
        self.go = SubmitButton(_SUBMIT_TEXT[task], "Ctrl+Enter")
        self.message = InlineMessage()
        self._price = PriceLine()
        self._price_right = self._price.right
        month = date_text(PRICES_READ_ON, DateFormat.SHORT_MONTH)
        self._price.basis.setText(
            f"Prices of {date_text(PRICES_READ_ON, DateFormat.MONTH)}", f"Prices of {month}", month
        )
        self._build(above)
        guard_wheel(self)
        self._model_box.currentIndexChanged.connect(self._model_changed)
        self.prompt.changed.connect(self._prompt_changed)
        self.seed.changed.connect(self._seed_changed)
        self.count.changed.connect(self._count_changed)
        self.count.refused.connect(partial(self.show_problem, "count"))
        self.go.clicked.connect(self.submit)
        for message in (*self._problems.values(), self.message):
            message.shown.connect(self._update_tab_order)
        self._submit_guard = JustSent(self)
        self._model_changed()

    # Values

    @property
    def model(self) -> Model:
        """The selected model."""
        return next(m for m in models_for(self._task) if m.endpoint == self._model_box.currentData())

    def set_model(self, model: Model) -> None:
        """Select a model of this task."""
        index = self._model_box.findData(model.endpoint)
        if index >= 0:
            self._model_box.setCurrentIndex(index)

    def fields(self) -> dict[str, Any]:
        """Return the form's fields without images and seed."""
        return {"prompt": self.prompt.text()} | {name: control.value() for name, control in self._controls.items()}

    def set_fields(self, fields: Mapping[str, Any]) -> None:
        """Set those of the fields that the form has."""
        if isinstance(prompt := fields.get("prompt"), str):
            self.prompt.set_text(prompt)
        for name, control in self._controls.items():
            if name in fields:
                control.set_value(fields[name])
        self._refresh()

    def reuse(self, model: Model | None, fields: Mapping[str, Any], seed: int | None) -> None:
        """Restore a past request."""
        if model is not None:
            self.set_model(model)
        self.set_fields(fields)
        self.seed.set_value(seed)
        self.count.set_value(1)

    def state(self) -> dict[str, object]:
        """Return the form's state as JSON, for `restore`."""
        return {
            "model": self.model.endpoint,
            "fields": self.fields(),
            "seed": self.seed.value(),
            "seed_mode": self.seed.mode.value,
            "count": self.count.value(),
        }

    def restore(self, state: Mapping[str, Any]) -> None:
        """Restore what `state` returned; invalid values are ignored."""
        model = find_model(str(state.get("model", "")))
        if model is not None:
            self.set_model(model)
        if isinstance(fields := state.get("fields"), dict):
            self.set_fields(fields)
        if "seed" in state:
            seed, mode = state["seed"], state.get("seed_mode")
            if isinstance(seed, int) and isinstance(mode, str) and mode in (SeedMode.LOCKED, SeedMode.INCREMENT):
                self.seed.set_value(seed, SeedMode(mode))
            else:
                self.seed.set_value(None)
        if isinstance(count := state.get("count"), int):
            self.count.set_value(count)

    def submit(self) -> None:
        """Submit the form. Ignore a double click or a repeated key press, as each request costs money."""
        if self._submit_guard.press():
            self.submitted.emit()
        else:
            self.say_already_sending()

    def say_already_sending(self) -> None:
        """Say why nothing comes of another press, unless it is said already what is wrong."""
        if not self.message.text():
            self.message.say("Already sending…", "info")

    def allow_next(self) -> None:
        """Nothing came of the last press: the next one counts at once."""
        self._submit_guard.stop()

    def check(self) -> bool:
        """Validate the form except for images. Return whether it's valid; problems are shown at their fields."""
        self.clear_problems()
        if self.model.has_seed and (sentence := self.seed.problem()):
            self.show_problem("seed", sentence)
            return False
        try:
            self._request(self.prompt.text())
        except InvalidRequestError as error:
            for problem in error.problems:
                self.show_problem(problem.field, problem.message)
            return False
        return True

    def set_requests(self, requests: int) -> None:
        """Set how many requests each image takes, and update the price."""
        if requests != self._requests or self._measuring:
            self._requests, self._measuring = requests, False
            self._refresh()

    @property
    def requests(self) -> int:
        """How many requests each image takes, according to the displayed price."""
        return self._requests

    @property
    def price(self) -> str:
        """The displayed price."""
        return self._price_right.text()

    @property
    def unit_price(self) -> Price:
        """The price of one request of the form. Raises InvalidRequestError, but not after a successful `check`."""
        return self.model.price(self._request(self.prompt.text()))

    def set_free(self, free: bool) -> None:
        """Set whether there is no charge, regardless of the model's price: in the demo."""
        self.is_free = free
        self._price.note.setText("Free (demo)" if free else "")

    def show_measuring(self) -> None:
        """Show that the price is being determined, until the next `set_requests`."""
        self._measuring = True
        self._price.set_words("Estimated cost", "Measuring…")

    def set_input_sizes(self, sizes: Sequence[Size]) -> None:
        """Set the sizes of the chosen images, in order, and update the price and output size."""
        self._input_sizes = sizes
        self._pictures = max(1, len(sizes))
        self._refresh()

    # Problems

    def show_problem(self, field: str, sentence: str) -> None:
        """Show a problem at the field, or above the button if the field isn't shown.

        The message stays until the field's value changes.
        """
        value = self._value_of(field)
        self._problems.get(field, self.message).say(sentence, holds=lambda: self._value_of(field) == value)

    def _value_of(self, field: str) -> object:
        """Return what determines whether a field is valid: its value and the model."""
        values: dict[str, object] = self.fields() | {"seed": self.seed.edit.text()}
        return self.model.endpoint, values.get(field, values)

    def _review_problems(self) -> None:
        for message in (*self._problems.values(), self.message):
            message.review()

    def clear_problems(self) -> None:
        """Clear all problems."""
        for message in (*self._problems.values(), self.message):
            message.clear()

    # Construction

    def _build(self, above: QWidget | None) -> None:
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        area = QScrollArea()
        area.setObjectName("panel")
        area.setWidgetResizable(True)
        area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._bar = area.verticalScrollBar()
        self._bar.rangeChanged.connect(self._adjust_for_scroll_bar)
        inner = QWidget()
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(_MARGIN, 16, _MARGIN, 8)
        self._column.setSpacing(6)
        self._model_row = QVBoxLayout()
        self._model_row.setSpacing(6)
        self._model_row.addWidget(SectionLabel("Model"))
        self._model_row.addWidget(self._model_box)
        self._column.addLayout(self._model_row)
        self._column.addSpacing(8)
        if above is not None:
            self._column.addWidget(above)
            self._column.addSpacing(8)
        self._column.addWidget(self.prompt)
        self._problems["prompt"] = InlineMessage(keeps_line=True)
        self._column.addWidget(self._problems["prompt"])
        self._fields = QWidget()
        self._column.addWidget(self._fields)
        self._column.addLayout(self._seed_row())
        for name in ("seed", "count"):
            self._problems[name] = InlineMessage()
            self._column.addWidget(self._problems[name])
        if self._below is not None:
            self._column.addSpacing(8)
            self._column.addWidget(self._below)
        self._column.addStretch(1)
        area.setWidget(inner)
        outer.addWidget(area, 1)
        self._foot = foot = QVBoxLayout()
        foot.setContentsMargins(_MARGIN, 8, _MARGIN, 16)
        foot.setSpacing(8)
        foot.addWidget(self.message)
        foot.addWidget(self._price)
        foot.addWidget(self.go)
        outer.addLayout(foot)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Tighten the layout if the window is low and there is a widget below the fields, so that more of it shows."""
        super().resizeEvent(event)
        low = self._below is not None and event.size().height() < _COMPACT_HEIGHT
        if low != self._low:
            self._low = low
            set_heading_beside(self._model_row, low)
            for column in (self._column, self._fields_column):
                column.setSpacing(2 if low else 6)
            self._foot.setContentsMargins(_MARGIN, 4 if low else 8, _MARGIN, 8 if low else 16)
            self._adjust_for_scroll_bar(0, self._bar.maximum())
            self.prompt.set_low(low)
            for control in self._controls.values():
                control.set_low(low)
            self.lowered.emit(low)

    def _adjust_for_scroll_bar(self, _least: int, most: int) -> None:
        """Put the scroll bar in the margin, so that the fields keep their width and stay aligned with the button."""
        top = 8 if self._low else 16
        self._column.setContentsMargins(_MARGIN, top, _MARGIN - SCROLL_BAR if most else _MARGIN, 8)

    def _seed_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        self._seed_column = QWidget()
        seeds = QVBoxLayout(self._seed_column)
        counts = QVBoxLayout()
        for column, title, field in (
            (seeds, "Seed", self.seed),
            (counts, "Variations" if self._task is Task.INPAINT else "Images", self.count),
        ):
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(6)
            column.addWidget(SectionLabel(title, "" if field is self.seed else f"1–{CountField.LARGEST}"))
            column.addWidget(field)
        row.addWidget(self._seed_column, 2)
        row.addLayout(counts, 1)
        return row

    def _model_changed(self) -> None:
        self._kept |= {name: control.value() for name, control in self._controls.items()}
        self._controls = {}
        fields = QWidget()
        self._fields_column = column = QVBoxLayout(fields)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2 if self._low else 6)
        small: list[Control] = []
        for name, shown in self.model.request_type.shown_fields().items():
            control = create_control(self.model, name, shown)
            if control is None:
                continue
            self._controls[name] = control
            control.set_low(self._low)
            if name in self._kept:
                control.set_value(self._kept[name])
            control.changed.connect(self._refresh)
            if control.small:
                small.append(control)
            else:
                column.addWidget(control)
                column.addSpacing(8)
        if small:
            row = QHBoxLayout()
            row.setSpacing(10)
            for control in small:
                row.addWidget(control, 1)
            column.addLayout(row)
            column.addSpacing(8)
        self._column.replaceWidget(self._fields, fields)
        self._fields.deleteLater()
        self._fields = fields
        guard_wheel(fields)
        self._seed_column.setVisible(self.model.has_seed)
        self._problems["seed"].clear()
        self._update_tab_order()
        self._refresh()

    def _update_tab_order(self) -> None:
        """Make the Tab order follow the visual order, although fields and messages are created on demand."""
        stops: list[QWidget] = [*self.prompt.stops(), *self._problems["prompt"].stops()]
        for control in self._controls.values():
            stops += control.stops()
        stops += [
            *self.seed.stops(),
            *self._problems["seed"].stops(),
            self.count,
            *self._problems["count"].stops(),
            *self.message.stops(),
            self.go,
        ]
        for one, next_one in pairwise(stops):
            self.setTabOrder(one, next_one)

    def _request(self, prompt: str) -> ModelRequest:
        fields = self.fields() | {"prompt": prompt}
        if self.model.has_seed:
            fields["seed"] = self.seed.value()
        return self.model.parse(fields | placeholder_images(self.model, self._pictures))

    def _prompt_changed(self) -> None:
        self._review_problems()
        if too_long := prompt_length_problem(len(self.prompt.text())):
            self.show_problem("prompt", too_long)
        self.changed.emit()

    def _seed_changed(self) -> None:
        if sentence := self.seed.problem():
            self.show_problem("seed", sentence)
        else:
            self._problems["seed"].clear()
        self._refresh()

    def _size_with(self, request: ModelRequest, field: str, option: str) -> Size | None:
        """Return the size in pixels that another option would give."""
        return self.model.output_size(request.model_copy(update={field: option}), self._input_sizes)

    def _count_changed(self) -> None:
        self._problems["count"].clear()
        self._refresh()

    def _refresh(self) -> None:
        """Update price, sizes, button text and problems after a change."""
        self._review_problems()
        try:
            request = self._request("x")
        except InvalidRequestError:
            return
        count = self.count.value()
        extra = self._pictures - 1
        paid = "Estimated cost"
        if extra > 0 and self._task is Task.EDIT:
            images = "1 image" if count == 1 else f"{count} images, each"
            paid = f"{images} + {pluralize(extra, 'extra reference')}"
        if self._requests > 1:
            paid = f"{self._requests} areas" if count == 1 else f"{self._requests} areas × {count}"
        if not self._measuring:
            self._price.set_words(paid, self.model.price(request).times(count * self._requests).sentence)
        self._price.setToolTip(
            f"Estimated from the prices of {date_text(PRICES_READ_ON, DateFormat.MONTH)}; the bill may differ."
        )
        noun = f" {count} images" if count > 1 and self._task is Task.GENERATE else f" × {count}" if count > 1 else ""
        self.go.set_words(f"{_SUBMIT_TEXT[self._task]}{noun}")
        size = self.model.output_size(request, self._input_sizes)
        for name, control in self._controls.items():
            control.show_size(size)
            control.show_sizes(partial(self._size_with, request, name))
        self.changed.emit()
