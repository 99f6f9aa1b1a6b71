"""The window appears before anything that it doesn't need."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from imagineart_desktop.app import _describe_changes, _show_startup_notices
from imagineart_desktop.demo import FAST_TIMING, DemoServer
from imagineart_desktop.jobs import JobEvent
from imagineart_desktop.library.recovery.reconcile import ReconcileResult
from imagineart_desktop.places import AppPaths
from imagineart_desktop.studio import open_core
from imagineart_desktop.ui.settings.account import AccountPanel
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.library_notices import LibraryNotices
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.preferences import Preferences
from tests.waiting import until


async def test_what_is_asked_before_the_service_is_known_goes_to_it_later(tmp_path: Path, theme: Theme) -> None:
    places = AppPaths.below(tmp_path)
    shown = asyncio.Event()
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING), after=shown) as parts:
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


@pytest.mark.parametrize("key", [None, "id:secret"])
async def test_no_variable_of_another_program_stops_the_start(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch, key: str | None
) -> None:
    for name, value in {
        "SSL_CERT_FILE": "/nowhere/certificates.pem",
        "SSL_CERT_DIR": "/nowhere",
        "SSLKEYLOGFILE": "/nowhere/keys.log",
        "NO_PROXY": "[::1],[,fd00::/8,10.0.0.0/99,*.a.*,http://",
        "HTTPS_PROXY": "http://me:hidden@[::",
        "ALL_PROXY": "socks://me:hidden@127.0.0.1:9/",
    }.items():
        monkeypatch.setenv(name, value)
    if key is not None:
        monkeypatch.setenv("FAL_KEY", key)
    places = AppPaths.below(tmp_path)
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING)) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, Preferences(places.settings), theme)
        await window.restore()
        window.show()
        assert window.top.service.accessibleName() == f"Service: {'Demo' if key is None else 'Live'}"
        said = [sentence.split(" ")[0] for sentence in parts.account.network_findings]
        assert said == ([] if key is None else ["HTTPS_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"])
        assert not any("hidden" in sentence for sentence in parts.account.network_findings)
        window.close()
        window.deleteLater()


async def test_the_settings_say_why_the_key_of_the_environment_is_not_used(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAL_KEY", "hidden")
    places = AppPaths.below(tmp_path)
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING)) as parts:
        panel = AccountPanel(parts.account, Preferences(places.settings))
        assert panel._state.text().startswith("FAL_KEY is not a fal.ai key")
        assert "hidden" not in panel._state.text()
        panel.deleteLater()


async def test_a_damaged_file_of_an_added_model_is_said_at_the_start(tmp_path: Path, theme: Theme) -> None:
    places = AppPaths.below(tmp_path)
    places.models.mkdir(parents=True)
    (places.models / "mine.json").write_text("{", encoding="utf-8")
    async with open_core(places, demo=DemoServer(places.demo, pace=FAST_TIMING)) as parts:
        window = MainWindow(parts.library, parts.worker, parts.account, Preferences(places.settings), theme)
        await window.restore()
        await _show_startup_notices(parts, window, LibraryNotices(parts.library, window.banner), "")
        assert window.status.said.text().startswith("The model in “mine.json” can’t be used; the file is as it was.")
        window.close()
        window.deleteLater()


def test_changes_of_the_folder_are_counted() -> None:
    assert _describe_changes(ReconcileResult()) == ""
    assert _describe_changes(ReconcileResult(added=(1,))) == "Added 1 image that was found in the library folder."
    assert _describe_changes(ReconcileResult(added=(1, 2))) == "Added 2 images that were found in the library folder."
    one = "1 image file is missing from the library folder: it was moved or deleted."
    assert _describe_changes(ReconcileResult(lost=(1,))) == one
