"""The requests of a CSV or JSON Lines file: what its columns mean, and what its cells stand for."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from imagineart_desktop.batches.plan import MAX_COUNT, MODEL, BatchPlan
from imagineart_desktop.batches.prompt_syntax import PromptError, parse_prompt
from imagineart_desktop.batches.prompt_template import Expansion
from imagineart_desktop.batches.ratios import sized_as
from imagineart_desktop.batches.row import RequestRow
from imagineart_desktop.batches.row_checks import SEED, RowChecker, WantedRow
from imagineart_desktop.batches.row_file import FileRow, read_row_file
from imagineart_desktop.batches.row_images import RowImages
from imagineart_desktop.models import TRAITS, FieldKind, FieldSpec, Images, ModelRegistry, ModelSpec
from imagineart_desktop.models.field_texts import option_of_text, value_of_text
from imagineart_desktop.support import parse_int
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.wording import ellipsize

_PROMPT, _COUNT = "prompt", "count"
_IMAGE_COLUMNS = ("image", "images")
"""Columns of the images to change, whatever the field is called."""

_QUOTED = 40
_REPORT_EVERY = 50


@dataclass(slots=True)
class _Read:
    """What the cells of one row stand for."""

    prompt: str = ""
    given: dict[str, JsonValue] = field(default_factory=dict)
    images: list[str] = field(default_factory=list)
    image_fields: dict[str, list[str]] = field(default_factory=dict)
    count: int = 1
    problems: list[str] = field(default_factory=list)
    shown: dict[str, str] = field(default_factory=dict)
    """Column → what is sent for its cell, where that isn't the cell itself."""


class FileRows:
    """The rows of the file of a plan, for models of the registry. Paths of images are relative to the file."""

    def __init__(self, plan: BatchPlan, models: ModelRegistry) -> None:
        self._plan = plan
        self._models = models
        self._by_name: dict[str, ModelSpec] = {}
        for model in reversed([*models]):
            self._by_name |= dict.fromkeys(map(_key, (model.short_label, model.label, model.endpoint)), model)
        self._columns: dict[tuple[str, str], str | None] = {}
        self._is_prompt_varied = _varies(plan.prompt)

    def rows(self, images: RowImages, reach: Callable[[float], None]) -> list[RequestRow]:
        """Read the file. Raises RowFileError, OSError, WorkCanceledError."""
        written = read_row_file(Path(self._plan.rows))
        common = self._plan.fields if self._plan.seed is None else {**self._plan.fields, SEED: self._plan.seed}
        checker, found = RowChecker(common, images), []
        for index, row in enumerate(written, 1):
            checked = self._row(index, row, checker)
            found.append(replace(checked, is_enabled=index not in self._plan.skipped))
            if index % _REPORT_EVERY == 0:
                reach(index / len(written))
        return found

    def _row(self, index: int, row: FileRow, checker: RowChecker) -> RequestRow:
        if row.problem:
            return RequestRow(index, None, line=row.line, problems=(row.problem,))
        model, problem = self._model(row)
        if model is None:
            return RequestRow(index, None, Expansion(_text(row.cells.get(_PROMPT))), line=row.line, problems=(problem,))
        read = self._read(row, model)
        plan = self._plan
        if not read.prompt and self._is_prompt_varied and model.has_prompt:
            read.problems.append(
                "The row has no prompt, and the one of the form stands for several. Write one in the row."
            )
        images = () if read.image_fields else (read.images or plan.images)
        return checker.check(
            WantedRow(
                index,
                model,
                Expansion(read.prompt or plan.prompt),
                read.given,
                images,
                read.image_fields,
                {name: _text(value) for name, value in row.cells.items() if _key(name) != _PROMPT} | read.shown,
                read.count,
                row.line,
                is_prompt_meant=bool(read.prompt),
                problems=tuple(read.problems),
            )
        )

    def _model(self, row: FileRow) -> tuple[ModelSpec | None, str]:
        """Return (the row's model, what is wrong with it)."""
        named = next((value for name, value in row.cells.items() if _key(name) == MODEL), self._plan.model)
        model = self._by_name.get(_key(named)) if isinstance(named, str) else None
        if model is None:
            sentence = (
                f"There is no model “{ellipsize(_text(named), _QUOTED)}”. Use a name of File → Models…, or its id."
            )
            return None, sentence
        return model, ""

    def _read(self, row: FileRow, model: ModelSpec) -> _Read:
        read = _Read(count=self._plan.count)
        seen: dict[str, str] = {}
        for column, value in row.cells.items():
            name = self._column(column, model)
            if name is None and (sized := self._sized(column, value, model)) is not None:
                name, value, read.shown[column] = sized
            if name is None:
                known = any(self._column(column, other) is not None for other in self._models)
                reason = f"{model.label} has no field" if known else "No model has a field"
                todo = "Leave it empty, or choose another model." if known else "Rename or remove the column."
                read.problems.append(f"{reason} “{ellipsize(column, _QUOTED)}”. {todo}")
            elif name in seen:
                read.problems.append(f"“{ellipsize(column, _QUOTED)}” and “{seen[name]}” are the same. Remove one.")
            else:
                seen[name] = ellipsize(column, _QUOTED)
                _take(read, model, name, column, value)
        return read

    def _sized(self, column: str, value: JsonValue, model: ModelSpec) -> tuple[str, JsonValue, str] | None:
        """Return the cell as the model takes it (see `sized_as`), if the column is other models' aspect ratio."""
        fields = (other.fields_by_name.get(self._column(column, other) or "") for other in self._models)
        is_ratio = any(spec is not None and spec.kind is FieldKind.RATIO for spec in fields)
        return sized_as(model, value.strip(), value.strip()) if is_ratio and isinstance(value, str) else None

    def _column(self, column: str, model: ModelSpec) -> str | None:
        """Return the field that a column is for a model: its name, or one of ours; None if it isn't any."""
        place = (model.endpoint, column)
        if place not in self._columns:
            self._columns[place] = _field_of(column, model)
        return self._columns[place]


