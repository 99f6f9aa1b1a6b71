"""PngSuite through the real window; `dev.py battery` takes Pillow's own pictures as well."""

from __future__ import annotations

from tests.reliability.inputs import PNGSUITE, through_the_window


def test_every_file_gets_an_answer() -> None:
    report = through_the_window(PNGSUITE)
    assert report["files"] > 170
    assert report["failed"] == []
    assert report["hangs"] == []
    assert all("no answer" not in counts for counts in report["tried"].values())
    assert report["tried"]["dropped"]["loaded"] > 150
    assert report["tried"]["dropped"]["refused"] > 10
