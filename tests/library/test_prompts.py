"""The history of prompts counts what was used, finds it, and survives what happens to the database."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from imagineart_desktop.library import WILDCARDS, Library, LibraryError
from imagineart_desktop.library.maintenance.backup import back_up
from imagineart_desktop.library.prompts import PAGE
from imagineart_desktop.library.recovery.restore import restore_backup
from imagineart_desktop.library.store.prompt_file import BUILT_IN, Template
from imagineart_desktop.library.store.prompt_history import find_prompts, record_use
from imagineart_desktop.library.store.schema import MIGRATIONS
from tests.library.legacy_libraries import make_earlier
from tests.library.test_library import keep, recipe

pytestmark = pytest.mark.asyncio

HISTORY = next(number for number, script in enumerate(MIGRATIONS) if "COLUMN uses" in script)
"""The migration that added the counts."""


@pytest.fixture
def library(tmp_path: Path) -> Iterator[Library]:
    made = Library(tmp_path)
    yield made
    made.close()


async def texts(library: Library, words: str = "", *, favorites: bool = False) -> list[str]:
    return [used.text for used in await library.prompts.find(words, favorites=favorites)]


async def test_a_prompt_tells_how_often_it_was_used_and_what_came_of_it(library: Library) -> None:
    await library.prompts.remember("a red kettle", 4)
    await library.prompts.remember("a quiet harbor")
    await library.prompts.remember("a red kettle", 2)
    await keep(library, recipe(1, "a red kettle"))
    newest = await keep(library, recipe(2, "a red kettle"))
    kettle, harbor = await library.prompts.find()
    assert (kettle.text, kettle.uses, harbor.text, harbor.uses) == ("a red kettle", 6, "a quiet harbor", 1)
    assert kettle.image is not None
    assert (kettle.image.id, harbor.image) == (newest.id, None)
    await library.trash.put([newest.id])
    kettle = (await library.prompts.find())[0]
    assert kettle.image is not None
    assert kettle.image.id != newest.id


async def test_the_last_of_several_prompts_in_one_millisecond_is_in_front(library: Library) -> None:
    def use(connection: sqlite3.Connection) -> None:
        for text in ("one", "two", "three", "one"):
            record_use(connection, text, 1, datetime(2026, 11, 30, tzinfo=UTC))

    await library.database.write(use)
    assert await texts(library) == ["one", "three", "two"]


async def test_every_word_is_found_anywhere_in_any_case(library: Library) -> None:
    for text in ("A red kettle, 100% wool", "the red_sea", "Blaue KÜCHE", "窗边的茶壶"):
        await library.prompts.remember(text)
    assert await texts(library, "KETTLE red") == ["A red kettle, 100% wool"]
    assert await texts(library, "red") == ["the red_sea", "A red kettle, 100% wool"]
    assert await texts(library, "d_s") == ["the red_sea"]
    assert await texts(library, "0%") == ["A red kettle, 100% wool"]
    assert await texts(library, "küche") == ["Blaue KÜCHE"]
    assert await texts(library, "茶壶") == ["窗边的茶壶"]
    assert await texts(library, "red harbor") == []


async def test_pages_follow_each_other_without_gaps(library: Library) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        # Several were last used in the same millisecond.
        rows = [(f"prompt {number}", number // 7) for number in range(3 * PAGE // 2)]
        connection.executemany("INSERT INTO prompts (text, used_ms) VALUES (?, ?)", rows)

    await library.database.write(fill)
    first = await library.prompts.find()
    second = await library.prompts.find(after=first[-1].key)
    assert (len(first), len(second)) == (PAGE, PAGE // 2)
    found = [used.text for used in (*first, *second)]
    assert found == [f"prompt {number}" for number in reversed(range(3 * PAGE // 2))]
    assert await library.prompts.find(after=second[-1].key) == []


async def test_a_page_of_a_long_history_is_read_without_reading_all_of_it(library: Library) -> None:
    def fill(connection: sqlite3.Connection) -> None:
        rows = ((f"object {number}, soft studio light", number) for number in range(20_000))
        connection.executemany("INSERT INTO prompts (text, used_ms) VALUES (?, ?)", rows)

    def steps(connection: sqlite3.Connection) -> int:
        done: list[None] = []
        connection.set_progress_handler(lambda: done.append(None), 100)
        assert len(find_prompts(connection, "studio", PAGE)) == PAGE
        connection.set_progress_handler(None, 0)
        return 100 * len(done)

    await library.database.write(fill)
    assert await library.database.read(steps) < 20_000


@pytest.mark.parametrize("version", [HISTORY - 1, HISTORY])
async def test_the_history_of_an_earlier_library_is_made_of_its_images_and_jobs(tmp_path: Path, version: int) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1, "a red kettle"))
    await keep(library, recipe(1, "a red kettle").model_copy(update={"position": 1}))
    await keep(library, recipe(2, "a red kettle"))
    await library.prompts.remember("never came of it")
    await library.prompts.remember("a red kettle")
    database = library.files.database
    library.close()
    make_earlier(database, version)
    with closing(sqlite3.connect(database)) as connection, connection:
        insert = (
            "INSERT INTO jobs (id, endpoint, request, service, state, created_ms, changed_ms, estimate)"
            " VALUES (?, 'e', ?, 'demo', 'failed', 5, 5, '0')"
        )
        connection.execute(insert, ("one", json.dumps({"prompt": "only asked for"})))
        connection.execute(insert, ("odd", json.dumps({"prompt": 5})))
    library = Library(tmp_path)
    found = {used.text: used.uses for used in await library.prompts.find()}
    assert found == {"a red kettle": 2, "never came of it": 1, "only asked for": 1}
    library.close()


async def test_history_and_favorites_survive_a_lost_database(tmp_path: Path) -> None:
    library = Library(tmp_path)
    await keep(library, recipe(1, "a red kettle"))
    await library.prompts.remember("a quiet harbor")
    for text in ("a red kettle", "a quiet harbor"):
        await library.prompts.set_favorite(text, True)
    library.close()
    (tmp_path / "library.sqlite").unlink()
    library = Library(tmp_path)
    await library.start()
    found = {used.text: (used.uses, used.is_favorite) for used in await library.prompts.find()}
    assert found == {"a red kettle": (1, True), "a quiet harbor": (0, True)}
    library.close()


async def test_favorites_can_be_listed_and_removed(library: Library) -> None:
    for text in ("one", "two", "three"):
        await library.prompts.remember(text)
    await library.prompts.set_favorite("one", True)
    await library.prompts.set_favorite("three", True)
    assert await texts(library, favorites=True) == ["three", "one"]
    assert await texts(library, "on", favorites=True) == ["one"]
    await library.prompts.set_favorite("one", False)
    assert await texts(library, favorites=True) == ["three"]


async def test_a_damaged_file_is_set_aside_before_it_is_written(library: Library) -> None:
    path = library.files.prompts
    path.write_text('{"favorites": ["good", 5]}', encoding="utf-8")
    await library.prompts.set_favorite("new", True)
    assert json.loads(path.read_bytes())["favorites"] == ["good", "new"]
    (aside,) = path.parent.glob("prompts-damaged-*")
    assert "5" in aside.read_text(encoding="utf-8")


async def test_a_restored_backup_adds_its_favorites(tmp_path: Path) -> None:
    library = Library(tmp_path / "here")
    await library.start()
    await keep(library, recipe(1))
    await library.prompts.set_favorite("in the backup", True)
    await back_up(library, tmp_path / "copy")
    await library.prompts.set_favorite("in the backup", False)
    await library.prompts.set_favorite("here", True)
    await restore_backup(library, tmp_path / "copy")
    assert sorted(await texts(library, favorites=True)) == ["here", "in the backup"]
    library.close()


async def test_templates_are_kept_in_the_folder_and_travel_as_a_file(tmp_path: Path) -> None:
    library = Library(tmp_path / "one")
    assert [one.name for one in await library.prompts.templates()] == [one.name for one in BUILT_IN]
    used = Template("Kettle", "{{product}} on slate", {"product": ("a kettle",)})
    await library.prompts.set_templates([used])
    await library.prompts.export_templates(tmp_path / "mine.json")
    library.close()
    (tmp_path / "one" / "library.sqlite").unlink()
    library = Library(tmp_path / "one")
    await library.start()
    assert await library.prompts.templates() == (used,)
    library.close()
    other = Library(tmp_path / "two")
    await other.prompts.set_templates([Template("Kettle", "another text")])
    assert await other.prompts.import_templates(tmp_path / "mine.json") == 1
    assert await other.prompts.import_templates(tmp_path / "mine.json") == 0
    assert [(one.name, one.values) for one in await other.prompts.templates()] == [("Kettle 2", {}), ("Kettle", {})]
    other.close()


async def test_a_file_that_is_none_of_templates_adds_none(library: Library, tmp_path: Path) -> None:
    for number, text in enumerate(('{"templates": [{"name": ""}, 7]}', "[]", "\0", '{"favorites": ["x"]}')):
        path = tmp_path / f"{number}.json"
        path.write_text(text, encoding="utf-8")
        assert await library.prompts.import_templates(path) == 0
    with pytest.raises(LibraryError, match="inside"):
        await library.prompts.import_templates(tmp_path / "0.json" / "inside")


async def test_wildcards_are_part_of_a_backup_and_come_back_with_it(tmp_path: Path) -> None:
    library = Library(tmp_path / "here")
    await library.start()
    await keep(library, recipe(1))
    wildcard = library.files.root / WILDCARDS / "light" / "moods.txt"
    wildcard.parent.mkdir(parents=True)
    wildcard.write_text("dawn\n", encoding="utf-8")
    await back_up(library, tmp_path / "copy")
    wildcard.unlink()
    await restore_backup(library, tmp_path / "copy")
    assert wildcard.read_text(encoding="utf-8") == "dawn\n"
    library.close()
