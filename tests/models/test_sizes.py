"""The ratio that forms offer for the size of an imported picture."""

from __future__ import annotations

import pytest

from imagineart_desktop.models import nearest_ratio


@pytest.mark.parametrize(
    ("size", "ratio"),
    [((512, 768), "2:3"), ((1024, 1024), "1:1"), ((1920, 1080), "16:9"), ((4000, 100), "3:1"), ((832, 1216), "2:3")],
)
def test_the_shape_of_an_imported_picture_is_the_nearest_ratio(size: tuple[int, int], ratio: str) -> None:
    assert nearest_ratio(size) == ratio
