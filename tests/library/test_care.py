"""Checking a library, backing it up while it's in use, and restoring it from a backup."""

from __future__ import annotations

import io
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from PIL import Image

from imagineart_desktop.imaging import is_complete
from imagineart_desktop.library import FileState, Library, LibraryError, Query, import_pictures
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.maintenance.integrity_check import check_library
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.maintenance.relink import relink
from imagineart_desktop.library.recovery.restore import restore_backup
from tests.library.test_damage import started
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def stocked(root: Path, count: int = 3) -> Library:
    library = Library(root)
    for number in range(1, count + 1):
        await keep(library, recipe(number, f"picture {number}"))
    return library


async def test_what_is_missing_is_found(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    assert (await check_library(library)).missing == ()
    (picture,) = await library.summaries([2])
    picture.path.unlink()
    health = await check_library(library)
    assert (health.pictures, health.missing, health.damaged) == (3, (2,), "")
    library.close()


async def test_a_copy_is_a_library_of_its_own(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    await library.annotations.rate([2], 4)
    await library.trash.put([3])
    await library.inputs.keep((await library.summaries([1]))[0].path.read_bytes())
    heard: list[tuple[int, int]] = []
    done = await back_up(library, tmp_path / "there", lambda *so_far: heard.append(so_far))
    assert done.files.count == 4
    assert heard[-1][0] == heard[-1][1]
    again = await back_up(library, tmp_path / "there")
    assert (again.files.count, again.stopped) == (0, False)
    copy = Library(tmp_path / "there")
    await copy.start()
    assert await copy.search(Query()) == [2, 1]
    assert await copy.search(Query(trash=True)) == [3]
    assert await copy.search(Query(text="rating:4")) == [2]
    assert (await check_library(copy)).missing == ()
    copy.close()
    library.close()


async def test_a_copy_can_be_stopped_and_gone_on_with(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    done = await back_up(library, tmp_path / "there", stopped=lambda: True)
    assert (done.files.count, done.stopped) == (0, True)
    assert not (tmp_path / "there" / "library.sqlite").exists()
    assert (await back_up(library, tmp_path / "there")).files.count == 3
    library.close()


async def test_a_copy_inside_itself_is_refused(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    with pytest.raises(LibraryError, match="outside"):
        await back_up(library, tmp_path / "pictures" / "copy")
    library.close()


async def test_another_library_is_not_overwritten(tmp_path: Path) -> None:
    library, other = await stocked(tmp_path / "here"), await stocked(tmp_path / "other", 1)
    other.close()
    with pytest.raises(LibraryError, match="Another library lies in"):
        await back_up(library, tmp_path / "other")
    library.close()


@pytest.mark.parametrize("name", ["notes.txt", "copy-of.txt"], ids=["other files", "part of another backup"])
async def test_a_copy_goes_to_an_empty_folder_or_an_earlier_copy(tmp_path: Path, name: str) -> None:
    library, folder = await stocked(tmp_path / "here", 1), tmp_path / "there"
    folder.mkdir()
    (folder / name).write_bytes(b"\xff mine")
    with pytest.raises(LibraryError, match=r"lie.* Choose an empty folder or an earlier backup of this library"):
        await back_up(library, folder)
    with pytest.raises(LibraryError, match=r"Not a directory|cannot be copied"):
        await back_up(library, folder / name)
    assert [path.name for path in folder.iterdir()] == [name]
    (folder / name).rename(folder / ".DS_Store")
    assert (await back_up(library, folder)).files.count == 1
    (folder / "notes.txt").touch()
    assert (await back_up(library, folder)).files.count == 0
    inside = tmp_path / "linked"
    inside.symlink_to(tmp_path / "here" / "pictures", target_is_directory=True)
    with pytest.raises(LibraryError, match="outside the library"):
        await back_up(library, inside)
    library.close()


async def test_it_is_brought_back_while_it_is_in_use_and_nothing_new_is_lost(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    spring = await library.annotations.create_collection("Spring")
    await library.annotations.collect([1, 2], spring)
    await back_up(library, tmp_path / "copy")
    await library.annotations.remove_collection(spring)
    (first,) = await library.summaries([1])
    first.path.unlink()
    await keep(library, recipe(4, "made since"))
    told: list[bool] = []
    library.subscribe(lambda change: told.append(change.reordered))
    assert (await restore_backup(library, tmp_path / "copy")).files.count == 1
    assert first.path.is_file()
    assert [c.name for c in await library.annotations.collections()] == ["Spring"]
    assert len(await library.search(Query())) == 4
    assert await library.search(Query(text="made since")) != []
    assert told[-1]
    await keep(library, recipe(5))
    # If stopped, a restore keeps the missing files that it brought back.
    first.path.unlink()
    assert not (await library.reconcile()).added
    looks = iter([False, True])
    stopped = await restore_backup(library, tmp_path / "copy", stopped=lambda: next(looks, True))
    assert (stopped.stopped, stopped.files.count, first.path.is_file()) == (True, 1, True)
    (there,) = await library.summaries([1])
    assert there.state is FileState.OK
    library.close()


async def test_what_is_no_copy_is_refused(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    with pytest.raises(LibraryError, match="There is no library"):
        await restore_backup(library, tmp_path)
    (tmp_path / "library.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(LibraryError, match="damaged"):
        await restore_backup(library, tmp_path)
    (tmp_path / "library.sqlite").unlink()
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as other:
        other.executescript("CREATE TABLE songs (name); PRAGMA user_version = 1;")
    with pytest.raises(LibraryError, match="not one of this program"):
        await restore_backup(library, tmp_path)
    assert len(await library.search(Query())) == 3
    library.close()


async def said(library: Library) -> tuple[object, ...]:
    marks = await library.annotations.marks(range(1, 9))
    collections = [(one.name, one.pictures) for one in await library.annotations.collections()]
    return marks, collections, await library.annotations.saved_searches()


async def test_what_was_said_of_pictures_is_that_of_the_copy_and_bringing_back_is_undone(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    organise = library.annotations
    spring = await organise.create_collection("Spring")
    await organise.collect([1], spring)
    await organise.rate([1], 2)
    await organise.save_search("Cups", "cup")
    await back_up(library, tmp_path / "copy")
    copied = await said(library)
    await organise.rate([1, 2], 5)
    await organise.tag([3], ["since"])
    await organise.rename_collection(spring, "Summer")
    await organise.collect([2], await organise.create_collection("Since"))
    await organise.save_search("Since", "tag:since")
    await organise.delete_search("Cups")
    changed = await said(library)
    done = await restore_backup(library, tmp_path / "copy")
    assert await said(library) == copied
    await restore_backup(library, done.aside)
    assert await said(library) == changed
    await restore_backup(library, tmp_path / "copy")
    library.close()
    for path in (tmp_path / "here").glob("library.sqlite*"):
        path.unlink()
    library = Library(tmp_path / "here")
    await library.start()
    assert [one.name for one in await library.annotations.collections()] == ["Spring"]
    assert await library.search(Query(text="rating:>=1")) == await library.search(Query(text="rating:2"))
    assert len(await library.search(Query(text="rating:2"))) == 1
    library.close()


async def test_a_damaged_file_never_replaces_the_intact_one_in_a_copy(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    (first, second) = await library.summaries([1, 2])
    await back_up(library, tmp_path / "copy")
    intact = first.path.read_bytes()
    first.path.write_bytes(intact[: len(intact) // 2])
    Image.new("RGB", (32, 32), "red").save(second.path)
    retouched, before = second.path.read_bytes(), (tmp_path / "copy" / library.files.relative(second.path)).read_bytes()
    done = await back_up(library, tmp_path / "copy")
    name = library.files.relative(first.path)
    assert (done.files.damaged, done.files.conflicts) == ((name,), 1)
    assert (tmp_path / "copy" / name).read_bytes() == intact
    assert (tmp_path / "copy" / library.files.relative(second.path)).read_bytes() == retouched
    assert (done.aside / library.files.relative(second.path)).read_bytes() == before
    library.close()


async def test_a_file_of_the_same_length_that_differs_is_copied(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here", 1)
    (first,) = await library.summaries([1])
    Image.new("L", (64, 64), 1).save(first.path, "BMP")
    await back_up(library, tmp_path / "copy")
    Image.new("L", (64, 64), 2).save(first.path, "BMP")
    assert (await back_up(library, tmp_path / "copy")).files.count == 1
    assert (tmp_path / "copy" / library.files.relative(first.path)).read_bytes() == first.path.read_bytes()
    library.close()


async def test_bringing_back_keeps_what_was_retouched_and_mends_what_is_damaged(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    first, second, third = await library.summaries([1, 2, 3])
    await back_up(library, tmp_path / "copy")
    whole = [picture.path.read_bytes() for picture in (first, second, third)]
    Image.new("RGB", (32, 32), "red").save(first.path)
    retouched = first.path.read_bytes()
    second.path.write_bytes(whole[1][:40])
    (tmp_path / "copy" / library.files.relative(third.path)).write_bytes(whole[2][:40])
    done = await restore_backup(library, tmp_path / "copy")
    assert [picture.path.read_bytes() for picture in (first, second, third)] == whole
    assert (done.aside / library.files.relative(first.path)).read_bytes() == retouched
    assert done.files.damaged == (library.files.relative(third.path),)
    pictures = await library.summaries([1, 2, 3])
    for picture in pictures:
        await library.thumbnail(picture, 512)
    small = [library.files.thumbnail(picture.id, picture.stamp, 512) for picture in pictures]
    await restore_backup(library, tmp_path / "copy")
    assert [path.exists() for path in small] == [True, True, True]
    await restore_backup(library, done.aside)
    assert first.path.read_bytes() == retouched
    assert [path.exists() for path in small[1:]] == [True, True]
    assert not small[0].exists()
    await library.thumbnail((await library.summaries([2]))[0], 512)
    await rebuild(library)
    assert small[1].exists()
    library.close()


async def test_a_check_names_what_is_missing_and_what_is_damaged_and_can_be_stopped(tmp_path: Path) -> None:
    library = await stocked(tmp_path, 4)
    first, second, third = await library.summaries([1, 2, 3])
    first.path.unlink()
    data = bytearray(second.path.read_bytes())
    data[-40] ^= 1
    second.path.write_bytes(data)
    third.path.write_bytes(third.path.read_bytes()[:-30])
    heard: list[tuple[int, int]] = []
    health = await check_library(library, lambda *so_far: heard.append(so_far))
    assert (health.missing, health.broken, heard[-1]) == ((1,), (2, 3), (4, 4))
    places = {number: library.files.relative(p.path) for number, p in enumerate((first, second, third), start=1)}
    assert health.files == (f"{places[1]}: missing", f"{places[2]}: damaged", f"{places[3]}: damaged")
    states = [picture.state for picture in await library.summaries([1, 2, 3, 4])]
    assert states == [FileState.MISSING, FileState.DAMAGED, FileState.DAMAGED, FileState.OK]
    stopped = await check_library(library, stopped=lambda: True)
    assert (stopped.stopped, stopped.missing) == (True, ())
    library.close()


def wrong_checksum(png: bytes) -> bytes:
    """Change the checksum of the first chunk of pixels."""
    place = png.index(b"IDAT") - 4
    end = place + 8 + int.from_bytes(png[place : place + 4], "big")
    return png[:end] + bytes([png[end] ^ 1]) + png[end + 1 :]


def encoded(kind: str) -> bytes:
    held = io.BytesIO()
    Image.effect_noise((64, 48), 40).save(held, kind)
    return held.getvalue()


async def test_what_opens_and_is_imported_is_no_damage_until_it_changes(tmp_path: Path) -> None:
    """Import, check, backup, restore, rebuild and relinking agree."""
    odd = {
        "sum.png": wrong_checksum(encoded("PNG")),
        "end.png": encoded("PNG")[:-12],
        "more.avif": encoded("AVIF") + b"\0\0\0",
    }
    outside = tmp_path / "outside"
    outside.mkdir()
    for name, data in odd.items():
        (outside / name).write_bytes(data)
        assert not is_complete(outside / name)
    library = await started(tmp_path / "library")
    report = await import_pictures(library, [outside])
    assert report.refused == []
    assert len(report.added) == len(odd)
    assert (await check_library(library)).files == ()
    copied = await back_up(library, tmp_path / "copy")
    assert copied.files.damaged == ()
    restored = await restore_backup(library, tmp_path / "copy")
    assert restored.files.damaged == ()
    await rebuild(library)
    assert (await check_library(library)).files == ()
    first, second, third = await library.summaries(report.added)
    first.path.unlink()
    await library.reconcile()
    lost = (outside / first.imported_name).rename(tmp_path / "found.png")
    await relink(library, first.id, lost)
    assert (await check_library(library)).files == ()
    for changed in (second.path, third.path):
        content = bytearray(changed.read_bytes())
        content[len(content) // 2] ^= 1
        changed.write_bytes(content)
    assert set((await check_library(library)).broken) == {second.id, third.id}
    library.close()
