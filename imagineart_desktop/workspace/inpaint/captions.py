"""Text that describes how a result was made: prompt, style, seed, and any findings."""

from __future__ import annotations

from imagineart_desktop.library import Recipe
from imagineart_desktop.models import option_text

_STYLE = "style"


def recipe_line(recipe: Recipe) -> str:
    """Return one line, starting with the seed: it tells variations apart."""
    seed = f"Seed {recipe.seed}" if recipe.seed is not None else ""
    return " · ".join(part for part in (seed, _style(recipe), recipe.prompt) if part)


def recipe_tooltip(recipe: Recipe) -> str:
    """Return all details in several lines."""
    facts = " · ".join(
        part for part in (_style(recipe), f"Seed {recipe.seed}" if recipe.seed is not None else "") if part
    )
    return "\n".join(part for part in (recipe.prompt, facts, *map(str, recipe.findings)) if part)


def _style(recipe: Recipe) -> str:
    return option_text(str(recipe.request.get(_STYLE) or ""))
