"""The library with real files and a real database: stored pictures are found again, even from their files alone."""

from __future__ import annotations

import asyncio
import errno
import io
import os
import shutil
import sqlite3
import sys
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.imaging import PictureError
from imagineart_desktop.library import (
    DatabaseTooNewError,
    Library,
    LibraryError,
    LibraryInUseError,
    Parent,
    PictureSummary,
    Query,
    Recipe,
    SortOrder,
    read_recipe,
)
from imagineart_desktop.library.store import thumbnails
from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IMAGINEART_20
from tests.waiting import until

pytestmark = pytest.mark.asyncio

START = datetime(2026, 11, 20, 12, tzinfo=UTC)


def plain_exif() -> bytes:
    exif = Image.Exif()
    exif[0x0131] = "somebody's camera"
    return exif.tobytes()


def recipe(number: int, prompt: str = "a lake", **changes: Any) -> Recipe:
    return Recipe(
        endpoint=IMAGINEART_20.endpoint,
        request={"prompt": prompt, "aspect_ratio": "1:1"},
        seed=number,
        cost=Decimal("0.05"),
        job_id=f"{number:032x}",
        created_at=START + timedelta(minutes=number),
    ).model_copy(update=changes)


async def keep(library: Library, made: Recipe, kind: str = "PNG", **options: Any) -> PictureSummary:
    source = library.files.incoming(made.job_id)
    Image.new("RGB", (64, 48), ((made.seed or 0) % 256, 90, 120)).save(source, kind, **options)
    return await library.store_result(source, made)


@pytest.mark.parametrize(
    ("kind", "options"),
    [
        ("PNG", {}),
        ("JPEG", {"quality": 95}),
        ("WEBP", {"xmp": b"<x:xmpmeta/>"}),
        ("WEBP", {"exif": plain_exif()}),
        ("GIF", {}),
        ("WEBP", {}),
    ],
)
async def test_the_recipe_travels_inside_the_file_and_no_pixel_changes(
    tmp_path: Path, kind: str, options: dict[str, Any]
) -> None:
    library = Library(tmp_path)
    made = recipe(1, 'quotes " <tags> & ünïcode 🦊')
    plain = io.BytesIO()
    Image.new("RGB", (64, 48), (1, 90, 120)).save(plain, kind, **options)
    kept = await keep(library, made, kind, **options)
    with Image.open(kept.path) as image, Image.open(plain) as original:
        assert np.array_equal(np.asarray(image.convert("RGB")), np.asarray(original.convert("RGB")))
    beside = kept.path.with_suffix(f"{kept.path.suffix}.json")
    found = Recipe.model_validate_json(beside.read_bytes()) if beside.exists() else read_recipe(kept.path)
    assert found == made
    library.close()


async def test_pictures_are_found_again_after_a_restart(tmp_path: Path) -> None:
    library = Library(tmp_path)
    for number, prompt in enumerate(("a red cup", "a blue cup", "Kraków by night"), start=1):
        await keep(library, recipe(number, prompt))
    library.close()
    library = Library(tmp_path)
    assert await library.search(Query()) == [3, 2, 1]
    assert await library.search(Query(order=SortOrder.OLDEST)) == [1, 2, 3]
    assert await library.search(Query(text="cu bl")) == [2]
    assert await library.search(Query(text="krakow")) == [3]
    assert await library.search(Query(text="imagineart")) == [3, 2, 1]
    assert await library.search(Query(endpoint=IDEOGRAM_V2_EDIT.endpoint)) == []
    assert await library.search(Query(since=START + timedelta(minutes=2, seconds=30))) == [3]
    for odd in ('"', "AND", "NEAR(", "*", "a OR b", "'; DROP TABLE pictures"):
        await library.search(Query(text=odd))
    library.close()


async def test_keeping_twice_leaves_one_picture(tmp_path: Path) -> None:
    library = Library(tmp_path)
    first, second = await keep(library, recipe(1)), await keep(library, recipe(1))
    assert first == second
    assert (await library.counts()).all == 1
    assert len(list((tmp_path / "pictures").rglob("*.png"))) == 1
    library.close()


