"""Whatever may be stored has a code: every message is in the table, with everything that its sentence names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from string import Formatter

from imagineart_desktop.support.message_table import TABLE
from tests.structure import numbers

STORING = (
    "fal",
    "imaging",
    "jobs",
    "library/errors.py",
    "library/files",
    "library/library.py",
    "library/recovery/startup.py",
    "library/store",
)
"""Where an error may end a job, or be noted about its result."""

_TABLE = "support/message_table.py"
_ALSO_PLAIN = frozenset({"InvalidRequestError", "UnusableKeyError"})
"""Errors in those places that no job meets."""


_RETIRED: frozenset[str] = frozenset()
"""Codes that only earlier versions have stored; their sentences stay."""


def _calls(word: str = "", package: str = "") -> Iterator[tuple[str, ast.Call]]:
    """Yield (place, call) of the modules that have the word in their text."""
    for file, node in numbers.nodes_with(word, package):
        if isinstance(node, ast.Call):
            yield f"{file.relative_to(numbers.ROOT)}:{node.lineno}", node


def _name(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def _fields(code: str) -> set[str]:
    template = TABLE[code]
    several = isinstance(template, tuple)
    texts = template if isinstance(template, tuple) else (template,)
    found = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name}
    return found | {"count"} if several else found


def _user_errors() -> set[str]:
    """Return the names of `UserError` and of all classes below it."""
    bases = {
        node.name: {base.id if isinstance(base, ast.Name) else getattr(base, "attr", "") for base in node.bases}
        for _, node in numbers.nodes_with("class ")
        if isinstance(node, ast.ClassDef)
    }
    found = {"UserError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def test_every_message_is_in_the_table_with_what_its_sentence_names() -> None:
    for place, call in _calls("Message("):
        if _name(call) != "Message" or not isinstance(call.args[0], ast.Constant):
            continue
        code = call.args[0].value
        assert code in TABLE, (place, code)
        assert {str(keyword.arg) for keyword in call.keywords} == _fields(code), (place, code)


def test_every_sentence_of_the_table_is_used() -> None:
    table = numbers.ROOT / _TABLE
    used = {node.value for file, node in numbers.nodes_with(".") if isinstance(node, ast.Constant) and file != table}
    assert not TABLE.keys() - used - _RETIRED
    assert not _RETIRED & used


def test_no_error_that_may_be_stored_is_a_sentence() -> None:
    errors = (_user_errors() | {"disk_error", "Failure"}) - _ALSO_PLAIN
    assert len(errors) > 40
    plain = [
        place
        for package in STORING
        for place, call in _calls(package=package)
        if _name(call) in errors
        for given in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "advice"))
        if isinstance(given, ast.JoinedStr) or (isinstance(given, ast.Constant) and " " in str(given.value))
    ]
    assert not plain
