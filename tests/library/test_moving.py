"""A library is moved while it's in use, and nothing made before the next start is lost."""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from imagineart_desktop.library import Library, LibraryError, LibraryInUseError, Query
from imagineart_desktop.library.files.files import Files
from imagineart_desktop.library.maintenance import backup as backup_module
from imagineart_desktop.library.maintenance import relocate
from imagineart_desktop.library.maintenance.backup import back_up, is_copy_of
from imagineart_desktop.library.maintenance.integrity_check import check_library
from imagineart_desktop.library.maintenance.relocate import finish_move, is_library, prepare_move, target_folder
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store import generation
from imagineart_desktop.library.store.connecting import connect_without_trace
from imagineart_desktop.library.store.generation import connect_existing, is_current
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def test_what_is_made_between_the_copy_and_the_next_start_is_moved_too(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "another disk" / "new"
    library = Library(old)
    for number in (1, 2, 3):
        await keep(library, recipe(number))
    await back_up(library, tmp_path / "copy")
    aside = (await restore_backup(library, tmp_path / "copy")).aside
    heard: list[tuple[int, int]] = []
    done = await prepare_move(library, new, lambda *so_far: heard.append(so_far))
    assert (done.files.count, done.stopped, heard[-1]) == (3, False, (3, 3))
    await keep(library, recipe(4, "made since"))
    await library.annotations.rate([1], 5)
    await library.trash.put([2])
    (third,) = await library.summaries([3])
    Image.new("RGB", (20, 20), "red").save(third.path)
    retouched = third.path.read_bytes()
    with pytest.raises(LibraryInUseError):
        finish_move(old, new)
    library.close()
    finish_move(old, new)
    assert is_library(old)
    library = Library(new)
    await library.start()
    assert sorted(await library.search(Query())) == [1, 3, 4]
    assert await library.search(Query(trash=True)) == [2]
    assert await library.search(Query(text="rating:5")) == [1]
    (third,) = await library.summaries([3])
    assert third.path.read_bytes() == retouched
    assert (new / aside.relative_to(old) / "library.sqlite").is_file()
    health = await check_library(library)
    assert (health.missing, health.broken, health.added) == ((), (), 0)
    library.close()


async def test_a_move_can_be_stopped_and_goes_to_no_other_library(tmp_path: Path) -> None:
    library = Library(tmp_path / "old")
    await keep(library, recipe(1))
    assert (await prepare_move(library, tmp_path / "new", stopped=lambda: True)).stopped
    Library(tmp_path / "other").close()
    with pytest.raises(LibraryError, match="Another library"):
        await prepare_move(library, tmp_path / "other")
    library.close()
    with pytest.raises(LibraryError, match=r"cannot be moved|no copy"):
        finish_move(tmp_path / "old", tmp_path / "nowhere")
    with pytest.raises(LibraryError, match=r"cannot be moved|no copy"):
        finish_move(tmp_path / "old", tmp_path / "other")
    assert await Library(tmp_path / "old").search(Query()) == [1]


async def moved_halfway(tmp_path: Path) -> tuple[Path, Path]:
    old, new = tmp_path / "old", tmp_path / "new"
    library = Library(old)
    await library.start()
    await keep(library, recipe(1))
    await prepare_move(library, new)
    library.close()
    return old, new


def trusted(*roots: Path) -> list[bool]:
    found = []
    for root in roots:
        with closing(connect_existing(root / "library.sqlite")) as connection:
            found.append(is_current(connection, Files(root)))
    return found


class EndedError(BaseException):
    """Simulates the end of the program."""


@pytest.mark.parametrize("error", [OSError(28, "full"), sqlite3.OperationalError("full")], ids=str)
@pytest.mark.parametrize("at", range(4))
async def test_a_move_that_fails_leaves_the_old_library_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int, error: Exception
) -> None:
    old, new = await moved_halfway(tmp_path)
    end_at(monkeypatch, at, error)
    with pytest.raises(LibraryError):
        finish_move(old, new)
    monkeypatch.undo()
    assert trusted(old, new) == [True, False]
    finish_move(old, new)
    assert trusted(old, new) == [False, True]


