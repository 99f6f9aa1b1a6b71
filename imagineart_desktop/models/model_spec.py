"""The declaration of a model, as data: everything the program must know to use it."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from imagineart_desktop.models.field_spec import FieldKind, FieldSpec, is_source
from imagineart_desktop.models.output_size import OutputSizeRule, UnknownSize
from imagineart_desktop.models.price import PRICES_READ_ON, Price
from imagineart_desktop.models.price_rule import PriceRule
from imagineart_desktop.models.problems import FieldProblem, InvalidRequestError, describe_problems
from imagineart_desktop.models.request import INLINE, ModelRequest, RequestSchema
from imagineart_desktop.models.size import Size
from imagineart_desktop.support.wording import pluralize

T = TypeVar("T")


class Task(StrEnum):
    """What a model is offered for: the first three have a tab each, the others a command.

    REMOVE fills the masked area from around it; the others change a whole image.
    """

    GENERATE = "generate"
    EDIT = "edit"
    INPAINT = "inpaint"
    REMOVE = "remove"
    REPLACE_BACKGROUND = "replace-background"
    CUT_OUT = "cutout"
    UPSCALE = "upscale"
    REFRAME = "reframe"

    @property
    def has_tab(self) -> bool:
        """Whether a tab is for this task."""
        return self in (Task.GENERATE, Task.EDIT, Task.INPAINT)

    @property
    def takes_image(self) -> bool:
        """Whether a request of this task changes an image."""
        return self is not Task.GENERATE

    @property
    def takes_mask(self) -> bool:
        """Whether a request of this task changes only what a mask marks."""
        return self in (Task.INPAINT, Task.REMOVE)


class MaskPolarity(StrEnum):
    """Which value of an 8-bit mask marks the area to repaint. A transparent area is black besides."""

    PAINTED_BLACK = "painted_black"
    PAINTED_WHITE = "painted_white"
    PAINTED_TRANSPARENT = "painted_transparent"

    @property
    def painted(self) -> int:
        """Return the gray value of a painted pixel."""
        return 255 if self is MaskPolarity.PAINTED_WHITE else 0


class WorkingSize(BaseModel):
    """The image sizes an inpainting model works best with. A crop of a large image is scaled to fit before it's sent.

    native_pixels: pixel count of the model's own images. max_edge: maximum length of the longer edge, in pixels.
    widest: maximum ratio of the longer edge to the shorter one. min_edge: length of the shorter edge, in pixels, below
    which an image is scaled up. max_pixels: pixel count above which an image is scaled down.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    native_pixels: int = 1024 * 1024
    max_edge: int = 1536
    widest: float = 3.0
    min_edge: int = 256
    max_pixels: int = 4096 * 4096


_ENDPOINT = re.compile(r"[A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*){1,7}", re.ASCII)
MAX_ENDPOINT = 200
"""Maximum length of an endpoint id."""


def is_endpoint(text: str) -> bool:
    """Return whether a text can be an endpoint id: owner, app, and perhaps a sub-path."""
    return len(text) <= MAX_ENDPOINT and _ENDPOINT.fullmatch(text) is not None


def app_of(endpoint: str) -> str:
    """Return owner and app of an endpoint, without its sub-path."""
    return "/".join(endpoint.split("/")[:2])


