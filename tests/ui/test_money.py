"""Money is spent once per request, in the real window."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from imagineart_desktop.demo import Fault
from imagineart_desktop.fal import Charged, ServiceKind
from imagineart_desktop.jobs import LOOKUP_FAILED, NOT_LISTED, Failure, JobState
from imagineart_desktop.library import OLDER_COPY
from imagineart_desktop.support.messages import Message
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.seed import SeedMode
from tests.ui.window_driver import Driver, opened

LEFT, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier


def demo_counts(at: Driver) -> dict[str, int]:
    demo = at.parts.account.demo
    assert demo is not None
    return demo.counts


async def test_a_double_click_and_a_held_key_ask_once(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        form = at.window.generate.form
        # What is refused holds nothing up.
        QTest.mouseClick(form.go, LEFT)
        await at.until(lambda: form._problems["prompt"].text())
        at.type(form.prompt.editor, "hills")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        QTest.mouseClick(form.go, LEFT)
        assert form.message.text() == ""
        QTest.mouseDClick(form.go, LEFT)
        for _ in range(5):
            QTest.keyClick(form.prompt.editor, Qt.Key.Key_Return, CONTROL)
        assert form.message.text() == "Pressed twice, sent once."
        await at.pictures(1)
        await asyncio.sleep(0.5)
        assert demo_counts(at)["submissions"] == 1
        QTest.mouseClick(form.go, LEFT)
        await at.pictures(2)
        assert demo_counts(at)["submissions"] == 2


async def test_a_lost_answer_is_asked_about_and_found(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        demo = at.parts.account.demo
        assert demo is not None
        demo.order(Fault.parse("submit:cut_before:nth=1"), Fault.parse("submit:refuse:nth=2"))
        form = at.window.generate.form
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        for failed, prompt in enumerate(("found", "never arrived"), start=1):
            at.type(form.prompt.editor, prompt)
            at.click(form.go)
            await at.until(lambda failed=failed: at.window.strip.counts() == (0, failed))  # type: ignore[misc]
            await at.until(lambda: not form._submit_guard.isActive())
        await at.until(lambda: len(at.window.strip._cards) == 2)
        found, never = at.window.strip._cards.values()
        for card in (found, never):
            assert card.job.state is JobState.UNCONFIRMED
            assert card._failure.text() == "May have been accepted and charged"
        at.click(found._look)
        await at.pictures(1)
        at.click(never._look)
        await at.until(lambda: never._failure.text() == "The service lists no such request.")
        assert demo_counts(at)["submissions"] == 1
        QTest.mouseDClick(never._again, LEFT)
        QTest.mouseClick(never._again, LEFT)
        await at.pictures(2)
        assert demo_counts(at)["submissions"] == 2
        await at.until(lambda: not at.window.strip._cards)


async def test_a_card_that_asks_shows_all_of_its_words_and_waits_for_a_look(tmp_path: Path, theme: Theme) -> None:
    forms = (
        ("", ""),
        (NOT_LISTED, "The service lists no such request."),
        (LOOKUP_FAILED, "Couldn’t check with the service."),
        (LOOKUP_FAILED, "The service lists 12 requests this key can’t read."),
        (OLDER_COPY, "This request came with an older copy of the library and may already have been sent."),
    )
    async with opened(tmp_path, theme) as at:
        at.order("submit:refuse:times=6", "list:delay:seconds=0.5")
        form, strip = at.window.generate.form, at.window.strip
        fields = {"prompt": "A lighthouse on a rocky coast, long exposure", "resolution": "1K", "aspect_ratio": "4:1"}
        await at.parts.worker.add(form.draft.model, at.parts.account.kind, fields, seeds=range(1, 7))
        await at.until(lambda: strip.counts() == (0, 6))
        *shown, looked_for = await at.cards(6)
        for card, (kind, words) in zip(shown, forms, strict=True):
            if kind:
                card.show_job(
                    replace(
                        card.job, failure=Failure(kind, Message.plain(words), Message.plain("Advice."), Charged.MAYBE)
                    )
                )
        at.click(looked_for._look)
        assert looked_for._failure.text() == "Checking…"
        assert not any(part.isEnabled() for part in (looked_for._look, looked_for._again, looked_for._dismiss))
        await asyncio.sleep(0)
        room = strip._area.viewport().rect()
        await at.until(lambda: all(card.height() <= room.height() for card in strip._cards.values()))
        for card in strip._cards.values():
            label = card._failure
            assert label.height() >= label.heightForWidth(label.width()), label.text()
            assert card.rect().contains(label.geometry()), label.text()
        await at.until(lambda: looked_for._failure.text() == "The service lists no such request.")
        assert looked_for._again.isEnabled()


async def test_many_jobs_show_some_cards_and_count_the_others(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        demo = at.parts.account.demo
        assert demo is not None
        demo.order(Fault.parse("submit:refuse"))
        form = at.window.generate.form
        await at.parts.worker.add(
            form.draft.model, at.parts.account.kind, {"prompt": "hills", "resolution": "1K"}, seeds=range(1, 41)
        )
        strip = at.window.strip
        await at.until(lambda: strip.counts() == (0, 40))
        await at.cards(24)
        assert strip._area._more.text() == "and 16 more"
        for left in reversed(range(20, 40)):
            at.click(next(iter(strip._cards.values()))._dismiss)
            await at.until(lambda left=left: strip.counts() == (0, left))  # type: ignore[misc]
            # The view stays with the cards in it; the last ones are built once they are in sight.
            await at.cards(min(left, 24))
        assert strip._area._more.isHidden()


async def test_the_developers_menu_has_the_demo_go_wrong(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        assert "Developer" not in [action.text() for action in at.window.menuBar().actions()]
    monkeypatch.setenv("IMAGINEART_DEVELOPER", "1")
    async with opened(tmp_path, theme) as at:
        menu = at.window.menuBar().actions()[-1].menu()
        actions = {action.text(): action for action in menu.actions()}  # type: ignore[attr-defined]
        actions["Work fails"].trigger()
        at.type(at.window.generate.form.prompt.editor, "hills")
        at.window.generate.form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.click(at.window.generate.form.go)
        assert await at.failure() == "The service failed: Made to fail"
        actions["All is well"].trigger()
        actions["Show demo counters"].trigger()
        await at.until(lambda: "submissions" in at.window.children()[-1].children()[-1].toPlainText())  # type: ignore[attr-defined]


async def test_what_was_free_when_it_was_asked_for_is_not_charged(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A key may arrive while a request is prepared."""
    async with opened(tmp_path, theme) as at:
        form, account = at.window.generate.form, at.parts.account
        assert form.draft.is_free
        at.type(form.prompt.editor, "hills")
        form.seed.set_value(7, SeedMode.INCREMENT)
        asked_for, waiting = form._price.right.text(), at.parts.library.operations
        account.settled.clear()
        at.click(form.go)
        await at.until(lambda: waiting.running)
        form.count.set_value(3)
        assert form._price.right.text() != asked_for
        monkeypatch.setattr(account, "kind", ServiceKind.LIVE)
        account.settled.set()
        await at.until(form.message.text)
        assert form.message.text() == f"Nothing was sent: the program is Live now, and this costs about {asked_for}."
        assert at.parts.worker.jobs() == []
        assert (form.seed.value(), form.seed.mode) == (7, SeedMode.INCREMENT)
