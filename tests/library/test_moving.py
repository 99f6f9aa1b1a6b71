"""A library is moved while it is in use, and nothing made until the next start is lost."""

from __future__ import annotations

from pathlib import Path

import pytest
from PIL import Image

from imagineart_desktop.library import Library, LibraryError, LibraryInUseError, Query
from imagineart_desktop.library.care import copy_to
from imagineart_desktop.library.checking import check
from imagineart_desktop.library.moving import finish_move, is_library, prepare_move
from imagineart_desktop.library.restoring import restore_from
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio


async def test_what_is_made_between_the_copy_and_the_next_start_is_moved_too(tmp_path: Path) -> None:
    old, new = tmp_path / "old", tmp_path / "another disk" / "new"
    library = Library(old)
    for number in (1, 2, 3):
        await keep(library, recipe(number))
    await copy_to(library, tmp_path / "copy")
    aside = (await restore_from(library, tmp_path / "copy")).aside
    heard: list[tuple[int, int]] = []
    done = await prepare_move(library, new, lambda *so_far: heard.append(so_far))
    assert (done.files.count, done.stopped, heard[-1]) == (3, False, (3, 3))
    await keep(library, recipe(4, "made since"))
    await library.organise.rate([1], 5)
    await library.trash([2])
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
    health = await check(library)
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
