"""The window starts and says the same under every locale of the system."""

from __future__ import annotations

import ast
import importlib
import inspect
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from shiboken6 import Shiboken

import imagineart_desktop
from tests.locales import NAMES, compile_locales, variables_of

_PACKAGE = Path(imagineart_desktop.__file__).parent
_ROOT = _PACKAGE.parent


@pytest.mark.long
def test_a_session_goes_the_same_under_every_locale(tmp_path: Path) -> None:
    names = [*compile_locales(), "C"]
    if len(names) <= len(NAMES):
        pytest.skip("localedef, which makes locales, is not installed, or has no sources of them")
    environment = os.environ | variables_of(names[0]) | {"LANGUAGE": "", "PYTHONPATH": str(_ROOT)}
    command = [sys.executable, "-m", "tests.ui.locale_session", str(tmp_path), *names]
    done = subprocess.run(command, cwd=_ROOT, env=environment, capture_output=True, encoding="utf-8", check=False)  # noqa: S603
    assert done.returncode == 0, done.stderr
    said = dict(zip(names, map(json.loads, done.stdout.splitlines()), strict=True))
    assert said["C"][-1] == "May"
    for name in names:
        assert said[name] == said["C"], name


# PySide upper-cases the first letter of a property's name after the C locale, which makes "İnterval" of "interval" in
# Turkish and Azeri. It looks up the names of signals in the same way.


def _modules() -> Iterator[tuple[Path, ModuleType]]:
    for path in [*sorted((_PACKAGE / "ui").rglob("*.py")), _PACKAGE / "app.py", _PACKAGE / "tour.py"]:
        name = ".".join(path.relative_to(_ROOT).with_suffix("").parts).removesuffix(".__init__")
        yield path, importlib.import_module(name)


def _is_qt(made: object) -> bool:
    """Return whether a call of this creates a Qt object with Qt's own constructor."""
    return isinstance(made, type) and issubclass(made, Shiboken.Object) and not inspect.isfunction(made.__init__)


def _resolved(node: ast.expr, module: ModuleType) -> object:
    if isinstance(node, ast.Name):
        return getattr(module, node.id, None)
    if isinstance(node, ast.Attribute):
        return getattr(_resolved(node.value, module), node.attr, None)
    return None


def _is_super(node: ast.expr) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "__init__"
        and isinstance(node.value, ast.Call)
        and isinstance(node.value.func, ast.Name)
        and node.value.func.id == "super"
    )


def keyword_properties(source: str, module: ModuleType) -> list[str]:
    """Return the calls that pass keyword arguments to a constructor of Qt: `line: names`."""
    found = []
    tree = ast.parse(source)
    inherited = {
        id(call)
        for one in ast.walk(tree)
        if isinstance(one, ast.ClassDef) and any(_is_qt(_resolved(base, module)) for base in one.bases)
        for call in ast.walk(one)
        if isinstance(call, ast.Call) and _is_super(call.func)
    }
    for call in ast.walk(tree):
        if (
            isinstance(call, ast.Call)
            and call.keywords
            and (id(call) in inherited or _is_qt(_resolved(call.func, module)))
        ):
            found.append(f"{call.lineno}: {', '.join(str(keyword.arg) for keyword in call.keywords)}")
    return found


def test_no_qt_property_is_given_as_a_keyword() -> None:
    found = {
        str(path.relative_to(_ROOT)): calls
        for path, module in _modules()
        if (calls := keyword_properties(path.read_text(encoding="utf-8"), module))
    }
    assert found == {}


def test_a_qt_property_given_as_a_keyword_is_found() -> None:
    declared = (
        "from PySide6 import QtCore\n"
        "from PySide6.QtCore import QTimer\n"
        "class Clock(QTimer):\n"
        "    def __init__(self):\n"
        "        super().__init__(None, interval=1)\n"
    )
    # Not run: under a Turkish locale each of these lines fails, which is why they are looked for.
    source = declared + ("a = QTimer(singleShot=True)\nb = QtCore.QTimer(None, interval=2)\nc = QTimer(None)\n")
    module = ModuleType("example")
    exec(declared, module.__dict__)  # noqa: S102 - the text above
    assert sorted(keyword_properties(source, module)) == ["5: interval", "6: singleShot", "7: interval"]
