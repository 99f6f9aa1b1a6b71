"""The page with the figures, for people."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

_HEAD = """# Performance

Written by `python3 packaging/dev.py bench`. Each figure stands beside a floor that was measured in the same run; the
ratio is what counts, the milliseconds are this machine's. Nothing here is asserted by a test.

"""

_TITLES = {
    "canvas": "The canvas",
    "mask": "The mask",
    "large": "One huge picture",
    "peers": "Beside napari",
    "round-trip": "The inpaint round trip",
    "gallery": "The gallery",
    "import": "Import",
    "loupe": "The loupe",
    "start": "The start",
    "queue": "The queue",
    "batches": "Batches",
}


def page(measured: Mapping[str, Sequence[dict[str, Any]]], machine: str, before: str) -> str:
    """Return the page as Markdown.

    measured: figures by section, on this machine; sections that weren't measured are kept from the previous page.
    """
    kept = {part.partition("\n")[0]: part.partition("\n")[2].strip() for part in before.split("\n## ")[1:]}
    parts = [_HEAD]
    for name, title in _TITLES.items():
        if name in measured:
            parts.append(f"## {title}\n\n{_table(measured[name])}\n{machine}\n\n")
        elif title in kept:
            parts.append(f"## {title}\n\n{kept[title]}\n\n")
    return "".join(parts).rstrip() + "\n"


def _table(figures: Sequence[dict[str, Any]]) -> str:
    rows = ["| figure | measured | floor | ratio | goal | |", "|---|---:|---:|---:|---|---|"]
    for one in figures:
        goals = []
        if one["most"] is not None:
            goals.append(f"≤ {one['most']:g} {one['unit']}")
        if one["least"] is not None:
            goals.append(f"≥ {one['least']:g} ×")
        if one["goal"] is not None:
            goals.append(f"≤ {one['goal']:g} ×")
        beside = f" ({one['beside']})" if one["beside"] else ""
        shown = f"{_number(one['value'])} {one['unit']}", f"{_number(one['floor'])} {one['unit']}"
        mark = "✓" if one["met"] else "missed"
        rows.append(
            f"| {one['name']} | {shown[0]} | {shown[1]}{beside} | {one['ratio']:g} × | {', '.join(goals)} | {mark} |"
        )
    return "\n".join(rows) + "\n"


def _number(value: float) -> str:
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.3f}"
