"""Damaged, empty, foreign and hostile files next to the pictures are set aside, rebuilt from the rest, and reported."""

from __future__ import annotations

import asyncio
import errno
import json
import os
import random
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest

from imagineart_desktop.library import DatabaseDamagedError, DatabaseTooNewError, Library, LibraryError, Query
from imagineart_desktop.library.errors import LibraryClosedError, LibraryFullError, database_error, disk_error
from imagineart_desktop.library.files.recipe import Parent
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.recovery.startup_notices import sentences_of
from imagineart_desktop.library.store import id_journal
from imagineart_desktop.library.store import pictures as rows
from imagineart_desktop.library.store.json_lines import append_lines
from imagineart_desktop.library.store.notices import NoticeCode
from imagineart_desktop.library.store.records import PictureDetails
from imagineart_desktop.library.store.schema import MIGRATIONS
from tests.library.test_library import keep, recipe
from tests.once import made_once
from tests.reliability.library_kills import stock

pytestmark = pytest.mark.asyncio

ROUNDS = int(os.environ.get("IMAGINEART_DAMAGES", "6"))
"""Number of random damages; the battery sets more."""

_JOB = (
    "INSERT INTO jobs (id, endpoint, request, service, state, created_ms, changed_ms, estimate)"
    " VALUES (?, 'a/model', '{}', 'live', ?, 1, 1, '0.05')"
)


@pytest.fixture(scope="module")
def stocked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    def make(folder: Path) -> None:
        root = folder / "library"
        asyncio.run(stock(root))
        with closing(sqlite3.connect(root / "library.sqlite")) as connection, connection:
            for state in ("waiting", "queued", "failed"):
                connection.execute(_JOB, (state, state))

    return made_once(tmp_path_factory, "stocked for damage", make) / "library"


@pytest.fixture
def root(stocked: Path, tmp_path: Path) -> Path:
    return shutil.copytree(stocked, tmp_path / "library")


def change(root: Path, *statements: str) -> None:
    with closing(sqlite3.connect(root / "library.sqlite", isolation_level=None)) as connection:
        for statement in statements:
            connection.execute(statement)


def overwrite(root: Path, offset: int, data: bytes) -> None:
    with (root / "library.sqlite").open("r+b") as file:
        file.seek(offset)
        file.write(data)


async def started(root: Path) -> Library:
    library = Library(root)
    await library.start()
    return library


async def job_states(library: Library) -> dict[str, str]:
    rows = await library.database.read(lambda c: c.execute("SELECT id, state FROM jobs").fetchall())
    return {row["id"]: row["state"] for row in rows}


async def check_all_there(library: Library, *, salvaged: bool = True) -> None:
    assert len(await library.search(Query())) == 6
    assert len(await library.search(Query(trash=True))) == 2
    assert len(await library.search(Query(text="rating:4"))) == 2
    assert len(await library.search(Query(text="tag:blue"))) == 1
    assert len(await library.search(Query(text="collection:cups"))) == 2
    assert [search.name for search in await library.annotations.saved_searches()] == ["Reds"]
    assert len(await library.spending()) == 8
    if salvaged:
        assert await library.draft("generate") == {"prompt": "unfinished"}
        assert "once" in [used.text for used in await library.prompts.find()]
        states = await job_states(library)
        assert [states[job] for job in ("waiting", "queued", "failed")] == ["unconfirmed", "queued", "failed"]
        first = await library.details(1)
        assert first is not None
        assert first.recipe.job_id == recipe(1).job_id


SPOILED: dict[str, Callable[[Path], None]] = {
    "magic": lambda root: overwrite(root, 0, b"X"),
    "page size": lambda root: overwrite(root, 16, b"\x03\x03"),
    "write version": lambda root: overwrite(root, 18, b"\x07"),
    "read version": lambda root: overwrite(root, 19, b"\x07"),
    "payload fractions": lambda root: overwrite(root, 21, b"\0\0\0"),
    "schema format": lambda root: overwrite(root, 47, b"\xff"),
    "encoding": lambda root: overwrite(root, 59, b"\2"),
    "impossible version": lambda root: overwrite(root, 60, b"\x80\0\0\0"),
    "missing table": lambda root: change(root, "DROP TABLE saved_searches"),
    "missing column": lambda root: change(root, "ALTER TABLE pictures DROP COLUMN imported"),
    "foreign trigger": lambda root: change(
        root, "CREATE TRIGGER odd AFTER INSERT ON jobs BEGIN DELETE FROM pictures; END"
    ),
    "lowered and incomplete": lambda root: change(root, "DROP TABLE paid", "PRAGMA user_version = 5"),
}


