"""Figures of the code's structure: `python -m tests.structure.numbers` prints one per line.

Arrows and cycles come from the import graph, everything else from the syntax trees.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import grimp

ROOT = Path(__file__).resolve().parents[2] / "imagineart_desktop"
LONGEST_FILE = 400
LONGEST_FUNCTION = 40
_STATE = re.compile(r"dict\[str, (object|Any)\]")
_FUNCTION = (ast.FunctionDef, ast.AsyncFunctionDef)


@cache
def _graph() -> grimp.ImportGraph:
    return grimp.build_graph(ROOT.name, cache_dir=None, exclude_type_checking_imports=True)


def files(package: str = "") -> list[Path]:
    """Return the modules of a package, or all of them; a module is a package of its own."""
    place = ROOT / package
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def nodes_with(word: str, package: str = "") -> Iterator[tuple[Path, ast.AST]]:
    """Yield (file, node) of each module that has the word in its text: parsing takes a hundred times as long.

    Trees aren't cached: those of all files take 100 MB.
    """
    for file in files(package):
        text = file.read_text(encoding="utf-8")
        if word in text:
            for node in ast.walk(ast.parse(text)):
                yield file, node


def _nodes_with(word: str, package: str = "") -> Iterator[ast.AST]:
    return (node for _, node in nodes_with(word, package))


def _lines(package: str = "") -> int:
    return sum(len(file.read_text(encoding="utf-8").splitlines()) for file in files(package))


def loose_modules() -> list[str]:
    """Return the modules that lie in `ui` itself instead of in one of its packages."""
    return sorted(file.stem for file in (ROOT / "ui").glob("*.py") if file.stem != "__init__")


def _unit(module: str) -> str:
    return ".".join(module.split(".")[:3])


def arrows() -> set[tuple[str, str]]:
    """Return (importing, imported) for each pair of `ui`'s packages and loose modules."""
    ui = f"{ROOT.name}.ui"
    modules = [name for name in _graph().modules if name.startswith(f"{ui}.")]
    pairs = (
        (_unit(name), _unit(other))
        for name in modules
        for other in _graph().find_modules_directly_imported_by(name)
        if other.startswith(f"{ui}.")
    )
    return {(one, other) for one, other in pairs if one != other}


def upward_imports() -> set[tuple[str, str]]:
    """Return (importing, imported) for imports of `ui` from the packages below it."""
    below = ("workspace", "jobs", "fal", "library", "demo", "models", "imaging", "support")
    return {
        (name, other)
        for name in _graph().modules
        if name.split(".")[1:2] and name.split(".")[1] in below
        for other in _graph().find_modules_directly_imported_by(name)
        if other.split(".")[1:2] == ["ui"]
    }


def cycles() -> list[set[str]]:
    """Return the groups of `ui`'s units that import each other."""
    imported: dict[str, set[str]] = {}
    for one, other in arrows():
        imported.setdefault(one, set()).add(other)

    def reached(unit: str) -> set[str]:
        seen: set[str] = set()
        ahead = [unit]
        while ahead:
            for other in imported.get(ahead.pop(), ()):
                if other not in seen:
                    seen.add(other)
                    ahead.append(other)
        return seen

    reach = {unit: reached(unit) for unit in imported}
    looping = [unit for unit in reach if unit in reach[unit]]
    groups = {frozenset(other for other in reach[unit] if unit in reach.get(other, ())) for unit in looping}
    return [set(group) for group in groups]


def long_files() -> dict[str, int]:
    """Return the modules longer than `LONGEST_FILE` lines, with their lines."""
    counts = {str(file.relative_to(ROOT)): len(file.read_text(encoding="utf-8").splitlines()) for file in files()}
    return {name: count for name, count in counts.items() if count > LONGEST_FILE}


def long_functions() -> dict[str, int]:
    """Return the functions longer than `LONGEST_FUNCTION` lines, with their lines, docstrings included."""
    return {
        f"{file.relative_to(ROOT)}:{node.name}": node.end_lineno - node.lineno + 1
        for file, node in nodes_with("def ")
        if isinstance(node, _FUNCTION)
        and node.end_lineno is not None
        and node.end_lineno - node.lineno + 1 > LONGEST_FUNCTION
    }


def untyped_state(package: str = "ui") -> int:
    """Count the annotations `dict[str, object]` and `dict[str, Any]` of attributes, parameters and results."""
    notes = [
        note
        for node in _nodes_with("dict[", package)
        for note in (
            [node.annotation] if isinstance(node, ast.AnnAssign | ast.arg) else [getattr(node, "returns", None)]
        )
        if note is not None
    ]
    return sum(len(_STATE.findall(ast.unparse(note))) for note in notes)


def uses_of_any() -> float:
    """Return how often `Any` stands in 1 000 lines."""
    return 1000 * sum(isinstance(node, ast.Name) and node.id == "Any" for node in _nodes_with("Any")) / _lines()


def connected_lambdas() -> float:
    """Return the share of `.connect(…)` calls whose argument is a lambda."""
    calls = [
        node
        for node in _nodes_with("connect", "ui")
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "connect"
    ]
    return sum(any(isinstance(argument, ast.Lambda) for argument in call.args) for call in calls) / max(1, len(calls))


def tool_dispatch() -> int:
    """Count `isinstance` calls in the canvas."""
    return sum(
        isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "isinstance"
        for node in _nodes_with("isinstance", "ui/canvas")
    )


def except_tuples(package: str = "ui") -> int:
    """Count the `except (A, B)` clauses."""
    return sum(
        isinstance(node, ast.ExceptHandler) and isinstance(node.type, ast.Tuple)
        for node in _nodes_with("except (", package)
    )


def main() -> None:
    """Print every figure."""
    print(f"lines: {_lines()}, of them in ui: {_lines('ui')}, in workspace: {_lines('workspace')}")
    print(f"units of ui: {len({unit for pair in arrows() for unit in pair})}, arrows between them: {len(arrows())}")
    print(f"loose modules in ui: {len(loose_modules())}")
    print(f"upward imports: {len(upward_imports())}, cycles in ui: {[sorted(group) for group in cycles()]}")
    print(f"files over {LONGEST_FILE} lines: {long_files()}")
    print(f"functions over {LONGEST_FUNCTION} lines: {long_functions()}")
    print(f"dict[str, object|Any] in ui: {untyped_state()}, in workspace: {untyped_state('workspace')}")
    print(f"Any per 1 000 lines: {uses_of_any():.1f}")
    print(f"lambdas in .connect: {connected_lambdas():.0%}")
    print(f"isinstance in ui/canvas: {tool_dispatch()}")
    print(f"except tuples in ui: {except_tuples()}")


if __name__ == "__main__":
    main()
