"""Opening a large picture: its rows are seen as they come, it says how far it is, and it can be cancelled."""

from __future__ import annotations

from pathlib import Path
from threading import Event

import numpy as np
import pytest
from PySide6.QtCore import QPointF

from imagineart_desktop.imaging import DeepPicture, ShowRows, load_deep, load_picture
from imagineart_desktop.support import Reach
from imagineart_desktop.ui.inpaint import session
from imagineart_desktop.ui.theme import Theme
from tests.ui.driving import colour_at, opened


class SlowDecoder:
    """Shows half of a picture in one color, and waits there."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.may_end = Event()
        monkeypatch.setattr(session, "load_deep", self)

    def __call__(
        self, source: Path | bytes, *, name: str | None, reach: Reach | None, show_rows: ShowRows | None
    ) -> DeepPicture:
        if reach is not None and show_rows is not None:
            rows = np.zeros((40, 60, 4), np.uint8)
            rows[:20] = (255, 0, 0, 255)
            reach(0.5)
            show_rows(rows, (600, 400))
            while not self.may_end.wait(0.01):
                reach(0.5)
        return load_deep(source, name=name)


async def test_the_rows_so_far_are_seen_and_cancelling_brings_back_what_was_there(
    tmp_path: Path, theme: Theme, photos: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def seen(x: float, y: float) -> str:
        return colour_at(canvas.grab().toImage(), canvas.viewport_state.to_widget(QPointF(x, y))).name()

    async with opened(tmp_path, theme) as at:
        page = at.window.inpaint
        canvas = await at.on_canvas(photos / "chelsea.png")
        before = page.stepping.picture
        decoder = SlowDecoder(monkeypatch)
        at.drop(canvas, [photos / "coffee.png"])
        await at.until(lambda: page.message.text() == "Opening… 50%")
        assert seen(300, 100) == "#ff0000"
        assert seen(300, 300) != "#ff0000"
        at.drag(canvas, [(100, 100), (200, 200)])
        assert not canvas.document.mask.any()
        page.waiting.cancel()
        await at.until(lambda: not canvas.document.busy)
        assert page.stepping.picture is before
        assert canvas._pyramid is canvas.source
        assert page.message.text() == ""
        at.drop(canvas, [photos / "coffee.png"])
        await at.until(lambda: page.message.text() == "Opening… 50%")
        decoder.may_end.set()
        await at.until(lambda: page.stepping.picture is not before and not canvas.document.busy)
        assert canvas.pixels is not None
        assert np.array_equal(canvas.pixels, load_picture(photos / "coffee.png").pixels)
        at.drag(canvas, [(100, 100), (200, 200)])
        assert canvas.document.mask.any()
