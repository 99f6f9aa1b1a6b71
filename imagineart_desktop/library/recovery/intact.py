"""Whether an image's file is as it came into the library.

Other programs write files that open although a checksum or the last bytes are wrong. What was imported so is no damage,
as long as it has not changed since.
"""

from __future__ import annotations

from pathlib import Path

from imagineart_desktop.imaging import PictureError, is_whole
from imagineart_desktop.library.files.files import sha256_of_file
from imagineart_desktop.library.files.recipe import Recipe, read_recipe


def is_intact(path: Path, recipe: Recipe | None = None) -> bool:
    """Whether the file is complete, or the very bytes that were imported. recipe: None to read the file's own.

    Raises OSError where the file cannot be read.
    """
    if is_whole(path):
        return True
    if recipe is None:
        try:
            recipe = read_recipe(path)
        except PictureError:
            return False
    return recipe is not None and recipe.imported is not None and sha256_of_file(path) == recipe.imported.sha256
