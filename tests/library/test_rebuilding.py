"""Rebuilding a library from its files."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from imagineart_desktop.library import FileState, Library, Parent, Query
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.recovery.restore import restore_backup
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def stocked(root: Path) -> Library:
    library = Library(root)
    await keep(library, recipe(1, "first"))
    await keep(library, recipe(2, "gone"))
    await library.database.write(lambda c: c.execute("DELETE FROM pictures WHERE id = 2").close())
    (root / "pictures" / "2026-11").joinpath("20261120-120200-000000000000-0.png").unlink()
    await keep(library, recipe(3, "third", parents=(Parent(role="pictures", sha256="0" * 64, picture_id=1),)))
    await library.annotations.rate([3], 5)
    await library.annotations.collect([1], await library.annotations.create_collection("Spring"))
    await library.trash.put([1])
    Image.new("RGB", (40, 30), "green").save(root / "pictures" / "2026-11" / "plain.jpg")
    return library


async def test_a_library_in_use_is_rebuilt_and_says_what_had_no_recipe(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    before = await library.details(3)
    done = await rebuild(library)
    assert done.aside is not None
    assert (done.pictures, done.sources) == (3, 1)
    assert await library.details(3) == before
    assert await library.search(Query(trash=True)) == [1]
    first = await library.details(1)
    assert first is not None
    assert first.children == (3,)
    assert [(c.name, c.pictures) for c in await library.annotations.collections()] == [("Spring", 0)]
    assert await library.search(Query(text="third rating:5")) == [3]
    assert len(await library.search(Query(text="kind:import"))) == 1
    await restore_backup(library, done.aside)
    assert await library.details(3) == before
    library.close()


async def test_a_lost_database_comes_back_with_pictures_that_have_no_recipe(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    library.close()
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path)
    await library.start()
    assert library.rebuilt is not None
    assert (len(library.rebuilt.added), library.rebuilt.sources) == (3, 1)
    library.close()


async def test_a_damaged_image_of_a_lost_database_is_there_as_damaged(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1))
    summary = (await library.summaries([1]))[0]
    library.close()
    # The middle of the pixels: header and recipe remain readable.
    data = bytearray(summary.path.read_bytes())
    place = data.index(b"IDAT") + 8
    data[place] ^= 0xFF
    summary.path.write_bytes(bytes(data))
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path)
    await library.start()
    (number,) = await library.search(Query())
    assert (await library.summaries([number]))[0].state is FileState.DAMAGED
    library.close()
