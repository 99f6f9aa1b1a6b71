"""Nothing moves under a click: jobs, prices and messages leave buttons and images where they are."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QCursor, QEnterEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from imagineart_desktop.demo import Timing
from imagineart_desktop.jobs import JobState
from imagineart_desktop.resources import resource_path
from imagineart_desktop.ui.jobs import strip as strip_module
from imagineart_desktop.ui.jobs.card import WIDTH, JobCard
from imagineart_desktop.ui.jobs.card_row import CardRow
from imagineart_desktop.ui.jobs.strip import HEIGHT
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import Driver, opened, settle

_PHOTOS = tuple(resource_path("photos", name) for name in ("chelsea.png", "coffee.png", "rocket.jpg"))


class StyleCounter(QObject):
    """Counts how often the widgets that it filters are styled."""

    count = 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802 - Qt's name
        self.count += event.type() == QEvent.Type.StyleChange
        return super().eventFilter(watched, event)


def place(part: QWidget) -> QPoint:
    settle()
    return part.mapTo(part.window(), QPoint(0, 0))


def enter(part: QWidget) -> None:
    point = QPointF(5, 5)
    QApplication.sendEvent(part, QEnterEvent(point, point, point))


def leave(part: QWidget) -> None:
    QApplication.sendEvent(part, QEvent(QEvent.Type.Leave))


async def ask(at: Driver, count: int) -> None:
    form = at.window.generate.form
    at.type(form.prompt.editor, "hills")
    form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
    form.count.set_value(count)
    await at.until(lambda: not form._submit_guard.isActive())
    at.click(form.go)
    await at.until(lambda: sum(at.window.strip.counts()) >= count)


@pytest.mark.parametrize("size", [(960, 560), (1440, 900)])
async def test_the_button_stays_while_jobs_prices_and_messages_come_and_go(
    tmp_path: Path, theme: Theme, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, theme, size=size, pace=Timing(queue=0.05, work=0.3), at_once=("edit",)) as at:
        window, strip = at.window, at.window.strip
        form, edit = window.generate.form, window.edit
        assert not strip.isVisible()
        assert form._price.note.text() == "Free (demo)"
        first = place(form.go)
        foot = form._price.height()
        await ask(at, 2)
        assert strip.isVisible()
        assert strip.height() <= HEIGHT + 1
        assert place(form.go) == first
        form.message.say("The disk is full. " * 5)
        assert place(form.go) == first
        form.message.clear()
        for count in range(1, 9):
            form.count.set_value(count)
            assert (place(form.go), form._price.height()) == (first, foot)
        await at.pictures(2)
        await at.until(lambda: not strip.isVisible())
        assert place(form.go) == first
        window.go_to("edit")
        at.drop(edit.references.slots[0], _PHOTOS)
        await at.until(lambda: len(edit.references.list.sizes) == 3)
        edit.form.count.set_value(8)
        assert (place(edit.form.go), edit.form._price.height()) == (first, foot)


@pytest.mark.parametrize("size", [(960, 560), (1440, 900)])
async def test_the_strip_moves_no_canvas_and_fit_shows_the_image_above_it(
    tmp_path: Path, theme: Theme, size: tuple[int, int]
) -> None:
    async with opened(tmp_path, theme, size=size, pace=Timing(queue=600)) as at:
        page, strip = at.window.inpaint, at.window.strip
        canvas = await at.on_canvas(_PHOTOS[1])
        settle()
        before = canvas.viewport_state.image_rect()
        at.drag(canvas, [(200, 120), (300, 200)])
        at.type(page.form.prompt.editor, "a moka pot")
        at.click(page.form.go)
        await at.until(strip.isVisible)
        settle()
        assert canvas.viewport_state.image_rect() == before
        at.window.window_actions["view.fit"].trigger()
        shown = canvas.viewport_state.image_rect()
        covered = strip.mapTo(at.window, QPoint(0, 0)).y() - canvas.mapTo(at.window, QPoint(0, 0)).y()
        assert 0 < covered < canvas.height()
        assert shown.top() >= 0
        assert shown.bottom() <= covered
        for slider in (page.settings_panel.context, page.settings_panel.feather):
            assert slider.width() >= 120
        # The name of a step is as wide as its column lets it be, and this one has room.
        item = page.tree.currentItem()
        words = page.tree.fontMetrics().horizontalAdvance(item.text(0))
        images = page.tree.iconSize().width() + 6 if not item.icon(0).isNull() else 0
        assert words + images <= page.tree.visualItemRect(item).width() - 12


async def test_what_is_pointed_at_stays_when_the_last_job_ends(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=0.05, work=0.3)) as at:
        strip, results, dock = at.window.strip, at.window.generate.results, at.window.generate.dock
        await ask(at, 2)
        enter(dock)
        tiles = list(results._grid.tiles.values())
        places = [place(tile) for tile in tiles]
        await at.until(lambda: all(tile.picture_id for tile in tiles) and strip.counts() == (0, 0))
        assert [place(tile) for tile in tiles] == places
        assert strip.isVisible()
        leave(dock)
        assert not strip.isVisible()


async def test_a_card_that_goes_or_fails_moves_no_other_one_under_the_pointer(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        at.order("submit:refuse:nth=2")
        strip = at.window.strip
        await ask(at, 3)
        enter(strip._area)
        cards = sorted(await at.cards(3), key=JobCard.x)
        strip._area.horizontalScrollBar().setValue(0)
        places = [card.x() for card in cards if place(card)]
        await at.until(lambda: strip.counts() == (2, 1))
        assert [card.x() for card in cards if place(card)] == places
        at.click(cards[0]._close)
        await at.until(lambda: len(strip._cards) == 2)
        assert [card.x() for card in cards[1:] if place(card)] == places[1:]
        leave(strip._area)
        # What is under way comes first.
        first = sorted(cards[1:], key=lambda card: card.job.state in (JobState.FAILED, JobState.UNCONFIRMED))
        assert [card.x() for card in first if place(card)] == places[:2]


async def test_cards_close_up_and_what_is_looked_at_stays_in_sight(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        strip, row, worker = at.window.strip, at.window.strip._area, at.parts.worker
        bar = row.horizontalScrollBar()
        await ask(at, 8)
        cards = await at.cards(8)
        settle()
        step = cards[1].x() - cards[0].x()
        bar.setValue(4 * step + 30)

        async def gone(*going: JobCard) -> None:
            for card in going:
                await worker.cancel(card.job.id)
            await at.until(lambda: not {card.job.id for card in going} & set(strip._jobs))
            await at.until(lambda: not strip._refreshing.isActive())
            settle()

        enter(row)
        # One that was scrolled past, one in sight: only the latter leaves its place empty.
        await gone(cards[0], cards[5])
        assert bar.value() == 3 * step + 30
        assert [card.x() for card in (cards[4], cards[6], cards[7])] == [3 * step, 5 * step, 6 * step]
        leave(row)
        assert [card.x() for card in (cards[4], cards[6], cards[7])] == [3 * step, 4 * step, 5 * step]
        await gone(cards[1])
        assert [card.x() for card in (cards[4], cards[6], cards[7])] == [2 * step, 3 * step, 4 * step]
        assert bar.value() == min(2 * step + 30, bar.maximum())
        enter(row)
        await gone(*cards[2:5], *cards[6:])
        # No place is kept once all jobs are gone.
        assert bar.maximum() == 0
        assert not row._idle.isHidden()
        assert row._idle.x() == 0
        bar.setValue(0)
        # A pointer that rests beside all cards lets them close up.
        await ask(at, 3)
        first, second, third = await at.cards(3)
        bar.setValue(0)
        before = QCursor.pos()
        enter(row)
        await gone(first)
        assert [second.x(), third.x()] == [step, 2 * step]
        row._close_up_at_rest()
        assert [second.x(), third.x()] == [step, 2 * step]
        for at_place, expected in ((1, [step, 2 * step]), (0, [0, step])):
            QCursor.setPos(row.viewport().mapToGlobal(QPoint(at_place * step + 20, 20)))
            settle()
            row._close_up_at_rest()
            row._close_up_at_rest()
            assert [second.x(), third.x()] == expected
        QCursor.setPos(before)


async def test_an_empty_strip_goes_with_the_tab_and_with_what_was_looked_at(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        window, strip, worker = at.window, at.window.strip, at.parts.worker
        results, dock = window.generate.results, window.generate.dock

        async def empty() -> None:
            await ask(at, 1)
            await at.until(lambda: [*strip._jobs] == [job_id for job_id, _ in results._grid.tiles])
            enter(dock)
            await worker.cancel(next(iter(strip._jobs)))
            await at.until(lambda: not strip._jobs)
            settle()

        await ask(at, 2)
        await at.until(lambda: [*strip._jobs] == [job_id for job_id, _ in results._grid.tiles])
        enter(dock)
        first, *_ = list(strip._jobs)
        await worker.cancel(first)
        await at.until(lambda: len(strip._jobs) == 1)
        results.show_file(_PHOTOS[0])
        assert strip.isVisible()
        await worker.cancel(next(iter(strip._jobs)))
        await at.until(lambda: not strip._jobs)
        assert strip.isVisible()
        results.close_loupe()
        settle()
        assert not strip.isVisible()
        await empty()
        # Its only place is gone: the empty page is there instead.
        assert not strip.isVisible()
        window.go_to("inpaint")
        await worker.add(window.generate.form.draft.model, at.parts.account.kind, {"prompt": "hills"})
        await at.until(strip.isVisible)
        enter(strip)
        await worker.cancel(next(iter(strip._jobs)))
        await at.until(lambda: not strip._jobs)
        assert strip.isVisible()
        enter(dock)
        window.go_to("generate")
        assert not strip.isVisible()


async def test_the_strip_is_as_high_with_a_scroll_bar_as_without(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        strip = at.window.strip
        await ask(at, 1)
        settle()
        height, bar = strip.height(), strip._area.horizontalScrollBar()
        assert bar.maximum() == 0
        await ask(at, 8)
        await at.until(lambda: bar.maximum() > 0)
        assert strip.height() == height


async def test_no_card_is_built_for_a_job_that_has_just_left_the_list(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        await ask(at, 3)
        jobs = {job.id: job for job in at.parts.worker.jobs()}
        row = CardRow(at.parts.library, set())
        row.resize(900, 80)
        row.show_jobs(jobs)
        del jobs[next(iter(jobs))]
        await at.until(lambda: row.cards.keys() == jobs.keys())
        row.deleteLater()


async def test_only_cards_in_sight_are_built_and_the_others_have_their_room(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        strip = at.window.strip
        bar, view = strip._area.horizontalScrollBar(), strip._area.viewport()
        at.order("submit:refuse")
        fields = {"prompt": "hills", "resolution": "1K"}
        form = at.window.generate.form
        await at.parts.worker.add(form.draft.model, at.parts.account.kind, fields, seeds=range(1, 41))
        await at.until(lambda: strip.counts() == (0, 40) and not strip._refreshing.isActive())
        settle()
        room, reach = bar.maximum(), view.width()
        built = len(strip._cards)
        assert (built - 1) * (WIDTH + 10) >= reach > (built - 2) * (WIDTH + 10)
        cards = await at.cards(24)
        settle()
        assert bar.maximum() == room
        places = [card.x() for card in cards if place(card)]
        assert places == [number * (WIDTH + 10) for number in range(24)]


async def test_cards_of_jobs_that_are_done_stand_for_the_next_ones(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        strip, form, worker = at.window.strip, at.window.generate.form, at.parts.worker
        at.order("submit:refuse")
        seen: dict[JobCard, set[str]] = {}
        for turn in range(3):
            fields = {"prompt": f"hills {turn}", "resolution": "1K"}
            await worker.add(form.draft.model, at.parts.account.kind, fields, seeds=range(1, 4))
            await at.until(lambda: strip.counts() == (0, 3))
            for card in await at.cards(3):
                seen.setdefault(card, set()).add(card._title.text())
                assert card.isVisible()
            for job in worker.jobs():
                await worker.dismiss(job.id)
            await at.until(lambda: not strip._cards)
        assert len(seen) == 3
        assert all(titles == {"hills 0", "hills 1", "hills 2"} for titles in seen.values())


async def test_the_strip_changes_with_the_tab_without_being_styled_again(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600), at_once=("edit", "inpaint")) as at:
        window, strip = at.window, at.window.strip
        await ask(at, 2)
        cards = await at.cards(2)
        counter = StyleCounter()
        for part in (strip, *cards):
            part.installEventFilter(counter)
        docks = {"generate": window.generate.dock, "edit": window.edit.dock, "inpaint": window.inpaint.dock}
        for size in ((1440, 900), (960, 560)):
            window.resize(*size)
            for tab, dock in docks.items():
                window.go_to(tab)
                for shown in (True, False):
                    strip.show_log(shown)
                    where, around = QRect(place(strip), strip.size()), QRect(place(dock), dock.size())
                    assert strip.isVisible()
                    assert (where.left(), where.right(), where.bottom()) == (
                        around.left(),
                        around.right(),
                        around.bottom(),
                    )
                assert strip.height() <= HEIGHT + 1
            window.go_to("gallery")
            assert not strip.isVisible()
        assert counter.count == 0


class Pointer:
    """A pointer that also reaches parts of the window beyond a small screen."""

    at = QPoint()

    @classmethod
    def pos(cls) -> QPoint:
        return cls.at


async def test_the_strip_stays_open_while_the_pointer_goes_between_it_and_the_images(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(strip_module, "QCursor", Pointer)
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        strip, dock = at.window.strip, at.window.generate.dock
        # Not of this tab, whose content stays when the job goes.
        model = at.window.generate.form.draft.model
        await at.parts.worker.add(model, at.parts.account.kind, {"prompt": "hills"})
        await at.until(strip.isVisible)
        settle()
        enter(dock)
        await at.parts.worker.cancel(next(iter(strip._jobs)))
        await at.until(lambda: not strip._jobs)
        for old, new in ((dock, strip), (strip, dock)) * 2:
            Pointer.at = new.mapToGlobal(QPoint(20, 20))
            settle()
            enter(old)
            leave(old)
            enter(new)
            settle()
            assert strip.isVisible()
        Pointer.at = at.window.mapToGlobal(QPoint(20, 20))
        settle()
        leave(strip)
        leave(dock)
        settle()
        assert not strip.isVisible()


async def test_the_keys_of_the_page_work_in_the_strip(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600), at_once=("inpaint",)) as at:
        window, strip = at.window, at.window.strip
        await ask(at, 1)
        canvas = await at.on_canvas(_PHOTOS[1])
        at.drag(canvas, [(200, 120), (300, 200)])
        settle()
        part = strip._log_button
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_E)
        assert canvas.tool_controller.tool.id == "eraser"
        assert canvas.document.mask.any()
        QTest.keyClick(part, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
        await at.until(lambda: not canvas.document.mask.any())
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_Escape)
        assert window.focusWidget() is canvas
        window.go_to("generate")
        part.setFocus()
        QTest.keyClick(part, Qt.Key.Key_B)
        assert canvas.tool_controller.tool.id == "eraser"


async def test_tiles_fit_a_window_that_was_resized_on_another_tab(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, size=(1440, 900), pace=Timing(queue=600)) as at:
        window, grid = at.window, at.window.generate.results._grid
        await ask(at, 4)
        settle()
        window.go_to("gallery")
        settle()
        window.resize(960, 560)
        settle()
        window.go_to("generate")
        settle()
        room = grid.viewport().rect()
        assert all(room.contains(tile.geometry()) for tile in grid.tiles.values())
