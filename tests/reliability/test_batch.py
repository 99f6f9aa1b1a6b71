"""A small part of the battery's section `batch`."""

from __future__ import annotations

import sys

import pytest

from tests.reliability.batch import batch


@pytest.mark.skipif(sys.platform == "win32", reason="a signal that cannot be caught is needed")
def test_a_batch_that_is_killed_twice_loses_nothing_and_pays_nothing_twice() -> None:
    found = batch(12)
    assert found["balanced"], found
    assert (found["lost"], found["twice"], found["problems"]) == (0, 0, [])