def _field_of(column: str, model: ModelSpec) -> str | None:
    key = _key(column)
    for name, spec in model.fields_by_name.items():
        if spec.kind is FieldKind.COUNT:
            if key == _key(name):
                return _COUNT
            continue
        if key in (_key(name), _key(spec.label), _key(spec.short)):
            return name
    if key in (_PROMPT, MODEL, _COUNT, SEED):
        # The check reports fields that the model lacks, in its own words.
        return key if key != SEED else None
    takes_images = model.field_of(FieldKind.PICTURE) or model.field_of(FieldKind.PICTURES)
    return _IMAGE_COLUMNS[0] if key in _IMAGE_COLUMNS and takes_images else None


def _take(read: _Read, model: ModelSpec, name: str, column: str, value: JsonValue) -> None:
    """Take the value of a cell. name: the field, or one of ours."""
    spec = model.fields_by_name.get(name)
    if name == MODEL:
        return
    if name == _COUNT:
        count = parse_int(value, 1, MAX_COUNT) if isinstance(value, str) else value
        if isinstance(count, int) and not isinstance(count, bool) and 1 <= count <= MAX_COUNT:
            read.count = count
        else:
            read.problems.append(f"{column}: {_quoted(value)} isn’t a number of images from 1 to {MAX_COUNT}.")
    elif name == _PROMPT:
        if isinstance(value, str):
            read.prompt = value
        else:
            read.problems.append(f"{column}: {_quoted(value)} isn’t text. Put it in quotes.")
    elif spec is None or TRAITS[spec.kind].images is not Images.NONE:
        _take_images(read, None if spec is None else name, column, value)
    else:
        _take_value(read, spec, column, value)


def _take_images(read: _Read, name: str | None, column: str, value: JsonValue) -> None:
    """Take images. In text, several are separated by | or by line breaks."""
    listed: Sequence[JsonValue] = value if isinstance(value, list) else [value]
    words: list[str] = []
    for one in listed:
        if not isinstance(one, str):
            read.problems.append(f"{column}: {_quoted(one)} isn’t the path or address of an image.")
            return
        words += [part.strip() for part in one.replace("\n", "|").split("|") if part.strip()]
    if name is None:
        read.images += words
    else:
        read.image_fields[name] = words


def _take_value(read: _Read, spec: FieldSpec, column: str, value: JsonValue) -> None:
    if spec.kind is FieldKind.JSON and not isinstance(value, str):
        value = json.dumps(value, ensure_ascii=False)
    elif isinstance(value, str) and spec.kind in (FieldKind.CHOICE, FieldKind.RATIO):
        value = option_of_text(spec, value)
    elif isinstance(value, str):
        read_value = value_of_text(spec, value if spec.kind in (FieldKind.TEXT, FieldKind.JSON) else value.strip())
        if read_value is None:
            read.problems.append(f"{column}: {_quoted(value)} isn’t {_WANTED.get(spec.kind, 'a value of it')}.")
            return
        value = read_value
    read.given[spec.name] = value


_WANTED: Mapping[FieldKind, str] = {
    FieldKind.INTEGER: "a whole number",
    FieldKind.SEED: "a whole number",
    FieldKind.NUMBER: "a number",
    FieldKind.SWITCH: "yes or no",
}


def _key(name: str) -> str:
    """Return the key that all spellings of a name share."""
    return " ".join(name.replace("_", " ").casefold().split())


def _text(value: JsonValue) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value, ensure_ascii=False)


def _quoted(value: JsonValue) -> str:
    return f"“{ellipsize(_text(value), _QUOTED)}”"


def _varies(prompt: str) -> bool:
    """Return whether a prompt has alternatives or wildcards, which a row would send as they're written."""
    try:
        return any(not isinstance(part, str) for part in parse_prompt(prompt))
    except PromptError:
        return False
