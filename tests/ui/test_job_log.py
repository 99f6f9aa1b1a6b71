"""The log of any job says what it is, and jobs of one batch are canceled together."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QMenu

from imagineart_desktop.demo import Timing
from imagineart_desktop.jobs import JobState
from imagineart_desktop.ui.jobs.menu import same_requests
from imagineart_desktop.ui.theme import Theme
from tests.ui.window_driver import Driver, opened, settle

SLOW = Timing(queue=600, work=600)


def ask_for(at: Driver, prompt: str, count: int = 1) -> None:
    form = at.window.generate.form
    form._submit_guard.stop()
    form.prompt.set_text(prompt)
    form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
    form.count.set_value(count)
    at.click(form.go)


def menu_of(at: Driver) -> dict[str, bool]:
    settle()
    (menu,) = (menu for menu in at.window.strip.findChildren(QMenu) if menu.isVisible())
    return {action.text(): action.isEnabled() for action in menu.actions() if action.text()}


def choose(at: Driver, words: str) -> None:
    (menu,) = (menu for menu in at.window.strip.findChildren(QMenu) if menu.isVisible())
    next(action for action in menu.actions() if action.text() == words).trigger()
    menu.close()
    settle()


async def test_the_log_stays_within_reach_once_the_job_is_done(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        strip = at.window.strip
        ask_for(at, "a red lighthouse")
        (number,) = await at.pictures(1)
        at.window.window_actions["view.log"].setChecked(True)
        await at.until(lambda: strip.log.choice.currentText() == "Done · a red lighthouse")
        lines = strip.log.text.toPlainText().splitlines()
        assert lines[0].startswith("Done · 0:")
        assert lines[1] == "Prompt: a red lighthouse"
        assert lines[2].startswith("Request: ")
        assert len(lines) > 3
    async with opened(tmp_path, theme) as at:
        at.window.go_to("gallery")
        at.window.commands.run("image.log", [number])
        await at.until(lambda: "Prompt: a red lighthouse" in at.window.strip.log.text.toPlainText())
        assert at.window.strip.log.isVisible()
        assert at.window.window_actions["view.log"].isChecked()
        assert at.window._tab() == "generate"


async def test_variations_are_canceled_together(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=SLOW) as at:
        strip = at.window.strip
        ask_for(at, "hills", 3)
        await at.until(lambda: strip.counts() == (3, 0))
        ask_for(at, "a valley")
        await at.cards(4)
        hills = next(card for card in strip._cards.values() if card.job.prompt == "hills")
        assert len(same_requests(hills.job, list(strip._jobs.values()))) == 3
        hills._request("menu")
        offered = menu_of(at)
        assert next(iter(offered)) == "Show log"
        assert offered["Cancel these variations (3)"]
        assert offered["Cancel all but this (3)"]
        assert offered["Copy seed"]
        assert offered["Cancel all jobs (4)"]
        assert not offered["Dismiss all failed jobs"]
        choose(at, "Cancel these variations (3)")
        await at.until(lambda: [job.prompt for job in strip._jobs.values()] == ["a valley"])
        at.window.window_actions["job.cancel all"].trigger()
        await at.until(lambda: not strip._jobs)
        assert not at.window.strip.can_cancel


async def test_failed_jobs_are_dismissed_together_and_a_canceled_download_is_none_of_them(
    tmp_path: Path, theme: Theme
) -> None:
    async with opened(tmp_path, theme) as at:
        strip = at.window.strip
        at.order("file:stall:seconds=60")
        ask_for(at, "hills")
        await at.until(lambda: any("%" in card._line.text() for card in strip._cards.values()))
        (hills,) = strip._cards.values()
        at.click(hills._close)
        await at.until(lambda: hills._fetch.isVisible())
        at.order("submit:status:code=422:times=1")
        ask_for(at, "a valley")
        await at.until(lambda: strip.counts() == (0, 2))
        await at.until(lambda: len(strip._cards) == 2)
        hills = next(card for card in strip._cards.values() if card.job.prompt == "hills")
        hills._request("menu")
        assert menu_of(at)["Dismiss all failed jobs (1)"]
        choose(at, "Dismiss all failed jobs (1)")
        await at.until(lambda: [job.prompt for job in strip._jobs.values()] == ["hills"])
        hills = next(card for card in strip._cards.values() if card.job.prompt == "hills")
        hills._request("menu")
        offered = menu_of(at)
        assert not offered["Dismiss all failed jobs"]
        assert offered["Dismiss"]
        choose(at, "Dismiss")
        await at.until(lambda: not strip._jobs)


async def test_running_jobs_have_their_places_after_a_restart(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=SLOW, at_once=("edit",)) as at:
        ask_for(at, "hills", 2)
        await at.until(lambda: [event.job.state for event in at.events].count(JobState.QUEUED) >= 2)
    async with opened(tmp_path, theme, pace=SLOW, at_once=("edit",)) as at:
        results = at.window.generate.results
        assert len(results._grid.tiles) == 2
        assert results._stack.currentWidget() is results._grid
        assert not at.window.edit.results._grid.tiles
        at.window.strip.cancel_all()
        await at.until(lambda: not at.window.strip._jobs)
