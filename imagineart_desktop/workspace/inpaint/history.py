"""The session's steps as a small tree: every image that was on the canvas, and what it was made from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from types import NoneType
from typing import Annotated

from pydantic import Field, OnErrorOmit, StrictInt

from imagineart_desktop.workspace.draft_state import DraftState
from imagineart_desktop.workspace.inpaint.settings import SavedSettings
from imagineart_desktop.workspace.saved_state import SavedId, SavedState, or_else

MAX_STEPS = 200
"""Steps that a session remembers; beyond that the oldest leaves are dropped."""


@dataclass(slots=True)
class HistoryStep:
    """A step: an image that was on the canvas.

    sha256: the image's file in the library; picture_id: its id if it is a library picture. name: file name of a root,
    if known; label: what the user sees, and can change. mask: SHA-256 of the mask when the step was left, None if
    empty. form, settings: as they were when it was left. seed, words: of the request that made it. results: ids of the
    pictures made from it. fresh: how many of them arrived while another step was shown. closed: a root that is hidden
    with all its steps, until it is opened again.

    A saved step is read without its invalid values, so that they don't cost the steps made from it.
    """

    id: SavedId
    parent: SavedId | None
    sha256: str
    picture_id: Annotated[SavedId | None, or_else(NoneType)]
    label: Annotated[str, or_else(str)]
    mask: Annotated[str | None, or_else(NoneType)] = None
    form: Annotated[DraftState, or_else(DraftState)] = field(default_factory=DraftState)
    settings: Annotated[SavedSettings, or_else(NoneType), Field(alias="trip")] = None
    seed: Annotated[int | None, or_else(NoneType)] = None
    words: Annotated[str, or_else(str)] = ""
    results: Annotated[list[OnErrorOmit[SavedId]], or_else(list)] = field(default_factory=list)
    fresh: Annotated[int, or_else(int)] = 0
    closed: Annotated[bool, or_else(bool)] = False
    name: Annotated[str, or_else(str)] = ""

    def copy(self) -> HistoryStep:
        """Return a step that doesn't change with this one."""
        return replace(self, results=[*self.results])


class SavedHistory(SavedState):
    """The steps as they are saved, parents first. current: id of the one on the canvas."""

    current: StrictInt | None = None
    steps: tuple[OnErrorOmit[HistoryStep], ...] = ()


class SessionHistory:
    """The tree of steps. At most one is current: the one on the canvas."""

    def __init__(self) -> None:
        self._steps: dict[int, HistoryStep] = {}
        self._current: int | None = None
        self._next = 1

    def __iter__(self) -> Iterator[HistoryStep]:
        return iter(self._steps.values())

    def __len__(self) -> int:
        return len(self._steps)

    def __getitem__(self, number: int) -> HistoryStep:
        return self._steps[number]

    def __contains__(self, number: int) -> bool:
        return number in self._steps

    @property
    def current(self) -> HistoryStep | None:
        """Return the step on the canvas."""
        return self._steps.get(self._current) if self._current is not None else None

    def start(self, sha256: str, picture_id: int | None, label: str, name: str = "") -> HistoryStep:
        """Add an image from elsewhere as a new root and make it current."""
        self._current = None
        step = self.add_child(sha256, picture_id, label)
        step.name = name
        return step

    def add_child(self, sha256: str, picture_id: int | None, label: str) -> HistoryStep:
        """Add an image made from the current one and make it current."""
        step = self._add(self._current, sha256, picture_id, label)
        self._current = step.id
        self._drop_oldest()
        return step

    def add_below(self, parent: int, sha256: str, picture_id: int, label: str) -> HistoryStep:
        """Add an image made from that of another step; the current one stays."""
        step = self._add(parent, sha256, picture_id, label)
        self._drop_oldest()
        return step

    def go_to(self, number: int) -> HistoryStep:
        """Make another step current; reopen its root if closed. Raises KeyError."""
        step = self._steps[number]
        self._current = step.id
        self.root_of(step).closed = False
        return step

    def visible(self) -> list[HistoryStep]:
        """Return the steps of all roots that aren't closed."""
        return [step for step in self if not self.root_of(step).closed]

    def root_of(self, step: HistoryStep) -> HistoryStep:
        """Return the image from elsewhere that a step comes from."""
        while step.parent is not None:
            step = self._steps[step.parent]
        return step

    def root_with(self, sha256: str) -> HistoryStep | None:
        """Return the newest root with this file."""
        roots = (step for step in self if step.parent is None and step.sha256 == sha256)
        return max(roots, key=lambda step: step.id, default=None)

    def beside(self, root: HistoryStep) -> HistoryStep | None:
        """Return the step to show once a root is hidden, or None if no other root is open."""
        current = self.current
        if current is not None and self.root_of(current) is not root:
            return current
        others = (step for step in self.visible() if self.root_of(step) is not root)
        return max(others, key=lambda step: step.id, default=None)

    def close(self, root: HistoryStep) -> bool:
        """Hide a root and its steps. Return False if one of them is on the canvas.

        Nothing is forgotten: undo and opening the same file lead back to it.
        """
        if self.current is not None and self.root_of(self.current) is root:
            return False
        root.closed = True
        return True

    def leave(self) -> None:
        """Make no step current."""
        self._current = None

    def state(self) -> SavedHistory:
        """Return the steps as they are now."""
        return SavedHistory(current=self._current, steps=tuple(step.copy() for step in self))

    def restore(self, saved: SavedHistory) -> None:
        """Restore saved steps, except for those whose parent is missing or whose id another one has."""
        kept: dict[int, HistoryStep] = {}
        for step in saved.steps:
            if step.id not in kept and (step.parent is None or step.parent in kept):
                kept[step.id] = step.copy()
        if kept:
            self._steps, self._current = kept, saved.current if saved.current in kept else None
            self._next = max(kept) + 1
            if self.current is not None:
                self.root_of(self.current).closed = False

    def _add(self, parent: int | None, sha256: str, picture_id: int | None, label: str) -> HistoryStep:
        step = HistoryStep(self._next, parent, sha256, picture_id, label)
        self._next += 1
        self._steps[step.id] = step
        return step

    def _drop_oldest(self) -> None:
        while len(self._steps) > MAX_STEPS:
            parents = {step.parent for step in self} | {self._current}
            leaf = next((step.id for step in self if step.id not in parents), None)
            if leaf is None:
                return
            del self._steps[leaf]
