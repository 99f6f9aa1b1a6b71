"""A model that was read and isn't added yet: what is known about it, and what the user decides."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QObject, Signal

from imagineart_desktop.models import FieldKind, MaskPolarity, ModelRegistry, ModelSpec, Task, list_price
from imagineart_desktop.models.arrangement import model_label
from imagineart_desktop.models.mask_question import MaskQuestion
from imagineart_desktop.models.openapi import ModelProposal, OpenApiError
from imagineart_desktop.support import UserError
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import ellipsize
from imagineart_desktop.workspace.added_models import refuse_clash
from imagineart_desktop.workspace.task_texts import TASK_TEXT

_ROLES = {
    FieldKind.PROMPT: "Prompt",
    FieldKind.PICTURE: "Image",
    FieldKind.PICTURES: "References",
    FieldKind.MASK: "Mask",
    FieldKind.COUNT: "Images per request",
    FieldKind.SEED: "Seed",
}
_MAX_NAME = 40


class NewModel(QObject):
    """A proposal made from a document, or the model of a model file, which is taken as it is but for its name.

    models: those that there are already.
    """

    changed = Signal()

    def __init__(self, found: ModelProposal | ModelSpec, models: ModelRegistry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._found = found
        self._models = models
        self.label = found.label
        self.tasks: tuple[Task, ...] = found.tasks
        self.mask_polarity: MaskPolarity | None = None

    @property
    def endpoint(self) -> str:
        """The id of the model at fal.ai."""
        return self._found.endpoint

    @property
    def able(self) -> Sequence[Task]:
        """What the model can be offered for: tasks with a form first, then those of commands."""
        return self._found.able if isinstance(self._found, ModelProposal) else self._found.tasks

    @property
    def previewed(self) -> Sequence[Task]:
        """The tasks whose form is shown before the model is added."""
        return self._found.tasks

    @property
    def is_from_document(self) -> bool:
        """Whether the model is made from fal's document, rather than read from a model file."""
        return isinstance(self._found, ModelProposal)

    @property
    def has_choice(self) -> bool:
        """Whether the user decides what the model is offered for."""
        return self.is_from_document and len(self.able) > 1

    @property
    def question(self) -> MaskQuestion | None:
        """What only the user knows about the mask; None if there is nothing to ask."""
        if isinstance(self._found, ModelSpec) or not self.tasks:
            return None
        return self._found.mask_question(self.tasks)

    @property
    def price(self) -> str:
        """What an image costs, as far as it's known."""
        if isinstance(self._found, ModelProposal):
            return "Unknown: you’re asked before each request"
        price = list_price(self._found).capitalize()
        return price if self._found.price_rule.range is None else f"{price}, as the file says"

    def roles(self) -> list[tuple[str, str]]:
        """Return (role, name of the field) of each field with a role of its own."""
        names = {kind: field.name for field in reversed(self._found.fields) if (kind := field.kind) in _ROLES}
        found = [(role, names[kind]) for kind, role in _ROLES.items() if kind in names]
        if size := self._size_field():
            found.append(("Size", size))
        return [(role, ellipsize(single_line(name), _MAX_NAME)) for role, name in found]

    def other_fields(self) -> int:
        """Return how many further fields the model has."""
        known = {*_ROLES, FieldKind.HIDDEN}
        size = self._size_field()
        return sum(field.kind not in known and field.name != size for field in self._found.fields)

    def _size_field(self) -> str:
        sizes = (FieldKind.RATIO, FieldKind.SIZE)
        shaped = next((field.name for field in self._found.fields if field.kind in sizes), "")
        return self._found.roles.size if isinstance(self._found, ModelProposal) else shaped

    def set_label(self, label: str) -> None:
        """Set the name; an empty one is the proposed one."""
        self._set(model_label(label) or self._found.label, self.tasks, self.mask_polarity)

    def set_offered(self, task: Task, on: bool) -> None:
        """Set whether the model is offered for a task that it's able to do."""
        chosen = {*self.tasks, task} if on else {*self.tasks} - {task}
        self._set(self.label, tuple(able for able in self.able if able in chosen), self.mask_polarity)

    def set_mask_polarity(self, polarity: MaskPolarity | None) -> None:
        """Answer the question about the mask."""
        self._set(self.label, self.tasks, polarity)

    def _set(self, label: str, tasks: tuple[Task, ...], polarity: MaskPolarity | None) -> None:
        if (label, tasks, polarity) != (self.label, self.tasks, self.mask_polarity):
            self.label, self.tasks, self.mask_polarity = label, tasks, polarity
            self.changed.emit()

    @property
    def clash(self) -> str:
        """Why the model can't be added whatever the user decides; empty if it can."""
        try:
            refuse_clash(self._models, self.preview(self.able[0]))
        except UserError as error:
            return str(error)
        return ""

    def preview(self, task: Task) -> ModelSpec:
        """Return the model as its form for a task would show it."""
        if isinstance(self._found, ModelSpec):
            return self._named(self._found)
        return self._found.spec(
            label=self.label, tasks=[task], mask_polarity=self.mask_polarity or MaskPolarity.PAINTED_WHITE
        )

    def spec(self) -> ModelSpec:
        """Return the model to add. Raises OpenApiError if something isn't decided yet."""
        if isinstance(self._found, ModelSpec):
            return self._named(self._found)
        if not self.tasks:
            raise OpenApiError("Choose what to use the model for.")
        if not any(task.has_tab for task in self.tasks):
            also = " or ".join(TASK_TEXT[task] for task in self.previewed)
            raise OpenApiError(f"Choose {also} as well, so that the model has a form.")
        return self._found.spec(label=self.label, tasks=self.tasks, mask_polarity=self.mask_polarity)

    def _named(self, model: ModelSpec) -> ModelSpec:
        return model if self.label == model.label else model.renamed(self.label)
