"""The recipe that `run` repeats: in a JSON file, in an image file, or of an image of the library."""

from __future__ import annotations

import json
from pathlib import Path

from imagineart_desktop.cli.arguments import InvalidArgumentError, UnknownImageError
from imagineart_desktop.imaging import UnreadablePictureError
from imagineart_desktop.library import Library, Recipe, read_recipe
from imagineart_desktop.library.files.recipe import MAX_RECIPE, RECIPE_VERSION, parse_recipe

_MAX_BYTES = 4 * MAX_RECIPE
"""Maximum size of a file with a recipe: “library show” indents it, and says more about the image."""


def read_recipe_file(path: Path) -> Recipe:
    """Return the recipe in a JSON file, also as `library show --json` prints it, or in an image file.

    Raises InvalidArgumentError.
    """
    try:
        if path.is_dir():
            raise InvalidArgumentError(f"“{path}” is a folder. Name a file with a recipe.")
        with path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
    except FileNotFoundError:
        raise InvalidArgumentError(f"“{path}” doesn’t exist.") from None
    except OSError as error:
        raise InvalidArgumentError(f"“{path}” cannot be read: {error.strerror}.") from None
    if not data.strip():
        raise InvalidArgumentError(f"“{path}” is empty.")
    if data.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] in (b"{", b"["):
        return _checked(_from_json(data, path), path)
    return _checked(_from_image(path), path)


async def recipe_of_image(library: Library, picture_id: int) -> Recipe:
    """Return the recipe of an image of the library. Raises InvalidArgumentError, LibraryError."""
    details = await library.details(picture_id)
    if details is None:
        raise UnknownImageError(picture_id)
    if details.summary.is_plain_import:
        raise InvalidArgumentError(f"Image {picture_id} was imported without a recipe, so it can’t be made again.")
    return _checked(details.recipe, details.summary.path)


def _from_image(path: Path) -> Recipe:
    try:
        found = read_recipe(path)
    except UnreadablePictureError as error:
        raise InvalidArgumentError(str(error)) from None
    if found is None:
        raise InvalidArgumentError(f"“{path}” holds no recipe of this program.")
    return found


def _from_json(data: bytes, path: Path) -> Recipe:
    if len(data) > _MAX_BYTES:
        raise InvalidArgumentError(f"“{path}” is too large for a recipe.")
    try:
        found = json.loads(data.decode("utf-8-sig"))
    except json.JSONDecodeError as error:
        raise InvalidArgumentError(f"“{path}” isn’t valid JSON: line {error.lineno}, column {error.colno}.") from None
    except UnicodeError:
        raise InvalidArgumentError(f"“{path}” isn’t text in UTF-8.") from None
    except (ValueError, RecursionError):
        raise InvalidArgumentError(f"“{path}” is no recipe.") from None
    if isinstance(found, list):
        raise InvalidArgumentError(f"“{path}” lists {len(found)} objects. Name a file with one recipe.")
    recipe = found.get("recipe", found)
    version = recipe.get("version") if isinstance(recipe, dict) else None
    if isinstance(version, int) and version > RECIPE_VERSION:
        raise _newer(path)
    parsed = parse_recipe(json.dumps(recipe))
    if parsed is None:
        raise InvalidArgumentError(f"“{path}” is no recipe. “library show ID --json” prints one.")
    return parsed


def _checked(recipe: Recipe, path: Path) -> Recipe:
    if recipe.version > RECIPE_VERSION:
        raise _newer(path)
    return recipe


def _newer(path: Path) -> InvalidArgumentError:
    return InvalidArgumentError(
        f"The recipe in “{path}” was written by a newer version of the program. Update the program to run it."
    )
