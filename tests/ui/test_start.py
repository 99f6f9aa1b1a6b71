"""The window comes before what it does not need to be shown."""

from __future__ import annotations

import asyncio
from pathlib import Path

from imagineart_desktop.app import Places, studio
from imagineart_desktop.demo import SWIFT, DemoServer
from imagineart_desktop.jobs import JobEvent
from imagineart_desktop.ui.main_window import MainWindow
from imagineart_desktop.ui.preferences import Preferences
from imagineart_desktop.ui.theme import Theme
from tests.waiting import until


async def test_what_is_asked_before_the_service_is_known_goes_to_it_later(tmp_path: Path, theme: Theme) -> None:
    places = Places.below(tmp_path)
    shown = asyncio.Event()
    async with studio(places, demo=DemoServer(places.demo, pace=SWIFT), after=shown) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, Preferences(places.settings), theme)
        events: list[JobEvent] = []
        parts.worker.subscribe(events.append)
        await window.restore()
        window.show()
        assert window.top.service.accessibleName() == "Service: Starting"
        window.generate.form.prompt.editor.setPlainText("early hills")
        window.generate.submit()
        await asyncio.sleep(0.1)
        assert not parts.worker.jobs()
        assert not parts.reconciled.done()
        shown.set()
        await until(lambda: any(event.pictures for event in events))
        assert window.top.service.accessibleName() == "Service: Demo"
        assert {event.job.prompt for event in events} == {"early hills"}
        window.close()
        window.deleteLater()
