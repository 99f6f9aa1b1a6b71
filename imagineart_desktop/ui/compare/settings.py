"""Row-by-row comparison of the settings that made several images."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from imagineart_desktop.imaging import SendMode
from imagineart_desktop.library import PictureDetails
from imagineart_desktop.models import FieldKind, is_source
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.workspace.fact import ImageFact

_NON_SETTING_FACTS = {"created", "took", "cost", "request"}
"""Ids of facts that always differ and aren't settings."""

_NONE = "—"


@dataclass(frozen=True, slots=True)
class SettingRow:
    """One setting. values: of each image, in order; differs: whether it's different in some of them."""

    name: str
    values: tuple[str, ...]
    differs: bool


def compare_settings(pictures: Sequence[PictureDetails]) -> list[SettingRow]:
    """Return all settings that any of the images has."""
    letters: dict[str, str] = {}
    columns = [{fact.id: fact for fact in _column(details, letters)} for details in pictures]
    labels = {fact.id: fact.label for column in columns for fact in column.values()}
    rows = []
    for name in sorted(labels, key=_NON_SETTING_FACTS.__contains__):
        values = tuple(column[name].value if name in column else _NONE for column in columns)
        rows.append(SettingRow(labels[name], values, name not in _NON_SETTING_FACTS and len(set(values)) > 1))
    return rows


def _column(details: PictureDetails, letters: dict[str, str]) -> list[ImageFact]:
    """Return the facts and settings of an image. If an id occurs more than once, the last one counts."""
    recipe = details.recipe
    width, height = details.summary.size
    column = [ImageFact("prompt", "Prompt", recipe.prompt or _NONE), *image_facts(details)]
    column.append(ImageFact("size", "Size", f"{width} × {height}"))
    masks = [parent.sha256 for parent in details.parents if parent.role == "mask"]
    sources = [parent.sha256 for parent in details.parents if is_source(parent.role)]
    styles = [parent.sha256 for parent in details.parents if parent.role == FieldKind.STYLE]
    if recipe.plan is not None:
        # The first that was sent is a part of the source, or the whole of it; the others are references.
        pictures = [p.sha256 for p in details.parents if p.role in (FieldKind.PICTURE, FieldKind.PICTURES)]
        sources, masks = [recipe.plan.source, *pictures[1:]], [recipe.plan.mask]
    columns = (("sources", "Made from", sources), ("mask", "Mask", masks), ("styles", "Style images", styles))
    for name, label, hashes in columns:
        if hashes:
            column.append(ImageFact(name, label, ", ".join(_letter(sha256, letters) for sha256 in hashes)))
    if recipe.plan is not None:
        settings = recipe.plan.settings
        sent = "Whole image" if settings.mode is SendMode.WHOLE else "Only masked area"
        column.append(ImageFact("sent", "Sent", sent))
        column.append(ImageFact("feather", "Feather", f"{settings.feather} px"))
        column.append(ImageFact("tone_match", "Tone match", "Yes" if settings.tone_match else "No"))
        if any(settings.margins):
            column.append(ImageFact("margins", "Extended by", ", ".join(map(str, settings.margins))))
    return column


def _letter(sha256: str, letters: dict[str, str]) -> str:
    """Return a letter for a hash, the same for the same bytes: A, B, C …"""
    return letters.setdefault(sha256, chr(ord("A") + len(letters) % 26))