async def test_what_is_no_picture_is_not_kept(tmp_path: Path) -> None:
    library = Library(tmp_path)
    source = library.files.incoming("x")
    source.write_bytes(b"<html>error</html>")
    with pytest.raises(PictureError):
        await library.store_result(source, recipe(1))
    assert await library.search(Query()) == []
    library.close()


async def test_favourites_trash_and_restore(tmp_path: Path) -> None:
    library = Library(tmp_path)
    changes: list[tuple[int, ...]] = []
    library.subscribe(lambda change: changes.append(change.pictures))
    kept = [await keep(library, recipe(number)) for number in (1, 2)]
    await library.annotations.set_favourite([1], True)
    assert await library.search(Query(favourite=True)) == [1]
    await library.trash.put([1])
    assert await library.search(Query()) == [2]
    assert await library.search(Query(trash=True)) == [1]
    assert not kept[0].path.exists()
    jobs = [recipe(1).job_id, recipe(2).job_id, "unknown"]
    assert await library.results_of(jobs) == {(jobs[1], 0): 2}
    await library.trash.restore([1])
    assert kept[0].path.exists()
    assert await library.results_of(jobs) == {(jobs[0], 0): 1, (jobs[1], 0): 2}
    counts = await library.counts()
    assert (counts.all, counts.favourites, counts.trash) == (2, 1, 0)
    assert changes == [(1,), (2,), (1,), (1,), (1,)]
    library.close()


async def test_lineage_goes_both_ways(tmp_path: Path, photos: Path) -> None:
    library = Library(tmp_path)
    parent = await keep(library, recipe(1))
    kept = await library.inputs.keep(parent.path.read_bytes())
    outside = await library.inputs.keep((photos / "rocket.jpg").read_bytes())
    parents = (
        Parent(role="pictures", sha256=kept.sha256, picture_id=parent.id),
        Parent(role="pictures", sha256=outside.sha256),
    )
    child = await keep(library, recipe(2, parents=parents))
    details = await library.details(child.id)
    assert details is not None
    assert [found.picture_id for found in details.parents] == [parent.id, None]
    assert details.parents[1].path == outside.path
    of_parent = await library.details(parent.id)
    assert of_parent is not None
    assert of_parent.children == (child.id,)
    library.close()


async def test_spending_counts_real_pictures_only(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1))
    await keep(library, recipe(2, demo=True))
    await keep(library, recipe(3, cost=Decimal("0.064")))
    assert (await library.spent_since(START)).amount == Decimal("0.114")
    assert (await library.spent_since(START + timedelta(minutes=2))).amount == Decimal("0.064")
    library.close()


async def test_a_thumbnail_is_made_once(tmp_path: Path) -> None:
    library = Library(tmp_path)
    kept = await keep(library, recipe(1))
    first = await library.thumbnail(kept, 32)
    kept.path.unlink()
    assert await library.thumbnail(kept, 32) == first
    with pytest.raises(PictureError):
        await library.thumbnail(kept, 33)
    library.close()


async def test_a_damaged_database_is_set_aside_and_rebuilt_from_the_files(tmp_path: Path) -> None:
    library = Library(tmp_path)
    made = recipe(7, "kept inside the file")
    await keep(library, made)
    library.close()
    (tmp_path / "library.sqlite").write_bytes(b"this is not a database" * 100)
    for suffix in ("-wal", "-shm"):
        (tmp_path / f"library.sqlite{suffix}").unlink(missing_ok=True)
    library = Library(tmp_path)
    await library.start()
    assert library.set_aside is not None
    assert library.set_aside.read_bytes().startswith(b"this is not")
    (number,) = await library.search(Query(text="inside"))
    details = await library.details(number)
    assert details is not None
    assert details.recipe == made
    library.close()


