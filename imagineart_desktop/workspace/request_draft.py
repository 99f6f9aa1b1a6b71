"""The request that the user is composing: what a form shows, a draft on disk keeps, and the submitter sends."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from types import MappingProxyType

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.models import (
    FieldKind,
    FieldProblem,
    FieldSpec,
    InvalidRequestError,
    ModelRegistry,
    ModelRequest,
    ModelSpec,
    Price,
    Size,
    Task,
    excluded_fields,
    placeholder_images,
    refused_options,
)
from imagineart_desktop.workspace.draft_state import (
    MAX_COUNT,
    DraftState,
    count_of,
    default_options,
    is_option,
    used_picture_ids,
)
from imagineart_desktop.workspace.draft_values import DraftValues
from imagineart_desktop.workspace.quote import FieldValue, Quote
from imagineart_desktop.workspace.seed import SeedChoice

_SAMPLE_PROMPT = "x"
"""Stands for the prompt in a request that is made only to be priced and measured."""


class RequestDraft(QObject):
    """A request of one task: its model, the values of the model's fields, seed and number of images.

    It can be incomplete or invalid; `problems` says what's wrong, and `quote` returns what can be sent. Fields that
    several models have keep their value when the model changes.
    """

    changed = Signal()
    """Some value is another than before."""
    cost_changed = Signal()
    """Something other than the prompt changed, so price and output size may have. Follows `changed`."""
    models_changed = Signal()
    """Other models are offered, or the same in another way."""
    model_missing = Signal(str)
    """The endpoint of the model of a restored draft, which isn't offered anymore; another one is selected."""

    def __init__(self, task: Task, models: ModelRegistry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.task = task
        self.models = models
        model = models.offered_for(task)[0]
        self._values = DraftValues(model, default_options(model), {}, SeedChoice())
        self._last_sample: tuple[DraftValues, ModelRequest | None] | None = None

    # Values

    @property
    def model(self) -> ModelSpec:
        """The selected model."""
        return self._values.model

    @property
    def prompt(self) -> str:
        """The prompt, exactly as written."""
        return self._values.prompt

    @property
    def options(self) -> Mapping[str, FieldValue]:
        """The values of the model's fields except for prompt, seed and images."""
        return self._values.options

    @property
    def seed(self) -> SeedChoice:
        """The seed. Models without one ignore it."""
        return self._values.seed

    @property
    def count(self) -> int:
        """How many images to make, 1 to `MAX_COUNT`."""
        return self._values.count

    @property
    def requests(self) -> int:
        """How many requests each image takes, as last measured."""
        return self._values.requests

    @property
    def input_sizes(self) -> tuple[Size, ...]:
        """The sizes of the input images, in order."""
        return self._values.input_sizes

    @property
    def extra_inputs(self) -> int:
        """How many input images there are beyond the first."""
        return max(0, len(self.input_sizes) - 1)

    @property
    def is_measuring(self) -> bool:
        """Whether the number of requests is being determined."""
        return self._values.is_measuring

    @property
    def is_free(self) -> bool:
        """Whether there is no charge, regardless of the model's price: in the demo."""
        return self._values.is_free

    @property
    def is_repriced(self) -> bool:
        """Whether the model's price changed since the user chose it or was asked about the price."""
        return self._values.is_repriced

    def fields(self) -> dict[str, FieldValue]:
        """Return all fields of the form without images and seed."""
        return {**self._prompt_fields(self.prompt), **self.options}

    def excluded(self) -> Mapping[str, FieldSpec]:
        """Return the name of each field that keeps its value but isn't sent → the field that excludes it."""
        mask = self.model.field_of(FieldKind.MASK) if self.task.takes_mask else None
        beside = {} if mask is None else {mask.name: True}
        return excluded_fields(self.model.fields_by_name, {**self.options, **beside})

    def sent_fields(self) -> dict[str, FieldValue]:
        """Return the request's fields without images and seed."""
        return {**self._prompt_fields(self.prompt), **self._sent_options()}

    def refused_options(self, name: str) -> Mapping[str, str]:
        """Return the options of a choice that can't be sent beside the other values → what refuses them."""
        return refused_options(self.model.fields_by_name, name, self._sent_options())

    def field_problem(self, name: str) -> str:
        """Return what's wrong with one of the options, as a sentence; empty if nothing is, or it isn't sent."""
        return "" if name in self.excluded() else self.model.field_problem(name, self.options[name])

    # Changes

    def set_model(self, model: ModelSpec) -> None:
        """Select a model; one of another task is ignored."""
        with self._changing():
            self._set_model(model)

    def follow_models(self) -> None:
        """Take over what the models are called and cost. One that's gone stays until another is selected."""
        with self._changing():
            before = self.model
            model = self.models.find(before.endpoint)
            if model is not None:
                self._set_model(model)
                if model.price_rule != before.price_rule and not self.is_free:
                    self._values = replace(self._values, is_repriced=True)
        self.models_changed.emit()

    def set_prompt(self, prompt: str) -> None:
        """Set the prompt."""
        with self._changing():
            self._values = replace(self._values, prompt=prompt)

    def set_fields(self, fields: Mapping[str, object]) -> None:
        """Set those of the fields that the model has; invalid values are ignored."""
        with self._changing():
            self._set_fields(fields)

    def set_picture_ids(self, picture_ids: Mapping[str, int]) -> None:
        """Note which images of the library the fields refer to: SHA-256 → id."""
        with self._changing():
            self._set_picture_ids(picture_ids)

    def set_seed(self, seed: SeedChoice) -> None:
        """Set the seed."""
        with self._changing():
            self._values = replace(self._values, seed=seed)

    def set_count(self, count: int) -> None:
        """Set how many images to make, clamped to the range."""
        with self._changing():
            self._values = replace(self._values, count=max(1, min(MAX_COUNT, count)))

    def set_input_sizes(self, sizes: Sequence[Size]) -> None:
        """Set the sizes of the input images, in order, which determine price and output size."""
        with self._changing():
            self._values = replace(self._values, input_sizes=tuple(sizes))

    def set_measuring(self) -> None:
        """Note that the number of requests is being determined, until the next `set_requests`."""
        with self._changing():
            self._values = replace(self._values, is_measuring=True)

    def set_requests(self, requests: int) -> None:
        """Set how many requests each image takes."""
        with self._changing():
            self._values = replace(self._values, requests=requests, is_measuring=False)

    def set_free(self, free: bool) -> None:
        """Set whether there is no charge."""
        with self._changing():
            self._values = replace(self._values, is_free=free)

    def accept_price(self) -> None:
        """Note that the user was asked about a changed price."""
        with self._changing():
            self._values = replace(self._values, is_repriced=False)

    def reuse(
        self,
        model: ModelSpec | None,
        fields: Mapping[str, object],
        seed: int | None,
        picture_ids: Mapping[str, int] = MappingProxyType({}),
    ) -> None:
        """Take over a past request. model: None if it's no longer offered. picture_ids: see `DraftState`."""
        with self._changing():
            if model is not None:
                self._set_model(model)
                # The request leaves out what had no value.
                self._values = replace(self._values, options=default_options(self.model))
            self._set_fields(fields)
            self._set_picture_ids(picture_ids)
            # A seed makes the same images again only if as many are requested.
            self._values = replace(self._values, seed=SeedChoice.of(seed), count=count_of(model, fields))

    def take_seeds(self, count: int) -> list[int]:
        """Return the seeds of `count` images, and advance the seed for the next request."""
        seeds, following = self.seed.take(count)
        self.set_seed(following)
        return seeds

    # Validation and price

    def problems(self) -> list[FieldProblem]:
        """Return what's wrong with the draft except for its images; empty if it can be sent."""
        if self.model.has_seed and (sentence := self.seed.problem):
            return [FieldProblem("seed", "Seed", sentence)]
        try:
            self._request(self.prompt)
        except InvalidRequestError as error:
            return list(error.problems)
        return []

    def quote(self) -> Quote:
        """Return what would be sent now, and for what price. Raises InvalidRequestError."""
        values = self._values
        unit_price = self.model.price(self._request(self.prompt))
        return Quote(
            self.model,
            self.sent_fields(),
            values.count,
            unit_price,
            values.requests,
            is_free=values.is_free,
            picture_ids=used_picture_ids(values.picture_ids, self._sent_options()),
        )

    def price(self) -> Price | None:
        """Return the price of the draft, whatever its prompt; None if it can't be determined."""
        return self.price_of(self.requests)

    def price_of(self, requests: int) -> Price | None:
        """Return what the draft costs if each image takes this many requests."""
        request = self._sample()
        return None if request is None else self.model.price(request).times(self.count * requests)

    def output_size(self) -> Size | None:
        """Return the size of the images to make, in pixels; None if only the service knows."""
        if any(self.field_problem(name) for name in self.model.size_rule.fields):
            return None
        request = self._sample()
        return None if request is None else self.model.output_size(request, self._values.input_sizes)

    def output_size_with(self, field: str, option: str) -> Size | None:
        """Return the size in pixels that another option would give."""
        request = self._sample()
        if request is None:
            return None
        return self.model.output_size(request.with_value(field, option), self._values.input_sizes)

    # Storage

    def state(self) -> DraftState:
        """Return the draft as it is saved, for `restore`."""
        kept = {name: value for name, value in self._values.kept.items() if name not in self.options}
        ids = used_picture_ids(self._values.picture_ids, {**kept, **self.options})
        state = DraftState(
            model=self.model.endpoint,
            fields={"prompt": self.prompt, **self.options},
            seed=self.seed.value,
            seed_mode=self.seed.mode,
            count=self.count,
        )
        return state.model_copy(update={**({"kept": kept} if kept else {}), **({"picture_ids": ids} if ids else {})})

    def restore(self, state: DraftState) -> None:
        """Restore what `state` returned. What isn't set stays as it is; values that the model lacks are ignored."""
        with self._changing():
            model = self.models.find(state.model)
            is_offered = model is not None and self.task in model.tasks
            if model is not None:
                self._set_model(model)
            self._values = replace(self._values, kept={**self._values.kept, **state.kept})
            self._set_fields(state.fields)
            self._set_picture_ids(state.picture_ids)
            if "seed" in state.model_fields_set:
                self._values = replace(self._values, seed=state.seed_choice)
            if state.count is not None:
                self._values = replace(self._values, count=max(1, min(MAX_COUNT, state.count)))
        if state.model and not is_offered:
            self.model_missing.emit(state.model)

    # Implementation

    @contextmanager
    def _changing(self) -> Iterator[None]:
        """Emit each signal at most once, if the block changes any value."""
        before = self._values
        yield
        after = self._values
        if after != before:
            self.changed.emit()
        if after != replace(before, prompt=after.prompt):
            self.cost_changed.emit()

    def _set_model(self, model: ModelSpec) -> None:
        if self.task not in model.tasks or model == self.model:
            return
        # What the user left at a model's default isn't a choice, so it doesn't replace the next model's default.
        left = default_options(self.model)
        kept = {name: value for name, value in self._values.kept.items() if name not in left}
        kept |= {name: value for name, value in self.options.items() if value != left[name]}
        options = default_options(model) | {
            name: value for name, value in kept.items() if is_option(value, model, name)
        }
        self._values = replace(self._values, model=model, options=options, kept=kept, is_repriced=False)

    def _set_fields(self, fields: Mapping[str, object]) -> None:
        prompt = fields.get("prompt", self.prompt)
        if isinstance(prompt, str):
            self._values = replace(self._values, prompt=prompt)
        options = dict(self.options)
        for name, value in fields.items():
            if is_option(value, self.model, name):
                options[name] = value
        self._values = replace(self._values, options=options)

    def _set_picture_ids(self, picture_ids: Mapping[str, int]) -> None:
        self._values = replace(self._values, picture_ids={**self._values.picture_ids, **picture_ids})

    def _sample(self) -> ModelRequest | None:
        """Return the request with any prompt and without what can't be sent; None if it's invalid otherwise.

        Made once for the same values: it's wanted for each option of each field.
        """
        if self._last_sample is None or self._last_sample[0] is not self._values:
            self._last_sample = self._values, self._make_sample()
        return self._last_sample[1]

    def _make_sample(self) -> ModelRequest | None:
        options = self._sent_options()
        try:
            return self._request(
                _SAMPLE_PROMPT, {name: options[name] for name in options if not self.field_problem(name)}
            )
        except InvalidRequestError:
            return None

    def _sent_options(self) -> dict[str, FieldValue]:
        excluded = self.excluded()
        return {name: value for name, value in self.options.items() if name not in excluded}

    def _request(self, prompt: str, options: Mapping[str, FieldValue] | None = None) -> ModelRequest:
        """Return the request with placeholders for its images. options: other than the draft's.

        Raises InvalidRequestError.
        """
        sent = self._sent_options() if options is None else options
        images = placeholder_images(self.model, self.task, 1 + self.extra_inputs)
        seed = {"seed": self.seed.value} if self.model.has_seed else {}
        return self.model.parse({**self._prompt_fields(prompt), **sent, **images, **seed})

    def _prompt_fields(self, prompt: str) -> dict[str, FieldValue]:
        """Return the prompt as a field. Not if the model takes none, or has a default in place of an empty one."""
        field = self.model.field_of(FieldKind.PROMPT)
        has_value = field is not None and (field.required or bool(prompt.strip()))
        return {"prompt": prompt} if has_value else {}
