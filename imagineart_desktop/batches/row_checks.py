"""Makes a row of what is wanted: its model's fields, checked by the model itself, with price and output size."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from imagineart_desktop.batches.plan import MAX_COUNT
from imagineart_desktop.batches.prompt_template import Expansion
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.batches.row_images import RowImage, RowImageError, RowImages
from imagineart_desktop.models import (
    TRAITS,
    FieldKind,
    FieldSpec,
    Images,
    InvalidRequestError,
    ModelRequest,
    ModelSpec,
    excluded_fields,
    input_reference,
)
from imagineart_desktop.models.file_limits import file_problem, total_problem
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.wording import ellipsize

SEED = "seed"
_PLACEHOLDER = input_reference("0" * 64)
_QUOTED = 40


@dataclass(frozen=True, slots=True)
class WantedRow:
    """A row before it's checked.

    given: field of the model → value that the row itself has. images: of the request, in order, and image_fields: of a
    certain field, as paths, addresses or known names. is_prompt_meant: whether a model without prompt is wrong for it.
    """

    index: int
    model: ModelSpec
    prompt: Expansion
    given: Mapping[str, JsonValue] = field(default_factory=dict)
    images: Sequence[str] = ()
    image_fields: Mapping[str, Sequence[str]] = field(default_factory=dict)
    varied: Mapping[str, str] = field(default_factory=dict)
    count: int = 1
    line: int | None = None
    is_prompt_meant: bool = False
    problems: tuple[str, ...] = ()


class RowChecker:
    """Checks rows. common: field → value that rows have unless they have their own, as far as their model takes it."""

    def __init__(self, common: Mapping[str, JsonValue], images: RowImages) -> None:
        self._common = common
        self._images = images
        self._common_of: dict[str, Mapping[str, JsonValue]] = {}

    def check(self, wanted: WantedRow) -> RequestRow:
        """Return the row. Whatever is wrong with it is said in its problems."""
        model, problems = wanted.model, list(wanted.problems)
        values = {**self._of_model(model), **wanted.given}
        if model.has_prompt:
            values["prompt"] = wanted.prompt.text
        elif wanted.is_prompt_meant and wanted.prompt.text.strip():
            problems.append(f"{model.label} takes no prompt. Leave it empty, or choose another model.")
        for name in excluded_fields(model.fields_by_name, values).keys() - wanted.given.keys():
            values.pop(name, None)
        images, odd = self._find_images(wanted)
        problems += odd
        if not 1 <= wanted.count <= MAX_COUNT:
            problems.append(f"The number of images is 1 to {MAX_COUNT}.")
        request, wrong = _request_of(model, values, {name: len(held) for name, held in images.items()})
        problems += wrong if not odd else [sentence for sentence in wrong if not sentence.endswith(" is missing.")]
        seed = values.pop(SEED, None)
        price = model.price(request).times(wanted.count) if request is not None else RequestRow(0, None).price
        sizes = [image.size for held in images.values() for image in held if image.size is not None]
        is_measured = len(sizes) == sum(map(len, images.values()))
        return RequestRow(
            wanted.index,
            model,
            wanted.prompt,
            values,
            images,
            wanted.varied,
            wanted.count,
            seed if isinstance(seed, int) else None,
            wanted.line,
            price,
            model.output_size(request, sizes) if request is not None and is_measured else None,
            tuple(dict.fromkeys(problems)),
        )

    def _of_model(self, model: ModelSpec) -> Mapping[str, JsonValue]:
        if model.endpoint not in self._common_of:
            taken = {
                name: value
                for name, value in self._common.items()
                if model.accepts(name, value) or (name == SEED and model.has_seed)
            }
            self._common_of[model.endpoint] = taken
        return self._common_of[model.endpoint]

    def _find_images(self, wanted: WantedRow) -> tuple[dict[str, tuple[RowImage, ...]], list[str]]:
        """Return (field → images, what is wrong with them)."""
        model, problems = wanted.model, []
        named: dict[str, list[str]] = {name: list(words) for name, words in wanted.image_fields.items()}
        if wanted.images:
            try:
                roles = [FieldKind.PICTURE.value] * len(wanted.images)
                named |= model.image_fields(list(wanted.images), model.task_of(roles))
            except InvalidRequestError as error:
                problems += [problem.message for problem in error.problems]
        found: dict[str, tuple[RowImage, ...]] = {}
        for name, words in named.items():
            spec = model.fields_by_name.get(name)
            if spec is None or TRAITS[spec.kind].images is Images.NONE:
                problems.append(f"{model.label} has no images “{name}”. Leave it empty, or choose another model.")
                continue
            read = []
            for one in words:
                try:
                    read.append(self._images.find(one))
                except RowImageError as error:
                    problems.append(str(error))
            problems += _image_problems(spec, read)
            found[name] = tuple(read)
        return {name: held for name, held in found.items() if held}, problems


def _image_problems(field: FieldSpec, images: Sequence[RowImage]) -> list[str]:
    """Return what is wrong with the images of one field."""
    if field.kind is FieldKind.MASK:
        return ["A batch takes no masks. Inpaint this image in its tab."]
    lengths = [image.length for image in images]
    if TRAITS[field.kind].images is Images.SEVERAL:
        sentences = [total_problem(sum(lengths), field)]
    else:
        sentences = [file_problem(field, length) for length in lengths]
        if len(images) > 1:
            sentences.append(f"{field.label}: at most 1, there are {len(images)}.")
    return [sentence for sentence in sentences if sentence]


def _request_of(
    model: ModelSpec, values: Mapping[str, JsonValue], images: Mapping[str, int]
) -> tuple[ModelRequest | None, list[str]]:
    """Return (the request with placeholders for its images, what is wrong with it). images: field → how many."""
    filled: dict[str, object] = dict(values)
    for name, count in images.items():
        several = TRAITS[model.fields_by_name[name].kind].images is Images.SEVERAL
        filled[name] = (_PLACEHOLDER,) * count if several else _PLACEHOLDER
    try:
        return model.parse(filled), []
    except InvalidRequestError as error:
        return None, [_sentence(model, problem.field, problem.message, values) for problem in error.problems]


def _sentence(model: ModelSpec, name: str, sentence: str, values: Mapping[str, JsonValue]) -> str:
    """Return what is wrong with a field. For a choice the value, as its options may be too many to read."""
    field, value = model.fields_by_name.get(name), values.get(name)
    if field is None or not field.options or value in field.options or not isinstance(value, str):
        return sentence
    if field.kind not in (FieldKind.CHOICE, FieldKind.RATIO):
        return sentence
    quoted = ellipsize(field.option_text(value), _QUOTED)
    return f"{model.label} has no {field.label.lower()} {quoted}. Choose another, or skip this row."