@pytest.mark.parametrize("at", range(4))
async def test_a_move_that_is_killed_never_leaves_two_in_use(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, at: int
) -> None:
    old, new = await moved_halfway(tmp_path)
    end_at(monkeypatch, at, EndedError())
    monkeypatch.setattr(relocate, "undo_transfer", lambda *_: None)
    with pytest.raises(EndedError):
        finish_move(old, new)
    monkeypatch.undo()
    assert trusted(old, new) in ([True, False], [False, False])
    # After the kill, the new folder's disk fails: the old library continues as before.
    monkeypatch.setattr(relocate, "copy_journals", raising(OSError(28, "full")))
    with pytest.raises(LibraryError):
        finish_move(old, new)
    monkeypatch.undo()
    assert trusted(old, new) == [True, False]
    finish_move(old, new)
    assert trusted(old, new) == [False, True]


def raising(error: BaseException) -> Callable[..., None]:
    def fail(*_: object, **__: object) -> None:
        raise error

    return fail


def end_at(monkeypatch: pytest.MonkeyPatch, at: int, error: BaseException) -> None:
    """Make the `at`th of the four writes of `transfer_identity` fail."""
    count = 0

    def failing(work: Callable[..., Any]) -> Callable[..., Any]:
        def write(*arguments: Any, **values: Any) -> Any:
            nonlocal count
            count += 1
            if count == at + 1:
                raise error
            return work(*arguments, **values)

        return write

    monkeypatch.setattr(generation, "_set", failing(generation._set))
    monkeypatch.setattr(generation, "_write_mark", failing(generation._write_mark))


@pytest.mark.parametrize("content", [None, b"", b"SQLite"])
async def test_a_lost_database_is_not_copied_over_the_prepared_one(tmp_path: Path, content: bytes | None) -> None:
    old, new = await moved_halfway(tmp_path)
    prepared = (new / "library.sqlite").read_bytes()
    (old / "library.sqlite").unlink()
    if content is not None:
        (old / "library.sqlite").write_bytes(content)
    with pytest.raises(LibraryError, match=r"was not moved"):
        finish_move(old, new)
    assert (new / "library.sqlite").read_bytes() == prepared
    assert (old / "library.sqlite").exists() is (content is not None)


async def test_a_backup_stays_the_librarys_after_a_move(tmp_path: Path) -> None:
    old, new, copy = tmp_path / "old", tmp_path / "new", tmp_path / "copy"
    library = Library(old)
    await library.start()
    await keep(library, recipe(1))
    await back_up(library, copy)
    await prepare_move(library, new)
    library.close()
    finish_move(old, new)
    library = Library(new)
    await library.start()
    assert target_folder(copy, new) == copy
    await keep(library, recipe(2))
    assert (await back_up(library, copy)).files.count == 1
    library.close()
    # Also of a folder that was moved by hand.
    again = tmp_path / "again"
    new.rename(again)
    library = Library(again)
    await library.start()
    assert (await back_up(library, copy)).files.count == 0
    library.close()


async def test_a_copy_that_is_in_use_as_a_library_keeps_its_backups(tmp_path: Path) -> None:
    library, copy, copy_of_copy = Library(tmp_path / "here"), tmp_path / "copy", tmp_path / "copy of copy"
    await library.start()
    await keep(library, recipe(1))
    await back_up(library, copy)
    other = Library(copy)
    await other.start()
    await keep(other, recipe(2))
    await back_up(other, copy_of_copy)
    with pytest.raises(LibraryError, match="Another library lies in"):
        await back_up(library, copy_of_copy)
    assert target_folder(copy_of_copy, tmp_path / "here") == copy_of_copy / "here"
    other.close()
    library.close()


