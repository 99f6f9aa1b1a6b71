"""Messages for the user as data: a code with parameters, rendered as a sentence only where it's displayed.

A message is stored as `{"code": "fal.unreachable", "params": {"host": "fal.run"}}`. Text from elsewhere, such as the
service or the operating system, is a parameter. Any other stored text is a sentence from an earlier version of the
program, and is displayed as it is. `message_table` has the sentences.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias, Union

from imagineart_desktop.support.message_table import TABLE
from imagineart_desktop.support.plain_text import storable

Param: TypeAlias = Union[str, int, "Message", tuple[str | int, ...]]
"""A value in a sentence. Several are listed with “and”."""

PLAIN = "text"
"""Code of a message that is its text: one from an earlier version, or an error that is never stored."""

_UNREADABLE = "unreadable"
"""Code of a stored message that is damaged, or has parameters that only a newer version understands."""

_GENERAL = str(TABLE[_UNREADABLE])

MAX_LISTED = 100
"""Maximum number of values in a list. A longer one is damaged, or forged to fill the screen."""

_START = '{"code": "'
_MAX_NESTED = 8
_MAX_NAME = 100


class _UnreadableError(Exception):
    """Stored data is a message, but not one of this version."""


class _NoMessageError(Exception):
    """Stored text isn't a message: it only begins like one."""


@dataclass(frozen=True, slots=True, init=False)
class Message:
    """A sentence, or part of one, as a code with parameters. `str` renders it.

    An unknown code, as from a newer version, keeps its parameters and is rendered as a general sentence.
    """

    code: str
    params: tuple[tuple[str, Param], ...]

    def __init__(self, code: str, /, **params: Param) -> None:
        object.__setattr__(self, "code", code)
        object.__setattr__(self, "params", tuple(sorted(params.items())))

    @classmethod
    def plain(cls, text: str) -> Message:
        """Return a message that is this text in every language."""
        return cls(PLAIN, text=text)

    @classmethod
    def of(cls, message: Message | str) -> Message:
        """Return the message, made from plain text if necessary."""
        return message if isinstance(message, Message) else cls.plain(message)

    @classmethod
    def parse(cls, stored: str) -> Message:
        """Return the message of a stored text. Never fails: what can't be read is kept and rendered as such."""
        if not stored.startswith(_START):
            return cls.plain(stored)
        try:
            return _from_json(_loaded(stored))
        except _NoMessageError:
            return cls.plain(stored)
        except (ValueError, RecursionError, _UnreadableError):
            return cls(_UNREADABLE, stored=stored)

    def to_text(self) -> str:
        """Return the text to store, for `parse`."""
        if self.code in (PLAIN, _UNREADABLE) and len(self.params) == 1:
            ((name, text),) = self.params
            if isinstance(text, str) and (name == "stored" or not text.startswith(_START)):
                return text
        return json.dumps(_to_json(self))

    def with_texts(self, change: Callable[[str], str]) -> Message:
        """Return the message with each text in it changed; an unreadable one as it is, which shows none of them."""
        if self.code == _UNREADABLE:
            return self

        def changed(value: Param) -> Param:
            match value:
                case str():
                    return change(value)
                case Message():
                    return value.with_texts(change)
                case tuple():
                    return tuple(change(one) if isinstance(one, str) else one for one in value)
                case _:
                    return value

        return Message(self.code, **{name: changed(value) for name, value in self.params})

    @property
    def is_readable(self) -> bool:
        """Whether this version has a sentence for it."""
        return self.code in TABLE and self.code != _UNREADABLE

    def __str__(self) -> str:
        """Return the sentence."""
        template = TABLE.get(self.code, _GENERAL)
        try:
            values = {name: _shown(value) for name, value in self.params}
            if isinstance(template, tuple):
                template = template[0] if values.get("count") in (0, 1) else template[1]
            return template.format_map(values)
        except (KeyError, ValueError):
            return _GENERAL


def _shown(value: Param) -> str | int:
    match value:
        case Message():
            return str(value)
        case (*first, last) if len(first) > 1:
            return f"{', '.join(map(str, first))}, and {last}"
        case tuple():
            return " and ".join(map(str, value))
        case _:
            return value


def _to_json(message: Message) -> dict[str, object]:
    params = {name: _to_json(value) if isinstance(value, Message) else value for name, value in message.params}
    return {"code": message.code, "params": params}


def _loaded(stored: str) -> object:
    """Return the JSON of a stored message. Raises _NoMessageError for other JSON, ValueError for damaged text."""
    value: object = json.loads(stored)
    match value:
        case {"code": str(), "params": dict()}:
            return value
        case _:
            raise _NoMessageError


def _from_json(value: object, nested: int = 0) -> Message:
    """Raise _UnreadableError for anything that `_to_json` doesn't write."""
    match value:
        case {"code": str() as code, "params": dict() as params, **others} if not others and nested < _MAX_NESTED:
            if max(map(len, (code, *params))) > _MAX_NAME:
                raise _UnreadableError
            return Message(code, **{name: _param(param, nested + 1) for name, param in params.items()})
        case _:
            raise _UnreadableError


def _param(value: object, nested: int) -> Param:
    match value:
        case list() if len(value) <= MAX_LISTED:
            return tuple(_word(one) for one in value)
        case dict():
            return _from_json(value, nested)
        case _:
            return _word(value)


def _word(value: object) -> str | int:
    if isinstance(value, str):
        return storable(value)
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**63:
        return value
    raise _UnreadableError
