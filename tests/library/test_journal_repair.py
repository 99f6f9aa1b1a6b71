"""Damaged journals are set aside, rewritten from the database, and reported in one sentence."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.library import Library, Query
from imagineart_desktop.library.recovery.startup_notices import sentences_of, unreadable_notice
from imagineart_desktop.library.store.notices import NoticeCode
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio

NAMES = ("organising.jsonl", "organising-lists.json", "paid.jsonl")


async def started(root: Path) -> Library:
    library = Library(root)
    await library.start()
    return library


async def stocked(root: Path) -> Library:
    library = await started(root)
    for number in (1, 2, 3):
        await keep(library, recipe(number))
    await library.annotations.rate([1, 2], 4)
    await library.annotations.create_collection("Spring")
    await library.annotations.save_search("Reds", "red")
    return library


async def rebuilt(root: Path) -> None:
    """Check that everything is recovered when only the files and journals are left."""
    for path in root.glob("library.sqlite*"):
        path.unlink()
    library = await started(root)
    assert sorted(await library.search(Query(text="rating:4"))) == [1, 2]
    assert [one.name for one in await library.annotations.collections()] == ["Spring"]
    assert [one.name for one in await library.annotations.saved_searches()] == ["Reds"]
    assert len(await library.spending()) == 3
    library.close()


@pytest.mark.parametrize("name", NAMES)
async def test_a_damaged_journal_is_written_again_from_the_database(tmp_path: Path, name: str) -> None:
    (await stocked(tmp_path)).close()
    damaged = b"\xff\x00garbage\n[[[[\n" + (tmp_path / name).read_bytes()[:-30]
    (tmp_path / name).write_bytes(damaged + b"\n")
    library = await started(tmp_path)
    assert not library.notices.pending()
    await library.run_background_checks()
    (notice,) = library.notices.pending()
    aside = tmp_path / notice.text("aside")
    assert aside.read_bytes() == damaged + b"\n"
    assert aside.name.startswith(f"{Path(name).stem}-damaged-")
    assert sentences_of([notice]) == [
        "A record file in the library folder had damaged lines, rebuilt from the database: check your disk, then delete"
        f" the old copy “{aside.name}”."
    ]
    await library.run_background_checks()
    assert library.notices.pending() == [notice]
    library.close()
    await rebuilt(tmp_path)


async def test_a_damaged_journal_beside_a_lost_database_is_said_at_once(tmp_path: Path) -> None:
    (await stocked(tmp_path)).close()
    (tmp_path / "organising.jsonl").write_bytes(b"\xff\x00garbage\n" * 40)
    for path in tmp_path.glob("library.sqlite*"):
        path.unlink()
    library = await started(tmp_path)
    assert {notice.code for notice in library.notices.pending()} == {NoticeCode.REBUILT, NoticeCode.JOURNAL}
    library.close()


async def test_a_journal_that_comes_meanwhile_is_not_damaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = await started(tmp_path)
    needs_repair, asked = library.ids.needs_repair, list[bool]()

    def first_line_comes() -> bool:
        asked.append(needs_repair())
        if len(asked) == 1:
            library.ids.path.write_text('[1, "job", 0]\n')
        return asked[-1]

    monkeypatch.setattr(library.ids, "needs_repair", first_line_comes)
    await library.run_background_checks()
    assert asked == [True, False]
    assert not library.notices.pending()
    library.close()


async def test_a_journal_that_was_deleted_is_written_again(tmp_path: Path) -> None:
    (await stocked(tmp_path)).close()
    for name in NAMES:
        (tmp_path / name).unlink()
    library = await started(tmp_path)
    await library.run_background_checks()
    assert not library.notices.pending()
    library.close()
    await rebuilt(tmp_path)


async def test_a_line_that_a_kill_cut_off_is_nothing_to_tell(tmp_path: Path) -> None:
    (await stocked(tmp_path)).close()
    for name in ("organising.jsonl", "paid.jsonl", "jobs.jsonl"):
        with (tmp_path / name).open("ab") as file:
            file.write(b'{"job": "cut')
    library = await started(tmp_path)
    await library.run_background_checks()
    assert not library.notices.pending()
    await library.annotations.rate([3], 4)
    await keep(library, recipe(4))
    await library.run_background_checks()
    assert not library.notices.pending()
    assert b"cut" not in (tmp_path / "organising.jsonl").read_bytes() + (tmp_path / "paid.jsonl").read_bytes()
    library.close()


async def test_lines_that_only_the_journal_has_are_kept(tmp_path: Path) -> None:
    library = await stocked(tmp_path)
    only_there = (tmp_path / "paid.jsonl").read_bytes().splitlines(keepends=True)[0]
    await library.database.write(lambda connection: connection.execute("DELETE FROM paid WHERE rowid = 1").rowcount)
    library.close()
    with (tmp_path / "paid.jsonl").open("ab") as file:
        file.write(b"garbage\n")
    library = await started(tmp_path)
    await library.run_background_checks()
    assert [one.code for one in library.notices.pending()] == [NoticeCode.JOURNAL]
    assert len(await library.spending()) == 3
    assert only_there in (tmp_path / "paid.jsonl").read_bytes()
    library.close()


async def test_jobs_that_cannot_be_shown_are_said() -> None:
    assert unreadable_notice(0) == ""
    assert unreadable_notice(2).startswith("2 jobs in the library can’t be shown")
