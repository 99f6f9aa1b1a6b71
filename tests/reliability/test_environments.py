"""A part of the environments; `dev.py battery environments` runs all of them, through the window as well."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.reliability.environment_cases import every_case
from tests.reliability.environments import try_case

CHOSEN = ("SSL_CERT_FILE garbage", "ALL_PROXY alone", "stderr pipe", "--image /dev/zero")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="streams and limits are those of POSIX")


@pytest.mark.parametrize("name", CHOSEN)
def test_the_command_line_bears_it(name: str, tmp_path: Path) -> None:
    (case,) = (case for case in every_case(tmp_path) if case.name == name)
    outcome = try_case(case, "command line")
    assert not outcome.problem, outcome
