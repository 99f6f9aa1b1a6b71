"""The strip counts what runs, waits, failed and is unconfirmed, and a wheel scrolls its cards."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF
from PySide6.QtGui import QColor, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget

from imagineart_desktop.demo import Timing
from imagineart_desktop.fal import Charged
from imagineart_desktop.jobs import Failure, JobState
from imagineart_desktop.support.messages import Message
from imagineart_desktop.ui.theme import Theme, tokens
from imagineart_desktop.workspace.job_texts import state_text, summary_words
from tests.ui.window_driver import opened


@pytest.mark.parametrize(
    ("states", "words"),
    [
        ([], ""),
        ([JobState.RUNNING, JobState.QUEUED, JobState.WAITING], "2 running · 1 waiting"),
        ([JobState.FAILED, JobState.UNCONFIRMED], "1 failed · 1 unconfirmed"),
        ([JobState.CANCELLED, JobState.FAILED], "1 failed · 1 canceled"),
        ([JobState.WAITING] * 1200 + [JobState.FETCHING], "1 running · 1,200 waiting"),
    ],
)
def test_each_kind_is_counted(states: list[JobState], words: str) -> None:
    assert summary_words(states) == words


def has_error_color(part: QWidget) -> bool:
    image = part.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return bool((np.frombuffer(image.constBits(), np.uint32) == QColor(tokens().error).rgb()).any())


async def test_a_download_shows_its_share_and_its_time_and_is_no_failure_when_canceled(
    tmp_path: Path, theme: Theme
) -> None:
    async with opened(tmp_path, theme) as at:
        at.order("file:stall:seconds=60")
        form, strip = at.window.generate.form, at.window.strip
        at.type(form.prompt.editor, "hills")
        form.draft.set_fields({"resolution": "1K", "aspect_ratio": "4:1"})
        at.click(form.go)
        await at.until(lambda: any("%" in card._line.text() for card in strip._cards.values()))
        (card,) = strip._cards.values()
        assert card.job.download is not None
        share = card.job.download.share
        assert share is not None
        assert 0 < share < 1
        assert f"Downloading… {int(share * 100)}%" in card._line.text()
        assert card._bar.value() == round(share * 1000)
        before = card.job.elapsed_seconds()
        assert card.job.elapsed_seconds() > before
        assert state_text(replace(card.job, download=replace(card.job.download, share=None))).endswith(" KB")
        assert state_text(replace(card.job, download=replace(card.job.download, share=1.0))) == "Saving…"
        at.click(card._close)
        await at.until(lambda: card._fetch.isVisible() and not strip._refreshing.isActive())
        assert card._failure.text() == "Download canceled"
        assert (card.property("tone"), card._failure.property("tone")) == ("", "muted")
        assert strip._summary.text() == "1 canceled"
        (tile,) = at.window.generate.results._grid.tiles.values()
        assert not has_error_color(tile)
        tile.show_job(replace(tile.job, failure=Failure("x", Message.plain("Failed."), Message.plain(""), Charged.NO)))
        assert has_error_color(tile)
        # Also one that says why a download waits.
        waiting = replace(card.job, state=JobState.FETCHING)
        card.show_job(waiting)
        assert card._failure.property("tone") == "caution"


async def test_a_wheel_scrolls_the_cards(tmp_path: Path, theme: Theme) -> None:
    async with opened(tmp_path, theme, pace=Timing(queue=600)) as at:
        form, strip = at.window.generate.form, at.window.strip
        at.type(form.prompt.editor, "hills")
        form.count.set_value(8)
        at.click(form.go)
        bar = strip._area.horizontalScrollBar()
        await at.until(lambda: strip.counts() == (8, 0) and len(strip._cards) > 1 and bar.maximum() > 360)
        before = bar.value()
        view = strip._area.viewport()

        def card_in_view() -> QWidget:
            """Return a card whose middle is in view: cards change places while their jobs go on."""
            middles = {card: card.mapTo(view, card.rect().center()) for card in strip._cards.values()}
            return next(card for card, middle in middles.items() if view.rect().contains(middle))

        parts: tuple[Callable[[], QWidget], ...] = (lambda: view, card_in_view, lambda: strip._summary)
        for choose in parts:
            part = choose()
            # As a mouse does it, which other than `turn_wheel` asks the parents as well. In pixels of the screen.
            middle = QPointF(part.mapTo(at.window, part.rect().center())) * at.window.devicePixelRatioF()
            QTest.wheelEvent(at.window.windowHandle(), middle, QPoint(0, -120))
            await at.until(lambda before=before: bar.value() > before)  # type: ignore[misc]
            before = bar.value()
