"""The dialog that adds a model: what was read about it, what only the user knows, and its form."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QScrollArea, QVBoxLayout, QWidget

from imagineart_desktop.models import ModelSpec
from imagineart_desktop.models.openapi import ModelProposal
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.models.decisions import Decisions
from imagineart_desktop.ui.models.preview import ModelPreview
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, PendingWork, SectionLabel, button, plain_label
from imagineart_desktop.ui.widgets.drops import DropTarget
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.ui.widgets.form_rows import align_labels
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mime import local_files
from imagineart_desktop.workspace.model_list import ModelList
from imagineart_desktop.workspace.model_source import read_model_file, read_model_source
from imagineart_desktop.workspace.new_model import NewModel

MODEL_FILES = "Models and OpenAPI documents (*.json)"
_MAX_SOURCE = 4096
_HINT = "Add any image model of fal.ai. Its document is read without your key; nothing is charged."


class AddModelDialog(BaseDialog):
    """Reads a model from fal.ai or from a file, shows its form, and adds it to a `ModelList`."""

    added = Signal(object)
    """The `ModelSpec` that was added."""

    def __init__(self, parent: QWidget, models: ModelList, files: FileDialogs) -> None:
        super().__init__(parent)
        self._models = models
        self._files = files
        self.model: NewModel | None = None
        self.decisions: Decisions | None = None
        self.setWindowTitle("Add model")
        self.setModal(False)
        self.resize(820, 500)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(10)
        column.addLayout(self._build_source())
        self.source_message = InlineMessage()
        column.addWidget(self.source_message)
        self._work = PendingWork(self.source_message)
        self.preview = ModelPreview()
        column.addLayout(self._build_middle(), 1)
        self.message = InlineMessage()
        column.addWidget(self.message)
        foot = QHBoxLayout()
        foot.addStretch(1)
        foot.addWidget(button("Cancel", self.close))
        self.add_button = button("Add", self.add, kind="primary")
        self.add_button.setAutoDefault(True)
        foot.addWidget(self.add_button)
        column.addLayout(foot)
        drops = DropTarget(self, lambda mime: bool(local_files(mime)), local_files)
        drops.dropped.connect(self._dropped)
        self._show_nothing()

    def _build_source(self) -> QVBoxLayout:
        self.source = QLineEdit()
        self.source.setMaxLength(_MAX_SOURCE)
        self.source.setPlaceholderText("fal-ai/flux-lora, a link to a model’s page, or a file")
        self.source.setAccessibleName("Model ID, link or file")
        self.source.returnPressed.connect(self.read)
        self.read_button = button("Read", self.read)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.source, 1)
        row.addWidget(self.read_button)
        row.addWidget(button("Open file…", self._choose_file))
        column = QVBoxLayout()
        column.setSpacing(6)
        column.addWidget(SectionLabel("Model ID, link or file"))
        column.addLayout(row)
        return column

    def _build_middle(self) -> QHBoxLayout:
        self._facts = QScrollArea()
        self._facts.setWidgetResizable(True)
        self._facts.setFrameShape(QFrame.Shape.NoFrame)
        row = QHBoxLayout()
        row.setSpacing(16)
        row.addWidget(self._facts, 1)
        row.addWidget(self.preview, 1)
        return row

    def begin(self, file: Path | None = None) -> None:
        """Show the dialog for another model. file: to read at once."""
        if not self.isVisible():
            self.source.clear()
            self._show_nothing()
        self.show()
        self.raise_()
        self.source.setFocus()
        if file is not None:
            self.source.setText(str(file))
            self._read(lambda: read_model_file(file))

    def read(self) -> None:
        """Read the model that the source names."""
        if source := self.source.text().strip():
            self._read(lambda: read_model_source(source))
        else:
            # Enter must not add a model whose source is gone.
            self._show_nothing()
            self.source_message.say("Enter the ID of a model, a link to it, or a file.", "info")

    def _read(self, read: Callable[[], Coroutine[object, None, ModelProposal | ModelSpec]]) -> None:
        self._work.cancel()
        self._show_nothing()
        spawn_owned(self, self._show(read))

    async def _show(self, read: Callable[[], Coroutine[object, None, ModelProposal | ModelSpec]]) -> None:
        source = self.source.text()
        try:
            found = await self._work.on("Reading the model", lambda _progress: read())
        except UserError as error:
            if source == self.source.text():
                self.source_message.say(str(error), holds=lambda: source == self.source.text())
            return
        if found is not None and source == self.source.text() and self.isVisible():
            self._show_model(NewModel(found, self._models.models, self))
            if self.source.hasFocus():
                # Enter in the source reads it again.
                self.add_button.setFocus(Qt.FocusReason.OtherFocusReason)

    def _show_nothing(self) -> None:
        self.source_message.clear()
        self.message.clear()
        if self.model is not None:
            self.model.deleteLater()
        self.model = None
        self.decisions = None
        hint = plain_label(_HINT, "muted", wrap=True)
        hint.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._facts.setWidget(hint)
        self.preview.clear()
        self.add_button.setEnabled(False)

    def _show_model(self, model: NewModel) -> None:
        self.model = model
        self.decisions = Decisions(model)
        self._facts.setWidget(self.decisions)
        align_labels(self)
        self.preview.show_model(model)
        self.add_button.setEnabled(not model.clash)
        if model.clash:
            self.source_message.say(model.clash, "caution")

    def add(self) -> None:
        """Add the model, or say what is missing."""
        if self.model is None or self.decisions is None:
            return
        self.message.clear()
        try:
            spec = self.model.spec()
        except UserError as error:
            self.decisions.message.say(str(error))
            return
        self.add_button.setEnabled(False)
        spawn(self._add(spec))

    async def _add(self, spec: ModelSpec) -> None:
        try:
            await self._models.add(spec)
        except UserError as error:
            self.message.say(str(error))
            self.add_button.setEnabled(True)
            return
        self.close()
        self.added.emit(spec)

    def done(self, result: int) -> None:
        """Stop reading when the dialog closes."""
        self._work.cancel()
        super().done(result)

    def _choose_file(self) -> None:
        self._files.open_file(self, FolderPurpose.MODEL, "Open model", self.begin, f"{MODEL_FILES};;All files (*)")

    def _dropped(self, paths: list[Path]) -> None:
        self.begin(paths[0])
