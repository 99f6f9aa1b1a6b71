"""What is said of a picture that was imported."""

from __future__ import annotations

from imagineart_desktop.library import Recipe
from imagineart_desktop.library.content_credentials import DIGITAL_SOURCE, SOURCE_TEXTS

_MOST_FACTS = 12


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
    settings = dict(imported.settings)
    if source := SOURCE_TEXTS.get(settings.pop(DIGITAL_SOURCE, "")):
        facts.append(("Content credentials", source))
    return facts + list(settings.items())[:_MOST_FACTS]
