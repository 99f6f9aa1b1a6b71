"""What counts as damage and what doesn't: few free files, other programs, foreign databases, failing disks."""

from __future__ import annotations

import asyncio
import errno
import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from imagineart_desktop.imaging import PictureError, UnreadablePictureError
from imagineart_desktop.library import FileState, Library, LibraryError, Query
from imagineart_desktop.library.errors import (
    DatabaseDamagedError,
    LibraryDiskError,
    LibraryFullError,
    LibraryNotWritableError,
    database_error,
)
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.recovery.file_copy import copy_database
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.json_lines import MAX_LINE, append_lines, read_lines
from imagineart_desktop.library.store.lock import LOCK_NAME, is_in_use
from tests.library.test_library import keep, recipe

ROOT = Path(__file__).parents[2]


def run(module: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", module, *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)  # noqa: S603


async def stocked(root: Path) -> Library:
    library = Library(root)
    await library.start()
    await keep(library, recipe(1))
    return library


async def check_healthy(library: Library) -> None:
    """Check that nothing was mistaken for damage, and that the library still saves."""
    assert not library.damage_seen.is_set()
    await library.save_draft("generate", {"prompt": "still saved"})
    root = library.files.root
    library.close()
    again = Library(root)
    await again.start()
    assert again.set_aside is None
    assert again.rebuilt is None
    assert await again.draft("generate") == {"prompt": "still saved"}
    again.close()


def test_another_program_that_looks_into_the_database_takes_nothing_away(tmp_path: Path) -> None:
    ended = run("tests.library.outsider", str(tmp_path))
    assert ended.returncode == 9, ended.stderr
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as connection:
        names = [row[0] for row in connection.execute("SELECT name FROM drafts ORDER BY name")]
    assert names == ["after", "before"]


@pytest.mark.asyncio
@pytest.mark.skipif(not Path("/proc/locks").exists(), reason="there is no list of locks")
async def test_errors_and_care_leave_the_locks_on_the_database_alone(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    before = held(library.files.database)
    assert before
    for code in ("CANTOPEN", "READONLY", "IOERR", "ERROR", "FULL"):
        error = sqlite3.OperationalError("something technical")
        error.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}")
        assert not isinstance(database_error(error, library.files.database), DatabaseDamagedError)
    await back_up(library, tmp_path / "copy")
    await restore_backup(library, tmp_path / "copy")
    await rebuild(library)
    await library.run_background_checks()
    assert is_in_use(library.files.root)
    assert held(library.files.database) == before
    assert held(library.files.root / LOCK_NAME)
    library.close()


def held(path: Path) -> list[str]:
    """Return the kinds of locks that this process holds on a file, or on its index next to it."""
    numbers = {f":{file.stat().st_ino} " for file in (path, Path(f"{path}-shm")) if file.exists()}
    lines = Path("/proc/locks").read_text("ascii").splitlines()
    return sorted(
        " ".join(line.split()[1:4] + line.split()[6:])
        for line in lines
        if f" {os.getpid()} " in line and any(number in line for number in numbers)
    )


@pytest.mark.skipif(sys.platform == "win32", reason="there is no such limit")
def test_few_free_files_are_told_and_cost_nothing(tmp_path: Path) -> None:
    asyncio.run(_stock(tmp_path))
    ended = run("tests.library.few_files", str(tmp_path), "9")
    assert ended.returncode == 0, ended.stderr
    said = [line.split(" ", 1)[1] for line in ended.stdout.splitlines()]
    assert len(said) == 10
    for sentence in said:
        assert sentence == "opened" or "oo many files are open. Close other programs and try again." in sentence
    assert said[-1] == "opened"


async def _stock(root: Path) -> None:
    (await stocked(root)).close()


@pytest.mark.asyncio
@pytest.mark.parametrize(
    "spoil",
    [
        "CREATE VIEW best AS SELECT * FROM pictures WHERE rating = 5",
        "ALTER TABLE pictures DROP COLUMN imported",
        "UPDATE pictures SET recipe = '{'",
        "DROP TABLE drafts",
    ],
)
async def test_a_backup_that_cannot_be_restored_leaves_the_library_healthy(tmp_path: Path, spoil: str) -> None:
    library = await stocked(tmp_path / "here")
    await back_up(library, tmp_path / "copy")
    with closing(sqlite3.connect(tmp_path / "copy" / "library.sqlite")) as connection, connection:
        connection.execute(spoil)
    with pytest.raises(LibraryError, match="copy") as raised:
        await restore_backup(library, tmp_path / "copy")
    assert not isinstance(raised.value, DatabaseDamagedError)
    await check_healthy(library)


@pytest.mark.asyncio
async def test_rows_of_a_backup_that_break_the_rules_are_its_own_fault(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    await back_up(library, tmp_path / "copy")

    def keep_nothing(_current: sqlite3.Connection, _copy: sqlite3.Connection) -> None:
        raise sqlite3.IntegrityError("of two rows that are one")

    with pytest.raises(LibraryError, match="copy"):
        await library.database.overwrite(tmp_path / "copy" / "library.sqlite", keep_nothing)
    await check_healthy(library)


@pytest.mark.asyncio
@pytest.mark.parametrize("problem", [LibraryFullError, LibraryNotWritableError])
async def test_a_target_that_cannot_be_written_is_told_as_what_it_is(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, problem: type[LibraryError]
) -> None:
    library = await stocked(tmp_path / "here")
    connect = sqlite3.connect

    def limited(path: Path, *arguments: object, **options: object) -> sqlite3.Connection:
        if tmp_path / "stick" not in Path(path).parents:
            return connect(path, *arguments, **options)  # type: ignore[call-overload, no-any-return]
        if problem is LibraryNotWritableError:
            return connect(f"{path.as_uri()}?mode=ro", uri=True)
        connection = connect(path)
        connection.execute("PRAGMA max_page_count = 2").close()
        return connection

    monkeypatch.setattr(sqlite3, "connect", limited)
    target = tmp_path / "stick" / "library.sqlite"
    with pytest.raises(problem) as raised:
        await library.database.read(lambda connection: copy_database(target, connection))
    assert str(target.parent) in str(raised.value)
    await check_healthy(library)


@pytest.mark.asyncio
async def test_a_statement_that_is_wrong_is_no_damage_but_a_lost_table_is(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "one")
    for sql in ("SELECT * FROM nowhere", "SELECT", f"SELECT {'-' * 2000}1"):
        with pytest.raises(LibraryError) as raised:
            await library.database.read(lambda connection, sql=sql: connection.execute(sql).fetchall())  # type: ignore[misc]
        assert not isinstance(raised.value, DatabaseDamagedError)
    await check_healthy(library)
    library = await stocked(tmp_path / "two")
    with closing(sqlite3.connect(library.files.database)) as other, other:
        other.execute("DROP TABLE drafts")
    with pytest.raises(DatabaseDamagedError):
        await library.save_draft("generate", {})
    assert library.damage_seen.is_set()
    library.close()


@pytest.mark.asyncio
async def test_any_number_of_pictures_can_be_asked_for(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    many = tuple(range(1, 300_001))
    assert [picture.id for picture in await library.summaries(many)] == [1]
    assert await library.search(Query(among=many)) == [1]
    library.close()


@pytest.mark.asyncio
@pytest.mark.skipif(sys.platform == "win32", reason="an open file's folder stays")
async def test_a_disk_that_was_unplugged_is_no_damage(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "disk")
    (tmp_path / "disk").rename(tmp_path / "elsewhere")
    with pytest.raises(LibraryDiskError):
        await library.save_draft("generate", {})
    assert not library.damage_seen.is_set()
    (tmp_path / "elsewhere").rename(tmp_path / "disk")
    await check_healthy(library)


@pytest.mark.asyncio
async def test_a_folder_in_place_of_the_log_is_renamed(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    library.close()
    (tmp_path / "library.sqlite-wal").mkdir()
    (tmp_path / "library.sqlite-wal" / "somebody's").write_text("kept")
    again = Library(tmp_path)
    await again.start()
    assert await again.search(Query()) == [1]
    await check_healthy(again)
    assert [path.read_text() for path in tmp_path.rglob("somebody's")] == ["kept"]


@pytest.mark.skipif(sys.platform == "win32", reason="permissions are other ones there")
@pytest.mark.skipif(hasattr(os, "geteuid") and os.geteuid() == 0, reason="everything is allowed to root")
@pytest.mark.asyncio
async def test_a_database_that_may_not_be_written_is_left_in_its_place(tmp_path: Path) -> None:
    (await stocked(tmp_path)).close()
    (tmp_path / "library.sqlite").chmod(0o400)
    with pytest.raises(LibraryNotWritableError):
        Library(tmp_path)
    (tmp_path / "library.sqlite").chmod(0o600)
    library = Library(tmp_path)
    await library.start()
    await check_healthy(library)


@pytest.mark.asyncio
async def test_only_a_damaged_file_is_marked_as_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = await stocked(tmp_path)
    (picture,) = await library.summaries([1])
    for trouble in (
        OSError(errno.EMFILE, "Too many open files"),
        PermissionError(errno.EACCES, "denied"),
        MemoryError(),
    ):

        def fail(*_: object, trouble: BaseException = trouble, **__: object) -> None:
            raise trouble

        with monkeypatch.context() as patch:
            patch.setattr("imagineart_desktop.imaging.files.loading.Image.open", fail)
            with pytest.raises(UnreadablePictureError):
                await library.thumbnail(picture, 256)
        assert (await library.summaries([1]))[0].state is FileState.OK
    picture.path.write_bytes(picture.path.read_bytes()[:60])
    with pytest.raises(PictureError):
        await library.thumbnail(picture, 256)
    assert (await library.summaries([1]))[0].state is FileState.DAMAGED
    library.close()


def test_a_line_that_could_not_be_read_again_is_not_written(tmp_path: Path) -> None:
    path = tmp_path / "lines"
    append_lines(path, ["one", "x" * (MAX_LINE - 1)])
    with pytest.raises(OSError, match=os.strerror(errno.EMSGSIZE)):
        append_lines(path, ["two", "x" * MAX_LINE])
    append_lines(path, ["three"])
    assert [len(line) for line in read_lines(path)] == [4, MAX_LINE, 6]


@pytest.mark.parametrize("length", [10, 2**14, 2**17])
@pytest.mark.parametrize("before", [b"", b"1\n" * 2**14])
def test_a_last_line_without_an_end_is_completed_or_removed(tmp_path: Path, before: bytes, length: int) -> None:
    path = tmp_path / "lines"
    whole = f'"{"x" * length}"'.encode()
    path.write_bytes(before + whole)
    append_lines(path, ["2"])
    assert path.read_bytes() == before + whole + b"\n2\n"
    path.write_bytes(before + whole[:-1])
    append_lines(path, ["2"])
    assert path.read_bytes() == before + b"2\n"


@pytest.mark.asyncio
async def test_damage_that_others_have_is_not_the_librarys(tmp_path: Path) -> None:
    library = await stocked(tmp_path / "here")
    other = tmp_path / "other.sqlite"
    shutil.copy(__file__, other)

    def look(_: sqlite3.Connection) -> None:
        raise DatabaseDamagedError(other)

    with pytest.raises(DatabaseDamagedError):
        await library.database.read(look)
    await check_healthy(library)


def test_a_temporary_folder_that_cannot_be_used_is_no_problem_of_the_library(
    tmp_path: Path, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # SQLite can't make files there: the names are longer than it supports. It reads the variable once per process.
    unusable = tmp_path / ("x" * 240) / ("y" * 240) / ("z" * 100)
    unusable.mkdir(parents=True)
    monkeypatch.setenv("SQLITE_TMPDIR", str(unusable))
    for command in (("import", str(photos / "coffee.png")), ("rebuild",)):
        done = run("imagineart_desktop", "library", *command, "--data", str(tmp_path / "data"))
        assert done.returncode == 0, done.stderr