async def test_a_rebuilt_library_has_its_trash_its_inputs_and_other_thumbnails(tmp_path: Path, photos: Path) -> None:
    library = Library(tmp_path)
    sent = await library.inputs.keep((photos / "rocket.jpg").read_bytes())
    await keep(library, recipe(1))
    kept = await keep(library, recipe(2))
    await library.thumbnail(kept, 32)
    await library.trash.put([1])
    library.close()
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    (tmp_path / "library.sqlite").write_bytes(b"this is not a database" * 100)
    library = Library(tmp_path)
    await library.start()
    assert len(await library.search(Query())) == 1
    assert len(await library.search(Query(trash=True))) == 1
    assert (await library.inputs.find(sent.sha256)) == sent
    assert not list((tmp_path / "thumbnails").rglob("*.jpg"))
    library.close()


async def test_a_webp_with_something_behind_its_end_stays_a_picture(tmp_path: Path) -> None:
    library = Library(tmp_path)
    source = library.files.incoming("x")
    held = io.BytesIO()
    Image.new("RGB", (64, 48), (9, 90, 120)).save(held, "WEBP", exif=plain_exif())
    assert held.getvalue()[12:16] == b"VP8X"
    source.write_bytes(held.getvalue() + b"?")
    kept = await library.store_result(source, recipe(1))
    with Image.open(kept.path) as image:
        image.load()
    assert read_recipe(kept.path) == recipe(1)
    library.close()


async def test_a_recipe_with_a_number_beyond_all_measure(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1, seed=2**64))
    await library.database.write(lambda connection: connection.execute("DELETE FROM picture_words").close())
    await library.database.write(lambda connection: connection.execute("DELETE FROM pictures").close())
    assert len((await library.reconcile()).added) == 1
    library.close()


async def test_files_and_rows_are_put_in_agreement(tmp_path: Path) -> None:
    """Simulates a crash between a file and its row, in both orders, and one in the middle of a move."""
    library = Library(tmp_path)
    made = [await keep(library, recipe(number)) for number in range(1, 6)]
    simple = await keep(library, recipe(6), "GIF")
    for table, key in (
        ("pictures", "id"),
        ("picture_words", "rowid"),
        ("picture_parts", "rowid"),
        ("picture_signs", "rowid"),
    ):
        sql = f"DELETE FROM {table} WHERE {key} IN (1, 6)"  # noqa: S608 - constants
        await library.database.write(lambda connection, sql=sql: connection.execute(sql).close())  # type: ignore[misc]
    made[1].path.replace(library.files.trashed(made[1].path))
    made[2].path.unlink()
    (simple.path.parent / "holiday.png").write_bytes(b"no picture")
    changes: list[tuple[int, ...]] = []
    library.subscribe(lambda change: changes.append(change.pictures))
    found = await library.reconcile()
    assert (len(found.added), found.moved, len(found.lost)) == (2, (2,), 1)
    assert changes == [found.added + found.moved, found.lost]
    details = await library.details(found.added[0])
    assert details is not None
    assert details.recipe == recipe(1)
    assert len(await library.search(Query(trash=True))) == 1
    again = await library.reconcile()
    assert (again.added, again.moved, len(again.lost)) == ((), (), 1)
    await library.trash.restore([2])
    assert len((await library.reconcile()).lost) == 1
    library.close()


async def test_an_input_is_kept_once_the_work_on_it_is_done_and_nothing_of_it_where_that_fails(
    tmp_path: Path, photos: Path
) -> None:
    library, data = Library(tmp_path), (photos / "rocket.jpg").read_bytes()
    may_end = asyncio.Event()

    def held() -> list[Path]:
        return [path for path in library.files.input("ab", "jpg").parent.glob("*") if path.is_file()]

    async def work(error: Exception | None = None) -> str:
        await may_end.wait()
        if error is not None:
            raise error
        return "done"

    for cancelled in (True, False):
        task = asyncio.ensure_future(library.inputs.keep_during(data, lambda: work(PictureError("damaged"))))
        await until(held)
        assert all(path.suffix == ".part" for path in held())
        if cancelled:
            task.cancel()
        else:
            may_end.set()
        with pytest.raises((asyncio.CancelledError, PictureError)):
            await task
        await until(lambda: not held())
    result, kept = await library.inputs.keep_during(data, work)
    assert result == "done"
    assert kept.path.read_bytes() == data
    assert await library.inputs.find(kept.sha256) == kept
    assert await library.inputs.keep(data) == kept
    library.close()


