"""The list of models that the user arranges: adds, removes, hides, stars, renames, moves, exports."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QGuiApplication
from shiboken6 import isValid

from imagineart_desktop.models import ModelRegistry, ModelSpec, list_price
from imagineart_desktop.models.added_models import load_models, stored_model
from imagineart_desktop.models.arrangement import Arrangement
from imagineart_desktop.models.facts import ModelFacts
from imagineart_desktop.workspace.added_models import (
    AddedModelError,
    change_arrangement,
    change_facts,
    export_model,
    refuse_clash,
    refuse_to_hide_last,
    remove_model,
    save_model,
)
from imagineart_desktop.workspace.background import spawn_owned
from imagineart_desktop.workspace.price_date import price_date
from imagineart_desktop.workspace.task_texts import TASK_TEXT

_GONE = "This model is no longer there."


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What the list shows of a model."""

    model: ModelSpec
    is_added: bool
    is_hidden: bool
    is_starred: bool

    @property
    def tasks(self) -> str:
        """What the model is for: “Edit, Inpaint”."""
        return ", ".join(TASK_TEXT[task] for task in self.model.tasks)

    @property
    def price(self) -> str:
        """The price of one image."""
        return list_price(self.model).capitalize()

    @property
    def price_details(self) -> str:
        """The whole price, and since when it's known: “$0.03 Turbo, $0.06 Balanced, as of Nov 28, 2026”."""
        rule = self.model.price_rule
        return "" if rule.range is None else f"{rule.text}, {price_date(self.model.price_read_on)}"


class ModelList(QObject):
    """Changes the models that a registry offers, and stores the change. folder: of the added models.

    Everything that shows models follows `changed`. Coroutines raise UserError, and change nothing then.
    """

    changed = Signal()
    """The registry offers other models, or the same in another way."""

    def __init__(self, models: ModelRegistry, folder: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.models = models
        self._folder = folder
        self._changing = asyncio.Lock()

    def follow_other_programs(self) -> None:
        """Read the models again after each switch from another program, such as a terminal."""
        QGuiApplication.instance().applicationStateChanged.connect(self._app_state_changed)  # type: ignore[union-attr]

    def rows(self) -> list[ModelRow]:
        """Return all models, in order."""
        models = self.models
        return [
            ModelRow(
                model,
                models.is_added(model.endpoint),
                models.is_hidden(model.endpoint),
                models.is_starred(model.endpoint),
            )
            for model in models
        ]

    async def reload(self) -> None:
        """Read the models again: another window or a command may have changed them."""
        async with self._changing:
            await self._read()

    async def add(self, model: ModelSpec) -> None:
        """Add a model; one that was hidden under this id is shown."""
        async with self._changing:
            refuse_clash(self.models, model)
            await asyncio.to_thread(save_model, self._folder, model)
            await self._arrange(lambda now: now.with_hidden(model.endpoint, False))

    async def remove(self, endpoint: str) -> ModelSpec | None:
        """Remove an added model, and return it as it was stored. Its images and jobs stay."""
        async with self._changing:
            stored = await asyncio.to_thread(stored_model, self._folder, endpoint)
            if not await asyncio.to_thread(remove_model, self._folder, endpoint):
                raise AddedModelError(_GONE)
            await self._read()
            return stored

    async def restore(self, model: ModelSpec, *, hidden: bool) -> None:
        """Add a removed model again. Its name, its star and its place are still known."""
        await self.add(model)
        if hidden:
            await self.set_hidden(model.endpoint, True)

    async def set_hidden(self, endpoint: str, on: bool) -> None:
        """Hide or show a model."""
        async with self._changing:
            if on:
                refuse_to_hide_last(self.models, endpoint)
            await self._arrange(lambda now: now.with_hidden(endpoint, on))

    async def set_starred(self, endpoint: str, on: bool) -> None:
        """Star a model, or remove its star."""
        async with self._changing:
            await self._arrange(lambda now: now.with_starred(endpoint, on))

    async def rename(self, endpoint: str, name: str) -> None:
        """Give a model another name; an empty one restores its own."""
        async with self._changing:
            await self._arrange(lambda now: now.with_name(endpoint, name))

    def can_move(self, endpoint: str, by: int) -> bool:
        """Return whether a model can be moved. by: -1 for up, 1 for down."""
        return self._moved(endpoint, by) is not None

    async def move(self, endpoint: str, by: int) -> None:
        """Move a model up or down, among those with a star or among those without."""
        async with self._changing:
            order = self._moved(endpoint, by)
            if order is not None:
                await self._arrange(lambda now: now.with_order(order))

    async def place(self, endpoint: str, before: int) -> None:
        """Move a model before the one with this index, as far as it can: those with a star stay first."""
        async with self._changing:
            order = [model.endpoint for model in self.models]
            if endpoint in order:
                at = order.index(endpoint)
                order.insert(before, endpoint)
                order.pop(at + (before <= at))
                await self._arrange(lambda now: now.with_order(order))

    async def keep_facts(self, facts: Mapping[str, ModelFacts]) -> None:
        """Keep what the service said of models, by endpoint, with its prices."""
        async with self._changing:
            try:
                await asyncio.to_thread(change_facts, self._folder, lambda _known: facts)
            finally:
                await self._read()

    async def export(self, endpoint: str, path: Path) -> None:
        """Write a model file, which another user can add."""
        model = self.models.find(endpoint)
        if model is None:
            raise AddedModelError(_GONE)
        await asyncio.to_thread(export_model, path, model)

    def _moved(self, endpoint: str, by: int) -> list[str] | None:
        """Return the order after a move; None if the model is the first or last of its kind."""
        order = [model.endpoint for model in self.models]
        if endpoint not in order:
            return None
        at = order.index(endpoint)
        to = at + by
        if not 0 <= to < len(order) or self.models.is_starred(order[to]) != self.models.is_starred(endpoint):
            return None
        order[at], order[to] = order[to], order[at]
        return order

    async def _arrange(self, change: Callable[[Arrangement], Arrangement]) -> None:
        try:
            await asyncio.to_thread(partial(change_arrangement, self._folder, change))
        finally:
            await self._read()

    async def _read(self) -> None:
        found = await asyncio.to_thread(load_models, self._folder)
        # The window may have closed while a change was written.
        if isValid(self) and not found.is_same(self.models):
            self.models.become(found)
            self.changed.emit()

    def _app_state_changed(self, state: Qt.ApplicationState) -> None:
        if state is Qt.ApplicationState.ApplicationActive:
            spawn_owned(self, self.reload())
