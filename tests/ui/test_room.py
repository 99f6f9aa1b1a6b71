"""No panel is wider than its space: every page and dialog, in all sizes and scales, with long words."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from imagineart_desktop.ui.theme import Theme
from tests.reliability.processes import begun
from tests.ui.room_session import SIZES, walk
from tests.ui.window_driver import undress


@pytest.mark.long
@pytest.mark.parametrize("wider", [False, True])
async def test_everything_has_its_room(tmp_path: Path, theme: Theme, *, wider: bool) -> None:
    try:
        assert await walk(tmp_path, theme, SIZES, wider=wider) == []
    finally:
        undress(theme)


def test_everything_has_its_room_at_every_scale(tmp_path: Path) -> None:
    """In parallel, in separate processes: Qt reads the scale once."""
    walks = {
        scale: begun("tests.ui.room_session", [str(tmp_path / scale)], {**os.environ, "QT_SCALE_FACTOR": scale})
        for scale in ("1.25", "1.5", "2")
    }
    for scale, process in walks.items():
        with process:
            said, trouble = process.communicate()
            assert process.wait() == 0, trouble
            assert json.loads(said) == [], scale
