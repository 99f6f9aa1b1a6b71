"""An interrupted restore is completed or undone at the next start."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from imagineart_desktop.library import Library, LibraryError, Query
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.recovery import restore
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.notices import NoticeCode
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


class KilledError(BaseException):
    """Simulates a kill: nothing runs after it."""


async def backed_up(tmp_path: Path) -> Library:
    """Return a library with a backup in which picture 1 has a different file; picture 2 is newer and rated."""
    library = Library(tmp_path / "here")
    await library.start()
    await keep(library, recipe(1))
    await library.annotations.rate([1], 2)
    await back_up(library, tmp_path / "copy")
    (first,) = await library.summaries([1])
    first.path.write_bytes(first.path.read_bytes() + b"changed since")
    await keep(library, recipe(2))
    await library.annotations.rate([1], 5)
    await library.annotations.rate([2], 4)
    return library


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.name.endswith((".part", "restoring.txt"))]


async def test_what_is_newer_than_the_backup_keeps_its_marks(tmp_path: Path) -> None:
    library = await backed_up(tmp_path)
    await restore_backup(library, tmp_path / "copy")
    assert await library.search(Query(text="rating:2")) == [1]
    assert len(await library.search(Query(text="rating:4"))) == 1
    assert leftovers(library.files.root) == []
    library.close()


@pytest.mark.parametrize("finished", [False, True], ids=["before the database", "after the database"])
async def test_a_restore_that_is_killed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, finished: bool) -> None:
    library = await backed_up(tmp_path)
    (first,) = await library.summaries([1])
    changed = first.path.read_bytes()

    async def killed(*_: object) -> None:
        raise KilledError

    monkeypatch.setattr(library, "reconcile", killed)
    if not finished:
        monkeypatch.setattr(library.database, "overwrite", killed)
    with pytest.raises(KilledError):
        await restore_backup(library, tmp_path / "copy")
    monkeypatch.undo()
    library.close()
    again = Library(tmp_path / "here")
    await again.start()
    await again.reconcile()
    assert again.restored is finished
    assert leftovers(again.files.root) == []
    assert (first.path.read_bytes() == changed) is not finished
    assert await again.search(Query(text="rating:2" if finished else "rating:5")) == [1]
    assert len(await again.search(Query(text="rating:4"))) == 1
    again.close()
    third = Library(tmp_path / "here")
    await third.start()
    assert third.restored is None
    third.close()


@pytest.mark.parametrize("mark", [b"", b"\n", b"\0\xff\x00", b".", b"..", b"nowhere", b"[" * 9000], ids=str)
async def test_a_damaged_mark_undoes_nothing(tmp_path: Path, mark: bytes) -> None:
    library = await backed_up(tmp_path)
    aside = (await restore_backup(library, tmp_path / "copy")).aside
    kept = sorted(path for path in aside.rglob("*") if path.is_file())
    library.close()
    library.files.restoring.write_bytes(mark)
    for restored in (False, None):
        again = Library(tmp_path / "here")
        await again.start()
        assert again.restored is restored
        assert NoticeCode.RESTORE_UNKNOWN in [notice.code for notice in again.notices.pending()]
        assert await again.search(Query(text="rating:2")) == [1]
        again.close()
    assert sorted(path for path in aside.rglob("*") if path.is_file()) == kept


async def test_a_restore_that_ends_early_moves_everything_back_although_its_mark_is_lost(tmp_path: Path) -> None:
    library = await backed_up(tmp_path)
    (first,) = await library.summaries([1])
    changed, lost = first.path.read_bytes(), []

    def lose_mark(_done: int, _total: int) -> None:
        assert first.path.read_bytes() != changed
        library.files.restoring.unlink()
        lost.append(1)
        if len(lost) == 2:
            raise LibraryError("Failed.")

    done = await restore_backup(library, tmp_path / "copy", lose_mark, lambda: bool(lost))
    assert done.stopped
    assert first.path.read_bytes() == changed
    assert not done.aside.exists()
    with pytest.raises(LibraryError):
        await restore_backup(library, tmp_path / "copy", lose_mark)
    assert first.path.read_bytes() == changed
    library.close()


async def test_what_cannot_be_moved_back_now_is_moved_back_before_the_next_restore(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = await backed_up(tmp_path)
    (first,) = await library.summaries([1])
    changed, copied = first.path.read_bytes(), []

    def full(*_: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(restore, "_move_back", full)
    with pytest.raises(LibraryError) as failed:
        await restore_backup(library, tmp_path / "copy", lambda *_: copied.append(1), lambda: bool(copied))
    (aside,) = (library.files.root / "kept-aside").iterdir()
    assert str(aside) in str(failed.value)
    assert (aside / library.files.relative(first.path)).read_bytes() == changed
    monkeypatch.undo()
    done = await restore_backup(library, tmp_path / "copy")
    assert first.path.read_bytes() != changed
    assert (done.aside / library.files.relative(first.path)).read_bytes() == changed
    library.close()


@pytest.mark.parametrize("seen", [False, True], ids=["", "seen by a watcher"])
async def test_an_undone_restore_takes_the_files_of_the_backup_away(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, seen: bool
) -> None:
    library = await backed_up(tmp_path)
    (first,) = await library.summaries([1])
    await library.trash.put([1])
    await library.trash.empty()
    assert not first.path.exists()

    async def killed(*_: object) -> None:
        if seen:
            assert (await library.rescan_folder(first.path.parent)).added
        raise KilledError

    monkeypatch.setattr(library.database, "overwrite", killed)
    with pytest.raises(KilledError):
        await restore_backup(library, tmp_path / "copy")
    monkeypatch.undo()
    assert first.path.exists()
    library.close()
    again = Library(tmp_path / "here")
    await again.start()
    await again.reconcile()
    assert again.restored is False
    assert await again.search(Query()) == [2]
    (aside,) = (tmp_path / "here" / "kept-aside").iterdir()
    assert [path.name for path in (aside / "not-restored").rglob("*.*") if path.is_file()] == [first.path.name]
    again.close()


async def test_a_result_that_came_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    library = await backed_up(tmp_path)
    (first,) = await library.summaries([1])
    await library.trash.put([1])
    await library.trash.empty()

    async def killed(*_: object) -> None:
        first.path.write_bytes(first.path.read_bytes() + b"another result")
        raise KilledError

    monkeypatch.setattr(library.database, "overwrite", killed)
    with pytest.raises(KilledError):
        await restore_backup(library, tmp_path / "copy")
    monkeypatch.undo()
    library.close()
    again = Library(tmp_path / "here")
    await again.start()
    assert first.path.read_bytes().endswith(b"another result")
    again.close()
