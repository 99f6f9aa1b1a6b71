"""The library as a folder: checked, copied, moved, and changed by other programs while the window is open."""

from __future__ import annotations

from functools import partial
from pathlib import Path

import pytest
from PIL import Image

from imagineart_desktop.app import _finish_move
from imagineart_desktop.library import FileState, Library, Query
from imagineart_desktop.places import AppPaths
from imagineart_desktop.ui.image_details.facts import image_facts
from imagineart_desktop.ui.settings import library_place
from imagineart_desktop.ui.settings.library_place import LibraryFolder
from imagineart_desktop.ui.settings.work import OperationProgress
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.widgets.file_dialogs import FileDialogs
from imagineart_desktop.workspace.gallery import folder_watcher
from imagineart_desktop.workspace.gallery.rows import MISSING, SUMMARY, THUMBNAIL
from tests.ui.test_gallery_order import gallery, shown


async def test_the_library_is_checked_copied_brought_back_and_rebuilt(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        at.window.window_actions["file.settings"].trigger()
        care = at.window.dialogs._settings.care  # type: ignore[union-attr]
        await care.check()
        assert care.message.text() == "All 6 images are there."
        await care.copy(tmp_path / "copy")
        assert care.message.text().startswith(f"Backed up to {tmp_path / 'copy'}: 6 new files")
        await at.parts.library.annotations.rate([1], 5)
        (picture,) = await at.parts.library.summaries([3])
        picture.path.unlink()
        await care.check()
        assert care.message.text().startswith("1 of 6 image file is missing")
        await care.restore(tmp_path / "copy")
        assert picture.path.is_file()
        told: list[str] = []
        work = care._work

        def tell(done: int, total: int) -> None:
            OperationProgress.tell(work, done, total)
            told.append(work.count.text())

        monkeypatch.setattr(work, "tell", tell)
        await care.rebuild()
        assert told[-1] == "5 of 6"
        assert care.message.text().startswith("Rebuilt: 6 images")
        await at.parts.library.annotations.rate([1], 4)
        monkeypatch.setattr(work, "stopped", lambda: True)
        await care.rebuild()
        assert care.message.text() == "Stopped. Nothing was changed."
        assert await at.parts.library.search(Query(text="rating:4")) == [1]
        await at.until(lambda: len(shown(page)) == 6)


async def test_the_library_is_moved_and_opened_there_at_the_next_start(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    places = AppPaths.below(tmp_path)
    new = tmp_path / "disk" / "pictures"
    async with gallery(tmp_path, theme) as (at, _page):
        at.window.window_actions["file.settings"].trigger()
        place = at.window.dialogs._settings.care.place  # type: ignore[union-attr]
        preferences = place._preferences
        place.use_folder(tmp_path / "other")
        assert place.folder.text() == str(tmp_path / "library")
        assert place.next.text() == f"After the next start: {tmp_path / 'other'}"
        place.use_folder(tmp_path / "library")
        assert place.next.isHidden()
        taken = tmp_path / "disk"
        taken.mkdir()
        (taken / "notes.txt").touch()
        place.use_folder(taken)
        assert place.next.isHidden()
        assert place._work.message.text() == (
            f"Other files lie in {taken}. Choose an empty folder or one with a library."
        )
        await place.move_to(new)
        assert [made.text() for made in place._work.message._buttons] == ["Restart now"]
        assert place.next.text() == f"After the next start: {new}"
        await at.parts.library.annotations.rate([4], 3)
    assert (await _finish_move(places, preferences)).startswith(f"The library is now in {new}.")
    assert (preferences.folder, preferences.moving, preferences.left) == (new, None, tmp_path / "library")
    library = Library(new)
    assert await library.search(Query(text="rating:3")) == [4]
    monkeypatch.setattr(library_place, "send2trash", lambda path: path.rename(tmp_path / "trashed"))
    work = OperationProgress(library.operations)
    place = LibraryFolder(library, preferences, work, FileDialogs(preferences))
    assert work.message._buttons[0].text() == "Move the old folder to the system’s trash"
    await place.trash_previous_folder()
    assert not (tmp_path / "library").exists()
    assert preferences.left is None
    library.close()


async def test_files_that_are_moved_behind_our_back_are_noticed(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        (picture,) = await at.parts.library.summaries([2])

        def missing() -> bool:
            return bool(page.model.data(page.model.index_of(2), MISSING))

        await at.until(lambda: page.model.data(page.model.index_of(2), MISSING) is False)
        picture.path.rename(tmp_path / "elsewhere.png")
        await at.until(missing)
        (tmp_path / "elsewhere.png").rename(picture.path.with_name("another name.png"))
        await at.until(lambda: not missing())
        (found,) = await at.parts.library.summaries([2])
        assert found.path.name == "another name.png"


async def test_a_missing_picture_is_forgotten_and_back_and_shows_no_other_in_its_place(
    tmp_path: Path, theme: Theme
) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        library = at.parts.library
        loupe = page.loupe
        at.window.commands.run("image.open", [2])
        await at.until(lambda: loupe.current is not None and loupe.current.id == 2)
        (picture,) = await library.summaries([3])
        picture.path.rename(tmp_path / "elsewhere.png")
        await at.until(lambda: bool(page.model.data(page.model.index_of(3), MISSING)))
        at.window.commands.run("image.open", [3])
        await at.until(lambda: loupe.current is None)
        await at.until(lambda: picture.path.name in loupe.message.text())
        assert not loupe.view.has_picture
        at.window.commands.run("image.forget", [3])
        await at.until(lambda: 3 not in shown(page))
        at.window.status.take_back()
        await at.until(lambda: 3 in shown(page))
        await at.window.commands.missing.take(3, tmp_path / "elsewhere.png")
        assert picture.path.is_file()
        await at.until(lambda: page.model.data(page.model.index_of(3), MISSING) is False)


async def test_images_in_new_folders_are_found(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        (picture,) = await at.parts.library.summaries([1])
        watcher = at.window.findChild(folder_watcher.FolderWatcher)
        assert watcher is not None
        watched = watcher._watcher.directories
        month = picture.path.parent
        for count, deep in enumerate((month / "new" / "deep", month.parent / "new" / "deep"), 7):
            await at.until(lambda: {str(month), str(month.parent)} <= set(watched()))
            deep.mkdir(parents=True)
            await at.until(partial(lambda new: str(new) in watched(), deep))
            Image.new("RGB", (count, count), "red").save(deep / "red.png")
            await at.until(partial(lambda number: len(shown(page)) == number, count))


async def test_a_picture_that_is_written_over_is_shown_anew(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(folder_watcher, "_SCAN_INTERVAL_MS", 200)
    async with gallery(tmp_path, theme) as (at, page):
        library = at.parts.library
        index = page.model.index_of(2)
        await at.until(lambda: page.model.data(index, THUMBNAIL) is not None)
        before = page.model.data(index, THUMBNAIL).cacheKey()
        page.grid.choose(2)
        (picture,) = await library.summaries([2])
        Image.new("RGB", (333, 222), "red").save(picture.path)
        await at.until(
            lambda: bool((shown := page.model.data(page.model.index_of(2), SUMMARY)) and shown.size[0] == 333)
        )
        await at.until(
            lambda: getattr(page.model.data(page.model.index_of(2), THUMBNAIL), "cacheKey", int)() not in (0, before)
        )
        details = await library.details(2)
        assert details is not None
        assert ("file", "On disk", "Changed by another program") in image_facts(details)
        assert len({fact.id for fact in image_facts(details)}) == len(image_facts(details))
        (other,) = await library.summaries([3])
        other.path.write_bytes(other.path.read_bytes()[:-40])
        await at.until(lambda: bool(page.model.data(page.model.index_of(3), MISSING)))
        assert page.model.data(page.model.index_of(3), SUMMARY).state is FileState.DAMAGED
