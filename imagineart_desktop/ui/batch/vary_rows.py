"""What varies in a batch: a row per field with its values, and the menu that adds one."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLineEdit, QMenu, QVBoxLayout, QWidget

from imagineart_desktop.batches.plan import IMAGES, MODEL, VariedField
from imagineart_desktop.batches.row_images import folder_images
from imagineart_desktop.models import TRAITS, FieldKind, FieldSpec, Images
from imagineart_desktop.models.field_texts import value_of_text
from imagineart_desktop.support.json_types import JsonValue
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.ui.widgets import ElidedLabel, button, icon_button
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs, FolderPurpose
from imagineart_desktop.workspace.batch_draft import BatchDraft

_CHOICES = (FieldKind.CHOICE, FieldKind.RATIO)
_UNVARIED = (FieldKind.PROMPT, FieldKind.COUNT, FieldKind.HIDDEN)
_ROW_HEIGHT = 32
_SWITCH = {True: "Yes", False: "No"}


class VaryRows(QWidget):
    """Shows and changes what varies in a draft's plan."""

    failed = Signal(str)
    """Why a folder can't be read."""

    def __init__(self, draft: BatchDraft, files: FileDialogs) -> None:
        super().__init__()
        self._draft = draft
        self._files = files
        self.rows: dict[str, _VaryRow] = {}
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(6)
        self.add_button = button("+ Add a field", self._show_fields, kind="link")
        self._column.addWidget(self.add_button, 0, Qt.AlignmentFlag.AlignLeft)
        draft.changed.connect(self.show_plan)
        self.show_plan()

    def show_plan(self) -> None:
        """Show what varies now."""
        vary = {varied.name: varied for varied in self._draft.plan.vary}
        for name in [name for name in self.rows if name not in vary]:
            self.rows.pop(name).deleteLater()
        for name, varied in vary.items():
            if name not in self.rows:
                self.rows[name] = row = self._new_row(name)
                self._column.insertWidget(self._column.count() - 1, row)
            self.rows[name].show_values(self._texts(varied))

    def fields(self) -> dict[str, str]:
        """Return name → label of what could vary besides."""
        model = self._draft.models.find(self._draft.plan.model)
        found = {MODEL: "Model"}
        if self._draft.plan.task.takes_image:
            found[IMAGES] = "Images"
        for name, spec in {} if model is None else model.fields_by_name.items():
            if spec.kind not in _UNVARIED and TRAITS[spec.kind].images is Images.NONE:
                found[name] = spec.label
        return {name: label for name, label in found.items() if name not in self.rows}

    def add(self, name: str) -> None:
        """Let a field vary, with its present value."""
        if name == IMAGES:
            self._draft.vary_images()
            return
        spec, usual = self._spec(name), self._draft.plan.model if name == MODEL else None
        present = self._draft.plan.fields.get(name, usual if spec is None else spec.default)
        self._draft.set_varied(name, [] if present in (None, "") or isinstance(present, list) else [present])

    def options(self, name: str) -> dict[str, tuple[JsonValue, str]]:
        """Return text → (value, what it's called) of the values that one chooses from; empty if they are typed."""
        if name == MODEL:
            offered = self._draft.models.offered_for(self._draft.plan.task)
            return {model.endpoint: (model.endpoint, model.label) for model in offered}
        spec = self._spec(name)
        if spec is not None and spec.kind in _CHOICES:
            return {option: (option, spec.option_text(option)) for option in spec.options}
        if spec is not None and spec.kind is FieldKind.SWITCH:
            return {text: (value, text) for value, text in _SWITCH.items()}
        return {}

    def toggle(self, name: str, value: JsonValue, chosen: bool) -> None:
        """Add a value, or remove it; they stay in the order in which they are offered."""
        held = [one for one in self._values(name) if one != value] + ([value] if chosen else [])
        order = [one for one, _ in self.options(name).values()]
        self._draft.set_varied(name, sorted(held, key=lambda one: order.index(one) if one in order else len(order)))

    def type_values(self, name: str, text: str) -> None:
        """Take values that were typed, separated by |."""
        spec = self._spec(name)
        parts = [part.strip() for part in text.split("|") if part.strip()]
        read = [(part, None if spec is None else value_of_text(spec, part)) for part in parts]
        # What stands for no value is refused by the row's model, which says why.
        self._draft.set_varied(name, [part if value is None else value for part, value in read])

    def _values(self, name: str) -> Sequence[JsonValue]:
        return next((varied.values for varied in self._draft.plan.vary if varied.name == name), ())

    def _spec(self, name: str) -> FieldSpec | None:
        named = [self._draft.models.find(self._draft.plan.model), *self._draft.models]
        specs = (model.fields_by_name.get(name) for model in named if model is not None)
        return next((spec for spec in specs if spec is not None), None)

    def _texts(self, varied: VariedField) -> str:
        if varied.name == IMAGES:
            return pluralize(len(varied.values), "image") if varied.values else ""
        if varied.name == MODEL:
            return " · ".join(self._model_name(str(value)) for value in varied.values)
        return (" · " if self.options(varied.name) else " | ").join(
            self._value_text(varied.name, value) for value in varied.values
        )

    def _value_text(self, name: str, value: JsonValue) -> str:
        spec = self._spec(name)
        text_of = None if spec is None else TRAITS[spec.kind].text_of
        # Typed text is shown as typed.
        if spec is None or text_of is None or (isinstance(value, str) and spec.kind not in _CHOICES):
            return str(value)
        return text_of(spec, value)

    def _model_name(self, endpoint: str) -> str:
        model = self._draft.models.find(endpoint)
        return endpoint if model is None else model.short_label

    def _new_row(self, name: str) -> _VaryRow:
        spec = self._spec(name)
        label = {MODEL: "Model", IMAGES: "Images"}.get(name, name if spec is None else spec.label)
        row = _VaryRow(label, typed=name != IMAGES and not self.options(name))
        row.remove.clicked.connect(partial(self._draft.remove_varied, name))
        row.chosen.connect(partial(self._show_values, name))
        row.typed.connect(partial(self.type_values, name))
        return row

    def _show_fields(self) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for name, label in self.fields().items():
            menu.addAction(label.replace("&", "&&"), partial(self._add_and_choose, name))
        menu.popup(self.add_button.mapToGlobal(self.add_button.rect().bottomLeft()))

    def _add_and_choose(self, name: str) -> None:
        self.add(name)
        # Once the layout has placed the row.
        QTimer.singleShot(0, self.rows[name], partial(self._show_values, name))

    def _show_values(self, name: str) -> None:
        row = self.rows[name]
        if row.edit is not None:
            row.edit.setFocus(Qt.FocusReason.OtherFocusReason)
            return
        if name == IMAGES:
            self._show_sources()
            return
        menu, held = _CheckMenu(self), self._values(name)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        for value, text in self.options(name).values():
            action = QAction(text.replace("&", "&&"), menu)
            action.setCheckable(True)
            action.setChecked(value in held)
            action.toggled.connect(partial(self.toggle, name, value))
            menu.addAction(action)
        menu.popup(row.mapToGlobal(row.rect().bottomLeft()))

    def _show_sources(self) -> None:
        menu, row = QMenu(self), self.rows[IMAGES]
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.addAction("Files…", self._choose_files)
        menu.addAction("Folder…", self._choose_folder)
        menu.popup(row.mapToGlobal(row.rect().bottomLeft()))

    def _choose_files(self) -> None:
        self._files.open_files(
            self,
            FolderPurpose.REFERENCE,
            "Choose images",
            lambda paths: self._draft.set_varied(IMAGES, [str(path) for path in paths]),
        )

    def _choose_folder(self) -> None:
        self._files.open_folder(self, FolderPurpose.REFERENCE, "Choose a folder of images", self.take_folder)

    def take_folder(self, folder: Path) -> None:
        """Let the images of a folder vary."""
        try:
            paths = folder_images(folder)
        except OSError as error:
            self.failed.emit(f"The folder can’t be read: {error.strerror}.")
            return
        self._draft.set_varied(IMAGES, [str(path) for path in paths])


