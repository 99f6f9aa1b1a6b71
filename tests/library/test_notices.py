"""Changes to a library are reported once, however often the program is killed first."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Awaitable, Callable
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from imagineart_desktop.library import ExportOptions, Library, export_pictures, import_pictures, is_in_use
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.maintenance.rebuild import rebuild
from imagineart_desktop.library.recovery.startup_notices import sentences_of
from imagineart_desktop.library.store.notices import Notice, NoticeCode, Notices
from tests.library.test_damage import started
from tests.library.test_library import keep, recipe


def test_a_notice_stays_until_it_is_told(tmp_path: Path) -> None:
    notices = Notices(tmp_path)
    notices.add(NoticeCode.VERSION)
    notices.add(NoticeCode.JOURNAL, aside="jobs-damaged.jsonl")
    notices.add(NoticeCode.VERSION)
    pending = Notices(tmp_path).pending()
    assert pending == [Notice(NoticeCode.VERSION), Notice(NoticeCode.JOURNAL, {"aside": "jobs-damaged.jsonl"})]
    notices.mark_shown(pending[:1])
    assert Notices(tmp_path).pending() == pending[1:]
    notices.mark_shown(pending)
    assert list(tmp_path.iterdir()) == []


def test_what_makes_no_sense_is_passed_over(tmp_path: Path) -> None:
    bad = (
        b"[" * 100_000,
        b"\xff\x00",
        b"null",
        b'{"code": "unknown"}',
        b'{"code": []}',
        b'{"code": "lock", "aside": 1e9}',
    )
    (tmp_path / "notices.jsonl").write_bytes(
        b"\n".join([*bad, b'{"code": "rebuilt", "pictures": "many"}', b'{"code": "l'])
    )
    pending = Notices(tmp_path).pending()
    assert [notice.code for notice in pending] == [NoticeCode.LOCK, NoticeCode.REBUILT]
    assert "was rebuilt from 0 image files" in sentences_of(pending)[1]
    Notices(tmp_path).add(NoticeCode.VERSION)
    assert [notice.code for notice in Notices(tmp_path).pending()][2:] == [NoticeCode.VERSION]


def test_a_folder_in_the_place_of_the_file_costs_no_notice(tmp_path: Path) -> None:
    (tmp_path / "notices.jsonl" / "somebody's").mkdir(parents=True)
    notices = Notices(tmp_path)
    assert notices.pending() == []
    notices.add(NoticeCode.VERSION)
    assert Notices(tmp_path).pending() == [Notice(NoticeCode.VERSION)]


def test_what_cannot_be_kept_is_told_by_this_start(tmp_path: Path) -> None:
    notices = Notices(tmp_path / "gone")
    notices.add(NoticeCode.VERSION)
    assert notices.pending() == [Notice(NoticeCode.VERSION)]
    notices.mark_shown(notices.pending())
    assert notices.pending() == []


@pytest.mark.asyncio
async def test_a_start_that_only_looks_whether_the_library_is_free_takes_no_notice_away(tmp_path: Path) -> None:
    (await started(tmp_path)).close()
    (tmp_path / "in-use.lock").write_bytes(b"somebody's")
    assert not is_in_use(tmp_path)
    library = await started(tmp_path)
    (notice,) = library.notices.pending()
    assert notice.code is NoticeCode.LOCK
    library.close()


@pytest.mark.asyncio
async def test_a_rebuild_is_told_by_the_start_after_it_as_well(tmp_path: Path) -> None:
    library = await started(tmp_path)
    await keep(library, recipe(1))
    library.close()
    (tmp_path / "library.sqlite").write_bytes(b"not a database any more" * 50)
    (await started(tmp_path)).close()
    library = await started(tmp_path)
    (sentence,) = sentences_of(library.notices.pending())
    assert sentence.startswith("The library database was damaged, so it was rebuilt from 1 image file:")
    library.close()


@pytest.mark.asyncio
async def test_another_program_that_looks_tells_nothing(tmp_path: Path) -> None:
    (await started(tmp_path)).close()
    with closing(sqlite3.connect(tmp_path / "library.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 3")
    library, looking = await started(tmp_path), Library(tmp_path, read_only=True)
    looking.close()
    assert [notice.code for notice in library.notices.pending()] == [NoticeCode.VERSION]
    library.close()


def test_each_notice_says_what_to_do() -> None:
    for code in NoticeCode:
        (sentence,) = sentences_of([Notice(code, {"aside": "that", "name": "this", "requests": 2, "pictures": 3})])
        assert code is NoticeCode.RESTORE_FINISHED or re.search("[:.] [A-Za-z]", sentence)
        assert sentence.endswith(".")


def test_a_restore_explains_its_questions() -> None:
    notices = [Notice(NoticeCode.COPIED, {"requests": 2}), Notice(NoticeCode.RESTORE_FINISHED)]
    assert sentences_of(notices) == ["Restoring the library was interrupted and has been finished."]


@pytest.mark.asyncio
async def test_what_is_cut_off_is_told_by_the_next_start_and_what_is_done_is_not(tmp_path: Path) -> None:
    library = await started(tmp_path / "library")
    await keep(library, recipe(1))
    Image.new("RGB", (8, 6)).save(tmp_path / "a.png")
    works: dict[str, Callable[..., Awaitable[object]]] = {
        "Import of “a.png” was interrupted. Import it again; images already in the library are skipped.": partial(
            import_pictures, library, [tmp_path / "a.png"]
        ),
        f"Copying the library to {tmp_path / 'copy'} was interrupted": partial(back_up, library, tmp_path / "copy"),
        "Rebuilding the library was interrupted and changed nothing": partial(rebuild, library),
    }
    for words, work in works.items():
        await cut_off(library, work)
        told = library.notices.pending()
        assert sentences_of(told)[0].startswith(words)
        library.notices.mark_shown(told)
    for work in works.values():
        await work()
    order = ExportOptions(tmp_path / "out")
    exporting = asyncio.ensure_future(export_pictures(library, [1], order))
    while not Notices(tmp_path / "library").pending():
        await asyncio.sleep(0)
    assert library.notices.pending() == []
    exporting.cancel()
    await asyncio.wait([exporting])
    assert sentences_of(library.notices.pending())[0].startswith(f"Export of 1 image to {order.folder} was interrupted")
    await export_pictures(library, [1], order)
    assert library.notices.pending() == []
    library.close()


async def cut_off(library: Library, work: Callable[..., Awaitable[object]]) -> None:
    """Cancel the work when it first reports its progress."""

    def tell(_done: int, _total: int) -> None:
        assert library.notices.pending() == []
        task.cancel()

    async def run() -> None:
        await work(tell=tell)

    task = asyncio.create_task(run())
    await asyncio.wait([task])
    assert task.cancelled()
