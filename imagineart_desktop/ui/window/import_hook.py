"""Removes PySide6's import hook."""

from __future__ import annotations

import builtins

# Installs the hook, so that there is one to remove.
import PySide6.QtCore  # noqa: F401


def remove_import_hook() -> None:
    """Restore Python's own `__import__`, which PySide6 replaces and keeps in `builtins.__orig_import__`.

    The replacement only serves `from __feature__ import …`, which this program doesn't use. For that it reads and keeps
    the source of every module that's imported after Qt, so that importing `ui` takes half as long again.
    """
    replaced = getattr(builtins, "__feature_import__", None)
    if replaced is not None and builtins.__import__ is replaced:
        builtins.__import__ = vars(builtins)["__orig_import__"]
