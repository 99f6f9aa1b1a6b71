"""An image keeps the names of its settings when its model is no longer offered."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from imagineart_desktop.library import Library, PictureDetails, PictureSummary, Query, sha256_of
from imagineart_desktop.library.files.recipe import parse_recipe
from imagineart_desktop.library.maintenance.integrity_check import check_library
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.transfer.importing import import_pictures
from imagineart_desktop.models import IMAGINEART_20, ModelSpec, setting_texts, spec_to_json
from imagineart_desktop.workspace.library_texts import check_text
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio

GONE = ModelSpec.model_validate(
    {**IMAGINEART_20.model_dump(), "endpoint": "somebody/gone", "label": "Gone 1.0", "short_label": "Gone"}
)
"""A model that no version of the program offers."""


async def keep_gone(library: Library, *, spec: str | None = None) -> PictureSummary:
    """Store an image that was made with the model. spec: instead of the name of its definition."""
    named = spec or library.specs.keep(GONE)
    request = {"prompt": "a lake", "aspect_ratio": "4:1", "resolution": "1K", "seed": 1}
    return await keep(library, recipe(1, endpoint=GONE.endpoint, spec=named, request=request))


async def details_of(library: Library, number: int) -> PictureDetails:
    details = await library.details(number)
    assert details is not None
    return details


async def test_an_image_is_described_by_the_definition_that_it_was_made_with(tmp_path: Path) -> None:
    library = Library(tmp_path)
    kept = await keep_gone(library)
    assert (kept.model, kept.model_label) == (GONE, "Gone 1.0")
    details = await details_of(library, kept.id)
    assert [(one.field, one.label, one.text) for one in setting_texts(GONE, details.recipe.request)] == [
        ("aspect_ratio", "Aspect ratio", "4:1"),
        ("resolution", "Resolution", "1K"),
    ]
    # Its name is found by a search, and stays after a rebuild.
    assert await library.search(Query(text='model:"Gone 1.0"')) == [kept.id]
    await rebuild(library)
    assert await library.search(Query(text='model:"Gone 1.0"')) == [kept.id]
    assert (await library.summaries([kept.id]))[0].model == GONE
    library.close()


@pytest.mark.parametrize(
    ("spec", "data", "told"),
    [
        ("0" * 64, None, "The model definition stored with it is missing. Restore the library from a backup."),
        (None, "{", "The model definition stored with it is damaged. Restore the library from a backup."),
    ],
)
async def test_what_prevents_that_is_said(tmp_path: Path, spec: str | None, data: str | None, told: str) -> None:
    library = Library(tmp_path)
    kept = await keep_gone(library, spec=spec)
    if data is not None:
        (path,) = (tmp_path / "models").iterdir()
        path.write_text(data)
    details = await details_of(library, kept.id)
    assert (details.summary.model, details.summary.model_label) == (None, GONE.endpoint)
    assert details.model_problem == told
    library.close()


async def test_a_check_of_the_library_names_damaged_definitions(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep_gone(library)
    assert (await check_library(library)).definitions == ()
    newer = json.dumps({**json.loads(spec_to_json(GONE)), "format": 2}).encode()
    library.files.spec(sha256_of(newer)).write_bytes(newer)
    library.files.spec("0" * 64).write_text("{}")
    health = await check_library(library)
    name = f"models/{'0' * 64}.json"
    assert (health.definitions, health.files) == ((name,), (f"{name}: damaged",))
    assert check_text(health) == ("caution", "1 model definition is damaged. Restore from a backup.")
    library.close()


async def test_an_image_from_another_library_uses_the_definition_if_it_is_here(tmp_path: Path) -> None:
    there, here = Library(tmp_path / "there"), Library(tmp_path / "here")
    kept = await keep_gone(there)
    await import_pictures(here, [kept.path])
    (number,) = await here.search(Query())
    details = await details_of(here, number)
    assert (details.summary.model, details.recipe.spec) == (None, there.specs.keep(GONE))
    here.specs.keep(GONE)
    assert (await details_of(here, number)).summary.model == GONE
    there.close()
    here.close()


async def test_a_recipe_names_no_other_file() -> None:
    for spec in ("../../keys", "A" * 64, ""):
        read = parse_recipe(recipe(1, spec=spec).model_dump_json())
        assert read is not None
        assert read.spec is None