@pytest.mark.parametrize("spoil", SPOILED.values(), ids=SPOILED.keys())
async def test_a_database_that_is_not_whole_is_set_aside_and_everything_is_back(
    root: Path, spoil: Callable[[Path], None]
) -> None:
    spoil(root)
    spoiled = (root / "library.sqlite").read_bytes()
    library = await started(root)
    assert library.set_aside is not None
    assert library.set_aside.read_bytes() == spoiled
    await check_all_there(library)
    await library.run_background_checks()
    library.close()
    library = await started(root)
    assert library.set_aside is None
    assert library.rebuilt is None
    library.close()


@pytest.mark.parametrize("content", [None, b"", b"\n", b"x" * 99, b"\0" * 4096], ids=str)
async def test_a_database_that_is_gone_or_emptied_is_made_from_files_and_journals(
    root: Path, content: bytes | None
) -> None:
    database = root / "library.sqlite"
    if content is None:
        database.unlink()
    else:
        database.write_bytes(content)
    library = await started(root)
    assert library.rebuilt is not None
    assert len(library.rebuilt.added) == 8
    assert (library.set_aside is not None) == bool(content)
    await check_all_there(library, salvaged=False)
    library.close()


@pytest.mark.parametrize("version", range(len(MIGRATIONS)))
async def test_a_lowered_version_number_costs_nothing(root: Path, version: int) -> None:
    change(root, f"PRAGMA user_version = {version}")
    library = await started(root)
    assert library.set_aside is None
    assert [one.code for one in library.notices.pending()] == [NoticeCode.VERSION, NoticeCode.COPIED]
    await library.run_background_checks()
    assert await library.draft("generate") == {"prompt": "unfinished"}
    # The folder is a copy: the original library may have sent the request.
    assert (await job_states(library))["waiting"] == "unconfirmed"
    library.close()


