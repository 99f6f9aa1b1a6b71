"""The list of all models: what is offered, in which order, and under which name."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from imagineart_desktop.models import ModelSpec
from imagineart_desktop.support import UserError, spawn
from imagineart_desktop.ui.models.add_dialog import MODEL_FILES, AddModelDialog
from imagineart_desktop.ui.models.table import ModelTable
from imagineart_desktop.ui.widgets import BaseDialog, InlineMessage, TextBlock, button, plain_label
from imagineart_desktop.ui.widgets.drops import DropTarget
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.added_models import model_file_name
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.mime import local_files
from imagineart_desktop.workspace.model_check import change_lines, check_summary
from imagineart_desktop.workspace.model_list import ModelRow
from imagineart_desktop.workspace.model_updates import ModelUpdates

_MAX_LINES = 7
_BUILT_IN = "Built-in models can be hidden, but not removed."


class ModelsDialog(BaseDialog):
    """Shows a `ModelList` and forwards what the user does. Files that are dropped on it are added."""

    def __init__(self, parent: QWidget, updates: ModelUpdates, files: FileDialogs) -> None:
        super().__init__(parent)
        self._updates = updates
        self._models = updates.models
        self._files = files
        self.adding: AddModelDialog | None = None
        self.setWindowTitle("Models")
        self.setModal(False)
        self.resize(960, 540)
        column = QVBoxLayout(self)
        column.setContentsMargins(24, 20, 24, 20)
        column.setSpacing(12)
        column.addWidget(
            plain_label(
                "Starred models come first. Hidden ones aren’t offered; their images and jobs stay.", "muted", wrap=True
            )
        )
        self.table = ModelTable()
        row = QHBoxLayout()
        row.setSpacing(12)
        row.addWidget(self.table, 1)
        row.addLayout(self._build_buttons())
        column.addLayout(row, 1)
        self.changes = TextBlock("", max_lines=_MAX_LINES)
        self.changes.setAccessibleName("Changes")
        # It takes its height once it's shown; until then its default one would enlarge the dialog.
        self.changes.setFixedHeight(0)
        self.changes.hide()
        column.addWidget(self.changes)
        self.message = InlineMessage(buttons_beside=True)
        column.addWidget(self.message)
        column.addLayout(self._build_foot())
        self._connect()
        self._show_models()

    def _build_foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        self.check_button = button("Check for changes", self._check)
        self.check_button.setToolTip("Compares the models with what fal.ai says of them now, and reads their prices.")
        foot.addWidget(self.check_button)
        foot.addStretch(1)
        close = button("Close", self.close)
        close.setDefault(True)
        foot.addWidget(close)
        return foot

    def _build_buttons(self) -> QVBoxLayout:
        self.add_button = button("Add…", self.add)
        self.star_button = button("Star", self._star)
        self.hide_button = button("Hide", self._hide)
        self.rename_button = button("Rename", self.table.rename)
        self.up_button = button("Move up", partial(self._move, -1))
        self.down_button = button("Move down", partial(self._move, 1))
        self.export_button = button("Export…", self._export)
        self.remove_button = button("Remove", self._remove)
        column = QVBoxLayout()
        column.setSpacing(8)
        column.addWidget(self.add_button)
        column.addSpacing(8)
        for made in self._buttons_of_model():
            column.addWidget(made)
        column.addStretch(1)
        return column

    def _buttons_of_model(self) -> list[QPushButton]:
        moves = [self.up_button, self.down_button]
        return [
            self.star_button,
            self.hide_button,
            self.rename_button,
            *moves,
            self.export_button,
            self.remove_button,
        ]

    def _connect(self) -> None:
        self._models.changed.connect(self._show_models)
        self.table.chosen.connect(self._update_buttons)
        self.table.renamed.connect(self._rename)
        self.table.removal_wanted.connect(self._remove)
        self.table.star_wanted.connect(self._star)
        self.table.dropped.connect(self._move_before)
        drops = DropTarget(self, lambda mime: bool(local_files(mime)), local_files)
        drops.dropped.connect(self._dropped)

    def showEvent(self, event: QShowEvent) -> None:
        """Read the models again, since a command may have changed them."""
        super().showEvent(event)
        spawn_owned(self, self._reload())
        self.table.setFocus(Qt.FocusReason.OtherFocusReason)

    async def _reload(self) -> None:
        await self._models.reload()
        if problems := self._models.models.problems:
            self.message.say(" ".join(problems), "caution")

    def add(self, file: Path | None = None) -> None:
        """Open the dialog that adds a model. file: to read at once."""
        if self.adding is None:
            self.adding = AddModelDialog(self, self._models, self._files)
            self.adding.added.connect(self._added)
        self.adding.begin(file)

    # Showing

    def _show_models(self) -> None:
        self.table.show_rows(self._models.rows())
        self._update_buttons()

    def _update_buttons(self) -> None:
        row = self.table.current()
        for made in self._buttons_of_model():
            made.setEnabled(row is not None)
        if row is None:
            return
        endpoint = row.model.endpoint
        self.star_button.setText("Remove star" if row.is_starred else "Star")
        self.hide_button.setText("Show" if row.is_hidden else "Hide")
        self.up_button.setEnabled(self._models.can_move(endpoint, -1))
        self.down_button.setEnabled(self._models.can_move(endpoint, 1))
        self.remove_button.setEnabled(row.is_added)
        self.remove_button.setToolTip("" if row.is_added else _BUILT_IN)

    def _added(self, model: ModelSpec) -> None:
        self.table.choose(model.endpoint)
        self.message.say(f"Added {model.label}.", "info")

    # Checking

    def _check(self) -> None:
        self.check_button.setEnabled(False)
        self.changes.hide()
        self.message.say("Checking…", "info")
        spawn_owned(self, self._checked())

    async def _checked(self) -> None:
        try:
            checked = await self._updates.check()
        except UserError as error:
            self.message.say(str(error))
            return
        finally:
            self.check_button.setEnabled(True)
        self.changes.setPlainText("\n".join(change_lines(checked)))
        self.changes.setVisible(bool(self.changes.toPlainText()))
        self.message.say(check_summary(checked), "info")

    # Changes

    def _do(self, work: Coroutine[object, None, None]) -> None:
        """Run a change. One that was begun is completed, even if the dialog closes."""
        self.message.clear()
        spawn(self._done(work))

    async def _done(self, work: Coroutine[object, None, None]) -> bool:
        try:
            await work
        except UserError as error:
            self.message.say(str(error))
            self._show_models()
            return False
        return True

    def _star(self) -> None:
        if (row := self.table.current()) is not None:
            self._do(self._models.set_starred(row.model.endpoint, not row.is_starred))

    def _hide(self) -> None:
        if (row := self.table.current()) is not None:
            self._do(self._models.set_hidden(row.model.endpoint, not row.is_hidden))

    def _rename(self, endpoint: str, name: str) -> None:
        self._do(self._models.rename(endpoint, name))

    def _move(self, by: int) -> None:
        if (row := self.table.current()) is not None:
            self._do(self._models.move(row.model.endpoint, by))

    def _move_before(self, endpoint: str, before: int) -> None:
        self._do(self._models.place(endpoint, before))

    def _remove(self) -> None:
        row = self.table.current()
        if row is None:
            return
        if row.is_added:
            self.message.clear()
            spawn(self._removed(row))
        else:
            self.message.say(_BUILT_IN, "info")

    async def _removed(self, row: ModelRow) -> None:
        try:
            stored = await self._models.remove(row.model.endpoint)
        except UserError as error:
            self.message.say(str(error))
            return
        undo: dict[str, Callable[[], object]] = {}
        if stored is not None:
            undo["Undo"] = partial(self._restore, stored, row)
        self.message.say(f"Removed {row.model.label}. Its images and jobs stay.", "info", undo)

    def _restore(self, model: ModelSpec, row: ModelRow) -> None:
        self._do(self._models.restore(model, hidden=row.is_hidden))

    def _export(self) -> None:
        row = self.table.current()
        if row is None:
            return
        name = model_file_name(row.model.endpoint)
        save = partial(self._save, row)
        self._files.save(self, FolderPurpose.MODEL, "Export model", name, {"json": MODEL_FILES}, save)

    def _save(self, row: ModelRow, path: Path, _kind: str) -> None:
        spawn(self._saved(row, path))

    async def _saved(self, row: ModelRow, path: Path) -> None:
        if await self._done(self._models.export(row.model.endpoint, path)):
            self.message.say(f"Saved {row.model.label} as {path.name}. “Add…” takes this file.", "info")

    def _dropped(self, paths: list[Path]) -> None:
        self.add(paths[0])