async def backed_up_and_copied_by_hand(tmp_path: Path) -> tuple[Path, Path, Library]:
    """Return a closed library's folder, its backup, and an open library that is a copy of the folder made by hand."""
    original, backup, twin = tmp_path / "original", tmp_path / "backup", tmp_path / "twin"
    library = Library(original)
    await library.start()
    await keep(library, recipe(1))
    await back_up(library, backup)
    library.close()
    shutil.copytree(original, twin)
    library = Library(twin)
    await library.start()
    return original, backup, library


def say_moved(folder: Path, to: Path) -> None:
    with closing(connect_existing(folder / "library.sqlite")) as connection, connection:
        connection.execute("UPDATE identity SET moved_to = ?", (str(to),))


@pytest.mark.parametrize("trouble", ["damaged", "empty", "locked", "no permission", "folder"])
async def test_a_backup_of_a_library_that_cannot_be_read_is_not_overwritten(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, trouble: str
) -> None:
    original, backup, twin = await backed_up_and_copied_by_hand(tmp_path)
    database = original / "library.sqlite"
    if trouble in ("damaged", "empty"):
        database.write_bytes(b"?" * 4096 if trouble == "damaged" else b"")
    elif trouble == "folder":
        database.unlink()
        database.mkdir()
    else:
        error = sqlite3.OperationalError("database is locked") if trouble == "locked" else PermissionError(13, "denied")
        connect = connect_without_trace

        def fail(path: Path) -> sqlite3.Connection:
            if path == database:
                raise error
            return connect(path)

        monkeypatch.setattr(backup_module, "connect_without_trace", fail)
    with pytest.raises(LibraryError, match="Another library lies in"):
        await back_up(twin, backup)
    twin.close()


async def test_a_backup_follows_the_moves_of_its_library_only(tmp_path: Path) -> None:
    original, backup, twin = await backed_up_and_copied_by_hand(tmp_path)
    root, between = twin.files.root, tmp_path / "between"
    assert not is_copy_of(root, backup)
    say_moved(original, between)
    assert not is_copy_of(root, backup)
    shutil.copytree(original, between)
    for target, expected in (root, True), (tmp_path / "nowhere", False), (original, False), (Path("a\0b"), False):
        say_moved(between, target)
        assert is_copy_of(root, backup) is expected
    say_moved(original, root.parent / "backup" / ".." / root.name)
    assert is_copy_of(root, backup)
    shutil.rmtree(original)
    assert is_copy_of(root, backup)
    twin.close()


async def test_a_marker_that_names_no_folder_marks_no_backup(tmp_path: Path) -> None:
    _, backup, twin = await backed_up_and_copied_by_hand(tmp_path)
    for name in ("\0" * 10, "a\0b", "a" * 5000):
        (backup / "copy-of.txt").write_text(name)
        assert target_folder(backup, twin.files.root) == backup / "twin"
        with pytest.raises(LibraryError, match="Another library lies in"):
            await back_up(twin, backup)
    twin.close()


def files_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


async def test_looking_at_a_backup_or_restoring_it_writes_no_file_there(tmp_path: Path) -> None:
    original, copy, library = await backed_up_and_copied_by_hand(tmp_path)
    before = files_in(copy), files_in(original)
    target_folder(copy, library.files.root)
    await restore_backup(library, copy)
    assert (files_in(copy), files_in(original)) == before
    library.close()


async def test_a_look_at_a_library_in_use_reads_its_log(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await library.start()
    await keep(library, recipe(1))
    with closing(connect_without_trace(library.files.database)) as connection:
        assert connection.execute("SELECT count(*) FROM pictures").fetchone()[0] == 1
    library.close()
    with closing(connect_without_trace(library.files.database)) as connection:
        assert connection.execute("SELECT count(*) FROM pictures").fetchone()[0] == 1
