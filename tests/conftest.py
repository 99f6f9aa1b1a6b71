"""What all tests share: the photographs, and a demo server of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from imagineart_desktop.demo import SWIFT, DemoServer
from imagineart_desktop.resources import resource_path


@pytest.fixture(scope="session")
def photos() -> Path:
    return resource_path("photos")


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[DemoServer]:
    with DemoServer(tmp_path / "demo", pace=SWIFT) as server:
        yield server
