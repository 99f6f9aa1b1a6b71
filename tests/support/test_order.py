"""The order of the tests of a run."""

from __future__ import annotations

import pytest


def test_long_tests_run_before_all_others(request: pytest.FixtureRequest) -> None:
    are_long = [item.get_closest_marker("long") is not None for item in request.session.items]
    assert are_long == sorted(are_long, reverse=True)
