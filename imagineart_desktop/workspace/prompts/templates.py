"""The templates of a library as a Qt list model, with undo for what is renamed and deleted."""

from __future__ import annotations

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from imagineart_desktop.library import Library, LibraryError
from imagineart_desktop.library.store.prompt_file import MAX_NAME, Template
from imagineart_desktop.support import spawn
from imagineart_desktop.support.plain_text import single_line
from imagineart_desktop.support.wording import pluralize
from imagineart_desktop.workspace.background import spawn_owned

Index = QModelIndex | QPersistentModelIndex

_ROOT = QModelIndex()
_MAX_VALUES = 10
"""Values that are offered for a field."""


class TemplateList(QAbstractListModel):
    """Templates in order, those that contain some words."""

    said = Signal(str)
    """What was done, or why it couldn't be."""
    loaded = Signal()

    def __init__(self, library: Library, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._prompts = library.prompts
        self._all: tuple[Template, ...] = ()
        self._rows: list[Template] = []
        self._words = ""
        self._undoable: list[tuple[str, tuple[Template, ...]]] = []
        """What each undo says, and the templates before the change, newest last."""

    def template(self, index: Index) -> Template | None:
        """Return the template of a row."""
        return self._rows[index.row()] if index.isValid() else None

    def search(self, words: str) -> None:
        """Show the templates that contain these words."""
        self._words = words
        spawn_owned(self, self._load())

    @property
    def can_undo(self) -> bool:
        """Whether a template was renamed or deleted."""
        return bool(self._undoable)

    # Changes

    def add(self, name: str, text: str) -> None:
        """Save a template; a name that is taken gets a number."""
        template = Template(single_line(name)[:MAX_NAME], text)
        self._run(lambda: self._prompts.add_templates([template]), f"Saved “{template.name}”.")

    def rename(self, template: Template, name: str) -> None:
        """Rename a template, with undo."""
        renamed = replace(template, name=single_line(name)[:MAX_NAME])
        self._undoable.append((f"“{template.name}” has its name again.", self._all))
        self._set([renamed if one == template else one for one in self._all], f"Renamed to “{renamed.name}”.")

    def delete(self, template: Template) -> None:
        """Delete a template, with undo."""
        self._undoable.append((f"“{template.name}” is back.", self._all))
        self._set([one for one in self._all if one != template], f"Deleted “{template.name}”.")

    def undo(self) -> None:
        """Undo what was renamed or deleted last."""
        if self._undoable:
            sentence, before = self._undoable.pop()
            self._set(before, sentence)

    def remember(self, template: Template, values: Mapping[str, str]) -> None:
        """Offer these values the next time that the template is used."""
        entered = {
            name: tuple(dict.fromkeys((value, *template.values.get(name, ()))))[:_MAX_VALUES]
            for name, value in values.items()
            if value
        }
        updated = replace(template, values={**template.values, **entered})
        self._set([updated if one == template else one for one in self._all], "")

    def import_file(self, path: Path) -> None:
        """Add the templates of a file."""
        spawn(self._import(path))

    def export_file(self, path: Path) -> None:
        """Write all templates to a file."""
        self._run(lambda: self._prompts.export_templates(path), f"Exported to {path.name}.")

    # The list

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many templates are shown."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> str | None:
        """Return the name of a template."""
        template = self.template(index)
        return template.name if template is not None and role == Qt.ItemDataRole.DisplayRole else None

    def _set(self, templates: tuple[Template, ...] | list[Template], sentence: str) -> None:
        self._run(lambda: self._prompts.set_templates(templates), sentence)

    def _run(self, work: Callable[[], Coroutine[object, None, object]], sentence: str) -> None:
        spawn(self._work(work, sentence))

    async def _work(self, work: Callable[[], Coroutine[object, None, object]], sentence: str) -> None:
        try:
            await work()
        except LibraryError as error:
            sentence = str(error)
        await self._load()
        if sentence:
            self.said.emit(sentence)

    async def _import(self, path: Path) -> None:
        try:
            count = await self._prompts.import_templates(path)
        except LibraryError as error:
            self.said.emit(str(error))
            return
        await self._load()
        self.said.emit(f"Imported {pluralize(count, 'template')}." if count else f"{path.name} has no new templates.")

    async def _load(self) -> None:
        try:
            self._all = await self._prompts.templates()
        except LibraryError as error:
            self.said.emit(str(error))
            return
        terms = self._words.casefold().split()
        self.beginResetModel()
        self._rows = [one for one in self._all if all(term in f"{one.name} {one.text}".casefold() for term in terms)]
        self.endResetModel()
        self.loaded.emit()
