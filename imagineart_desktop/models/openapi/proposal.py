"""The model that a document describes, and what only the user can say about it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagineart_desktop.models.arrangement import MAX_LABEL, model_label
from imagineart_desktop.models.field_spec import FieldKind, FieldSpec
from imagineart_desktop.models.mask_question import MaskQuestion
from imagineart_desktop.models.model_spec import MaskPolarity, ModelSpec, Task
from imagineart_desktop.models.openapi.bounded import quoted
from imagineart_desktop.models.openapi.document import EndpointDocument
from imagineart_desktop.models.openapi.errors import OpenApiError
from imagineart_desktop.models.openapi.field_proposal import propose_field
from imagineart_desktop.models.openapi.property import Property
from imagineart_desktop.models.openapi.roles import Roles, roles_of
from imagineart_desktop.models.output_size import UnknownSize
from imagineart_desktop.models.price_rule import UnknownPrice
from imagineart_desktop.support.wording import ellipsize_words

_TYPICAL_SECONDS = 20
"""A guess between the fastest and the slowest built-in model: documents don’t say."""
_OTHER_MEDIA = ("video", "audio", "text", "model_mesh", "mesh", "3D model")
_ABBREVIATIONS = {"gpt": "GPT", "sdxl": "SDXL", "lora": "LoRA"}


@dataclass(frozen=True, slots=True)
class ModelProposal:
    """What a document says about a model. tasks: what it can be offered for, the main one first.

    has_single_result: whether a result is `image` instead of a list.
    """

    endpoint: str
    label: str
    tasks: tuple[Task, ...]
    fields: tuple[FieldSpec, ...]
    roles: Roles
    has_single_result: bool
    returns_seed: bool

    def mask_question(self, tasks: Sequence[Task] = ()) -> MaskQuestion | None:
        """Return what the user must say about the mask; None without one. tasks: as for `spec`."""
        return MaskQuestion(self.label) if any(task.takes_mask for task in tasks or self.tasks) else None

    @property
    def command_tasks(self) -> tuple[Task, ...]:
        """What the model can do for a command if the user says so: a document doesn't tell what an image becomes."""
        prompt = next((field for field in self.fields if field.kind is FieldKind.PROMPT), None)
        is_promptless = prompt is None or not prompt.required
        found = [Task.CUT_OUT, Task.UPSCALE] if Task.EDIT in self.tasks and is_promptless else []
        if Task.EDIT in self.tasks and prompt is not None:
            found.append(Task.REPLACE_BACKGROUND)
        if Task.INPAINT in self.tasks and is_promptless:
            found.append(Task.REMOVE)
        return tuple(found)

    @property
    def able(self) -> tuple[Task, ...]:
        """All that the model can be used for."""
        return *self.tasks, *self.command_tasks

    def spec(
        self, *, label: str = "", tasks: Sequence[Task] = (), mask_polarity: MaskPolarity | None = None
    ) -> ModelSpec:
        """Return the model. tasks: some of the proposed ones, which are the default, and of those for commands.

        Raises OpenApiError for a task that it can't have, and for a mask that nobody has explained.
        """
        chosen = tuple(dict.fromkeys(tasks)) or self.tasks
        if foreign := [task.value for task in chosen if task not in self.able]:
            able = ", ".join(task.value for task in self.able)
            raise OpenApiError(f"{self.label} can’t be used for {foreign[0]}, only for {able}.")
        if mask_polarity is None and (question := self.mask_question(chosen)) is not None:
            raise OpenApiError(question.sentence_with_choices)
        named = model_label(label) or self.label
        has_mask = any(task.takes_mask for task in chosen)
        return ModelSpec(
            endpoint=self.endpoint,
            label=named,
            short_label=named,
            tasks=chosen,
            fields=tuple(field for field in self.fields if field.kind is not FieldKind.MASK or has_mask),
            price_rule=UnknownPrice(),
            size_rule=UnknownSize(),
            typical_seconds=_TYPICAL_SECONDS,
            note="Added from fal.ai",
            mask_polarity=mask_polarity if has_mask else None,
            returns_seed=self.returns_seed,
            has_single_result=self.has_single_result,
        )


def propose(document: EndpointDocument) -> ModelProposal:
    """Return the model that a document describes. Raises OpenApiError if the program can't use such a model."""
    outputs = {output.name: output for output in document.outputs}
    _check_result(document.endpoint, outputs)
    roles = roles_of(document.inputs)
    fields = tuple(_field(given, roles) for given in document.inputs if not _is_one_image(given, roles))
    return ModelProposal(
        document.endpoint,
        _label_of(document.endpoint),
        _tasks(document, roles),
        fields,
        roles,
        has_single_result="images" not in outputs,
        returns_seed="seed" in outputs,
    )


def _field(given: Property, roles: Roles) -> FieldSpec:
    if given.name in roles.others and given.required:
        raise OpenApiError(f"The model needs two images, {roles.image} and {given.name}, which isn’t supported.")
    return propose_field(given, roles)


def _is_one_image(given: Property, roles: Roles) -> bool:
    """Return whether a field is a number of images without a limit, which is 1 unless it's sent."""
    is_one = given.default in (None, 1) and not given.required
    return given.name == roles.count and is_one and given.maximum is None


def _check_result(endpoint: str, outputs: dict[str, Property]) -> None:
    """Raise OpenApiError if a result has no image."""
    if any("url" in outputs[name].members for name in ("images", "image") if name in outputs):
        return
    made = next((name for name in _OTHER_MEDIA if name in outputs), None)
    what = (
        f"a result with {made}" if made else f"a result with {', '.join(map(quoted, list(outputs)[:3])) or 'nothing'}"
    )
    raise OpenApiError(f"{endpoint} makes no images: it returns {what}.")


def _tasks(document: EndpointDocument, roles: Roles) -> tuple[Task, ...]:
    required = {given.name for given in document.inputs if given.required}
    images = [name for name in (roles.image, roles.references) if name]
    if not images:
        if roles.mask in required and roles.mask:
            raise OpenApiError("The model needs a mask, but no image to paint it on, which isn’t supported.")
        return (Task.GENERATE,)
    if roles.mask in required and roles.mask:
        if roles.image and roles.references in required:
            raise OpenApiError(f"The model needs {roles.references} besides image and mask, which isn’t supported.")
        return (Task.INPAINT,)
    found = [Task.EDIT] if required & set(images) else [Task.GENERATE, Task.EDIT]
    return (*found, Task.INPAINT) if roles.mask else tuple(found)


def _label_of(endpoint: str) -> str:
    """Return “Flux Pro V1 Fill” for fal-ai/flux-pro/v1/fill."""
    words = endpoint.removeprefix("fal-ai/").replace("/", " ").replace("-", " ").replace("_", " ").split()
    shown = [_ABBREVIATIONS.get(word.lower(), word[:1].upper() + word[1:]) for word in words]
    return ellipsize_words(" ".join(shown), MAX_LABEL)