async def test_a_raised_version_number_is_told_with_a_way_out(root: Path) -> None:
    change(root, f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = (root / "library.sqlite").read_bytes()
    with pytest.raises(DatabaseTooNewError, match=r"Update this program .* move library\.sqlite out"):
        Library(root)
    assert (root / "library.sqlite").read_bytes() == before


async def test_another_programs_database_is_not_touched(root: Path) -> None:
    database = root / "library.sqlite"
    database.unlink()
    change(root, "CREATE TABLE songs (name)", "INSERT INTO songs VALUES ('one')")
    library = await started(root)
    assert library.set_aside is not None
    with closing(sqlite3.connect(library.set_aside)) as other:
        assert other.execute("SELECT name FROM songs").fetchall() == [("one",)]
    await check_all_there(library, salvaged=False)
    library.close()


@pytest.mark.parametrize("number", range(ROUNDS))
async def test_damaged_pages_are_found_told_and_mended_by_the_next_start(root: Path, number: int) -> None:
    """Also if startup notices no damage: what it shows is complete, and the background checks look for the rest."""
    chance = random.Random(number)  # noqa: S311 - no secret
    data = bytearray((root / "library.sqlite").read_bytes())
    for _ in range(chance.choice((1, 3, 10))):
        at = chance.randrange(100, len(data))
        length = chance.choice((1, 16, 512, 4096))
        data[at : at + length] = chance.randbytes(len(data[at : at + length]))
    (root / "library.sqlite").write_bytes(data)
    library = await started(root)
    try:
        await library.run_background_checks()
    except DatabaseDamagedError:
        assert library.damage_seen.is_set()
        with pytest.raises(DatabaseDamagedError, match="Restart the program"):
            await library.save_draft("generate", {"prompt": "into a broken file"})
        library.close()
        library = await started(root)
        assert library.set_aside is not None
        await library.run_background_checks()
    assert len(await library.search(Query())) == 6
    assert len(await library.search(Query(trash=True))) == 2
    assert len(await library.spending()) == 8
    library.close()


async def test_damage_that_comes_while_the_program_runs_stops_all_writing(root: Path) -> None:
    library = await started(root)
    await keep(library, recipe(9))
    (root / "library.sqlite").unlink()
    with pytest.raises(DatabaseDamagedError):
        await library.save_draft("generate", {})
    assert library.damage_seen.is_set()
    with pytest.raises(DatabaseDamagedError):
        await keep(library, recipe(10))
    library.close()
    library = await started(root)
    assert library.rebuilt is not None
    assert len(await library.search(Query())) == 8
    library.close()


@pytest.mark.parametrize(
    "spoil",
    [
        lambda root: overwrite(root, 20, b"\x55"),
        lambda root: change(root, "UPDATE pictures SET recipe = CAST(X'7b22ff' AS TEXT) WHERE id = 3"),
        lambda root: change(root, "UPDATE pictures SET file_state = 'odd' WHERE id = 3"),
        lambda root: change(root, "UPDATE jobs SET request = '{' WHERE id = 'done'"),
    ],
    ids=["reserved bytes", "text that is none", "unknown state", "cut text"],
)
async def test_what_a_start_does_not_see_is_found_in_the_background(root: Path, spoil: Callable[[Path], None]) -> None:
    change(
        root,
        "INSERT INTO jobs (id, endpoint, request, service, state, created_ms, changed_ms, estimate, dismissed)"
        " VALUES ('done', 'a', '{}', 'live', 'done', 1, 1, '1', 1)",
    )
    spoil(root)
    library = await started(root)
    if library.rebuilt is None:
        with pytest.raises(DatabaseDamagedError):
            await library.run_background_checks()
        library.close()
        library = await started(root)
    await check_all_there(library)
    library.close()


@pytest.mark.parametrize(
    "content", [b"hello", b"\0" * 100, b"\xff" * 5000, b"SQLite format 3\0" + b"\1" * 500], ids=len
)
async def test_garbage_in_the_lock_file_locks_nobody_out(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "in-use.lock").write_bytes(content)
    first = Library(tmp_path)
    with pytest.raises(LibraryError, match="open in another window"):
        Library(tmp_path)
    (notice,) = first.notices.pending()
    assert (tmp_path / notice.text("aside")).read_bytes() == content
    (sentence,) = sentences_of([notice])
    assert sentence.startswith("Another program changed “in-use.lock” in the library folder, so it was emptied")
    first.close()
    again = Library(tmp_path)
    # Not marked as shown: the program may have been killed before it showed the notice.
    assert again.notices.pending() == [notice]
    again.close()


NAMES = ("in-use.lock", "library.sqlite", "organising.jsonl", "organising-lists.json", "paid.jsonl", "rebuild.json",
         "outgoing.json", "emptying.json")  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
async def test_a_folder_in_the_way_is_renamed(tmp_path: Path, name: str) -> None:
    (tmp_path / name).mkdir()
    (tmp_path / name / "somebody's").write_text("kept")
    library = await started(tmp_path)
    await keep(library, recipe(1))
    await library.annotations.rate([1], 5)
    await library.annotations.create_collection("Spring")
    library.close()
    library = await started(tmp_path)
    assert await library.search(Query(text="rating:5")) == [1]
    (notice,) = (one for one in library.notices.pending() if one.code is NoticeCode.MOVED_AWAY)
    library.close()
    assert (tmp_path / notice.text("aside") / "somebody's").read_text() == "kept"
    assert f"renamed: move “{notice.text('aside')}” elsewhere" in sentences_of([notice])[0]


@pytest.mark.parametrize("name", ["pictures", "thumbnails", "trash"])
@pytest.mark.parametrize("block", ["file", "broken link", "link to itself"])
async def test_what_has_the_place_of_a_folder_is_named_and_left_alone(tmp_path: Path, name: str, block: str) -> None:
    path = tmp_path / name
    if block == "file":
        path.write_text("somebody's")
    else:
        path.symlink_to(path if block == "link to itself" else tmp_path / "disk" / name)
    with pytest.raises(LibraryError, match=f"{name}” must be a folder"):
        Library(tmp_path)
    assert os.path.lexists(path)


HOSTILE = (
    b"[" * 100_000,
    b'{"a":' * 100_000,
    b"\0" * 5000,
    b"\xff\xfe" * 100,
    b"x" * (3 << 20),
    b"9" * 23,
    b"null",
    b"[]",
    json.dumps({"set_aside": ["../../etc/passwd", 5, ""], "is_begun": 3}).encode(),
)
_SAID: dict[str, object] = {
    "job": f"{1:032x}", "position": 0, "rating": 4, "label": "", "note": "", "favourite": False, "tags": [],
    "collections": [],
}  # fmt: skip
_PAID: dict[str, object] = {
    "job_id": "x", "position": 0, "endpoint": "e", "created_ms": 1, "cost": "0.05", "billed": None,
    "request_id": "r", "prompt": "p", "failed": False,
}  # fmt: skip
ODD_SAID: tuple[dict[str, object], ...] = (
    {"position": 10**23}, {"rating": 1e999}, {"rating": "many"}, {"tags": "abc"}, {"tags": [None, 5]}, {"tags": [""]},
    {"note": "\ud800"}, {"label": "pink"}, {"label": []}, {"collections": [[]]}, {"collections": [["a", "b", "c"]]},
    {"collections": [[""]]}, {"job": {}}, {"favourite": "yes"}, {"tags": ["\0"]}, {"note": "\0"},
)  # fmt: skip
ODD_PAID: tuple[dict[str, object], ...] = (
    {"created_ms": 10**23}, {"created_ms": 2**62}, {"created_ms": -1}, {"position": 10**23}, {"cost": "1e999999"},
    {"cost": "NaN"}, {"cost": "-5"}, {"cost": [1]}, {"billed": {}}, {"prompt": None}, {"prompt": "\ud800"},
    {"failed": 7}, {"endpoint": 5}, {"request_id": "\0"}, {"billed": "1e999"},
)  # fmt: skip


@pytest.mark.parametrize("also_lost", [False, True])
async def test_hostile_files_beside_the_database_stop_no_start(root: Path, also_lost: bool) -> None:
    said = [json.dumps(_SAID | odd).encode() for odd in ODD_SAID]
    paid = [json.dumps(_PAID | {"job_id": str(n)} | odd).encode() for n, odd in enumerate(ODD_PAID)]
    for name, odd in (("organising.jsonl", said), ("paid.jsonl", paid)):
        good = (root / name).read_bytes()
        (root / name).write_bytes(b"\n".join((*HOSTILE, *odd, good.rstrip(b"\n"))) + b"\n" + good[:20])
    for name in ("outgoing.json", "emptying.json"):
        (root / name).write_bytes(HOSTILE[0])
    lists = json.loads((root / "organising-lists.json").read_bytes())
    lists["collections"] += [[], [""], ["Spring", "Cups", "deeper"], ["Cups", "x" * 200], 5, None, [["nested"]]]
    lists["searches"] += [["only name"], ["", "query"], [5, 5], None]
    (root / "organising-lists.json").write_text(json.dumps(lists))
    if also_lost:
        (root / "library.sqlite").unlink()
    library = await started(root)
    await library.run_background_checks()
    await library.spending()
    assert len(await library.search(Query(text="rating:4"))) == 2
    assert len(await library.search(Query(text="collection:cups"))) == 2
    assert {entry.name for entry in await library.annotations.collections()} >= {"Spring", "Cups"}
    library.close()


@pytest.mark.parametrize("content", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_mark_that_cannot_be_read_still_has_the_library_filled(root: Path, content: bytes) -> None:
    (root / "rebuild.json").write_bytes(content)
    library = await started(root)
    await check_all_there(library, salvaged=False)
    assert not (root / "rebuild.json").exists()
    library.close()


async def test_a_line_that_a_kill_cut_off_spoils_no_other(root: Path) -> None:
    library = await started(root)
    with library.files.journal.open("ab") as file:
        file.write(b'{"job": "cut')
    await library.annotations.rate([6], 2)
    library.close()
    (root / "library.sqlite").unlink()
    library = await started(root)
    assert await library.search(Query(text="rating:2")) == [6]
    library.close()


async def test_a_full_database_says_what_to_do_and_works_when_there_is_room(root: Path) -> None:
    library = await started(root)
    pages = await library.database.read(lambda c: c.execute("PRAGMA page_count").fetchone()[0])
    room = await library.database.write(lambda c: c.execute("PRAGMA max_page_count").fetchone()[0])
    await library.database.write(lambda c: c.execute(f"PRAGMA max_page_count = {pages}").close())
    with pytest.raises(LibraryFullError, match=r"is full\. Free some space and try again"):
        await library.save_draft("big", {"text": "x" * 1_000_000})
    assert not library.damage_seen.is_set()
    await library.database.write(lambda c: c.execute(f"PRAGMA max_page_count = {room}").close())
    await library.save_draft("big", {"text": "x" * 1_000_000})
    library.close()


async def test_each_error_of_a_database_or_a_disk_has_its_own_advice(tmp_path: Path) -> None:
    path, said = tmp_path / "library.sqlite", set()
    path.write_bytes(b"")
    path.chmod(0o400)
    for code in ("BUSY", "FULL", "IOERR", "CORRUPT"):
        error = sqlite3.OperationalError("something technical")
        error.sqlite_errorcode = getattr(sqlite3, f"SQLITE_{code}")
        said.add(str(database_error(error, path).advice))
    for number in (errno.ENOSPC, errno.EROFS, errno.EACCES, errno.EIO):
        problem = disk_error(OSError(number, os.strerror(number), str(path)), "It cannot be saved")
        assert str(problem.message).startswith("It cannot be saved: ")
        said.add(str(problem.advice))
    assert "" not in said
    # A full disk and a disconnected one have the same advice, whether SQLite or the system reports them.
    assert len(said) == 6


async def test_work_on_a_closed_library_says_so(root: Path) -> None:
    library = await started(root)
    library.close()
    with pytest.raises(LibraryClosedError):
        await library.save_draft("generate", {})
    with pytest.raises(LibraryClosedError):
        await library.reconcile()


async def test_a_start_that_mended_the_library_says_so_in_one_sentence(root: Path) -> None:
    library = await started(root)
    # The notice that the folder is a copy, made by the fixture.
    library.notices.mark_shown(library.notices.pending())
    library.close()
    overwrite(root, 0, b"X")
    library = await started(root)
    assert library.set_aside is not None
    assert sentences_of(library.notices.pending()) == [
        "The library database was damaged, so it was rebuilt from 8 image files: check your collections and jobs, then"
        f" delete the damaged file “{library.set_aside.name}”."
    ]
    library.notices.mark_shown(library.notices.pending())
    library.close()
    (root / "library.sqlite").unlink()
    library = await started(root)
    (sentence,) = sentences_of(library.notices.pending())
    assert "was missing, so it was rebuilt from 8 image files" in sentence
    library.close()


@pytest.mark.parametrize("has_journal", [True, False])
async def test_images_keep_their_ids_when_the_database_is_lost(tmp_path: Path, has_journal: bool) -> None:
    """Scripts, exported file names and the recipes of other images refer to images by id."""
    root = tmp_path / "library"
    library = await started(root)
    for number in (3, 1):
        await keep(library, recipe(number))
    parents = (Parent(role="image", sha256="0" * 64, picture_id=1),)
    await keep(library, recipe(2).model_copy(update={"parents": parents}))
    before = {(await details_of(library, one)).recipe.job_id: one for one in (1, 2, 3)}
    library.close()
    (root / "library.sqlite").write_bytes(b"")
    if not has_journal:
        (root / "ids.jsonl").unlink()
    library = await started(root)
    now = {(await details_of(library, one)).recipe.job_id: one for one in (1, 2, 3)}
    (sentence,) = sentences_of(library.notices.pending())
    assert "The library database was empty, so it was rebuilt from 3 image files" in sentence
    child = await details_of(library, now[recipe(2).job_id])
    if has_journal:
        assert now == before
        assert "ID" not in sentence
        assert [parent.picture_id for parent in child.parents] == [1]
        assert (await keep(library, recipe(4))).id > 3
    else:
        assert now != before
        assert "The IDs of 3 images may have changed" in sentence
        # No image is better than the wrong one.
        assert [parent.picture_id for parent in child.parents] == [None]
    library.close()


async def test_images_keep_their_ids_after_an_older_database_was_put_back(tmp_path: Path) -> None:
    """The older database would assign ids below the highest one in the journal."""
    root = tmp_path / "library"
    library = await started(root)
    await keep(library, recipe(1))
    library.close()
    shutil.copyfile(root / "library.sqlite", tmp_path / "older.sqlite")
    library = await started(root)
    for number in (2, 3, 4):
        await keep(library, recipe(number))
    library.close()
    shutil.copyfile(tmp_path / "older.sqlite", root / "library.sqlite")
    library = await started(root)
    # Not an id by which a script or a recipe may refer to another image.
    assert (await keep(library, recipe(5))).id == 5
    # The other files are found and keep their previous ids.
    await library.run_background_checks()
    expected = {recipe(number).job_id: number for number in range(1, 6)}
    assert await jobs_of(library) == expected
    assert library.ids.read().ids == {(job, 0): one for job, one in expected.items()}
    assert not library.notices.pending()
    library.close()
    (root / "library.sqlite").unlink()
    library = await started(root)
    assert await jobs_of(library) == expected
    library.close()


async def test_a_rebuild_finds_images_under_the_ids_that_they_had(tmp_path: Path) -> None:
    library = await started(tmp_path)
    for number in (1, 2, 3):
        await keep(library, recipe(number))
    await library.database.write(partial(rows.delete_pictures, numbers=[2]))
    await rebuild(library)
    assert await jobs_of(library) == {recipe(number).job_id: number for number in (1, 2, 3)}
    library.close()


CONTRADICTIONS = {"two ids for an image": [7, 1], "two images for an id": [2, 3], "both": [3, 1]}
"""A line appended to the journal of ids: an id, and the number of the image's recipe."""


@pytest.mark.parametrize("line", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
async def test_a_journal_of_ids_that_contradicts_itself_is_put_right_and_said(tmp_path: Path, line: list[int]) -> None:
    library = await started(tmp_path)
    for number in (1, 2, 3):
        await keep(library, recipe(number))
    ids = await jobs_of(library)
    library.close()
    with (tmp_path / "ids.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps([line[0], recipe(line[1]).job_id, 0])}\n")
    library = await started(tmp_path)
    await library.run_background_checks()
    assert [notice.code for notice in library.notices.pending()] == [NoticeCode.JOURNAL]
    assert library.ids.read().ids == {(job, 0): one for job, one in ids.items()}
    assert not library.ids.needs_repair()
    library.close()


@pytest.mark.parametrize("line", CONTRADICTIONS.values(), ids=CONTRADICTIONS.keys())
async def test_ids_that_a_journal_contradicts_may_have_changed_with_a_lost_database(
    tmp_path: Path, line: list[int]
) -> None:
    library = await started(tmp_path)
    for number in (1, 2, 3):
        await keep(library, recipe(number))
    library.close()
    (tmp_path / "library.sqlite").unlink()
    with (tmp_path / "ids.jsonl").open("a", encoding="utf-8") as file:
        file.write(f"{json.dumps([line[0], recipe(line[1]).job_id, 0])}\n")
    library = await started(tmp_path)
    doubtful = {recipe(line[1]).job_id, recipe(line[0]).job_id} & {recipe(number).job_id for number in (1, 2, 3)}
    many = "1 image" if len(doubtful) == 1 else f"{len(doubtful)} images"
    rebuilt, journal = sentences_of(library.notices.pending())
    assert f"The IDs of {many} may have changed" in rebuilt
    assert "“ids-damaged-" in journal
    assert len(await jobs_of(library)) == 3
    library.close()


async def test_an_image_that_was_imported_again_has_a_new_id_and_nothing_is_said(tmp_path: Path) -> None:
    library = await started(tmp_path)
    await keep(library, recipe(1))
    await keep(library, recipe(2))
    await library.trash.put([1])
    await library.trash.empty()
    again = (await keep(library, recipe(1))).id
    assert again == 3
    assert library.ids.needs_repair()
    await library.run_background_checks()
    assert not library.ids.needs_repair()
    assert not library.notices.pending()
    assert library.ids.read().ids == {(recipe(1).job_id, 0): 3, (recipe(2).job_id, 0): 2}
    library.close()


async def test_a_damaged_journal_of_ids_keeps_what_it_says_of_images_without_rows(tmp_path: Path) -> None:
    library = await started(tmp_path)
    for number in (1, 2):
        await keep(library, recipe(number))
    await library.database.write(partial(rows.delete_pictures, numbers=[1]))
    with library.ids.path.open("ab") as file:
        file.write(b"\xff garbage\n")
    await library.database.read(library.ids.rewrite)
    assert not library.ids.needs_repair()
    assert library.ids.read().ids == {(recipe(number).job_id, 0): number for number in (1, 2)}
    library.close()


async def test_searches_do_not_wait_while_ids_are_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = await started(tmp_path / "library")
    threads: list[int] = []

    def watched(path: Path, lines: Iterable[str]) -> None:
        threads.append(threading.get_ident())
        append_lines(path, lines)

    monkeypatch.setattr(id_journal, "append_lines", watched)
    await keep(library, recipe(1))
    assert len(threads) == 1
    assert await library.database.read(lambda connection: threading.get_ident()) not in threads
    library.close()


async def jobs_of(library: Library) -> dict[str, int]:
    """Return job → the id of its image."""
    numbers = await library.search(Query())
    return {(await details_of(library, one)).recipe.job_id: one for one in numbers}


async def details_of(library: Library, picture_id: int) -> PictureDetails:
    details = await library.details(picture_id)
    assert details is not None
    return details
