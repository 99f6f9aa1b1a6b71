"""The pixel libraries are loaded once, whichever thread loads them, and start no threads."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path
from types import ModuleType

import pytest

from imagineart_desktop.support import pixel_libraries


class FinishedMeanwhile(ModuleType):
    """A plain module that was still deferred when its type was checked."""

    @property
    def __class__(self) -> type:
        return pixel_libraries._Deferred

    @__class__.setter
    def __class__(self, _kind: type) -> None: ...


def test_a_module_that_another_thread_finishes_meanwhile_is_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    module = FinishedMeanwhile("json")
    monkeypatch.setattr(pixel_libraries, "cv2", module)
    pixel_libraries.load_pixel_libraries()
    assert vars(module)["loads"]("1") == 1


@pytest.mark.skipif(sys.platform != "linux", reason="/proc says how many threads a process has")
def test_loading_them_starts_no_thread() -> None:
    count = (
        "import os; from imagineart_desktop.support.pixel_libraries import load_pixel_libraries;"
        "load_pixel_libraries(); print(len(os.listdir('/proc/self/task')))"
    )
    environment = {name: value for name, value in os.environ.items() if name != "OPENBLAS_NUM_THREADS"}
    done = subprocess.run(  # noqa: S603 - our own module
        [sys.executable, "-c", count],
        cwd=Path(__file__).parents[2],
        env=environment,
        check=True,
        capture_output=True,
        text=True,
    )
    assert done.stdout == "1\n"
