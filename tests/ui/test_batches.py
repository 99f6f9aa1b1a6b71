"""A batch has one card in the strip, and a table of its jobs; the window of jobs lists those of the last days."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu, QWidget

from imagineart_desktop.fal import ServiceKind
from imagineart_desktop.jobs import Batch, BatchRequest, BatchState, BatchSummary, JobState, Worker
from imagineart_desktop.library import Library
from imagineart_desktop.models import IMAGINEART_20
from imagineart_desktop.ui.jobs.batch_card import CARD_WIDTH
from imagineart_desktop.ui.jobs.batch_cards import BatchCards
from imagineart_desktop.ui.jobs.jobs_window import JobsWindow
from imagineart_desktop.ui.theme import Theme
from imagineart_desktop.workspace.batch_texts import batch_cost, batch_counts, batch_problems, batch_progress, time_left
from tests.jobs.job_fixtures import held_work
from tests.ui.window_driver import Driver, opened
from tests.waiting import until

SMALL = {"resolution": "1K", "aspect_ratio": "4:1"}
FIGURES = BatchSummary(
    {JobState.DONE: 412, JobState.RUNNING: 3, JobState.FETCHING: 1, JobState.WAITING: 221, JobState.FAILED: 3},
    Decimal("18.40"),
    Decimal("28.80"),
    9 * 60.0,
)
BATCH = Batch("b", "Kettle, autumn catalog", datetime.now(UTC), 0, False, False, None, False, FIGURES)


def test_a_card_says_how_far_a_batch_is_and_what_it_costs() -> None:
    assert batch_progress(BATCH) == "412 of 640 · 9 min left"
    assert batch_counts(BATCH) == "4 running, 221 waiting"
    assert batch_problems(BATCH) == "3 failed"
    assert batch_cost(BATCH) == "$18.40 of $28.80"
    assert batch_progress(replace(BATCH, is_paused=True)) == "412 of 640 · paused"
    assert batch_cost(replace(BATCH, summary=replace(FIGURES, is_free=True))) == "Free (demo)"
    assert batch_counts(replace(BATCH, summary=BatchSummary({JobState.DONE: 2}))) == ""


@pytest.mark.parametrize(
    ("seconds", "words"), [(8, "under 1 min"), (540, "9 min"), (7500, "2 h 5 min"), (7200, "2 h"), (36e5, "1,000 h")]
)
def test_the_time_that_is_left_is_no_more_exact_than_it_is(seconds: float, words: str) -> None:
    assert time_left(seconds) == words


def requests(count: int) -> list[BatchRequest]:
    return [BatchRequest(IMAGINEART_20, SMALL | {"prompt": f"kettle {number}"}) for number in range(count)]


def menu_entry(menu: QMenu, words: str) -> None:
    action = next(action for action in menu.actions() if action.text() == words)
    assert action.isEnabled()
    action.trigger()


def jobs_window(at: Driver) -> JobsWindow:
    window = at.window.jobs._jobs
    assert window is not None
    return window


async def test_a_card_stays_while_the_pointer_is_over_the_strip(tmp_path: Path, theme: Theme) -> None:
    library = Library(tmp_path)
    await library.start()
    worker, strip = Worker(library), QWidget()
    await worker.start()
    cards = BatchCards(library, worker.batches)
    cards.setParent(strip)
    first = await worker.batches.add("First", requests(2), ServiceKind.DEMO)
    second = await worker.batches.add("Second", requests(2), ServiceKind.DEMO)
    await worker.batches.add("Third", requests(1), ServiceKind.DEMO)
    await until(lambda: [batch.name for batch in cards.shown] == ["First", "Second", "Third"])
    assert list(cards.cards) == [first.id, second.id]
    assert cards._more.text() == "and 1 more"
    # Two cards are wider than the smallest window, which nevertheless needn't grow.
    strip.resize(3 * CARD_WIDTH, 100)
    assert cards.sizeHint().width() > 2 * CARD_WIDTH
    strip.resize(600, 100)
    assert cards.sizeHint().width() == 450
    assert cards.minimumSizeHint().width() <= 200
    strip.setAttribute(Qt.WidgetAttribute.WA_UnderMouse)
    await worker.batches.cancel_rest(first.id)
    await until(lambda: [batch.name for batch in cards.shown] == ["Second", "Third"])
    assert list(cards.cards) == [first.id, second.id]
    strip.setAttribute(Qt.WidgetAttribute.WA_UnderMouse, False)
    cards.arrange()
    assert [card.batch.name for card in cards.cards.values()] == ["Second", "Third"]
    strip.deleteLater()
    await worker.stop()
    library.close()


async def test_a_batch_is_one_card_with_everything_it_can_do(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await at.parts.account.settled.wait()
        with held_work():
            strip, batches = at.window.strip, at.parts.worker.batches
            assert strip.isHidden()
            batch = await batches.add("Kettles", requests(30), ServiceKind.DEMO)
            await at.until(lambda: batch.id in strip.batches.cards and not strip.isHidden())
            card = strip.batches.cards[batch.id]
            await at.until(lambda: card._counts.text() == "4 running, 26 waiting")
            assert (card._name.text(), card._cost.text()) == ("Kettles", "Free (demo)")
            assert strip._cards == {}
            assert strip.can_cancel
            await at.until(lambda: at.window.windowTitle() == "0/30 · ImagineArt Desktop")
            at.click(card._pause)
            await at.until(lambda: card._progress.text() == "0 of 30 · paused")
            assert card._pause.toolTip() == "Resume"
            at.click(card._pause)
            await at.until(lambda: card._progress.text() == "0 of 30")
            # The rest of what it offers.
            menu_entry(strip.batches._menu(card.batch), "Show jobs…")
            table = jobs_window(at)
            await at.until(lambda: table.model.rowCount() == 30 and table.model.line(0) is not None)
            assert table.windowTitle() == "Jobs: Kettles"
            assert [table.model.data(table.model.index(row, 1)) for row in (0, 29)] == ["kettle 0", "kettle 29"]
            await batches.rename(batch.id, "Pots")
            await at.until(lambda: card._name.text() == "Pots")
            menu_entry(strip.batches._menu(card.batch), "Cancel the rest")
            await at.until(lambda: batches.current() == [])
            await at.until(lambda: strip.batches.isHidden() and strip.isHidden())
            await at.until(lambda: at.window.windowTitle() == "ImagineArt Desktop")
            await at.until(lambda: table.model.data(table.model.index(3, 0)) == "Canceled")


async def test_the_jobs_window_lists_finds_and_opens_what_was_made(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await at.parts.account.settled.wait()
        worker = at.parts.worker
        at.order("work:fail:times=1")
        batch = await worker.batches.add("Kettles", requests(4), ServiceKind.DEMO)
        await at.until(lambda: batch.id in at.window.strip.batches.cards)
        card = at.window.strip.batches.cards[batch.id]
        await at.until(lambda: card.cover.shown == 3)
        assert card._problems.text() == "1 failed"
        (single,) = await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": "a lid"}, seeds=(7,))
        await at.pictures(4)
        at.window.window_actions["view.jobs"].trigger()
        window = jobs_window(at)
        await at.until(lambda: window.model.rowCount() == 5)
        assert window._count.text() == "5 jobs"
        window.search.setText("LID")
        await at.until(lambda: window.model.rowCount() == 1)
        assert window.model.job_id(0) == single.id
        job = await window._find(single.id)
        assert job is not None
        menu_entry(window.menu(job), "Copy seed")
        assert QGuiApplication.clipboard().text() == "7"
        menu_entry(window.menu(job), "Copy request ID")
        assert QGuiApplication.clipboard().text() == job.request_id
        menu_entry(window.menu(job), "Show log")
        await at.until(lambda: "Sampling" in window.log.toPlainText())
        menu_entry(window.menu(job), "Open result")
        await at.until(lambda: at.window._tab() == "gallery")
        window.search.clear()
        window.state.setCurrentText("Failed")
        await at.until(lambda: window._count.text() == "1 job")
        at.window.jobs.show_jobs(batch)
        await at.until(lambda: window.model.rowCount() == 4)
        assert window.state.currentText() == "All states"
        # Among all images, wherever one was before, and the arrow keys go through them at once.
        at.window.gallery.side.choose("favourites")
        at.window.strip.gallery_wanted.emit("Kettles")
        await at.until(lambda: at.window.gallery.model.rowCount() == 3)
        search = at.window.gallery.search
        assert (search.text(), search.cursorPosition()) == ('batch:"Kettles"', 0)
        assert at.window.focusWidget() is at.window.gallery.grid


async def test_the_others_are_canceled_and_the_one_continues(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await at.parts.account.settled.wait()
        with held_work():
            worker = at.parts.worker
            batch = await worker.batches.add("Kettles", requests(9), ServiceKind.DEMO)
            await worker.add(IMAGINEART_20, ServiceKind.DEMO, SMALL | {"prompt": "a lid"})
            at.window.jobs.show_jobs(None)
            window = jobs_window(at)
            kept = next(job for job in worker.jobs() if job.place == 7)
            menu_entry(window.menu(kept), "Cancel all but this")
            await at.until(lambda: [job.id for job in worker.jobs()] == [kept.id])
            now = worker.batches.find(batch.id)
            assert now is not None
            assert now.state is BatchState.RUNNING


async def test_a_click_on_a_card_opens_its_table(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        await at.parts.account.settled.wait()
        with held_work():
            batch = await at.parts.worker.batches.add("Kettles", requests(5), ServiceKind.DEMO)
            await at.until(lambda: batch.id in at.window.strip.batches.cards)
            card = at.window.strip.batches.cards[batch.id]
            QTest.mouseClick(card, Qt.MouseButton.LeftButton, pos=QPoint(20, 20))
            await at.until(lambda: jobs_window(at).model.rowCount() == 5)
