"""Options: each is declared once, with its key, default, validation, and its row in the settings if it has one."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Generic, TypeVar, overload

from PySide6.QtCore import QObject, QSettings, Signal

from imagineart_desktop.support import parse_dollars, parse_int
from imagineart_desktop.workspace.saved_state import SavedState

T = TypeVar("T")
Choice = TypeVar("Choice", bound=StrEnum)
State = TypeVar("State", bound=SavedState)


class SettingsGroup(StrEnum):
    """A group of rows in the settings, by its title."""

    GENERAL = "General"
    BUDGET = "Budget"


@dataclass(frozen=True, slots=True)
class SettingsRow:
    """How an option is shown in the settings.

    title: the label, with & before the letter that focuses it; section and search: the title and the additional terms
    by which the command search finds it, empty if it doesn't.
    """

    title: str
    group: SettingsGroup
    tip: str = ""
    section: str = ""
    search: str = ""

    @property
    def name(self) -> str:
        """Return the title as screen readers say it."""
        return self.title.replace("&", "")


class OptionStore(QObject):
    """The settings file whose options a subclass declares as class attributes."""

    changed = Signal(object)
    """The `Option` that has another value now."""

    def __init__(self, file: Path) -> None:
        super().__init__()
        self.file = file
        self.stored = QSettings(str(file), QSettings.Format.IniFormat)

    @classmethod
    def options(cls) -> dict[str, Option[Any]]:
        """Return all declared options by name, in the order of their declaration."""
        return {name: option for name, option in vars(cls).items() if isinstance(option, Option)}

    def watch(self, receiver: QObject, option: Option[T], use: Callable[[T], object]) -> None:
        """Call a function with each new value of an option, as long as the receiver exists."""
        _Watch(receiver, self, option, use)


class _Watch(QObject):
    def __init__(self, receiver: QObject, store: OptionStore, option: Option[T], use: Callable[[T], object]) -> None:
        super().__init__(receiver)
        self._store, self._option, self._use = store, option, use
        store.changed.connect(self._notice)

    def _notice(self, option: object) -> None:
        if option is self._option:
            self._use(self._option.value(self._store))


class Option(Generic[T]):
    """One option, a typed attribute of an `OptionStore`.

    key: never changes, as users have it in their settings; read: returns None for what can't be a value, which then
    counts as not set. A value of None isn't stored.
    """

    def __init__(
        self,
        key: str,
        default: T,
        read: Callable[[object], T | None],
        write: Callable[[T], object] = lambda value: value,
        row: SettingsRow | None = None,
    ) -> None:
        self.key = key
        self.default = default
        self.row = row
        self._read = read
        self._write = write

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    @overload
    def __get__(self, store: None, owner: type) -> Option[T]: ...
    @overload
    def __get__(self, store: OptionStore, owner: type) -> T: ...
    def __get__(self, store: OptionStore | None, owner: type) -> Option[T] | T:
        return self if store is None else self.value(store)

    def __set__(self, store: OptionStore, value: T) -> None:
        before = self.value(store)
        if value is None:
            store.stored.remove(self.key)
        else:
            store.stored.setValue(self.key, self._write(value))
        if self.value(store) != before:
            store.changed.emit(self)

    def value(self, store: OptionStore) -> T:
        """Return the stored value, or the default if there is none or it's invalid."""
        stored = store.stored.value(self.key)
        found = None if stored is None else self._read(stored)
        return self.default if found is None else found


class ChoiceOption(Option[Choice]):
    """One of some values. choices: each value with its label."""

    def __init__(
        self, key: str, default: Choice, choices: Mapping[Choice, str], row: SettingsRow | None = None
    ) -> None:
        self.choices = choices
        by_id = {choice.value: choice for choice in choices}
        super().__init__(key, default, lambda stored: by_id.get(str(stored)), lambda choice: choice.value, row)


class NumberOption(Option[int]):
    """An integer; a stored one outside the range counts as the nearest inside."""

    def __init__(self, key: str, default: int, limits: tuple[int, int], row: SettingsRow | None = None) -> None:
        self.limits = limits
        super().__init__(key, default, self._clamped, row=row)

    def _clamped(self, stored: object) -> int | None:
        number = parse_int(str(stored), 0)
        return None if number is None else max(self.limits[0], min(self.limits[1], number))


class DollarsOption(Option[Decimal | None]):
    """An amount of US dollars, or None."""

    def __init__(self, key: str, row: SettingsRow | None = None) -> None:
        super().__init__(key, None, parse_dollars, str, row)


class JsonOption(Option[T]):
    """A small JSON value. check: returns None for what can't be a value."""

    def __init__(
        self, key: str, default: T, check: Callable[[object], T | None], row: SettingsRow | None = None
    ) -> None:
        super().__init__(f"values/{key}", default, lambda stored: check(_parsed(stored)), json.dumps, row)


class StateOption(Option[State]):
    """Several values, saved together as a JSON object. kind: declares them, with their defaults."""

    def __init__(self, key: str, kind: type[State]) -> None:
        def read(stored: object) -> State | None:
            found = _parsed(stored)
            return kind.model_validate(found) if isinstance(found, dict) else None

        super().__init__(f"values/{key}", kind(), read, lambda state: json.dumps(state.to_json()))


class SwitchOption(JsonOption[bool]):
    """On or off."""

    def __init__(self, key: str, default: bool, row: SettingsRow | None = None) -> None:
        super().__init__(key, default, lambda found: found if isinstance(found, bool) else None, row)


def text(stored: object) -> str | None:
    """Return a text that isn't empty, otherwise None."""
    return stored if isinstance(stored, str) and stored else None


def path(stored: object) -> Path | None:
    """Return a path, or None for what no file can be named."""
    return Path(stored) if isinstance(stored, str) and stored and "\0" not in stored else None


def texts(found: object) -> dict[str, str] | None:
    """Return the texts of a JSON object, or None if it's none."""
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else None


def _parsed(stored: object) -> object:
    with suppress(ValueError, RecursionError):
        return json.loads(str(stored))
    return None
