"""The form of a model that isn't added yet. It works, except that nothing can be sent."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from imagineart_desktop.models import ModelRegistry, ModelSpec, Task
from imagineart_desktop.ui.forms.request_form import RequestForm
from imagineart_desktop.ui.widgets import SectionLabel, Segmented
from imagineart_desktop.workspace.new_model import NewModel
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.task_texts import TASK_TEXT

_WIDTH = 360
"""Width in pixels, as in the tabs."""


class ModelPreview(QWidget):
    """Shows the form of a `NewModel` for one of its tasks, and follows its name."""

    def __init__(self) -> None:
        super().__init__()
        self.form: RequestForm | None = None
        self._model: NewModel | None = None
        self._task: Task | None = None
        self._registry = ModelRegistry(())
        self._tabs: Segmented | None = None
        self.setFixedWidth(_WIDTH)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(8)
        self._column.addWidget(SectionLabel("Preview"))
        self.hide()

    def clear(self) -> None:
        """Show no form, and take no space."""
        self._model = None
        self._drop_form()
        if self._tabs is not None:
            self._column.removeWidget(self._tabs)
            self._tabs.deleteLater()
            self._tabs = None
        self.hide()

    def show_model(self, model: NewModel) -> None:
        """Show the form of a model."""
        self.clear()
        self._model = model
        if len(model.previewed) > 1:
            self._tabs = Segmented({task.value: TASK_TEXT[task] for task in model.previewed})
            self._tabs.changed.connect(self._show_task)
            self._column.insertWidget(1, self._tabs)
        self._show_task(model.previewed[0])
        model.changed.connect(self._follow)
        self.show()

    def _show_task(self, task: str) -> None:
        if self._model is None:
            return
        self._drop_form()
        self._task = Task(task)
        self._registry = _only(self._model.preview(self._task))
        draft = RequestDraft(self._task, self._registry)
        self.form = form = RequestForm(draft)
        draft.setParent(form)
        form.model_picker.list_button.hide()
        form.go.setEnabled(False)
        form.go.setToolTip("Add the model to use it")
        self._column.addWidget(form, 1)

    def _follow(self) -> None:
        """Show another name of the model; nothing typed is lost."""
        if self._model is not None and self.form is not None and self._task is not None:
            self._registry.become(_only(self._model.preview(self._task)))
            self.form.draft.follow_models()

    def _drop_form(self) -> None:
        if self.form is not None:
            self._column.removeWidget(self.form)
            self.form.hide()
            self.form.deleteLater()
            self.form = None


def _only(model: ModelSpec) -> ModelRegistry:
    return ModelRegistry([model])
