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


def _calls(files: list[str]) -> Iterator[tuple[str, ast.Call]]:
    for name in files:
        path = numbers.ROOT / name
        for file in [path] if path.suffix else numbers.files(name):
            tree = ast.parse(file.read_text(encoding="utf-8"))
            yield from (
                (f"{file.relative_to(numbers.ROOT)}:{node.lineno}", node)
                for node in ast.walk(tree)
                if isinstance(node, ast.Call)
            )


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
        for file in numbers.files()
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.ClassDef)
    }
    found = {"UserError"}
    while more := {name for name, above in bases.items() if above & found} - found:
        found |= more
    return found


def test_every_message_is_in_the_table_with_what_its_sentence_names() -> None:
    for place, call in _calls([""]):
        if _name(call) != "Message" or not isinstance(call.args[0], ast.Constant):
            continue
        code = call.args[0].value
        assert code in TABLE, (place, code)
        assert {str(keyword.arg) for keyword in call.keywords} == _fields(code), (place, code)


def test_every_sentence_of_the_table_is_used() -> None:
    used = {
        node.value
        for file in numbers.files()
        if file != numbers.ROOT / _TABLE
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(node, ast.Constant)
    }
    assert not TABLE.keys() - used - _RETIRED
    assert not _RETIRED & used


def test_no_error_that_may_be_stored_is_a_sentence() -> None:
    errors = (_user_errors() | {"disk_error", "Failure"}) - _ALSO_PLAIN
    assert len(errors) > 40
    plain = [
        place
        for place, call in _calls(list(STORING))
        if _name(call) in errors
        for given in (*call.args, *(keyword.value for keyword in call.keywords if keyword.arg == "advice"))
        if isinstance(given, ast.JoinedStr) or (isinstance(given, ast.Constant) and " " in str(given.value))
    ]
    assert not plain