async def test_a_library_of_a_newer_version_is_left_alone(tmp_path: Path) -> None:
    Library(tmp_path).close()
    connection = sqlite3.connect(tmp_path / "library.sqlite")
    connection.execute("PRAGMA user_version = 999")
    connection.close()
    with pytest.raises(DatabaseTooNewError, match="newer version"):
        Library(tmp_path)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
async def test_files_are_readable_by_their_owner_alone(tmp_path: Path, photos: Path) -> None:
    library = Library(tmp_path / "library")
    await keep(library, recipe(1))
    await library.inputs.keep((photos / "rocket.jpg").read_bytes())
    library.close()
    files = [path for path in (tmp_path / "library").rglob("*") if path.is_file()]
    assert len(files) >= 3
    assert all(path.stat().st_mode & 0o077 == 0 for path in files)


async def test_two_programs_never_work_in_one_library(tmp_path: Path) -> None:
    first = Library(tmp_path)
    with pytest.raises(LibraryInUseError, match="open in another window"):
        Library(tmp_path)
    first.close()
    Library(tmp_path).close()


@pytest.mark.skipif(sys.platform == "win32", reason="files in use cannot be deleted")
@pytest.mark.parametrize("again", [False, True])
async def test_a_lock_file_that_is_deleted_lets_nobody_in(tmp_path: Path, again: bool) -> None:
    first = Library(tmp_path)
    (tmp_path / "in-use.lock").unlink()
    if again:
        (tmp_path / "in-use.lock").touch()
    with pytest.raises(LibraryInUseError, match="open in another window"):
        Library(tmp_path)
    first.close()
    Library(tmp_path).close()


async def test_a_folder_that_cannot_be_used_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder", encoding="utf-8")
    with pytest.raises(LibraryError, match="file” must be a folder"):
        Library(tmp_path / "file")


async def test_drafts_and_prompts_come_back(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.save_draft("generate", {"prompt": "unfinished"})
    for text in ("first", "second", "first"):
        await library.prompts.remember(text)
    library.close()
    library = Library(tmp_path)
    assert await library.draft("generate") == {"prompt": "unfinished"}
    assert [(used.text, used.uses) for used in await library.prompts.find()] == [("first", 2), ("second", 1)]
    library.close()


async def test_foreign_text_in_a_file_is_no_recipe(tmp_path: Path, photos: Path) -> None:
    target = tmp_path / "a.png"
    shutil.copyfile(photos / "chelsea.png", target)
    assert read_recipe(target) is None
    assert read_recipe(tmp_path / "missing.png") is None


async def test_many_writers_at_once_do_not_disturb_each_other(tmp_path: Path) -> None:
    library = Library(tmp_path)

    async def write(number: int) -> None:
        for step in range(40):
            await library.save_draft(f"draft {number}", {"step": step})
            await library.search(Query(text=f"{number}"))

    await asyncio.gather(*(write(number) for number in range(12)))
    assert [await library.draft(f"draft {number}") for number in range(12)] == [{"step": 39}] * 12
    with pytest.raises(TypeError, match="cursor"):
        await library.database.write(lambda connection: connection.execute("SELECT 1"))
    library.close()


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EROFS, errno.EACCES])
async def test_a_thumbnail_that_cannot_be_saved_is_a_problem_of_the_disk_and_no_damage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    library = Library(tmp_path)
    kept = await keep(library, recipe(1))

    def fail(*_: object, **__: object) -> None:
        raise OSError(code, os.strerror(code))

    with monkeypatch.context() as disk:
        disk.setattr(thumbnails, "write_atomic", fail)
        with pytest.raises(LibraryError, match="The thumbnail cannot be saved"):
            await library.thumbnail(kept, 64)
    (now,) = await library.summaries([kept.id])
    assert now.state is kept.state
    assert await library.thumbnail(now, 64)
    library.close()
