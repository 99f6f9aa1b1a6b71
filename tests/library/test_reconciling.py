"""Changes that other programs make to the library's files are detected and reported."""

from __future__ import annotations

import asyncio
import os
from pathlib import Path

import pytest
from PIL import Image

from imagineart_desktop.imaging import PictureError, make_thumbnail
from imagineart_desktop.library import FileState, Library, LibraryChange, PictureSummary, Query
from imagineart_desktop.library.store import thumbnails
from tests.library.legacy_libraries import make_earlier
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def stocked(root: Path, count: int = 3) -> Library:
    library = Library(root)
    for number in range(1, count + 1):
        await keep(library, recipe(number, f"picture {number}"))
    return library


async def one(library: Library, number: int) -> PictureSummary:
    (found,) = await library.summaries([number])
    return found


async def test_a_picture_that_another_program_wrote_over_is_shown_anew_and_says_so(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    picture = await one(library, 2)
    before = await library.thumbnail(picture, 64)
    assert (await library.reconcile()).noticed == ()
    told: list[LibraryChange] = []
    library.subscribe(told.append)
    Image.new("RGB", (300, 200), "red").save(picture.path)
    found = await library.rescan_folder(picture.path.parent)
    assert (found.changed, found.added, found.lost) == ((2,), (), ())
    assert told == [LibraryChange((2,), reordered=False, pixels_changed=True)]
    now = await one(library, 2)
    assert (now.size, now.state) == ((300, 200), FileState.CHANGED)
    assert await library.thumbnail(now, 64) != before
    assert (await library.rescan_folder(picture.path.parent)).noticed == ()
    library.close()


async def test_a_file_that_is_cut_off_is_damaged_and_one_that_is_gone_is_missing(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    first, second = await library.summaries([1, 2])
    whole = first.path.read_bytes()
    first.path.write_bytes(whole[:-40])
    second.path.unlink()
    await library.rescan_folder(first.path.parent)
    assert [p.state for p in await library.summaries([1, 2])] == [FileState.DAMAGED, FileState.MISSING]
    first.path.write_bytes(whole)
    await library.rescan_folder(first.path.parent)
    assert (await one(library, 1)).state in (FileState.OK, FileState.CHANGED)
    library.close()


async def test_a_file_that_does_not_decode_is_found_to_be_damaged_when_it_is_shown(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    picture = await one(library, 1)
    picture.path.write_bytes(picture.path.read_bytes()[:-40])
    with pytest.raises(PictureError):
        await library.thumbnail(picture, 64)
    assert (await one(library, 1)).state is FileState.DAMAGED
    library.close()


async def test_files_that_were_only_copied_about_are_not_called_changed(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    for picture in await library.summaries([1, 2, 3]):
        os.utime(picture.path, ns=(1, 1))
    found = await library.reconcile()
    assert (found.changed, len(found.noticed)) == ((), 3)
    assert {p.state for p in await library.summaries([1, 2, 3])} == {FileState.OK}
    library.close()


async def test_a_new_file_below_the_pictures_is_taken_in_once(tmp_path: Path) -> None:
    library = await stocked(tmp_path, 1)
    folder = tmp_path / "pictures" / "2026-11" / "from a friend"
    folder.mkdir()
    Image.new("RGB", (50, 40), "blue").save(folder / "photo.jpg")
    (folder / "notes.txt").write_text("no picture")
    (await one(library, 1)).path.with_name("the same again.png").write_bytes((await one(library, 1)).path.read_bytes())
    found = await library.rescan_folder(folder)
    (number,) = found.added
    details = await library.details(number)
    assert details is not None
    assert details.summary.path == folder / "photo.jpg"
    assert (found.sources, details.recipe.imported is not None) == (1, True)
    assert (await library.rescan_folder(folder)).added == ()
    assert len(await library.search(Query())) == 2
    library.close()


async def test_a_changed_copy_beside_a_picture_is_a_picture_of_its_own(tmp_path: Path) -> None:
    library = await stocked(tmp_path, 1)
    picture = await one(library, 1)
    with Image.open(picture.path) as image:
        image.load()
        image.rotate(90, expand=True).save(picture.path.with_name("turned.png"))
    assert len((await library.reconcile()).added) == 1
    assert (await one(library, 1)).path == picture.path
    library.close()


async def test_a_library_of_an_earlier_version_is_not_taken_for_changed(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    library.close()
    make_earlier(tmp_path / "library.sqlite", 7)
    library = Library(tmp_path)
    await library.start()
    assert (await library.reconcile()).noticed == ()
    picture = await one(library, 1)
    os.utime(picture.path, ns=(5, 5))
    assert (await library.reconcile()).noticed == (1,)
    library.close()


async def test_an_older_database_put_back_by_hand_shows_no_thumbnail_of_another_picture(tmp_path: Path) -> None:
    root = tmp_path / "library"
    library = await stocked(root, 1)
    library.close()
    older = (root / "library.sqlite").read_bytes()
    library = Library(root)
    blue = await keep(library, recipe(200))
    before = await library.thumbnail(blue, 256)
    library.close()
    blue.path.unlink()
    (root / "library.sqlite").write_bytes(older)
    library = Library(root)
    red = await keep(library, recipe(3))
    assert red.id == blue.id
    assert await library.thumbnail(red, 256) != before
    library.close()


async def test_both_sizes_of_a_thumbnail_take_one_decode(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = await stocked(tmp_path, 1)
    decoded: list[object] = []

    def counted(source: Path | bytes, edge: int) -> bytes:
        decoded.append(source)
        return make_thumbnail(source, edge)

    monkeypatch.setattr(thumbnails, "make_thumbnail", counted)
    picture = await one(library, 1)
    await asyncio.gather(*(library.thumbnail(picture, edge) for edge in (256, 512, 256)))
    assert decoded.count(picture.path) == 1
    library.close()
