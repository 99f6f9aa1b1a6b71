"""Check for whether an image file is undamaged since it entered the library.

Other programs write files that open although a checksum or the last bytes are wrong. If such a file was imported,
it doesn't count as damaged as long as it hasn't changed since.
"""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.imaging import PictureError, is_complete
from imagineart_desktop.library.files.files import sha256_of_file
from imagineart_desktop.library.files.recipe import Recipe, read_recipe


def is_intact(path: Path, recipe: Recipe | None = None) -> bool:
    """Return whether the file is complete, or has exactly the bytes that were imported.

    recipe: None to read it from the file. Raises OSError if the file can't be read.
    """
    if is_complete(path):
        return True
    if recipe is None:
        try:
            recipe = read_recipe(path)
        except PictureError:
            return False
    return recipe is not None and recipe.imported is not None and sha256_of_file(path) == recipe.imported.sha256
