"""The strip counts what runs, waits, failed and is unconfirmed, and a wheel scrolls its cards."""

from __future__ import annotations

from pathlib import Path

import pytest

from imagineart_desktop.demo import Pace
from imagineart_desktop.jobs import State
from imagineart_desktop.ui.jobs.words import summary_words
from imagineart_desktop.ui.theme import Theme
from tests.ui.driving import opened, turn_wheel


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([], ""),
        ([State.RUNNING, State.QUEUED, State.WAITING], "2 running · 1 waiting"),
        ([State.FAILED, State.UNCONFIRMED], "1 failed · 1 unconfirmed"),
        ([State.WAITING] * 1200 + [State.FETCHING], "1 running · 1,200 waiting"),
    ],
)
def test_each_kind_is_counted(states: list[State], words: str) -> None:
    assert summary_words(states) == words


async def test_a_wheel_scrolls_the_cards(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Pace(queue=5, work=5)) as at:
        form, strip = at.window.generate.form, at.window.strip
        at.type(form.prompt.editor, "hills")
        form.count.set_value(8)
        at.click(form.go)
        bar = strip._area.horizontalScrollBar()
        await at.until(lambda: strip.counts() == (8, 0) and bar.maximum() > 0)
        turn_wheel(strip._area.viewport())
        assert bar.value() > 0
