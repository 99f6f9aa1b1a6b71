"""Saves unfinished forms while the user works."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from imagineart_desktop.library import Library
from imagineart_desktop.workspace.coalesced import Debouncer, ReportError
from imagineart_desktop.workspace.saved_state import SavedState

Draft = TypeVar("Draft", bound=SavedState)


class DraftSaver(QObject, Generic[Draft]):
    """Saves the draft that `state` returns under a name after each `touch`. on_trouble: shows why saving failed.

    Writes nothing before `restoring` or `begin`: building a form touches it, and if that takes longer than the quiet
    period, the empty form would overwrite the saved draft before it is read.
    """

    def __init__(
        self,
        parent: QObject,
        library: Library,
        name: str,
        kind: type[Draft],
        state: Callable[[], Draft],
        on_trouble: ReportError,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._name = name
        self._kind = kind
        self._state = state
        self._saver = Debouncer(self, self._write, on_trouble=on_trouble)
        self._is_restored = False
        self._may_write = False

    @property
    def is_pending(self) -> bool:
        """Whether a change isn't saved yet."""
        return self._saver.is_pending

    def touch(self) -> None:
        """Register a change."""
        self._saver.touch()

    @asynccontextmanager
    async def restoring(self) -> AsyncIterator[Draft]:
        """Load the last saved draft, empty if there is none. Write nothing until the block has restored all of it.

        Otherwise a partly restored form would overwrite the complete one, and so would an empty form if the saved one
        couldn't be loaded.
        """
        self._may_write = False
        try:
            yield self._kind.model_validate(await self._library.draft(self._name))
        except BaseException:
            self._saver.forget()
            raise
        else:
            self._is_restored = True
            self.touch()
        finally:
            self._may_write = True

    def begin(self) -> None:
        """Start saving without restoring anything."""
        self._may_write = True

    async def save(self) -> None:
        """Save now, changed or not. A draft that couldn't be restored is overwritten only by changes made since."""
        if self._is_restored:
            self._saver.touch()
        await self._saver.flush()

    async def _write(self) -> None:
        if self._library.read_only or not self._may_write:
            return
        await self._library.save_draft(self._name, self._state().to_json())
