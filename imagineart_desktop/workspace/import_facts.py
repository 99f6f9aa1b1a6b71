"""Facts about imported images."""

from __future__ import annotations

from imagineart_desktop.library import Recipe
from imagineart_desktop.library.files.content_credentials import DIGITAL_SOURCE, SOURCE_TEXTS
from imagineart_desktop.workspace.fact import ImageFact

_MOST_FACTS = 12


def imported_facts(recipe: Recipe) -> list[ImageFact]:
    """Return facts about an imported image; empty for one that was made here."""
    imported = recipe.imported
    if imported is None:
        return []
    facts = [ImageFact("imported.file", "File", imported.name)]
    if imported.program:
        facts.append(ImageFact("imported.program", "Made with", imported.program))
    if imported.rejected:
        facts.append(ImageFact("imported.rating", "Rating in the file", "Rejected"))
    if recipe.request.get("negative_prompt"):
        facts.append(ImageFact("negative_prompt", "Negative prompt", str(recipe.request["negative_prompt"])))
    settings = dict(imported.settings)
    if source := SOURCE_TEXTS.get(settings.pop(DIGITAL_SOURCE, "")):
        facts.append(ImageFact("imported.credentials", "Content credentials", source))
    named = [ImageFact(f"imported.setting.{name}", name, value) for name, value in settings.items()]
    return facts + named[:_MOST_FACTS]
