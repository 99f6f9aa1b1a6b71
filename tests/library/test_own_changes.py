"""A scan of the folders never takes the library's own work for that of another program."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from imagineart_desktop.imaging import encode_png
from imagineart_desktop.library import FileState, Library, Query
from imagineart_desktop.library.files.files import Stamp, stamp_of
from imagineart_desktop.library.store.intake import write_image
from imagineart_desktop.library.transfer.import_report import ImportReport
from imagineart_desktop.library.transfer.importing import import_pictures
from tests.library.test_library import keep, recipe
from tests.waiting import until

pytestmark = pytest.mark.asyncio

PIXELS = np.zeros((20, 30, 3), np.uint8)


@asynccontextmanager
async def uncommitted(library: Library) -> AsyncIterator[None]:
    """Let no row be committed inside the block."""
    release = threading.Event()
    held = asyncio.ensure_future(library.database.write(lambda _connection: release.wait()))
    try:
        yield
    finally:
        release.set()
        await held


def files_in(root: Path, folder: str) -> list[Path]:
    return [path for path in (root / folder).rglob("*") if path.suffix in (".png", ".jpg")]


async def nothing_found(library: Library) -> None:
    """Check that a scan neither finds anything, nor waits to write something."""
    scan = asyncio.ensure_future(library.reconcile())
    await until(scan.done)
    found = scan.result()
    assert (found.added, found.moved, found.lost, found.noticed) == ((), (), (), ())


async def a_result(library: Library, _photo: Path) -> object:
    return await keep(library, recipe(7))


async def an_edit(library: Library, _photo: Path) -> object:
    return await library.keep_made(encode_png(PIXELS), recipe(8))


async def an_import(library: Library, photo: Path) -> ImportReport:
    return await import_pictures(library, [photo])


@pytest.mark.parametrize("step", [a_result, an_edit, an_import])
async def test_a_file_that_a_step_is_about_to_register_is_not_found(
    tmp_path: Path, step: Callable[[Library, Path], Coroutine[Any, Any, object]]
) -> None:
    library = Library(tmp_path / "library")
    Image.new("RGB", (50, 40), "blue").save(tmp_path / "photo.png")
    async with uncommitted(library):
        running = asyncio.ensure_future(step(library, tmp_path / "photo.png"))
        await until(lambda: files_in(library.files.root, "pictures"))
        await nothing_found(library)
    await running
    await nothing_found(library)
    assert len(await library.search(Query())) == 1
    library.close()


async def test_images_on_their_way_to_the_trash_and_back_are_neither_lost_nor_moved(tmp_path: Path) -> None:
    library = Library(tmp_path)
    picture = await keep(library, recipe(1))
    for step, folder in ((library.trash.put, "trash"), (library.trash.restore, "pictures")):
        async with uncommitted(library):
            running = asyncio.ensure_future(step([picture.id]))
            await until(partial(files_in, tmp_path, folder))
            await nothing_found(library)
        await running
        await nothing_found(library)
    library.close()


async def test_a_file_that_is_registered_after_the_folders_were_read_is_not_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1))
    loop, read = asyncio.get_running_loop(), library.files.stamps

    def read_too_early(folder: Path | None = None) -> dict[str, Stamp]:
        on_disk = read(folder)
        asyncio.run_coroutine_threadsafe(keep(library, recipe(2)), loop).result()
        return on_disk

    monkeypatch.setattr(library.files, "stamps", read_too_early)
    found = await library.rescan_folder(tmp_path / "pictures" / "2026-11")
    assert (found.lost, found.newly_missing) == ((), ())
    assert {picture.state for picture in await library.summaries([1, 2])} == {FileState.OK}
    library.close()


async def test_a_file_whose_row_a_crash_prevented_is_found_at_the_next_start(tmp_path: Path) -> None:
    library = Library(tmp_path)
    with library.files.own_changes.claim() as claim:
        write_image(library.files, encode_png(PIXELS), recipe(1), claim)
        await nothing_found(library)
        library.close()
    library = Library(tmp_path)
    await library.start()
    assert (await library.run_background_checks()).added == (1,)
    library.close()


async def test_a_step_whose_caller_is_canceled_still_registers_its_file(tmp_path: Path) -> None:
    library = Library(tmp_path)
    async with uncommitted(library):
        running = asyncio.ensure_future(keep(library, recipe(1)))
        await until(lambda: files_in(tmp_path, "pictures"))
        running.cancel()
        await nothing_found(library)
    with pytest.raises(asyncio.CancelledError):
        await running
    await nothing_found(library)
    assert await library.search(Query()) == [1]
    library.close()


async def test_a_file_of_another_program_is_reported_by_one_of_two_scans(tmp_path: Path) -> None:
    library = Library(tmp_path)
    folder = tmp_path / "pictures" / "2026-11"
    folder.mkdir()
    Image.new("RGB", (50, 40), "blue").save(folder / "photo.png")
    scans = await asyncio.gather(library.rescan_folder(folder), library.reconcile(), library.rescan_folder(folder))
    assert [found.added for found in scans] == [(1,), (), ()]
    library.close()


async def test_a_step_that_finds_its_file_registered_loses_and_counts_nothing(tmp_path: Path) -> None:
    library = Library(tmp_path)
    made = recipe(1, batch="b" * 32, request_id="r")
    with library.files.own_changes.claim() as claim:
        path, _, _ = write_image(library.files, encode_png(PIXELS), made, claim)
    assert (await library.reconcile()).added == (1,)
    await library.annotations.rate([1], 4)
    picture = await library.keep_made(encode_png(PIXELS), made)
    assert (picture.id, picture.path, picture.rating) == (1, path, 4)
    details = await library.details(1)
    assert details is not None
    assert (details.recipe.batch, details.recipe.cost) == (made.batch, made.cost)
    assert [line.cost for line in await library.spending()] == [made.cost]
    assert stamp_of(path)[0] == path.stat().st_size
    library.close()