class _VaryRow(QFrame):
    """One field with its values, which are chosen from a menu or typed."""

    chosen = Signal()
    typed = Signal(str)

    def __init__(self, label: str, *, typed: bool) -> None:
        super().__init__()
        self.setObjectName("field")
        row = QHBoxLayout(self)
        row.setContentsMargins(9, 2, 3, 2)
        row.setSpacing(6)
        self.setMinimumHeight(_ROW_HEIGHT)
        row.addWidget(ElidedLabel(label), 1)
        self.edit: QLineEdit | None = None
        self.values = button("", self.chosen.emit, kind="link", tip="Choose values")
        if typed:
            self.edit = QLineEdit()
            self.edit.setProperty("bare", "true")
            self.edit.setPlaceholderText("1 | 2 | 3")
            self.edit.setAccessibleName(f"{label}: values, separated by |")
            self.edit.textEdited.connect(self.typed)
            row.addWidget(self.edit, 2)
            self.values.hide()
        row.addWidget(self.values)
        self.remove = icon_button("x", f"Don’t vary {label.lower()}", kind="mini", size=14)
        row.addWidget(self.remove)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Choose values with a click anywhere in the row."""
        super().mouseReleaseEvent(event)
        if self.edit is None and self.rect().contains(event.position().toPoint()):
            self.chosen.emit()

    def show_values(self, text: str) -> None:
        """Show the values; what is being typed stays."""
        if self.edit is None:
            self.values.setText(text or "Choose…")
        elif not self.edit.hasFocus():
            self.edit.setText(text)


class _CheckMenu(QMenu):
    """A menu that stays open while its entries are checked."""

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Check or uncheck the entry."""
        action = self.actionAt(event.position().toPoint())
        if action in self.actions():
            action.toggle()
        else:
            super().mouseReleaseEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Check or uncheck the entry with the space bar."""
        action = self.activeAction()
        if event.key() == Qt.Key.Key_Space and action in self.actions():
            action.toggle()
        else:
            super().keyPressEvent(event)
