"""A part of the kill battery; `dev.py battery kill` kills at every point with every model."""

from __future__ import annotations

import sys

import pytest

from imagineart_desktop.models import IDEOGRAM_V2_EDIT, IDEOGRAM_V3, IMAGINEART_20, IMAGINEART_20_EDIT, ModelSpec
from tests.reliability.killing import kill_at
from tests.reliability.points import ADDED, POINTS

CHOSEN: tuple[tuple[str, ModelSpec], ...] = (
    # Not sent; sent, with the outcome unknown; accepted, and not recorded; made, and half stored; canceled.
    ("after “submitting” was written", IMAGINEART_20),
    ("while the answer to the submit is awaited", IDEOGRAM_V2_EDIT),
    ("before “queued” is written", IMAGINEART_20),
    ("before the picture's row is written", IMAGINEART_20_EDIT),
    ("before the second picture's row is written", IDEOGRAM_V3),
    ("after “cancelling” was written", IMAGINEART_20),
    ("before the picture's file gets its name", ADDED),
)


@pytest.mark.skipif(sys.platform == "win32", reason="a signal that cannot be caught is needed")
@pytest.mark.parametrize(("name", "model"), CHOSEN, ids=[name for name, _ in CHOSEN])
def test_killed_and_started_again(name: str, model: ModelSpec) -> None:
    (point,) = (point for point in POINTS if point.name == name)
    verdict = kill_at(point, model)
    assert verdict.good, verdict
