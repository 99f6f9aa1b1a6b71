"""Check of the environment's locale. One that the system doesn't have is replaced by the C locale."""

from __future__ import annotations

import locale
import os

_VARIABLES = ("LC_ALL", "LC_CTYPE", "LANG")
"""In order of precedence."""


def check_locale() -> str:
    """Return a sentence naming the variable whose locale the system doesn't have; empty if all is well.

    Changes the locale of the process for a moment, so call it before other threads exist.
    """
    name = next((one for one in _VARIABLES if os.environ.get(one)), "")
    before = locale.setlocale(locale.LC_CTYPE)
    try:
        locale.setlocale(locale.LC_CTYPE, os.environ.get(name, "") if name else "C")
    except (locale.Error, ValueError):
        return f"{name} is set to a locale that this system doesn’t have. It is ignored."
    finally:
        locale.setlocale(locale.LC_CTYPE, before)
    return ""
