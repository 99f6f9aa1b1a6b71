"""What is typed or painted is saved during work, without waiting for a pause."""

from __future__ import annotations

import asyncio
import errno
from collections.abc import Awaitable, Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PySide6.QtCore import QObject, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QSplitter

from imagineart_desktop.library import Library, LibraryError, write_atomic
from imagineart_desktop.models import IMAGINEART_20, ModelRegistry, Task
from imagineart_desktop.support.json_types import JsonObject
from imagineart_desktop.ui.image_details.marks_editor import MarksEditor
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.ui.window.main_window import MainWindow
from imagineart_desktop.workspace.coalesced import Debouncer
from imagineart_desktop.workspace.draft_saver import DraftSaver
from imagineart_desktop.workspace.draft_state import DraftState
from imagineart_desktop.workspace.inpaint import session_store
from imagineart_desktop.workspace.inpaint.session_store import MASK_DRAFT_PREFIX
from imagineart_desktop.workspace.preferences import Preferences
from imagineart_desktop.workspace.request_draft import RequestDraft
from imagineart_desktop.workspace.saved_state import SavedState
from tests.ui.test_gallery_order import choose, gallery, marks
from tests.ui.window_driver import opened

_MOST_CHANGES = 1000
"""Far more than are made before the longest wait ends."""


class _Form(SavedState):
    kept: int = 0


async def meanwhile(change: Callable[[int], object], saved: Callable[[], Awaitable[bool]]) -> None:
    """Make one change after the other, each within the quiet period of the last, until one is saved."""
    for number in range(_MOST_CHANGES):
        change(number)
        await asyncio.sleep(0.01)
        if await saved():
            return
    raise AssertionError("Nothing was saved while the changes went on")


async def test_work_is_done_at_the_latest_after_the_longest_wait() -> None:
    runs: list[int] = []
    changes = 0
    owner = QObject()

    async def work() -> None:
        runs.append(changes)

    saver = Debouncer(owner, work, quiet=1_000_000, longest=30)

    def change(number: int) -> None:
        nonlocal changes
        changes = number + 1
        saver.touch()

    async def twice() -> bool:
        return len(runs) == 2

    await meanwhile(change, twice)
    assert runs[0] < runs[1] <= changes
    await saver.flush()
    assert runs[-1] == changes
    assert not saver.is_pending
    count = len(runs)
    await saver.flush()
    assert len(runs) == count


async def test_runs_do_not_overlap_and_a_change_during_one_causes_another() -> None:
    at_work = most_at_work = runs = 0
    go_on = asyncio.Event()
    owner = QObject()

    async def work() -> None:
        nonlocal at_work, most_at_work, runs
        at_work += 1
        most_at_work = max(most_at_work, at_work)
        await go_on.wait()
        at_work -= 1
        runs += 1

    saver = Debouncer(owner, work, quiet=1, longest=1)
    saver.touch()
    first = asyncio.ensure_future(saver.flush())
    await asyncio.sleep(0)
    saver.touch()
    second = asyncio.ensure_future(saver.flush())
    await asyncio.sleep(0)
    assert saver.is_pending
    go_on.set()
    await asyncio.gather(first, second)
    assert (most_at_work, runs) == (1, 2)


