"""Facts about imported images."""

from __future__ import annotations

from imagineart_desktop.library import Recipe
from imagineart_desktop.library.files.content_credentials import DIGITAL_SOURCE, SOURCE_TEXTS
from imagineart_desktop.workspace.fact import Fact

_MOST_FACTS = 12


def imported_facts(recipe: Recipe) -> list[Fact]:
    """Return facts about an imported image; empty for one that was made here."""
    imported = recipe.imported
    if imported is None:
        return []
    facts = [Fact("imported.file", "File", imported.name)]
    if imported.program:
        facts.append(Fact("imported.program", "Made with", imported.program))
    if imported.rejected:
        facts.append(Fact("imported.rating", "Rating in the file", "Rejected"))
    if "negative_prompt" in recipe.request:
        facts.append(Fact("negative_prompt", "Negative prompt", str(recipe.request["negative_prompt"])))
    settings = dict(imported.settings)
    if source := SOURCE_TEXTS.get(settings.pop(DIGITAL_SOURCE, "")):
        facts.append(Fact("imported.credentials", "Content credentials", source))
    named = [Fact(f"imported.setting.{name}", name, value) for name, value in settings.items()]
    return facts + named[:_MOST_FACTS]
