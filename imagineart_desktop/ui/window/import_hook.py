"""Removes the import hook of PySide6."""

from __future__ import annotations

import builtins

# Installs the hook, so that it is known to be there.
import PySide6.QtCore  # noqa: F401


def remove_import_hook() -> None:
    """Put Python's own `__import__` back, which PySide6 replaces and keeps in `builtins.__orig_import__`.

    Its replacement serves `from __feature__ import …` alone, which this program does not use. For that it reads and
    keeps the source of every module that is imported after Qt, so an import of `ui` takes half as long again.
    """
    replaced = getattr(builtins, "__feature_import__", None)
    if replaced is not None and builtins.__import__ is replaced:
        builtins.__import__ = vars(builtins)["__orig_import__"]
