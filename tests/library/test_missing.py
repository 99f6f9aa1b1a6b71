"""Pictures with missing files: relinked, or removed, which can be undone."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.library import FileState, Library, LibraryError, PictureSummary, Query, import_pictures
from imagineart_desktop.library.maintenance.relink import relink, remove_missing, restore_removed
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def lost(library: Library, number: int, elsewhere: Path) -> PictureSummary:
    (picture,) = await library.summaries([number])
    elsewhere.parent.mkdir(parents=True, exist_ok=True)
    picture.path.rename(elsewhere)
    await library.reconcile()
    return picture


async def test_the_file_is_located_and_another_picture_is_refused(tmp_path: Path, photos: Path) -> None:
    library = Library(tmp_path / "library")
    await keep(library, recipe(1))
    await keep(library, recipe(2))
    (three,) = (await import_pictures(library, [photos / "rocket.jpg"])).added
    assert await library.search(Query(text="is:missing")) == []
    first = await lost(library, 1, tmp_path / "disk" / "moved.png")
    third = await lost(library, three, tmp_path / "disk" / "rocket.jpg")
    assert sorted(await library.search(Query(text="is:missing"))) == [1, three]
    (second,) = await library.summaries([2])
    for other in (second.path, tmp_path / "disk" / "rocket.jpg"):
        with pytest.raises(LibraryError, match="is a different image"):
            await relink(library, 1, other)
    await relink(library, 1, tmp_path / "disk" / "moved.png")
    await relink(library, three, tmp_path / "disk" / "rocket.jpg")
    assert first.path.is_file()
    assert third.path.read_bytes() == (photos / "rocket.jpg").read_bytes()
    assert (tmp_path / "disk" / "moved.png").is_file()
    assert await library.search(Query(text="is:missing")) == []
    assert (await library.reconcile()).noticed == ()
    library.close()


async def test_a_damaged_file_is_replaced_and_kept_aside(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    picture = await keep(library, recipe(1))
    whole = picture.path.read_bytes()
    (tmp_path / "good.png").write_bytes(whole)
    picture.path.write_bytes(whole[:-40])
    await library.reconcile()
    assert await library.search(Query(text="is:damaged")) == [1]
    await relink(library, 1, tmp_path / "good.png")
    (now,) = await library.summaries([1])
    assert (now.state, now.path.read_bytes()) == (FileState.OK, whole)
    (aside,) = (tmp_path / "library" / "kept-aside").rglob("*.png")
    assert aside.read_bytes() == whole[:-40]
    library.close()


async def test_a_picture_without_a_file_is_forgotten_and_remembered_with_all_that_was_said(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    for number in (1, 2):
        await keep(library, recipe(number))
    await library.annotations.rate([1], 4)
    await library.annotations.collect([1], await library.annotations.create_collection("Spring"))
    before = await library.details(1)
    picture = await lost(library, 1, tmp_path / "elsewhere.png")
    forgotten = await remove_missing(library, [1, 2])
    assert forgotten.numbers == (1,)
    assert await library.search(Query()) == [2]
    assert sum(line.cost for line in await library.spending()) == sum((recipe(1).cost, recipe(2).cost))
    await restore_removed(library, forgotten)
    (tmp_path / "elsewhere.png").rename(picture.path)
    await library.reconcile()
    assert await library.details(1) == before
    library.close()
