"""A restore that is cut short is finished or undone at the next start."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.library import Library, Query
from imagineart_desktop.library.care import copy_to
from imagineart_desktop.library.restoring import restore_from
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


class KilledError(BaseException):
    """Nothing happens after this."""


async def backed_up(tmp_path: Path) -> Library:
    """A library with a backup in which the first picture's file differs; the second picture is newer and rated."""
    library = Library(tmp_path / "here")
    await library.start()
    await keep(library, recipe(1))
    await library.organise.rate([1], 2)
    await copy_to(library, tmp_path / "copy")
    (first,) = await library.summaries([1])
    first.path.write_bytes(first.path.read_bytes() + b"changed since")
    await keep(library, recipe(2))
    await library.organise.rate([1], 5)
    await library.organise.rate([2], 4)
    return library


def leftovers(root: Path) -> list[str]:
    return [path.name for path in root.rglob("*") if path.name.endswith((".part", "restoring.txt"))]


async def test_what_is_newer_than_the_backup_keeps_its_marks(tmp_path: Path) -> None:
    library = await backed_up(tmp_path)
    await restore_from(library, tmp_path / "copy")
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
        await restore_from(library, tmp_path / "copy")
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
