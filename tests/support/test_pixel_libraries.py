"""The pixel libraries are loaded once, whichever thread loads them."""

from __future__ import annotations

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