async def test_a_prompt_is_saved_while_it_is_typed_without_a_pause(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        editor, library = at.window.generate.form.prompt.editor, at.parts.library
        editor.setFocus()

        async def saved() -> bool:
            fields = (await library.draft("generate")).get("fields")
            return isinstance(fields, dict) and str(fields["prompt"]).startswith("abc")

        await meanwhile(lambda number: QTest.keyClicks(editor, "abc" if number < 3 else "d"), saved)


async def test_a_note_that_was_being_typed_is_there_after_a_crash(tmp_path: Path, theme: Theme) -> None:
    async with gallery(tmp_path, theme) as (at, page):
        choose(page, [2])
        await at.until(lambda: bool(page.details.findChildren(MarksEditor)))
        note = page.details.findChildren(MarksEditor)[-1].note
        note.setFocus()

        async def saved() -> bool:
            return str((await at.parts.library.draft("note")).get("note", "")).startswith("for")

        await meanwhile(lambda number: QTest.keyClicks(note, "for" if number == 0 else "x"), saved)
        kept = await at.parts.library.draft("note")
        assert (await marks(at))[2].note == ""
        # What a crash leaves: the draft, and no note.
        await page.restore()
        await at.until(lambda: "ote" in at.window.status.said.text())
        assert (await marks(at))[2].note == kept["note"]


async def test_a_mask_is_saved_during_a_long_stroke(tmp_path: Path, theme: Theme, photos: Path) -> None:
    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        root = at.parts.library.files.root

        def place(number: int) -> QPointF:
            return canvas.viewport_state.to_widget(QPointF(60 + number % 400, 100 + number // 10))

        QTest.mousePress(canvas, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, place(0).toPoint())

        async def saved() -> bool:
            return any(np.asarray(Image.open(path)).any() for path in root.glob(f"{MASK_DRAFT_PREFIX}-*.png"))

        await meanwhile(lambda number: QTest.mouseMove(canvas, place(number).toPoint()), saved)
        assert canvas.tool_controller.drawing is not None
        QTest.mouseRelease(canvas, Qt.MouseButton.LeftButton)


async def test_the_layout_is_saved_while_the_window_changes(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        splitter: QSplitter = at.window.generate.splitter
        before = Preferences(tmp_path / "settings.ini").layout("window")

        async def saved() -> bool:
            return Preferences(tmp_path / "settings.ini").layout("window") != before

        await meanwhile(lambda number: splitter.splitterMoved.emit(300 + number, 1), saved)


async def test_a_form_that_is_being_restored_is_not_saved_half(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        draft, library = at.window.generate.saver, at.parts.library
        at.type(at.window.generate.form.prompt.editor, "whole")
        await draft.save()
        kept = await library.draft("generate")
        async with draft.restoring() as state:
            assert state.to_json() == kept
            at.window.generate.form.prompt.set_text("half")
            await draft.save()
            assert await library.draft("generate") == kept
        await at.until(lambda: not draft.is_pending)
        assert await library.draft("generate") != kept


async def test_what_failed_is_done_again_and_told_once(tmp_path: Path) -> None:
    owner = QObject()
    said: list[str] = []
    failures = 3
    done = asyncio.Event()

    async def work() -> None:
        nonlocal failures
        if failures:
            failures -= 1
            raise LibraryError("The disk is full.", "Free some space and try again.")
        done.set()

    def tell(sentence: str) -> Callable[[], object]:
        said.append(sentence)
        return lambda: said.append("")

    saver = Debouncer(owner, work, quiet=1, longest=1, retry=1, on_trouble=tell)
    saver.touch()
    await saver.flush()
    assert saver.is_pending
    await done.wait()
    await saver.flush()
    assert said == ["The disk is full. Free some space and try again.", ""]
    assert not saver.is_pending


async def test_work_with_a_fault_is_still_to_be_done() -> None:
    owner = QObject()
    outcomes = [ValueError("a fault"), None]

    async def work() -> None:
        if (error := outcomes.pop(0)) is not None:
            raise error

    saver = Debouncer(owner, work, quiet=1_000_000, longest=1_000_000)
    saver.touch()
    with pytest.raises(ValueError, match="a fault"):
        await saver.flush()
    await saver.flush()
    assert outcomes == []
    assert not saver.is_pending


async def test_a_mask_that_could_not_be_saved_is_saved_at_the_end(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(path: Path, _data: bytes) -> None:
        raise OSError(errno.ENOSPC, "No space left on device", str(path))

    async with opened(tmp_path, theme, at_once=("inpaint",)) as at:
        canvas = await at.on_canvas(photos / "coffee.png")
        page, root = at.window.inpaint, at.parts.library.files.root
        monkeypatch.setattr(session_store, "write_atomic", full)
        at.drag(canvas, [(100, 100), (300, 200)])
        await at.until(lambda: "Couldn’t save the mask: the disk is full." in page.message.text())
        # The empty mask may have been saved before.
        assert not any(np.asarray(Image.open(path)).any() for path in root.glob(f"{MASK_DRAFT_PREFIX}-*.png"))
        monkeypatch.setattr(session_store, "write_atomic", write_atomic)
        await page.save()
        assert page.message.text() == ""
        (kept,) = root.glob(f"{MASK_DRAFT_PREFIX}-*.png")
        assert np.asarray(Image.open(kept)).any()


async def test_a_draft_of_an_earlier_version_is_opened_and_saved_without_a_window(tmp_path: Path) -> None:
    library = Library(tmp_path / "library")
    await library.start()
    try:
        fields: JsonObject = {"prompt": "a latte", "aspect_ratio": "3:2", "resolution": "1K", "reasoning": "high"}
        stored: JsonObject = {
            "model": IMAGINEART_20.endpoint,
            "fields": fields,
            "seed": 7,
            "seed_mode": "next",
            "count": 3,
        }
        await library.save_draft("generate", {**stored, "results": {}})
        draft = RequestDraft(Task.GENERATE, ModelRegistry())
        saver = DraftSaver(draft, library, "generate", DraftState, draft.state, lambda _sentence: None)
        draft.changed.connect(saver.touch)
        async with saver.restoring() as state:
            draft.restore(state)
        assert draft.state().to_json() == stored
        await saver.save()
        draft.set_fields({"prompt": "a cup", "resolution": "2K"})
        assert saver.is_pending
        await saver.save()
        changed = {**stored, "fields": {**fields, "prompt": "a cup", "resolution": "2K"}}
        assert await library.draft("generate") == changed
    finally:
        library.close()


async def test_a_form_that_could_not_be_loaded_does_not_replace_the_kept_one(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        library = at.parts.library
        await library.save_draft("form", {"kept": 1})
        draft = DraftSaver(at.window, library, "form", _Form, lambda: _Form(kept=0), lambda _sentence: None)

        async def damaged(_name: str) -> JsonObject:
            draft.touch()
            raise LibraryError("Cannot be read.")

        with monkeypatch.context() as patch:
            patch.setattr(library, "draft", damaged)
            restoring = draft.restoring()
            with pytest.raises(LibraryError):
                await restoring.__aenter__()
        assert not draft.is_pending
        await draft.save()
        assert await library.draft("form") == {"kept": 1}
        draft.touch()
        await draft.save()
        assert await library.draft("form") == {"kept": 0}


async def test_a_form_that_is_not_restored_yet_does_not_replace_the_saved_one(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        library = at.parts.library
        await library.save_draft("form", {"kept": 1})
        forms = [_Form(kept=0)]
        draft = DraftSaver(at.window, library, "form", _Form, lambda: forms[-1], lambda _sentence: None)
        draft.touch()
        await draft.save()
        assert await library.draft("form") == {"kept": 1}
        async with draft.restoring() as restored:
            forms.append(restored)
        await draft.save()
        assert await library.draft("form") == {"kept": 1}


async def test_a_form_with_nothing_to_restore_is_saved_once_it_has_begun(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        library = at.parts.library
        draft = DraftSaver(at.window, library, "form", _Form, lambda: _Form(kept=2), lambda _sentence: None)
        draft.begin()
        draft.touch()
        await draft.save()
        assert await library.draft("form") == {"kept": 2}


async def test_a_window_that_takes_long_to_build_restores_every_form(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    forms = ("edit", "inpaint")
    async with opened(tmp_path, theme, at_once=forms) as at:
        at.window.generate.form.prompt.editor.setPlainText("a cup")
        at.drop(at.window.edit.references.slots[0], [photos / "rocket.jpg"])
        await at.until(lambda: len(at.window.edit.references.list.sizes) == 1)
        await at.on_canvas(photos / "coffee.png")
        step = at.window.inpaint.stepping.steps.current
    restore = MainWindow.restore

    async def save_first(window: MainWindow) -> None:
        # What the savers do if their quiet period ends before the window asks for what was saved.
        await window.save()
        await restore(window)

    monkeypatch.setattr(MainWindow, "restore", save_first)
    async with opened(tmp_path, theme, at_once=forms) as at:
        assert at.window.generate.form.prompt.editor.toPlainText() == "a cup"
        assert at.window.edit.references.list.sizes == [(640, 427)]
        assert step is not None
        assert (restored := at.window.inpaint.stepping.steps.current) is not None
        assert restored.sha256 == step.sha256
