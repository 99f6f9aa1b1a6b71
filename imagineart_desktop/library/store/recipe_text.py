"""Parts of a stored recipe, for lists. Most recipes have none of them, and aren't worth parsing for that."""

from __future__ import annotations

from imagineart_desktop.library.files.recipe import Recipe
from imagineart_desktop.support.messages import Message


def findings_in(recipe: str) -> tuple[Message, ...]:
    """Return the findings of a recipe as it's stored in a row."""
    found = _parsed(recipe, '"findings":["')
    return () if found is None else found.findings


def spec_in(recipe: str) -> str | None:
    """Return the name of the model definition of a recipe as it's stored in a row."""
    found = _parsed(recipe, '"spec":"')
    return None if found is None else found.spec


def _parsed(recipe: str, sign: str) -> Recipe | None:
    if sign not in recipe:
        return None
    try:
        return Recipe.model_validate_json(recipe)
    except ValueError:
        # One damaged row must not hide the others.
        return None
