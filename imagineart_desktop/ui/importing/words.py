"""What is said of an import, and of a picture that was imported."""

from __future__ import annotations

from imagineart_desktop.library import ImportReport, Recipe
from imagineart_desktop.ui.exporting.words import pictures

_MOST_FACTS = 12


def sentence_of(report: ImportReport) -> str:
    """How much came in, with recipes or without, and what was there already."""
    parts = []
    if report.added:
        recipes = report.with_recipe
        how = "" if not recipes else ", with its recipe" if len(report.added) == 1 else f", {recipes} with a recipe"
        parts.append(f"{pictures(len(report.added))} imported{how}.")
    if report.known:
        there = "was" if len(report.known) == 1 else "were"
        parts.append(f"{pictures(len(report.known))} {there} here already.")
    if report.restored:
        there = "was missing and is" if len(report.restored) == 1 else "were missing and are"
        parts.append(f"{pictures(len(report.restored))} {there} back.")
    if not parts:
        parts.append("Nothing was imported." if report.failed or report.problem else "There was no picture to import.")
    if report.failed:
        files = "1 file" if len(report.failed) == 1 else f"{len(report.failed)} files"
        parts.append(f"{files} could not be imported.")
    if report.stopped:
        parts.append("Cancelled before the rest.")
    return " ".join(parts)


def imported_facts(recipe: Recipe) -> list[tuple[str, str]]:
    """Name and value of what is known of an imported picture; empty for one that was made here."""
    imported = recipe.imported
    if imported is None:
        return []
    facts = [("File", imported.name)]
    if imported.program:
        facts.append(("Made with", imported.program))
    if "negative_prompt" in recipe.request:
        facts.append(("Negative prompt", str(recipe.request["negative_prompt"])))
    return facts + list(imported.settings.items())[:_MOST_FACTS]
