"""Repairs made while the library was opened are reported in the window, once."""

from __future__ import annotations

import asyncio
from pathlib import Path

from PySide6.QtWidgets import QApplication

from imagineart_desktop.library.store.notices import Notices
from imagineart_desktop.places import AppPaths
from tests.library.test_damage import change, started
from tests.library.test_library import keep, recipe
from tests.ui.test_session_end import shown


async def test_the_banner_says_what_was_mended_and_the_next_window_is_silent(
    application: QApplication, tmp_path: Path
) -> None:
    places = AppPaths.below(tmp_path)
    library = await started(places.library)
    await keep(library, recipe(1))
    library.close()
    change(places.library, "PRAGMA user_version = 5")
    (places.library / "in-use.lock").write_bytes(b"somebody's")
    with (places.library / "paid.jsonl").open("ab") as file:
        file.write(b"garbage\n")
    for _ in range(2):
        # Ended before anything could be said.
        (await started(places.library)).close()
    running, window = await shown(places, application)
    parts = ("Another program changed “in-use.lock”", "wrong version number", "A record file in the library folder had")
    while not all(part in window.banner.text() for part in parts):
        await asyncio.sleep(0.01)
    # Nobody knows whether it was seen; a program that is killed now says it again.
    assert len(library.notices.pending()) == 3
    window.banner.clear()
    while library.notices.pending():
        await asyncio.sleep(0.01)
    window.close()
    assert await running == 0
    running, window = await shown(places, application)
    await asyncio.sleep(0.2)
    assert window.banner.text() == ""
    window.close()
    assert await running == 0


async def test_an_orderly_end_forgets_what_was_shown(application: QApplication, tmp_path: Path) -> None:
    places = AppPaths.below(tmp_path)
    (await started(places.library)).close()
    change(places.library, "PRAGMA user_version = 5")
    running, window = await shown(places, application)
    while "wrong version number" not in window.banner.text():
        await asyncio.sleep(0.01)
    window.close()
    assert await running == 0
    assert Notices(places.library).pending() == []
