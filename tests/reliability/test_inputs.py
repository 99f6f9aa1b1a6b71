"""A part of PngSuite through the real window; `dev.py battery inputs` uses all of it and Pillow's own images."""

from __future__ import annotations

import shutil
from pathlib import Path

from tests.reliability.inputs import PNGSUITE, through_the_window


def test_every_file_gets_an_answer(tmp_path: Path) -> None:
    sound, broken = (sorted(PNGSUITE.glob(names)) for names in ("[!x]*.png", "x*.png"))
    # By feature (a background, a filter, …) and color type, as in their names.
    kinds = {path.name[:2] + path.name[4]: path for path in sound}
    for path in (*kinds.values(), *broken):
        shutil.copy(path, tmp_path)
    report = through_the_window(tmp_path)
    assert report["files"] == len(kinds) + len(broken)
    assert report["failed"] == []
    assert report["hangs"] == []
    assert all("no answer" not in counts for counts in report["tried"].values())
    assert report["tried"]["dropped"]["loaded"] >= len(kinds) > 30
    assert report["tried"]["dropped"]["refused"] > 10
