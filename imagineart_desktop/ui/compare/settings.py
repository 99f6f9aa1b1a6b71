"""What made several pictures, row by row, and in which rows they differ."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagineart_desktop.imaging import Mode
from imagineart_desktop.library import PictureDetails
from imagineart_desktop.ui.gallery.facts import facts_of

_NO_SETTINGS = {"Created", "Took", "Cost", "Request"}
"""Facts that are never the same, and that nobody set."""

_NONE = "—"


@dataclass(frozen=True, slots=True)
class Row:
    """One setting. values: of each picture, in order; differs: whether it was set otherwise in some of them."""

    name: str
    values: tuple[str, ...]
    differs: bool


def settings_of(pictures: Sequence[PictureDetails]) -> list[Row]:
    """All settings that any of the pictures has."""
    letters: dict[str, str] = {}
    columns = [_column(details, letters) for details in pictures]
    names = list(dict.fromkeys(name for column in columns for name in column))
    rows = []
    for name in names:
        values = tuple(column.get(name, _NONE) for column in columns)
        rows.append(Row(name, values, name not in _NO_SETTINGS and len(set(values)) > 1))
    return sorted(rows, key=lambda row: row.name in _NO_SETTINGS)


def _column(details: PictureDetails, letters: dict[str, str]) -> dict[str, str]:
    recipe = details.recipe
    column = {"Prompt": recipe.prompt or _NONE} | dict(facts_of(details))
    width, height = details.summary.size
    column["Size"] = f"{width} × {height}"
    sources = [recipe.plan.source] if recipe.plan is not None else []
    sources += [parent.sha256 for parent in details.parents if parent.role != "mask" and recipe.plan is None]
    masks = [parent.sha256 for parent in details.parents if parent.role == "mask"]
    for name, hashes in (("Made from", sources), ("Mask", [recipe.plan.mask] if recipe.plan is not None else masks)):
        if hashes:
            column[name] = ", ".join(_letter(sha256, letters) for sha256 in hashes)
    if recipe.plan is not None:
        trip = recipe.plan.trip
        column["Sent"] = "whole image" if trip.mode is Mode.WHOLE else "only the masked area"
        column["Feather"] = f"{trip.feather} px"
        column["Tone match"] = "yes" if trip.tone_match else "no"
        if any(trip.margins):
            column["Extended by"] = ", ".join(map(str, trip.margins))
    return column


def _letter(sha256: str, letters: dict[str, str]) -> str:
    """The same letter for the same bytes: A, B, C …"""
    return letters.setdefault(sha256, chr(ord("A") + len(letters) % 26))