class ModelSpec(BaseModel):
    """One model, JSON-able.

    endpoint: fal's endpoint id with its sub-path. tasks: what it's offered for, at least one, the main one first.
    fields: in the service's order. price_rule, size_rule: compute price and size of one image. typical_seconds: from
    submit to result, an initial estimate that measured times replace. note: what the model is good for, in a few words.
    mask_polarity, working_size: of models with a mask. returns_seed: whether a result comes with the seed that was
    used. has_single_result: whether a result is `image`, not a list `images`. packs_prompt: whether the service takes a
    negative prompt only inside the prompt, as JSON. price_read_on: when the price was read from the service; None for
    the one that came with the model. It isn't part of the definition as JSON.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    endpoint: str
    label: str
    short_label: str
    tasks: tuple[Task, ...]
    fields: tuple[FieldSpec, ...]
    price_rule: PriceRule
    size_rule: OutputSizeRule = UnknownSize()
    typical_seconds: float
    note: str = ""
    mask_polarity: MaskPolarity | None = None
    working_size: WorkingSize = WorkingSize()
    returns_seed: bool = False
    has_single_result: bool = False
    packs_prompt: bool = False
    price_read_on: date | None = Field(None, exclude=True)

    def __hash__(self) -> int:
        return hash(self.endpoint)

    def renamed(self, label: str) -> Self:
        """Return the model under another name."""
        return self.model_copy(update={"label": label, "short_label": label})

    def priced(self, rule: PriceRule, read_on: date) -> Self:
        """Return the model with the price that was read from the service on a day."""
        return self.model_copy(update={"price_rule": rule, "price_read_on": read_on})

    @property
    def app(self) -> str:
        """Return owner and app without the sub-path, as used in fal's status, result and cancel URLs."""
        return app_of(self.endpoint)

    @cached_property
    def request_schema(self) -> RequestSchema:
        """The fields, and what they may hold."""
        return RequestSchema(self.fields, packs_prompt=self.packs_prompt)

    @property
    def fields_by_name(self) -> Mapping[str, FieldSpec]:
        """Name → field, in the service's order."""
        return self.request_schema.fields

    def field_of(self, kind: FieldKind) -> FieldSpec | None:
        """Return the first field of a kind, or None."""
        return next((field for field in self.fields if field.kind is kind), None)

    @property
    def command_task(self) -> Task | None:
        """The task that a command is for, if the model does one."""
        return next((task for task in self.tasks if not task.has_tab), None)

    def task_of(self, roles: Sequence[str]) -> Task:
        """Return the task of a request, one that has a tab if the model has. roles: those of its images."""
        if FieldKind.MASK in roles and Task.INPAINT in self.tasks:
            return Task.INPAINT
        if any(map(is_source, roles)) and Task.EDIT in self.tasks:
            return Task.EDIT
        return next((task for task in self.tasks if task is not Task.INPAINT), self.tasks[0])

    def image_fields(self, images: Sequence[T], task: Task) -> dict[str, list[T]]:
        """Return field → the images that it takes, from what the user chose in order; the mask is none of them.

        images: of an inpaint, the one that is painted on comes first. Raises InvalidRequestError if the model doesn't
        take as many.
        """
        one, several = self.field_of(FieldKind.PICTURE), self.field_of(FieldKind.PICTURES)
        field = several or one
        if field is not None and len(images) > (most := self.max_images(task)):
            more = len(images) - most
            taken = (
                f"{pluralize(most - 1, 'reference')} with a mask" if task is Task.INPAINT else pluralize(most, "image")
            )
            sentence = f"{self.label} takes {taken}; remove {more}."
            raise InvalidRequestError([FieldProblem(field.name, field.label, sentence)])
        found: dict[str, list[T]] = {}
        rest = list(images)
        if one is not None and rest:
            found[one.name] = [rest.pop(0)]
        if several is not None and rest:
            found[several.name] = rest
        return found

    def max_images(self, task: Task) -> int:
        """Return how many images a request of a task takes, besides a mask."""
        one, several = self.field_of(FieldKind.PICTURE), self.field_of(FieldKind.PICTURES)
        most = 0 if several is None else several.max_items
        if task is Task.INPAINT and several is not None and several.max_with_mask is not None:
            most = several.max_with_mask
        return int(one is not None) + most

    def max_references(self, task: Task) -> int:
        """Return how many images the user may add: in an inpaint, the one that is painted on is none of them."""
        return max(0, self.max_images(task) - (task is Task.INPAINT))

    @property
    def has_prompt(self) -> bool:
        """Return whether the model takes a prompt; one that only enlarges or cuts out doesn't."""
        return self.field_of(FieldKind.PROMPT) is not None

    @property
    def needs_prompt(self) -> bool:
        """Return whether the service refuses a request without a prompt."""
        field = self.field_of(FieldKind.PROMPT)
        return field is not None and field.required

    @property
    def max_results(self) -> int:
        """How many images one request can make."""
        count = self.field_of(FieldKind.COUNT)
        return 1 if count is None or count.maximum is None else int(count.maximum)

    def batches_of(self, count: int, values: Mapping[str, object]) -> list[int]:
        """Return how many images each request makes, for as few requests as possible that make `count` images.

        Images that come inside the response are requested one by one: the length of a response is limited.
        """
        per_request = 1 if values.get(INLINE) else self.max_results
        full, rest = divmod(count, per_request)
        return [per_request] * full + [rest] * bool(rest)

    def result_count(self, values: Mapping[str, object]) -> int:
        """Return how many images a request with these values makes."""
        count = self.field_of(FieldKind.COUNT)
        results = values.get(count.name) if count is not None else None
        return results if isinstance(results, int) and 1 <= results <= self.max_results else 1

    def count_value(self, results: int) -> dict[str, int]:
        """Return the field that asks for this many images; empty for a single one."""
        count = self.field_of(FieldKind.COUNT)
        return {} if count is None or results == 1 else {count.name: results}

    @property
    def has_seed(self) -> bool:
        """Return whether the model takes a seed, so that the same image can be generated again."""
        return self.field_of(FieldKind.SEED) is not None

    def accepts(self, name: str, value: object) -> bool:
        """Return whether a draft may hold this value for a field, without converting it."""
        return self.request_schema.accepts(name, value)

    def field_problem(self, name: str, value: object) -> str:
        """Return what is wrong with one field's value, as a sentence; empty if nothing is."""
        try:
            self.request_schema.validate_field(name, value)
        except ValidationError as error:
            (problem, *_) = describe_problems(error, {name: self.fields_by_name[name].label})
            return problem.message
        return ""

    def parse(self, values: object) -> ModelRequest:
        """Build the request with these values: field → value. Raises InvalidRequestError."""
        try:
            return self.request_schema.validate(values)
        except ValidationError as error:
            labels = {name: field.label for name, field in self.fields_by_name.items()}
            raise InvalidRequestError(describe_problems(error, labels)) from None

    def price(self, request: ModelRequest) -> Price:
        """Return what a request costs, with all its images."""
        price = self.price_rule.price(request.values).times(self.result_count(request.values))
        return replace(price, read_on=self.price_read_on or PRICES_READ_ON)

    def output_size(self, request: ModelRequest, inputs: Sequence[Size]) -> Size | None:
        """Return the size of a request's result, or None if only the service knows.

        inputs: sizes of its images, in order.
        """
        return self.size_rule.size(request.values, inputs)
