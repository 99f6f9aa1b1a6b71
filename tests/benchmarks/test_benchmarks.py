"""The benchmarks run; their measurements aren't asserted."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

RUN = Path(__file__).with_name("run.py")


@pytest.mark.long
def test_every_figure_comes_with_a_floor() -> None:
    environment = dict(os.environ, QT_QPA_PLATFORM="offscreen")
    done = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, str(RUN), "--quick"], check=True, capture_output=True, text=True, env=environment
    )
    figures = [json.loads(line) for line in done.stdout.splitlines()]
    assert {figure["name"].split(",")[0] for figure in figures} >= {
        "mask export",
        "queue",
        "batch",
        "gallery",
        "import",
        "round trip",
        "loupe",
    }
    assert all(figure["floor"] > 0 and figure["value"] > 0 for figure in figures)
