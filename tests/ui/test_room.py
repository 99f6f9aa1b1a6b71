"""No panel is wider than its room: every page and dialog, in all sizes and scales, with long words."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from imagineart_desktop.ui.theme import Theme
from tests.ui.driving import undress
from tests.ui.room_session import SIZES, walk

_ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("wider", [False, True])
async def test_everything_has_its_room(tmp_path: Path, theme: Theme, *, wider: bool) -> None:
    try:
        assert await walk(tmp_path, theme, SIZES, wider=wider) == []
    finally:
        undress(theme)


def test_everything_has_its_room_at_every_scale(tmp_path: Path) -> None:
    """Side by side, in processes of their own: Qt reads the scale once."""
    walks = {}
    for scale in ("1.25", "1.5", "2"):
        environment = os.environ | {"QT_SCALE_FACTOR": scale, "PYTHONPATH": str(_ROOT)}
        command = [sys.executable, "-m", "tests.ui.room_session", str(tmp_path / scale)]
        pipe = subprocess.PIPE
        walks[scale] = subprocess.Popen(command, cwd=_ROOT, env=environment, stdout=pipe, stderr=pipe, encoding="utf-8")  # noqa: S603
    for scale, process in walks.items():
        said, trouble = process.communicate()
        assert process.returncode == 0, trouble
        assert json.loads(said) == [], scale
