"""Ratings, labels, tags, notes and collections: changed in bulk, undone, and restored after a rebuild."""

from __future__ import annotations

import asyncio
import sqlite3
from functools import partial
from pathlib import Path

import pytest

from imagineart_desktop.library import Label, Library, LibraryError, PictureDetails, Query
from imagineart_desktop.library.recovery import empty_trash
from imagineart_desktop.library.store.marks import Marks
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def stocked(root: Path, count: int = 4) -> Library:
    library = Library(root)
    for number in range(1, count + 1):
        await keep(library, recipe(number, f"picture {number}"))
    return library


async def marks(library: Library) -> dict[int, Marks]:
    return dict(await library.annotations.marks(range(1, 9)))


async def test_a_bulk_change_is_undone_and_made_again(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    organise = library.annotations
    await organise.tag([1], ["kept"])
    await organise.rate([2], 2)
    start = await marks(library)
    told: list[tuple[int, ...]] = []
    library.subscribe(lambda change: told.append(change.pictures))
    for change in (
        organise.rate([1, 2, 3], 5),
        organise.tag([1, 2, 3, 4], ["Kept", "new  one", " "]),
        organise.set_label([3, 4], Label.BLUE),
        organise.set_favourite([1, 4], True),
        organise.set_note(2, "a note"),
    ):
        before = await change
        changed = await marks(library)
        assert changed != start
        assert told[-1] == before.numbers
        again = await organise.put_back(before)
        assert await marks(library) == start
        await organise.put_back(again)
        assert await marks(library) == changed
        await organise.put_back(before)
    assert (await organise.tag([1], ["KEPT"])).numbers == ()
    library.close()


async def test_tags_are_counted_and_differ_not_in_capitals_alone(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    await library.annotations.tag([1, 2, 3], ["Cup"])
    await library.annotations.tag([4], ["cup", "blue"])
    assert await library.annotations.tags() == [("Cup", 4), ("blue", 1)]
    await library.annotations.untag([4], ["CUP"])
    assert await library.annotations.tags() == [("Cup", 3), ("blue", 1)]
    assert await library.search(Query(text="blue")) == [4]
    library.close()


async def test_collections_hold_pictures_and_one_level_of_collections(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    organise = library.annotations
    spring = await organise.create_collection("Spring")
    posters = await organise.create_collection("Posters", spring)
    await organise.collect([1, 2], posters)
    before = await organise.collect([2, 3], spring)
    assert [(c.name, c.pictures) for c in await organise.collections()] == [("Spring", 2), ("Posters", 2)]
    assert sorted(await library.search(Query(collection=spring))) == [1, 2, 3]
    assert await library.search(Query(collection=posters)) == [2, 1]
    await organise.put_back(before)
    assert sorted(await library.search(Query(collection=spring))) == [1, 2]
    for name, parent in (("spring", None), ("Deep", posters), ("", None)):
        with pytest.raises(LibraryError):
            await organise.create_collection(name, parent)
    await organise.rename_collection(spring, "Summer")
    await organise.discard([1], posters)
    await organise.remove_collection(spring)
    assert await organise.collections() == []
    assert len(await library.search(Query())) == 4
    library.close()


async def test_searches_are_kept(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    await library.annotations.save_search("Best", "rating:>=4")
    await library.annotations.save_search("best", "rating:5")
    assert [(s.name, s.query) for s in await library.annotations.saved_searches()] == [("best", "rating:5")]
    await library.annotations.rename_search("best", "Best")
    await library.annotations.save_search("Cups", "cup")
    with pytest.raises(LibraryError, match="already"):
        await library.annotations.rename_search("Best", "cups")
    searches = await library.annotations.saved_searches()
    assert [(s.name, s.query) for s in searches] == [("Best", "rating:5"), ("Cups", "cup")]
    await library.annotations.delete_search("BEST")
    await library.annotations.delete_search("Cups")
    assert await library.annotations.saved_searches() == []
    library.close()


async def test_order_is_there_again_after_a_rebuild(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    organise = library.annotations
    spring = await organise.create_collection("Spring")
    posters = await organise.create_collection("Posters", spring)
    await organise.rate([2], 3)
    await organise.rate([2], 5)
    await organise.tag([2, 3], ["ünïcode"])
    await organise.set_label([3], Label.RED)
    await organise.set_note(4, "line\nbreak")
    await organise.collect([1], posters)
    await organise.rename_collection(posters, "Big posters")
    before = {details.recipe.job_id: details.marks for details in await _all(library)}
    library.close()
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    (tmp_path / "library.sqlite").write_bytes(b"no database" * 100)
    library = Library(tmp_path)
    await library.start()
    after = {details.recipe.job_id: details.marks for details in await _all(library)}
    assert {job: m.rating for job, m in after.items()} == {job: m.rating for job, m in before.items()}
    assert {job: (m.label, m.note, m.tags) for job, m in after.items()} == {
        job: (m.label, m.note, m.tags) for job, m in before.items()
    }
    assert [c.name for c in await library.annotations.collections()] == ["Spring", "Big posters"]
    assert len(await library.search(Query(text='collection:"Big posters"'))) == 1
    library.close()


async def _all(library: Library) -> list[PictureDetails]:
    found = [await library.details(number) for number in await library.search(Query())]
    return [details for details in found if details is not None]


async def test_a_journal_that_was_tampered_with_breaks_nothing(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    await library.annotations.rate([1], 3)
    with library.files.journal.open("a", encoding="utf-8") as file:
        file.write('{"job": 1}\nnot json\n[]\n{"job":"x","position":0,"rating":"many"}\n')
    assert await library.annotations.remember() == 0
    library.close()


async def test_undo_takes_back_its_own_change_alone(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    organise = library.annotations
    rated = await organise.rate([1, 2], 4)
    tagged = await organise.tag([1], ["a", "b"])
    await organise.set_favourite([1], True)
    await organise.tag([1], ["c"])
    await organise.put_back(rated)
    assert (await marks(library))[1] == Marks(favourite=True, tags=("a", "b", "c"))
    await organise.put_back(tagged)
    assert (await marks(library))[1] == Marks(favourite=True, tags=("c",))
    library.close()


async def test_a_number_is_never_used_for_another_picture(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(empty_trash, "send2trash", lambda path: path.unlink())
    library = await stocked(tmp_path)
    await library.trash.put([4])
    await library.trash.empty()
    library.close()
    library = Library(tmp_path)
    assert (await keep(library, recipe(5))).id == 5
    library.close()


async def test_an_image_restored_while_the_trash_is_emptied_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = await stocked(tmp_path)
    loop = asyncio.get_running_loop()

    def system_trash(path: Path) -> None:
        asyncio.run_coroutine_threadsafe(library.database.write(partial(move_file, number=3)), loop).result()
        path.unlink()

    def move_file(connection: sqlite3.Connection, number: int) -> None:
        connection.execute("UPDATE pictures SET trashed_ms = NULL WHERE id = ?", (number,))

    monkeypatch.setattr(empty_trash, "send2trash", system_trash)
    await library.trash.put([2, 3])
    assert await library.trash.empty() == 1
    assert [number for number in (1, 2, 3, 4) if await library.details(number)] == [1, 3, 4]
    library.close()


async def test_a_database_that_was_deleted_is_made_anew_with_all_that_was_said(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    outer = await library.annotations.create_collection("Outer")
    inner = await library.annotations.create_collection("Inner", outer)
    await library.annotations.create_collection("Empty")
    await library.annotations.collect([1], inner)
    await library.annotations.rename_collection(outer, "Renamed")
    await library.annotations.save_search("Cups", "cup")
    await library.annotations.set_note(2, "one\u2028two\x85three")
    await library.thumbnail((await library.summaries([1]))[0], 64)
    library.close()
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path)
    await library.start()
    assert [c.name for c in await library.annotations.collections()] == ["Empty", "Renamed", "Inner"]
    assert [s.name for s in await library.annotations.saved_searches()] == ["Cups"]
    assert len(await library.search(Query(text="collection:renamed"))) == 1
    assert len(await library.search(Query(text="note:two"))) == 1
    assert list((tmp_path / "thumbnails").rglob("*.jpg")) == []
    library.close()
