"""Location of icons, fonts and sample photos, in a checkout, an installed wheel or a frozen build."""

from __future__ import annotations

import sys
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def resource_path(*parts: str) -> Path:
    """Return the path of a resource, e.g. resource_path("icons", "brush.svg"). Raises FileNotFoundError."""
    frozen = getattr(sys, "_MEIPASS", None)
    roots = [_PACKAGE / "_resources", _PACKAGE.parent / "resources"]
    if frozen is not None:
        roots.insert(0, Path(frozen) / "resources")
    for root in roots:
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(("resources", *parts)))
