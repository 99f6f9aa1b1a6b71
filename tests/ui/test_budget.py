"""Budgets in the window: what is refused and why, how to go on, and where the budgets are set and shown."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from decimal import Decimal
from pathlib import Path

import pytest
from PySide6.QtWidgets import QLineEdit, QPushButton, QWidget

from imagineart_desktop.demo import FAST_TIMING, DemoServer, Fault
from imagineart_desktop.fal import Hosts, ServiceKind
from imagineart_desktop.jobs import BudgetLimits, JobState
from imagineart_desktop.models import Task
from imagineart_desktop.ui.settings.dialog import SettingsDialog
from imagineart_desktop.ui.spending.dialog import SpendingDialog
from imagineart_desktop.ui.theme import Theme, tokens
from imagineart_desktop.ui.widgets import InlineMessage
from imagineart_desktop.workspace.offer import MessageAction
from imagineart_desktop.workspace.preferences import Preferences
from tests.ui.test_inpaint_loop import inpainting
from tests.ui.test_task_commands import in_gallery, trigger
from tests.ui.window_driver import Driver, opened


@asynccontextmanager
async def live(root: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[tuple[Driver, DemoServer]]:
    """Open the window with a demo server in place of fal.ai."""
    with DemoServer(root / "fal", pace=FAST_TIMING) as fal:
        hosts = Hosts(fal.hosts.run, fal.hosts.queue, fal.hosts.rest, fal.hosts.cdn, fal.hosts.api)
        monkeypatch.setenv("FAL_KEY", fal.key)
        async with opened(root, theme, live_hosts=hosts) as at:
            form = at.window.generate.form
            at.type(form.prompt.editor, "hills")
            form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
            yield at, fal


def colors_of(widget: QWidget) -> set[str]:
    """Return the colors in the middle of a widget."""
    image = widget.grab().toImage()
    return {image.pixelColor(x, image.height() // 2).name() for x in range(image.width())}


def press(at: Driver, message: InlineMessage, words: str) -> None:
    (button,) = [one for one in message.findChildren(QPushButton) if one.text() == words and one.isVisible()]
    at.click(button)


def field(settings: SettingsDialog, name: str) -> QLineEdit:
    control = settings.budget.controls[name]
    assert isinstance(control, QLineEdit)
    return control


async def test_at_the_limit_nothing_is_sent_until_the_user_allows_it_once(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    Preferences(tmp_path / "settings.ini").daily_budget = Decimal("0.05")
    async with live(tmp_path, theme, monkeypatch) as (at, fal):
        form = at.window.generate.form
        at.click(form.go)
        await at.pictures(1)
        assert not form.message.text()
        form.allow_next()
        at.click(form.go)
        await at.until(lambda: bool(form.message.text()))
        assert form.message.text() == (
            "Nothing was sent: this costs $0.03, and $0.02 of today’s $0.05 budget is left until midnight."
        )
        assert fal.counts["submissions"] == 1
        press(at, form.message, "Allow once")
        await at.pictures(2)
        assert fal.counts["submissions"] == 2
        # The caution has taken its place; the next request is refused again.
        assert form.message.text() == "$0.06 of today’s $0.05 budget is used; $0.00 is left until midnight."
        form.allow_next()
        at.click(form.go)
        await at.until(lambda: "used up until midnight" in form.message.text())
        assert fal.counts["submissions"] == 2


async def test_the_message_opens_the_budget_in_the_settings_and_a_higher_one_sends(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    Preferences(tmp_path / "settings.ini").monthly_budget = Decimal("0.02")
    async with live(tmp_path, theme, monkeypatch) as (at, fal):
        form = at.window.generate.form
        at.click(form.go)
        await at.until(lambda: "this month’s $0.02 budget" in form.message.text())
        press(at, form.message, "Change budget…")
        (settings,) = at.window.findChildren(SettingsDialog)
        monthly = field(settings, "monthly_budget")
        await at.until(monthly.hasFocus)
        assert monthly.text() == "$0.02"
        at.type(monthly, "$5")
        assert at.parts.worker.budget.limits == BudgetLimits(month=Decimal(5))
        settings.close()
        assert not form.message.text()
        at.click(form.go)
        await at.pictures(1)
        assert fal.counts["submissions"] == 1


async def test_an_inpaint_is_refused_and_allowed_once_for_its_price(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with inpainting(tmp_path, theme, photos / "coffee.png") as (at, page, _canvas):
        # No service is connected for these requests: they wait.
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        page.form.draft.set_free(False)
        at.window._preferences.daily_budget = Decimal("0.07")
        at.click(page.form.go)
        await at.until(lambda: "this costs $0.08, and $0.07 of today’s" in page.form.message.text())
        assert not at.parts.worker.jobs()
        press(at, page.form.message, "Allow once")
        await at.until(lambda: len(at.parts.worker.jobs()) == 1)
        assert at.parts.worker.jobs()[0].estimate == Decimal("0.08")


async def test_a_quick_edit_is_refused_and_allowed_once(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with opened(tmp_path, theme) as at:
        said: list[tuple[str, MessageAction | None]] = []
        at.window.commands.said.connect(lambda sentence, action: said.append((sentence, action)))
        await in_gallery(at, photos)
        # No service is connected for these requests: they wait.
        monkeypatch.setattr(at.parts.account, "kind", ServiceKind.LIVE)
        at.window._preferences.daily_budget = Decimal("0.01")
        at.window.tasks._runner._was_free = False
        trigger(at, Task.CUT_OUT)
        await at.until(lambda: len(said) == 1)
        # What was sent isn't offered once more.
        sent = "Cut out: sent 1 request to Ideogram Remove Background."
        assert said.pop() == (f"{sent} $0.01 of today’s $0.01 budget is used; $0.00 is left until midnight.", None)
        trigger(at, Task.CUT_OUT)
        await at.until(lambda: len(said) == 1)
        ((sentence, action),) = said
        assert sentence == "Nothing was sent: today’s $0.01 budget is used up until midnight."
        assert len(at.parts.worker.jobs()) == 1
        assert action is not None
        assert action.word == "Allow once"
        action.run()
        await at.until(lambda: len(at.parts.worker.jobs()) == 2)


async def test_a_budget_is_none_an_amount_and_nothing_else(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme) as at:
        at.window.dialogs.settings("daily_budget")
        (settings,) = at.window.findChildren(SettingsDialog)
        daily = field(settings, "daily_budget")
        await at.until(daily.hasFocus)
        for typed, shown, limit in (
            ("7.5", "7.5", Decimal("7.5")),
            ("12,5e-x", "125", Decimal(125)),
            ("10.", "10.", Decimal(10)),
            ("", "", None),
        ):
            daily.clear()
            at.type(daily, typed)
            assert daily.text() == shown
            assert at.window._preferences.daily_budget == limit
            assert at.parts.worker.budget.limits.day == limit
        at.window._preferences.daily_budget = Decimal("3.20")
        assert daily.text() == "$3.20"


async def test_most_of_a_budget_used_is_a_caution(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    Preferences(tmp_path / "settings.ini").daily_budget = Decimal("0.07")
    async with live(tmp_path, theme, monkeypatch) as (at, fal):
        form = at.window.generate.form
        at.click(form.go)
        await at.pictures(1)
        assert not form.message.text()
        form.allow_next()
        at.click(form.go)
        await at.until(lambda: bool(form.message.text()))
        assert form.message.text() == "$0.06 of today’s $0.07 budget is used; $0.01 is left until midnight."
        await at.pictures(2)
        assert fal.counts["submissions"] == 2


async def test_the_spending_report_shows_what_is_used_of_each_budget(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live(tmp_path, theme, monkeypatch) as (at, _):
        at.click(at.window.generate.form.go)
        await at.pictures(1)
        at.window.dialogs.spending()
        (dialog,) = at.window.findChildren(SpendingDialog)
        await at.until(lambda: dialog.total.text().startswith("$0.03"))
        assert not any(row.words.isVisible() or row.bar.isVisible() for row in dialog.budgets)
        dialog.close()
        at.window._preferences.daily_budget = Decimal("0.10")
        at.window.dialogs.spending()
        day, month = dialog.budgets
        await at.until(day.words.isVisible)
        assert day.words.text() == "$0.03 of $0.10 today"
        assert day.details.text() == "$0.07 left until midnight"
        assert day.bar.value() == 30
        assert not month.words.isVisible()
        assert tokens().caution not in colors_of(day.bar)
        dialog.close()
        at.window._preferences.daily_budget = Decimal("0.03")
        at.window.dialogs.spending()
        await at.until(lambda: day.bar.value() == 100)
        assert tokens().caution in colors_of(day.bar)
        at.click(next(one for one in dialog.findChildren(QPushButton) if one.text() == "Budgets…"))
        (settings,) = at.window.findChildren(SettingsDialog)
        assert settings.focusWidget() is settings.budget.controls["daily_budget"]


async def test_a_retry_that_a_budget_refuses_can_be_allowed_once(
    tmp_path: Path, theme: Theme, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with live(tmp_path, theme, monkeypatch) as (at, fal):
        fal.order(Fault.parse("work:fail:nth=1"))
        at.click(at.window.generate.form.go)
        await at.until(lambda: any(job.state is JobState.FAILED for job in at.parts.worker.jobs()))
        (job,) = at.parts.worker.jobs()
        at.window._preferences.daily_budget = Decimal("0.02")
        at.window.strip._do("retry", job.id)
        await at.until(lambda: "budget" in at.window.banner.text())
        assert at.parts.worker.jobs() == [job]
        press(at, at.window.banner, "Allow once")
        await at.pictures(1)
        assert fal.counts["submissions"] == 2
