"""Local times can be computed whatever TZ is set to."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import datetime

import pytest

from imagineart_desktop.support import ensure_time_zone

pytestmark = pytest.mark.skipif(not hasattr(time, "tzset"), reason="the system has no TZ")


@pytest.fixture(autouse=True)
def time_zone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.parametrize(
    ("value", "usable"),
    [
        ("XYZ-25", False),
        ("XYZ+167", False),
        ("AAA-5BBB-24:30,M3.1.0,M10.1.0", False),
        ("Asia/Kathmandu", True),
        ("garbage", True),
        ("", True),
        (":/dev/null", True),
    ],
)
def test_a_time_zone_that_cannot_be_used_is_named(monkeypatch: pytest.MonkeyPatch, value: str, usable: bool) -> None:
    monkeypatch.setenv("TZ", value)
    time.tzset()
    assert ("TZ" in ensure_time_zone()) is not usable
    for month in range(1, 13):
        datetime(2026, month, 1, 12).astimezone()
    assert ensure_time_zone() == ""
