"""The model of a form: the selector with its heading, and the way to the list of models."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from imagineart_desktop.ui.forms.model_box import HIDDEN, NOT_OFFERED, ModelBox
from imagineart_desktop.ui.widgets import SectionLabel, icon_button
from imagineart_desktop.workspace.request_draft import RequestDraft


class ModelPicker(QWidget):
    """Selects the model of a draft, among those that are offered now."""

    list_wanted = Signal()
    """The user wants to see and change the list of models."""

    def __init__(self, draft: RequestDraft) -> None:
        super().__init__()
        self._draft = draft
        self.box = ModelBox(draft.models.offered_for(draft.task))
        self.list_button = icon_button("sliders-horizontal", "Models…", self.list_wanted.emit)
        self._heading = SectionLabel("Model")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self._heading)
        row = QHBoxLayout()
        row.setSpacing(6)
        row.addWidget(self.box, 1)
        row.addWidget(self.list_button)
        column.addLayout(row)
        self._select()
        self.box.currentIndexChanged.connect(self._chosen)
        draft.changed.connect(self._select)
        draft.models_changed.connect(self._offer)

    def set_low(self, low: bool) -> None:
        """Set whether vertical space is scarce; the model needs no heading then."""
        self._heading.setHidden(low)

    def _chosen(self) -> None:
        self._draft.set_model(self.box.selected())

    def _select(self) -> None:
        """Select the draft's model, also if it isn't offered."""
        model = self._draft.model
        if self.box.selected() != model:
            is_hidden = self._draft.models.find(model.endpoint) == model
            self.box.select(model, HIDDEN if is_hidden else NOT_OFFERED)

    def _offer(self) -> None:
        """Offer the models that there are now; the draft keeps its own until another is selected."""
        with QSignalBlocker(self.box):
            self.box.offer(self._draft.models.offered_for(self._draft.task))
            self._select()
